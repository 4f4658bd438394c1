"""Parses a calendar that the guard let through and expands its series: text in, events inside the horizon out.

Runs in the child only: a library that hangs or eats memory takes nothing along. It asks no database.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from recurring_ical_events import CalendarQuery  # type: ignore[import-untyped]  # ships no types

from scheduler.intake.calendars.describing import describe
from scheduler.intake.calendars.events import MOST_EVENTS, Event, UnreadableCalendarError, Wanted
from scheduler.intake.calendars.sources import date_of, instant_of, read_sources, uid_of, version_of
from scheduler.intake.calendars.walls import times_of

_REPEATING: Final = ("RRULE", "RDATE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class _Series:
    """What the sources say of whole series, by UID.

    `homes`: the first moment of each; `shifts`: by UID and recurrence, how far a change of RANGE=THISANDFUTURE moved
    that occurrence and all later ones.
    """

    repeating: frozenset[str]
    homes: Mapping[str, dt.date]
    shifts: Mapping[tuple[str, str], dt.timedelta]


def expand(text: str, wanted: Wanted) -> list[Event]:
    """Return the events that start inside the horizon, earliest first.

    Raises:
        UnreadableCalendarError: an event cannot be read, or there are too many.

    """
    sources = read_sources(text)
    series = _series(sources)
    found = list(itertools.islice(_occurrences(sources, wanted), MOST_EVENTS + 1))
    if len(found) > MOST_EVENTS:
        days = f"from {wanted.first:%Y-%m-%d} to {wanted.last:%Y-%m-%d}"
        message = f"it has more than {MOST_EVENTS:,} occurrences {days}"
        raise UnreadableCalendarError(message)
    events = (_event(each, series, wanted) for each in found)
    ahead = (each for each in events if wanted.first <= each.starts_at <= wanted.last)
    return sorted(_named_apart(ahead), key=lambda each: (each.starts_at, each.uid, each.recurrence))


def _series(sources: list[Component]) -> _Series:
    changes = [each for each in sources if "RECURRENCE-ID" in each]
    return _Series(
        repeating=frozenset(uid_of(each) for each in sources if any(name in each for name in _REPEATING)),
        homes={uid_of(each): date_of(each, "DTSTART") for each in sources if "RECURRENCE-ID" not in each},
        shifts={
            (uid_of(each), instant_of(date_of(each, "RECURRENCE-ID"))): _shift(each)
            for each in changes
            if getattr(each["RECURRENCE-ID"], "params", {}).get("RANGE") == "THISANDFUTURE"
        },
    )


def _shift(change: Component) -> dt.timedelta:
    start, original = date_of(change, "DTSTART"), date_of(change, "RECURRENCE-ID")
    try:
        return start - original
    except TypeError as error:
        message = f"the event {uid_of(change)[:80]!r} changes a series from a day to a time"
        raise UnreadableCalendarError(message) from error


def _occurrences(sources: list[Component], wanted: Wanted) -> Iterator[Component]:
    """Yield what happens inside the horizon, series after series, so that whoever counts can stop early."""
    # Not `recurring_ical_events.of`: it applies X-WR-TIMEZONE, which moves times whose zone only the file describes.
    calendar = Calendar()
    calendar.subcomponents = list(sources)
    try:
        for series in CalendarQuery(calendar).series:
            for occurrence in series.between(wanted.first, wanted.last):
                yield occurrence.as_component(keep_recurrence_attributes=False)
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        message = f"a series cannot be expanded: {str(error)[:200]}"
        raise UnreadableCalendarError(message) from error


def _event(source: Component, series: _Series, wanted: Wanted) -> Event:
    zone = ZoneInfo(wanted.zone)
    end = date_of(source, "DTEND") if "DTEND" in source else None
    times = times_of(date_of(source, "DTSTART"), end, zone, by_day=wanted.by_day)
    return Event(
        uid=uid_of(source),
        recurrence=_recurrence(source, series, zone) if uid_of(source) in series.repeating else "",
        start=times.start,
        end=times.end,
        timezone=times.timezone,
        starts_at=times.starts_at,
        is_all_day=times.is_all_day,
        version=version_of(source),
        is_cancelled=str(source.get("STATUS", "")).strip().upper() == "CANCELLED",
        **describe(source, wanted.properties),
    )


def _recurrence(source: Component, series: _Series, zone: ZoneInfo) -> str:
    """Return when the series first had the occurrence: its own wall time `2026-12-01T100000`, or a day."""
    original = date_of(source, "RECURRENCE-ID")
    shift = series.shifts.get((uid_of(source), instant_of(original)))
    if shift is not None:  # all that follow a change carry that change's own RECURRENCE-ID
        original = date_of(source, "DTSTART") - shift
    if not isinstance(original, dt.datetime):
        return original.isoformat()
    if original.tzinfo is not None:
        home = series.homes.get(uid_of(source))
        there = home.tzinfo if isinstance(home, dt.datetime) else None
        original = original.astimezone(there or zone)
    return original.strftime("%Y-%m-%dT%H%M%S")


def _named_apart(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events, an occurrence named by its original day alone where that day has no earlier one of its series.

    So a series that moves to another hour keeps its names: its occurrences are moved, not cancelled and added.
    """
    taken: set[tuple[str, str]] = set()
    for event in sorted(events, key=lambda each: (each.uid, each.recurrence)):
        day = event.recurrence.partition("T")[0]
        short = event.recurrence if (event.uid, day) in taken else day
        if (event.uid, short) in taken:
            message = f"the event {event.uid[:80]!r} has two occurrences of {event.recurrence or 'one moment'}"
            raise UnreadableCalendarError(message)
        taken.add((event.uid, short))
        yield replace(event, recurrence=short)
