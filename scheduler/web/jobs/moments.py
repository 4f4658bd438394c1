"""Moments and days as a browser's fields hold them, on the practice's clock: texts in, aware moments out. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

from jobs.errors import InputError


def read_field(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """Return the moment of a field such as `2026-12-01T10:00`; None where it is empty.

    Raises:
        InputError: it is none.

    """
    if not text:
        return None
    try:
        read = dt.datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        message = f"{text!r} is no moment: write it as 2026-12-01T10:00"
        raise InputError(message) from None


def read_bound(text: str, zone: ZoneInfo, *, is_end: bool = False) -> dt.datetime | None:
    """Return the moment that bounds a list; a bare day means its start, as an end the whole day.

    Raises:
        InputError: it is neither a day nor a moment.

    """
    moment = read_field(text, zone)
    if moment is None or "T" in text or not is_end:
        return moment
    following = moment.astimezone(zone) + dt.timedelta(days=1)  # on the wall clock, whatever its length
    return following.astimezone(dt.UTC)


def start_of_day(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return when the day of a moment began there."""
    return dt.datetime.combine(now.astimezone(zone).date(), dt.time(), zone).astimezone(dt.UTC)
