"""The events as they stand in a calendar: parsed, each with dates that can be relied upon, each once. Child only."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from icalendar import Calendar, Component

from scheduler.intake.calendars.events import UnreadableCalendarError

_ONCE: Final = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "STATUS")
_DATING: Final = frozenset({*_ONCE, "RRULE", "RDATE", "EXDATE"})
_STAMPS: Final = ("DTSTAMP", "LAST-MODIFIED", "CREATED")


def read_sources(text: str) -> list[Component]:
    """Return every event with its calendar's METHOD applied; of two versions of one, the newer.

    Raises:
        UnreadableCalendarError: one cannot be read, or stands there twice and nothing says which is newer.

    """
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        message = f"it cannot be parsed: {str(error)[:200]}"
        raise UnreadableCalendarError(message) from error
    return _newest(calendars)


def uid_of(source: Component) -> str:
    """Return what an event is recognised by."""
    return str(source.get("UID", "")).strip()


def date_of(source: Component, name: str) -> dt.date:
    """Return a property's day or moment.

    Raises:
        UnreadableCalendarError: it is neither.

    """
    value = getattr(source[name], "dt", None)
    if not isinstance(value, dt.date):
        raise _refusal(source, f"has a {name} that is no date")
    return value


def version_of(source: Component) -> int | None:
    """Return SEQUENCE; None where it was not given (the library says -1)."""
    given = source.get("SEQUENCE", -1)
    return int(given) if isinstance(given, int) and given >= 0 else None


def instant_of(value: dt.date) -> str:
    """Return a day or moment as text, the same for the same moment in any zone."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC)
    return value.isoformat()


def _newest(calendars: Iterable[Component]) -> list[Component]:
    newest: dict[tuple[str, str], Component] = {}
    for calendar in calendars:
        is_cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"  # RFC 5546 section 3.2.5
        for source in calendar.walk("VEVENT"):
            _check(source)
            if is_cancelled:
                source["STATUS"] = "CANCELLED"
            recurrence = instant_of(date_of(source, "RECURRENCE-ID")) if "RECURRENCE-ID" in source else ""
            key = (uid_of(source), recurrence)
            newest[key] = _newer(newest[key], source) if key in newest else source
    return list(newest.values())


def _newer(one: Component, other: Component) -> Component:
    first, second = version_of(one) or 0, version_of(other) or 0
    if first != second:
        return one if first > second else other
    if _without_stamps(one) != _without_stamps(other):
        raise _refusal(one, "stands there twice, and SEQUENCE does not say which is newer")
    return one


def _without_stamps(source: Component) -> bytes:
    copy = source.copy()
    for stamp in _STAMPS:
        copy.pop(stamp, None)
    written: bytes = copy.to_ical()
    return written


def _check(source: Component) -> None:
    """Refuse an event whose dates cannot be relied upon."""
    broken = [name for name, _ in source.errors if name in _DATING]
    if broken:
        raise _refusal(source, f"has a {broken[0]} that cannot be read")
    twice = [name for name in _ONCE if isinstance(source.get(name), list)]
    if twice:
        raise _refusal(source, f"has {twice[0]} more than once")
    if not uid_of(source):
        raise _refusal(source, "has no UID, so it could not be recognised again")
    if "DTSTART" not in source:
        raise _refusal(source, "has no DTSTART")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in source:
            _check_zone(source, name)


def _check_zone(source: Component, name: str) -> None:
    """Refuse a time of a zone that nothing describes; the library would take it for a floating one."""
    value = date_of(source, name)
    zone = getattr(source[name], "params", {}).get("TZID")
    if isinstance(value, dt.datetime) and value.tzinfo is None and zone:
        raise _refusal(source, f"has a {name} in the zone {str(zone)[:60]!r}, which nothing describes")


def _refusal(source: Component, sentence: str) -> UnreadableCalendarError:
    name = uid_of(source) or str(source.get("SUMMARY", "")) or "without a name"
    return UnreadableCalendarError(f"the event {name[:80]!r} {sentence}")
