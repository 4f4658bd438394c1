"""Checks of the calendars that are read: ids, kinds, the fields they fill, ways to find the person. Problems out."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from scheduler.publishing.checks.subject import Subject, error, warning
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Calendar, Kind
from scheduler.rulebook.spelling import suggestion
from scheduler.rulebook.words import read_day

CASE_REF: Final = "case_ref"
"""What a calendar may fill besides the kind's own fields."""
EMAIL_TYPES: Final = frozenset({"word", "text"})
ITS_OWN: Final = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "UID"}
)
"""Properties that date or name the event (RFC 5545), not fields of it."""


def check_calendars(subject: Subject) -> Iterator[Problem]:
    """Check that calendars have ids of their own, kinds that exist, and ways that can lead to a person."""
    seen: set[str] = set()
    for index, calendar in enumerate(subject.settings.calendars):
        if calendar.id in seen:
            where = subject.desk.at("calendars", index, "id")
            yield error(where, f"a calendar `{calendar.id}` exists already. Give one of them another id")
        seen.add(calendar.id)
        yield from _ways(subject, index, calendar)
        kind = subject.kinds.get(calendar.kind)
        if kind is None:
            where = subject.desk.at("calendars", index, "kind")
            yield error(where, f"unknown kind `{calendar.kind}`. {suggestion(calendar.kind, subject.kinds)}")
        else:
            yield from _fields(subject, index, calendar, kind)
            yield from _defaults(subject, index, calendar, kind)


def _ways(subject: Subject, index: int, calendar: Calendar) -> Iterator[Problem]:
    if not calendar.contact:
        text = f"the calendar `{calendar.id}` has no `contact`: each of its events waits until a person links it"
        yield warning(subject.desk.at("calendars", index), text)
    if "attendee_email" not in calendar.contact:
        return
    if subject.settings.contact_fields.get("email") not in EMAIL_TYPES:
        where = subject.desk.at("calendars", index, "contact", calendar.contact.index("attendee_email"))
        yield error(where, "`attendee_email` looks at the contact field `email`. Add `contact_fields: {email: text}`")


def _fields(subject: Subject, index: int, calendar: Calendar, kind: Kind) -> Iterator[Problem]:
    for name, source in calendar.fields.items():
        if name not in kind.fields and name != CASE_REF:
            where = subject.desk.key("calendars", index, "fields", name)
            near = suggestion(name, [*kind.fields, CASE_REF])
            yield error(where, f"`{calendar.kind}` has no field `{name}`. {near}")
        if source in ITS_OWN:
            where = subject.desk.at("calendars", index, "fields", name)
            yield error(where, f"`{source}` is read as the event's own date, status or id. Name another property")


def _defaults(subject: Subject, index: int, calendar: Calendar, kind: Kind) -> Iterator[Problem]:
    for name, value in calendar.defaults.items():
        if name not in kind.fields:
            where = subject.desk.key("calendars", index, "defaults", name)
            yield error(where, f"`{calendar.kind}` has no field `{name}`. {suggestion(name, kind.fields)}")
        elif not _FITS[kind.fields[name]](value):
            where = subject.desk.at("calendars", index, "defaults", name)
            yield error(where, f"`{name}` is a {kind.fields[name]}, which `{value}` is not")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and " " not in value


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_day(value: object) -> bool:
    try:
        read_day(value)
    except ValueError:
        return False
    return True


_FITS: Final[Mapping[str, Callable[[object], bool]]] = MappingProxyType(
    {
        "word": _is_word,
        "words": lambda value: isinstance(value, str),
        "text": lambda value: isinstance(value, str),
        "number": _is_number,
        "money": _is_number,
        "day": _is_day,
        "moment": lambda value: isinstance(value, str) and _is_day(value[:10]),
        "yes_no": lambda value: isinstance(value, bool),
    }
)
"""Whether a default fits a field's type."""
