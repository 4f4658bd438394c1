"""Contacts and occasions that somebody puts, changes or removes: taken in and noted in the audit log in one turn.

Former refs lead to the present record. What changes nothing is noted nowhere. The log holds an occasion's start and
status, and of a contact which values were named: never a value that is a person's own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, select

from jobs.records import occasions
from scheduler.asking.refs import at_present, present_contacts, present_occasion
from scheduler.identities import audit
from scheduler.identities.audit import Act, Signed, Subject
from scheduler.intake.naming import contact_named
from scheduler.intake.outcomes import CHANGES_NOTHING, Outcome
from scheduler.intake.removing import Removed, remove_contact, remove_occasion
from scheduler.intake.turns import Turn
from scheduler.intake.wholes import Taken, Whole, take_whole

_COMPARED: Final = ("start", "status", "version")
"""What of an occasion is kept as it was and as it is."""


def take_record(turn: Turn, whole: Whole, signed: Signed) -> Taken:
    """Take a contact or an occasion in, as `take_whole`, and note it.

    Raises:
        InputError: the same person comes along twice.
        NotFoundError: parts of what is not known, or was removed.
        RefusedWholeError: something given cannot be taken.

    """
    whole = at_present(turn.connection, signed.practice, whole)
    before = None
    if whole.what.kind is not None:
        ref, before = _standing(turn, signed, whole.what.name, whole.ref)
        whole = whole if ref == whole.ref else replace(whole, named={**whole.named, "ref": ref})
    taken = take_whole(turn, whole)
    brought = _counted([each.outcome for each in taken.people])
    if taken.outcome in CHANGES_NOTHING and not set(brought) - {each.value for each in CHANGES_NOTHING}:
        return taken
    after: dict[str, object] = {"named": sorted(whole.named.keys() - {"ref"})}
    if brought:
        after["contacts"] = brought
    if whole.what.kind is not None:
        after |= _given(whole)
    _note(turn, signed, (whole.what.name, whole.ref, taken.outcome), before, after)
    return taken


def remove_record(turn: Turn, what: str, ref: str, signed: Signed, *, version: int | None) -> Removed:
    """Remove a contact (`what` is "contacts") or an occasion of a kind, and note it.

    Raises:
        NotFoundError: there is none.

    """
    if what == "contacts":
        present = present_contacts(turn.connection, signed.practice, [ref]).get(ref, ref)
        removed = remove_contact(turn, present, version)
    else:
        present = present_occasion(turn.connection, signed.practice, what, ref)
        removed = remove_occasion(turn, what, present, version)
    if removed.outcome not in CHANGES_NOTHING:
        after = {"jobs": _some(removed.jobs.counts())}
        _note(turn, signed, (what, present, removed.outcome), None, after)
    return removed


def note_many(connection: Connection, signed: Signed, what: str, after: Mapping[str, object]) -> None:
    """Note that many contacts or occasions of a kind were taken in: `after` holds counts, no refs."""
    audit.note(connection, Act(signed, "records.taken_in", Subject("records", what), None, after))


def _note(
    turn: Turn,
    signed: Signed,
    what: tuple[str, str, Outcome],
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    name, ref, outcome = what
    if name == "contacts":
        kind, subject = "contact", audit.contact(contact_named(turn.connection, signed.practice, ref).id)
    else:
        kind, subject = "occasion", Subject("occasion", f"{name}/{ref}")
    did = "removed" if outcome is Outcome.GONE else outcome.value
    audit.note(turn.connection, Act(signed, f"{kind}.{did}", subject, before, after))


def _standing(turn: Turn, signed: Signed, kind: str, ref: str) -> tuple[str, dict[str, object] | None]:
    """Return the present ref of an occasion, and what of it is compared as it stands; None: there is none yet."""
    query = select(*(occasions.c[name] for name in _COMPARED)).where(
        occasions.c.practice == signed.practice, occasions.c.kind == kind, occasions.c.ref == ref
    )
    row = turn.connection.execute(query).mappings().first()
    if row is not None:
        return ref, {name: value for name, value in row.items() if value is not None}
    present = present_occasion(turn.connection, signed.practice, kind, ref)
    return (ref, None) if present == ref else _standing(turn, signed, kind, present)


def _given(whole: Whole) -> dict[str, object]:
    """Return what of an occasion is compared, as it was given."""
    named = {**whole.named, "start": whole.named.get("start") or whole.named.get("date")}
    return {name: named[name] for name in _COMPARED if named.get(name) is not None}


def _counted(outcomes: list[Outcome]) -> dict[str, int]:
    return {each.value: outcomes.count(each) for each in sorted(set(outcomes))}


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
