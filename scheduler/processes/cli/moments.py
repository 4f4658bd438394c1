"""What a person types for a moment or a day, in the practice's zone: a text in, an aware moment out. Pure."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from jobs.errors import InputError

TIME = re.compile(r"(?:(today|tomorrow)\s+)?([01]?\d|2[0-3]):([0-5]\d)", re.IGNORECASE)
SPAN = re.compile(r"in\s+(\d{1,4})\s+(minute|hour|day)s?", re.IGNORECASE)
DAY_ONLY = re.compile(r"[\dW-]*")
HOW = "write it as 2026-12-01 10:00, 10:00, tomorrow 10:00, in 2 hours or now"


def read_moment(text: str, *, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Return the moment that a person means, in UTC.

    A time alone is today's; one that does not exist moves forward by the gap, one that occurs twice is the first.

    Raises:
        InputError: it cannot be read; the message shows how to write it.

    """
    written = " ".join(text.split())
    if written.lower() == "now":
        return now
    span = SPAN.fullmatch(written)
    if span is not None:
        return _after(int(span[1]), span[2].lower(), now.astimezone(zone)).astimezone(dt.UTC)
    clock = TIME.fullmatch(written)
    if clock is not None:
        days = 1 if (clock[1] or "").lower() == "tomorrow" else 0
        day = now.astimezone(zone).date() + dt.timedelta(days=days)
        return _in_zone(dt.datetime.combine(day, dt.time(int(clock[2]), int(clock[3]))), zone)
    return _in_zone(_iso(text, written), zone)


def read_bound(text: str, *, zone: ZoneInfo, now: dt.datetime, is_end: bool = False) -> dt.datetime:
    """Return the moment that bounds a list: as `read_moment`; a bare day means its start, as an end the whole day.

    Raises:
        InputError: it cannot be read.

    """
    days = {"today": 0, "tomorrow": 1, "yesterday": -1}
    written = text.strip().lower()
    if written in days:
        day = now.astimezone(zone).date() + dt.timedelta(days=days[written])
    else:
        try:
            day = dt.date.fromisoformat(written)
        except ValueError:
            return read_moment(text, zone=zone, now=now)
    return _in_zone(dt.datetime.combine(day + dt.timedelta(days=is_end), dt.time()), zone)


def _after(count: int, unit: str, local: dt.datetime) -> dt.datetime:
    if unit == "day":
        return local + dt.timedelta(days=count)
    elapsed = dt.timedelta(minutes=count) if unit == "minute" else dt.timedelta(hours=count)
    return local.astimezone(dt.UTC) + elapsed


def _iso(text: str, written: str) -> dt.datetime:
    message = f"{text!r} is not a moment: {HOW}"
    if DAY_ONLY.fullmatch(written):
        raise InputError(message)
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError as problem:
        raise InputError(message) from problem


def _in_zone(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone, fold=0)
    try:
        return local.astimezone(dt.UTC)
    except OverflowError as problem:
        message = f"{moment} lies outside the calendar"
        raise InputError(message) from problem
