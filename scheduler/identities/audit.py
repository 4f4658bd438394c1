"""The audit log: who did what, when, from where, and what was before and after. It is added to and searched.

Database triggers refuse every change and removal, and nothing here removes a row: the log outlives what it tells of.
So it must hold no secret, no whole phone number and no words: users are named by name, keys, endpoints, jobs and
contacts by id (`contact`). An id tells nothing once what it stood for is erased, so that no erasure has to come here.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from jobs.phone import mask
from jobs.records import audit
from scheduler.identities.rights import Caller

MOST: Final = 500
"""The longest page."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who does something in which practice, and when; `by` as the store names them: `person:maya`, `key:immcase`.

    `address` is where they call from, None for the command line and for Quietbell itself.
    """

    practice: str
    by: str
    at: dt.datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was done to: its kind (user, api_key, contact, job, …) and its ref, name or id there."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something done; `before` and `after` hold what of the subject changed."""

    signed: Signed
    action: str
    subject: Subject
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """An act in the log, with its place there."""

    id: int
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for: all that is given must fit. `action` may be a beginning: `user.` finds `user.added`."""

    by: str | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Acts, newest first; `next_before` is what to ask for the next page with, None after the last."""

    acts: tuple[Noted, ...]
    next_before: int | None


def signed_by(caller: Caller, at: dt.datetime) -> Signed:
    """Return in whose name somebody who came in acts, and where from."""
    return Signed(caller.practice, caller.name, at, caller.address)


def contact(contact_id: uuid.UUID) -> Subject:
    """Return a contact as a subject: by id, never by ref, which a case system may have made of a name."""
    return Subject("contact", contact_id.hex)


def conversation(number: str) -> Subject:
    """Return the conversation with a number (E.164) as a subject: masked."""
    return Subject("conversation", mask(number))


def note(connection: Connection, act: Act) -> None:
    """Add an act, in the transaction that does it."""
    connection.execute(
        insert(audit).values(
            practice=act.signed.practice,
            at=act.signed.at,
            by=act.signed.by,
            address=act.signed.address,
            action=act.action,
            subject_kind=act.subject.kind,
            subject_id=act.subject.id,
            before=_storable(act.before),
            after=_storable(act.after),
        )
    )


def search(connection: Connection, practice: str, wanted: Search, *, before: int | None = None, most: int = 50) -> Page:
    """Return a practice's acts that fit, newest first: at most so many (up to 500), older than the act `before`."""
    most = min(most, MOST)
    query = select(audit).where(audit.c.practice == practice, *_conditions(wanted))
    if before is not None:
        query = query.where(audit.c.id < before)
    rows = connection.execute(query.order_by(audit.c.id.desc()).limit(most + 1)).all()
    found = tuple(_noted(row) for row in rows[:most])
    return Page(found, found[-1].id if len(rows) > most else None)


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    exact = (
        (audit.c.by, wanted.by),
        (audit.c.subject_kind, wanted.subject_kind),
        (audit.c.subject_id, wanted.subject_id),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in exact if value is not None]
    if wanted.action is not None:
        is_beginning = wanted.action.endswith(".")
        found.append(
            audit.c.action.startswith(wanted.action, autoescape=True)
            if is_beginning
            else audit.c.action == wanted.action
        )
    if wanted.since is not None:
        found.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.c.at < wanted.until)
    return found


def _storable(facts: Mapping[str, object] | None) -> dict[str, object] | None:
    """Return facts as JSON holds them: moments as ISO 8601, sets sorted, ids as 32 digits."""
    return None if facts is None else {name: _plain(value) for name, value in facts.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time | uuid.UUID):
        return value.hex if isinstance(value, uuid.UUID) else value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)


def _noted(row: Row[Any]) -> Noted:
    signed = Signed(row.practice, row.by, row.at, row.address)
    return Noted(row.id, Act(signed, row.action, Subject(row.subject_kind, row.subject_id), row.before, row.after))
