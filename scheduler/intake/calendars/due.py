"""Which feeds are due: addresses and published rules in, calendars out, the one that waits longest first."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from jobs.database import Database
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.feeds import feeds_of, variable_of
from scheduler.intake.calendars.storing import CalendarKey, CalendarRow


def due_feeds(database: Database, feeds: Mapping[str, str]) -> list[CalendarKey]:
    """Return the feeds whose turn has come; two calendars that have one variable are left alone."""
    if not feeds:
        return []
    with database.read() as connection:
        now = database.moment(connection)
        found = list(feeds_of(connection, feeds))
        named = Counter(variable_of(key) for key, _ in found)
        rows = [(key, each.pace, storing.calendar_row(connection, key)) for key, each in found]
    due = [(key, row) for key, pace, row in rows if named[variable_of(key)] == 1 and is_due(row, pace, now)]
    return [key for key, _ in sorted(due, key=_longest_unread)]


def is_due(row: CalendarRow, pace: dt.timedelta, now: dt.datetime) -> bool:
    """Tell whether a feed's turn has come: its pace has passed, its server asked for no more, nobody reads it."""
    if row["claim"] is not None and row["claimed_until"] > now:
        return False
    if row["not_before"] is not None and row["not_before"] > now:
        return False
    read_at: dt.datetime | None = row["read_at"]
    return read_at is None or read_at + pace <= now


def _longest_unread(due: tuple[CalendarKey, CalendarRow]) -> tuple[bool, float, str, str]:
    key, row = due
    read_at = row["read_at"]
    return read_at is not None, 0.0 if read_at is None else read_at.timestamp(), key.practice, key.calendar
