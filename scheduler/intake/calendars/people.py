"""Whom events are about: events in, a contact's ref or why there is none out, as the calendar's `contact` says.

A person's link comes first. Then each way in turn: the first that leads to exactly one contact. It writes nothing.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from jobs.phone import Phone, read_phone
from jobs.records import contacts
from scheduler.intake.calendars.events import Event
from scheduler.intake.calendars.storing import CalendarKey, Links, links_of
from scheduler.rulebook.schema import Calendar, Practice, XProperty

EMAIL_FIELD: Final = "email"
"""The practice's own contact field that `attendee_email` looks at."""
MOST_AT_ONCE: Final = 500
NOBODY_NAMED: Final = "it names nobody who is known"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom an event is about: a contact's ref, else why not; `passed_over`: a person said that it is about nobody."""

    ref: str | None = None
    reason: str | None = None
    passed_over: bool = False


@dataclass(slots=True)
class _Known:
    """The practice's contacts, gone ones not, by what an event may say of them."""

    by_id: dict[uuid.UUID, str] = field(default_factory=dict)
    by_ref: dict[str, str] = field(default_factory=dict)
    by_email: dict[str, set[str]] = field(default_factory=dict)
    by_phone: dict[str, set[str]] = field(default_factory=dict)


def find_people(connection: Connection, practice: Practice, calendar: Calendar, events: Sequence[Event]) -> list[Found]:
    """Return for each event whom it is about."""
    links = links_of(connection, CalendarKey(practice.practice, calendar.id))
    reads_phones = "phone_in_text" in calendar.contact
    phones = [_numbers(event, practice.country) if reads_phones else () for event in events]
    numbers = {number for found in phones for number in found}
    known = _load(connection, practice.practice, _criteria(calendar, events, links, numbers))
    return [_find(event, calendar, links, known, written) for event, written in zip(events, phones, strict=True)]


def _numbers(event: Event, country: str) -> tuple[str, ...]:
    """Return the valid numbers among what is written like one."""
    read = (read_phone(written, country) for written in event.phones)
    return tuple(dict.fromkeys(each.e164 for each in read if isinstance(each, Phone)))


def _criteria(
    calendar: Calendar, events: Sequence[Event], links: Links, numbers: Iterable[str]
) -> Iterator[tuple[ColumnElement[Any], list[Any]]]:
    """Yield columns with the values by which contacts are looked for."""
    properties = [way.x_property for way in calendar.contact if isinstance(way, XProperty)]
    refs = {value for event in events for name in properties for value in event.values.get(name, ())[:1]}
    yield contacts.c.ref, sorted(refs)
    yield contacts.c.id, sorted({linked for linked in links.values() if linked is not None})
    yield contacts.c.phone, sorted(numbers)
    if "attendee_email" in calendar.contact:
        yield _email(), sorted({email for event in events for email in event.emails})


def _email() -> ColumnElement[Any]:
    return func.lower(contacts.c.fields[EMAIL_FIELD].as_string())


def _load(connection: Connection, practice: str, criteria: Iterable[tuple[ColumnElement[Any], list[Any]]]) -> _Known:
    known = _Known()
    for column, values in criteria:
        for first in range(0, len(values), MOST_AT_ONCE):
            query = select(contacts.c.id, contacts.c.ref, contacts.c.phone, _email().label("email")).where(
                contacts.c.practice == practice,
                contacts.c.gone_at.is_(None),
                column.in_(values[first : first + MOST_AT_ONCE]),
            )
            for row in connection.execute(query):
                known.by_id[row.id] = known.by_ref[row.ref] = row.ref
                known.by_email.setdefault(row.email, set()).add(row.ref)
                known.by_phone.setdefault(row.phone, set()).add(row.ref)
    return known


def _find(event: Event, calendar: Calendar, links: Links, known: _Known, phones: Iterable[str]) -> Found:
    for key in ((event.uid, event.recurrence), (event.uid, "")):
        if key in links:
            return _linked(links[key], known)
    reasons: list[str] = []
    for way in calendar.contact:
        if isinstance(way, XProperty):
            given = next(iter(event.values.get(way.x_property, ())), None)
            if given is not None:  # whoever names somebody unknown means nobody else
                return _named(given, way.x_property, known)
            continue
        refs = (
            _by_address(known.by_email, event.emails)
            if way == "attendee_email"
            else _by_address(known.by_phone, phones)
        )
        if len(refs) == 1:
            return Found(refs.pop())
        if refs:
            what = "the address of an attendee" if way == "attendee_email" else "a number in its text"
            reasons.append(f"{what} leads to {', '.join(sorted(refs)[:5])}")
    return Found(reason="; ".join(reasons) or NOBODY_NAMED)


def _linked(contact_id: uuid.UUID | None, known: _Known) -> Found:
    if contact_id is None:
        return Found(passed_over=True)
    ref = known.by_id.get(contact_id)
    return Found(ref) if ref else Found(reason="the contact that it was linked to is gone")


def _named(given: str, name: str, known: _Known) -> Found:
    ref = known.by_ref.get(given)
    return Found(ref) if ref else Found(reason=f"{name} names {given[:60]!r}, who is no known contact")


def _by_address(known: Mapping[str, set[str]], addresses: Iterable[str]) -> set[str]:
    return {ref for address in addresses for ref in known.get(address, ())}
