"""Events and the contacts that people link them to: what waits for a person, links made and undone.

A link is remembered by UID (for a whole series, unless one occurrence was meant) and used at the next read.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from jobs.errors import InputError, NotFoundError
from jobs.records import calendar_events, calendar_links, contacts
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.storing import CalendarKey, EventState
from scheduler.intake.finding import contacts_by_ref
from scheduler.intake.turns import Turn

SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event, or all occurrences of a series, that was not taken in: the next start, how many, and why."""

    key: str
    calendar: str
    uid: str
    state: EventState
    title: str
    start: str
    starts_at: dt.datetime
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is about and to whom; no contact: the event is about nobody."""

    calendar: str
    uid: str
    recurrence: str
    contact: str | None
    by: str

    @property
    def key(self) -> str:
        """Return the short name of its event."""
        return short_of(self.uid)


def short_of(uid: str) -> str:
    """Return the short name by which a person names an event on the command line."""
    return hashlib.sha256(uid.encode()).hexdigest()[:SHORT]


def waiting_events(connection: Connection, practice: str, calendar: str | None = None) -> list[Waiting]:
    """Return the events that were not taken in, a series once, soonest first."""
    query = select(calendar_events).where(
        calendar_events.c.practice == practice,
        calendar_events.c.state.in_([EventState.WITHOUT_PERSON, EventState.REFUSED]),
    )
    if calendar is not None:
        query = query.where(calendar_events.c.calendar == calendar)
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for row in connection.execute(query.order_by(calendar_events.c.starts_at, calendar_events.c.ref)):
        groups.setdefault((row.calendar, row.uid, row.state), []).append(row)
    return [_waiting(rows) for rows in groups.values()]


def links(connection: Connection, practice: str, calendar: str | None = None) -> list[Linked]:
    """Return the links that people made."""
    query = (
        select(calendar_links, contacts.c.ref.label("contact"))
        .outerjoin(contacts, contacts.c.id == calendar_links.c.contact_id)
        .where(calendar_links.c.practice == practice)
        .order_by(calendar_links.c.calendar, calendar_links.c.at, calendar_links.c.uid)
    )
    if calendar is not None:
        query = query.where(calendar_links.c.calendar == calendar)
    rows = connection.execute(query)
    return [Linked(row.calendar, row.uid, row.recurrence, row.contact, row.by) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which event a person links to which contact (None: it is about nobody), and who orders it.

    `event`: its UID or the beginning of its short name; `calendar`: where two have it; `day`: only the occurrence of
    a series whose original day that is.
    """

    event: str
    by: str
    contact: str | None = None
    calendar: str | None = None
    day: str | None = None


def link(turn: Turn, order: Order) -> Linked:
    """Link an event to a contact.

    Raises:
        NotFoundError: there is no such event, occurrence or contact.
        InputError: the name fits several events.

    """
    practice = turn.current.rulebook.practice.practice
    found = _find_event(turn.connection, practice, order)
    recurrence = "" if order.day is None else _occurrence(turn.connection, found, order.day)
    contact_id = None if order.contact is None else _contact(turn.connection, practice, order.contact)
    values = {"uid": found.uid, "recurrence": recurrence, "contact_id": contact_id, "by": order.by, "at": turn.now}
    storing.put_link(turn.connection, CalendarKey(practice, found.calendar), values)
    return Linked(found.calendar, found.uid, recurrence, order.contact, order.by)


def unlink(turn: Turn, order: Order) -> int:
    """Forget every link of an event; return how many there were.

    Raises:
        NotFoundError: there is no such event.
        InputError: the name fits several events.

    """
    practice = turn.current.rulebook.practice.practice
    found = _find_event(turn.connection, practice, order)
    return storing.drop_links(turn.connection, CalendarKey(practice, found.calendar), found.uid)


def _contact(connection: Connection, practice: str, ref: str) -> uuid.UUID:
    row = contacts_by_ref(connection, practice, [ref]).get(ref)
    if row is None or row["gone_at"] is not None:
        message = f"there is no contact {ref!r}"
        raise NotFoundError(message)
    contact_id: uuid.UUID = row["id"]
    return contact_id


@dataclass(frozen=True, slots=True)
class _Event:
    practice: str
    calendar: str
    uid: str


def _find_event(connection: Connection, practice: str, order: Order) -> _Event:
    """Find an event among those that are known or linked."""
    known = [
        _Event(practice, row.calendar, row.uid)
        for table in (calendar_events, calendar_links)
        for row in connection.execute(
            select(table.c.calendar, table.c.uid).where(table.c.practice == practice).distinct()
        )
        if order.calendar in {None, row.calendar}
    ]
    fitting = _fitting(known, order.event)
    if not fitting:
        message = f"there is no event {order.event!r}: `quietbell calendars events` lists those that wait"
        raise NotFoundError(message)
    if len(fitting) > 1:
        message = f"{order.event!r} fits {len(fitting)} events: give more of it, the whole UID, or its --calendar"
        raise InputError(message)
    return fitting[0]


def _fitting(known: Iterable[_Event], named: str) -> list[_Event]:
    """Return the events of that UID; else those whose short name begins so, where enough of it was given."""
    unique = sorted(set(known), key=lambda each: (each.calendar, each.uid))
    exact = [each for each in unique if each.uid == named]
    if exact or len(named) < SHORT // 2:
        return exact
    return [each for each in unique if short_of(each.uid).startswith(named.lower())]


def _occurrence(connection: Connection, event: _Event, day: str) -> str:
    query = select(calendar_events.c.recurrence).where(
        calendar_events.c.practice == event.practice,
        calendar_events.c.calendar == event.calendar,
        calendar_events.c.uid == event.uid,
    )
    days = set(connection.execute(query).scalars())
    if day not in days:
        message = f"the event has no occurrence whose original day is {day!r}"
        raise NotFoundError(message)
    return day


def _waiting(rows: Sequence[Any]) -> Waiting:
    first = rows[0]
    return Waiting(
        key=short_of(first.uid),
        calendar=first.calendar,
        uid=first.uid,
        state=EventState(first.state),
        title=first.title,
        start=first.start,
        starts_at=first.starts_at,
        count=len(rows),
        reason=first.reason or "",
    )
