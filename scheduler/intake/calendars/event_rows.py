"""Events as rows of a kind: an event and its person in, what intake is given or why it is not out. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scheduler.intake.calendars.events import Event
from scheduler.intake.calendars.people import Found
from scheduler.intake.rows import ONLY_ROLE, Row, columns_of_kind, read_row
from scheduler.intake.values import read_line
from scheduler.rulebook.schema import Calendar, Kind, XProperty

LONGEST_UID: Final = 160
CASE_REF: Final = "case_ref"
"""What `fields` may name besides the kind's own fields."""

_HASHED: Final = 32


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with whom it is about and the row that intake is to take; `reason`: why its row cannot be taken."""

    event: Event
    ref: str
    found: Found
    row: Row | None = None
    reason: str | None = None


def properties_of(calendar: Calendar) -> tuple[str, ...]:
    """Return the properties of an event whose values a calendar needs."""
    people = (way.x_property for way in calendar.contact if isinstance(way, XProperty))
    return tuple(dict.fromkeys((*people, *calendar.fields.values())))


def ref_of(event: Event) -> str:
    """Return the ref of an event's occasion: its UID, and the original day of an occurrence of a series."""
    uid = event.uid
    if len(uid) > LONGEST_UID or not _is_plain(uid):
        uid = f"uid-{hashlib.sha256(uid.encode()).hexdigest()[:_HASHED]}"
    return f"{uid}/{event.recurrence}" if event.recurrence else uid


def event_row(event: Event, found: Found, calendar: Calendar, kind: Kind, line: int) -> EventRow:
    """Return the row of an event; who nobody is about clears its contact."""
    ref = ref_of(event)
    named: dict[str, object] = {
        "ref": ref,
        ONLY_ROLE: found.ref,
        **_times(event, kind),
        **_fields(event, calendar, kind),
    }
    if event.version is not None:
        named["version"] = event.version
    row = read_row(columns_of_kind(calendar.kind, kind), named, line)
    if isinstance(row, Row):
        return EventRow(event, ref, found, row)
    reason = "; ".join(f"{problem.column}: {problem.sentence}" for problem in row)
    return EventRow(event, ref, found, reason=reason)


def _is_plain(uid: str) -> bool:
    try:
        return read_line(uid) == uid
    except ValueError:
        return False


def _times(event: Event, kind: Kind) -> Mapping[str, object]:
    if kind.dated == "day":
        return {"date": event.start}
    return {"start": event.start, "end": event.end, "timezone": event.timezone}


def _fields(event: Event, calendar: Calendar, kind: Kind) -> dict[str, object]:
    """Return the kind's fields that the calendar fills: from the event, else its default, else cleared."""
    fields: dict[str, object] = dict(calendar.defaults)
    for name, source in calendar.fields.items():
        values = event.values.get(source, ())
        if values:
            fields[name] = _shaped(values, kind.fields.get(name, "text"))
        else:
            fields.setdefault(name, None)
    return fields


def _shaped(values: tuple[str, ...], type_name: str) -> object:
    """Return a property as a field's type reads it; words are lower-case with underscores, as rules are written."""
    if type_name == "word":
        return _word(values[0])
    if type_name == "words":
        return [_word(value) for value in values]
    return ", ".join(values) if type_name == "text" else values[0]


def _word(value: str) -> str:
    return "_".join(value.casefold().split())
