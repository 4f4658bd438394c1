"""Legal holds on a contact or a case: set, released, listed, asked why. Nothing that is held is emptied or erased.

The only writer of `holds`, in the caller's transaction; each order is noted in the audit log.
"""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from jobs.errors import InputError, NotFoundError
from jobs.records import contact_aliases, contacts, holds, new_id, occasion_people, occasions
from scheduler.identities import audit
from scheduler.identities.audit import Act, Signed, Subject
from scheduler.proof.finding import find_party

CONTACT, CASE = "contact", "case"


@dataclass(frozen=True, slots=True)
class Target:
    """What is held: a contact by ref, or a case; `contact_id` None: a case."""

    kind: str
    ref: str
    contact_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that stands: on what, why, by whom, since when."""

    target: Target
    reason: str
    by: str
    at: dt.datetime


def target_contact(connection: Connection, practice: str, ref: str) -> Target:
    """Return a contact by ref or former ref, as what is to be held.

    Raises:
        NotFoundError: there is none.

    """
    row = find_party(connection, practice, ref).row
    return Target(CONTACT, row["ref"], row["id"])


def target_case(case_ref: str) -> Target:
    """Return a case as what is to be held; it need not have an occasion yet."""
    return Target(CASE, case_ref)


def hold(connection: Connection, target: Target, reason: str, signed: Signed) -> Hold:
    """Hold a contact or a case; one that is held gets the new reason. Nothing is deleted of theirs from now on.

    Raises:
        InputError: no reason is given.

    """
    _require(reason)
    before = _standing(connection, target, signed.practice)
    if before is None:
        row = {"id": new_id(), "practice": signed.practice, "contact_id": target.contact_id, "at": signed.at}
        row |= {"case_ref": None if target.contact_id else target.ref, "reason": reason, "by": signed.by}
        connection.execute(insert(holds).values(row))
    else:
        connection.execute(update(holds).where(holds.c.id == before.id).values(reason=reason, by=signed.by))
    was = None if before is None else {"reason": before.reason}
    _note(connection, target, "held", signed, (was, {"reason": reason}))
    return Hold(target, reason, signed.by, signed.at if before is None else before.at)


def release(connection: Connection, target: Target, reason: str, signed: Signed) -> Hold:
    """End a hold and return what it was; what is overdue goes with the next sweep.

    Raises:
        InputError: no reason is given.
        NotFoundError: it is not held.

    """
    _require(reason)
    before = _standing(connection, target, signed.practice)
    if before is None:
        message = f"{target.kind} {target.ref} is not on legal hold: nothing was changed"
        raise NotFoundError(message)
    ended = {"released_at": signed.at, "released_by": signed.by, "released_because": reason}
    connection.execute(update(holds).where(holds.c.id == before.id).values(ended))
    _note(connection, target, "released", signed, ({"reason": before.reason}, {"reason": reason}))
    return Hold(target, before.reason, before.by, before.at)


def list_holds(connection: Connection, practice: str) -> list[Hold]:
    """Return the holds of a practice that stand, the oldest first."""
    rows = connection.execute(_found(practice).order_by(holds.c.at, holds.c.id)).all()
    return [_hold(row) for row in rows]


def holds_on(connection: Connection, practice: str, contact_ids: Collection[uuid.UUID]) -> list[Hold]:
    """Return the holds that keep one of these contacts: theirs, or a case's that names them."""
    cases = (
        select(occasions.c.case_ref)
        .join(occasion_people, occasion_people.c.occasion_id == occasions.c.id)
        .where(occasions.c.practice == practice, occasion_people.c.contact_id.in_(contact_ids))
        .where(occasions.c.case_ref.is_not(None))
    )
    kept_by = (
        select(contact_aliases.c.contact_id)
        .join(contacts, (contacts.c.practice == contact_aliases.c.practice) & (contacts.c.ref == contact_aliases.c.ref))
        .where(contacts.c.id.in_(contact_ids))
    )
    theirs = or_(holds.c.contact_id.in_(contact_ids), holds.c.contact_id.in_(kept_by), holds.c.case_ref.in_(cases))
    return [_hold(row) for row in connection.execute(_found(practice).where(theirs).order_by(holds.c.at, holds.c.id))]


def why_held(ref: str, found: Hold) -> str:
    """Return the sentence that says why nothing of a contact may go."""
    by = found.by.partition(":")[2] or found.by
    of_case = f" through case {found.target.ref}" if found.target.kind == CASE else ""
    name = f"--case {found.target.ref}" if found.target.kind == CASE else found.target.ref
    return (
        f"contact {ref} is on legal hold{of_case} since {found.at:%Y-%m-%d} ({found.reason}; by {by}): nothing was "
        f"erased. `quietbell people release {name}` ends the hold"
    )


def _require(reason: str) -> None:
    if not reason.strip():
        message = "say why: the reason is kept"
        raise InputError(message)


def _standing(connection: Connection, target: Target, practice: str) -> Row[Any] | None:
    is_it = holds.c.contact_id == target.contact_id if target.contact_id else holds.c.case_ref == target.ref
    stands = holds.c.practice == practice, holds.c.released_at.is_(None), is_it
    return connection.execute(select(holds).where(*stands)).first()


def _found(practice: str) -> Select[Any]:
    joined = holds.outerjoin(contacts, contacts.c.id == holds.c.contact_id)
    query = select(holds, contacts.c.ref.label("contact_ref")).select_from(joined)
    return query.where(holds.c.practice == practice, holds.c.released_at.is_(None))


def _hold(row: Row[Any]) -> Hold:
    target = Target(CASE, row.case_ref) if row.contact_id is None else Target(CONTACT, row.contact_ref, row.contact_id)
    return Hold(target, row.reason, row.by, row.at)


def _note(
    connection: Connection,
    target: Target,
    verb: str,
    signed: Signed,
    change: tuple[dict[str, object] | None, dict[str, object]],
) -> None:
    subject = Subject(CASE, target.ref) if target.contact_id is None else audit.contact(target.contact_id)
    audit.note(connection, Act(signed, f"{target.kind}.{verb}", subject, before=change[0], after=change[1]))
