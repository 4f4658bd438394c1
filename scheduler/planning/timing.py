"""Local wall time and moments, and the arithmetic of durations. Pure: plain values in, plain values out.

A wall time is a naive datetime of some zone; a moment is aware and in UTC. A wall time that does not exist moves on by
the gap, one that occurs twice is the first: both are what fold 0 means in PEP 495.
"""

import calendar
import datetime as dt
import functools
import zoneinfo
from dataclasses import dataclass

from jobs.windows import Calendar
from scheduler.rulebook.words import Duration, Unit

ONE_DAY = dt.timedelta(days=1)

_REMEMBERED = 50_000


@functools.lru_cache(maxsize=_REMEMBERED)
def moment_of(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the moment of a wall time; remembered, since a practice's texts share few of them."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def wall_of(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the wall time of a moment."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight_of(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the moment at which a local day begins."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)


def add_months(day: dt.datetime, months: int) -> dt.datetime:
    """Move a wall time by calendar months; day 31 clamps to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        message = "the calendar ends before that month"
        raise OverflowError(message)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def elapsed(duration: Duration) -> dt.timedelta:
    """Return minutes or hours as elapsed time."""
    if duration.unit is Unit.MINUTES:
        return dt.timedelta(minutes=duration.count)
    return dt.timedelta(hours=duration.count)


@dataclass(frozen=True, slots=True)
class Place:
    """Where dates are reckoned: the occasion's zone and the practice's calendar."""

    zone: zoneinfo.ZoneInfo
    calendar: Calendar

    def shift_wall(self, wall: dt.datetime, duration: Duration, sign: int) -> dt.datetime:
        """Move a wall time by a duration, forward for sign 1, back for -1; minutes and hours are elapsed time.

        Raises:
            OverflowError: the years 1 to 9999 end first.

        """
        count = sign * duration.count
        if duration.unit is Unit.DAYS:
            return wall + dt.timedelta(days=count)
        if duration.unit is Unit.WEEKS:
            return wall + dt.timedelta(weeks=count)
        if duration.unit is Unit.MONTHS:
            return add_months(wall, count)
        if duration.unit is Unit.BUSINESS_DAYS:
            return dt.datetime.combine(self.calendar.open_day(wall.date(), count), wall.time())
        return wall_of(moment_of(wall, self.zone) + sign * elapsed(duration), self.zone)

    def shift_moment(self, moment: dt.datetime, duration: Duration, sign: int) -> dt.datetime:
        """Move a moment by a duration: elapsed time, or at the same local time of another day.

        Raises:
            OverflowError: the years 1 to 9999 end first.

        """
        if duration.is_elapsed:
            return moment + sign * elapsed(duration)
        if not duration.count:
            return moment
        return moment_of(self.shift_wall(wall_of(moment, self.zone), duration, sign), self.zone)

    def local_day(self, moment: dt.datetime) -> dt.date:
        """Return the local date of a moment."""
        return moment.astimezone(self.zone).date()

    def day_end(self, day: dt.date) -> dt.datetime:
        """Return the moment at which a local day ends: the next one's midnight."""
        return midnight_of(day + ONE_DAY, self.zone)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a step counts from: the start, and for `after` the end, as wall times and moments.

    `text` is the start's wall time as it stands in a job's identity. By day, `wall` and `end_wall` are the day's
    midnight, `moment` that midnight's moment, and `end` the day's end.
    """

    text: str
    by_day: bool
    wall: dt.datetime
    moment: dt.datetime
    end_wall: dt.datetime
    end: dt.datetime


def read_wall(written: str, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the wall time in `zone` and the moment of a written local time; one with an offset is that instant.

    Raises:
        ValueError: it is not ISO 8601.

    """
    read = dt.datetime.fromisoformat(written)
    if read.tzinfo is None:
        return read, moment_of(read, zone)
    moment = read.astimezone(dt.UTC)
    return wall_of(moment, zone), moment


def anchor_by_moment(start: str, end: str | None, zone: zoneinfo.ZoneInfo) -> Anchor:
    """Return the anchor of a thing dated by moment; without an end, the start is its end.

    Raises:
        ValueError: a time is not ISO 8601.

    """
    wall, moment = read_wall(start, zone)
    end_wall, end_moment = (wall, moment) if end is None else read_wall(end, zone)
    return Anchor(written_wall(wall), False, wall, moment, end_wall, end_moment)  # noqa: FBT003 - a field, not a switch


def anchor_by_day(date: str, zone: zoneinfo.ZoneInfo) -> Anchor:
    """Return the anchor of a thing dated by day.

    Raises:
        ValueError: the date is not ISO 8601.

    """
    day = dt.date.fromisoformat(date)
    wall = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time is naive
    end = midnight_of(day + ONE_DAY, zone)
    return Anchor(day.isoformat(), True, wall, moment_of(wall, zone), wall, end)  # noqa: FBT003 - a field, not a switch


def written_wall(wall: dt.datetime) -> str:
    """Return a wall time as it stands in an identity: `2026-12-01T10:00`, seconds only where there are some."""
    return wall.isoformat(timespec="auto" if wall.second or wall.microsecond else "minutes")
