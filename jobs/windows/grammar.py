"""Reads a sending window as it is written: days to hours. Text in, minutes of the day out; knows no date, no zone."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jobs.errors import InputError

Span = tuple[int, int]
"""Minutes from the local midnight of the day it opens on, end exclusive; an end past 1440 lies on the next day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = "holidays"

_MINUTES_A_DAY = 24 * 60
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The spans of each weekday (Monday first) and of closed days."""

    weekdays: tuple[tuple[Span, ...], ...]
    holidays: tuple[Span, ...]


def read_weekly_hours(value: Mapping[str, str | Iterable[str]]) -> WeeklyHours:
    """Read `{mon-fri: "09:00-20:00", sat: …, sun: closed, holidays: closed}`; a day not named is closed.

    Raises:
        InputError: a day or an hour cannot be read, or a day is named twice.

    """
    hours: dict[str, tuple[Span, ...]] = {}
    for key, written in value.items():
        spans = read_spans(written)
        for day in _days(key):
            if day in hours:
                message = f"sending window: {day} is named twice"
                raise InputError(message)
            hours[day] = spans
    return WeeklyHours(tuple(hours.get(day, ()) for day in WEEKDAYS), hours.get(HOLIDAYS, ()))


def read_spans(written: str | Iterable[str]) -> tuple[Span, ...]:
    """Read `09:00-20:00`, several by commas or as a list, or `closed`, into sorted spans.

    Raises:
        InputError: it is none of these.

    """
    parts = written.split(",") if isinstance(written, str) else [part for text in written for part in text.split(",")]
    words = [part.strip() for part in parts]
    if words == ["closed"]:
        return ()
    return tuple(sorted(_span(word) for word in words))


def _span(word: str) -> Span:
    match = _SPAN.fullmatch(word)
    if match is None:
        message = f"sending window: {word!r} is not a span of hours: write 'HH:MM-HH:MM' (24:00 may end it) or 'closed'"
        raise InputError(message)
    start = int(match[1]) * 60 + int(match[2])
    end = _MINUTES_A_DAY if match[5] else int(match[3]) * 60 + int(match[4])
    if end == start:
        message = f"sending window: {word!r} is empty: write '00:00-24:00' for a whole day, 'closed' for none"
        raise InputError(message)
    return (start, end if end > start else end + _MINUTES_A_DAY)


def _days(key: str) -> list[str]:
    days: list[str] = []
    for part in key.split(","):
        first, dash, last = (word.strip().lower() for word in part.partition("-"))
        if not dash and first == HOLIDAYS:
            days.append(HOLIDAYS)
            continue
        start, end = _weekday(first), _weekday(last) if dash else _weekday(first)
        days.extend(WEEKDAYS[(start + offset) % 7] for offset in range((end - start) % 7 + 1))
    return days


def _weekday(word: str) -> int:
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    near = difflib.get_close_matches(word, (*WEEKDAYS, HOLIDAYS), n=1, cutoff=0.5)
    advice = f": did you mean {near[0]!r}?" if near else f": write one of {', '.join(WEEKDAYS)} or {HOLIDAYS}"
    message = f"sending window: {word!r} is not a day{advice}"
    raise InputError(message)
