"""A sending window laid on a calendar and a person's zones: is a moment inside, when does it open, when was it open.

Moments are aware and come back in UTC. A local time that does not exist moves forward by the gap, one that occurs twice
is the first. Ends are exclusive. With several possible zones all must be inside.
"""

import datetime as dt
import functools
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from jobs.errors import InputError
from jobs.windows.closed_days import Calendar
from jobs.windows.grammar import WEEKDAYS, Span, WeeklyHours, read_spans, read_weekly_hours

BEFORE_CLOSING = dt.timedelta(minutes=30)
"""How long before a window's end a text goes that is drawn earlier."""

Interval = tuple[dt.datetime, dt.datetime]
Opening = tuple[tuple[dt.datetime, ...], tuple[dt.datetime, ...]]
"""Starts and ends of disjoint intervals in order, touching ones joined."""

_ONE_DAY = dt.timedelta(days=1)
_MARGIN = dt.timedelta(days=10)
_REMEMBERED_YEARS = 512
_SEARCHED_YEARS = 2
_SAMPLE_WEEKS = (dt.date(2026, 1, 12), dt.date(2026, 4, 6), dt.date(2026, 7, 13), dt.date(2026, 10, 12))
"""Mondays of weeks through the year, in which possible zones are looked at for an hour that they share."""


@functools.cache
def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """Return the IANA zone of that name.

    Raises:
        InputError: there is none.

    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"zone {name!r} is not known: write an IANA name such as 'America/Toronto'"
        raise InputError(message) from error


class SendingWindow:
    """Weekly hours on a calendar; every question names the possible zones, one or more, of whom the text is for."""

    def __init__(self, hours: WeeklyHours, calendar: Calendar) -> None:
        """Hold the hours and the calendar; years are laid out when first asked for, and remembered."""
        self._hours = hours
        self._calendar = calendar
        self._years: dict[tuple[tuple[str, ...], int], Opening] = {}
        self._meeting: dict[tuple[str, ...], bool] = {}

    @classmethod
    def read(cls, value: Mapping[str, str | Iterable[str]], calendar: Calendar) -> "SendingWindow":
        """Read a window as written in a practice's settings.

        Raises:
            InputError: it cannot be read.

        """
        return cls(read_weekly_hours(value), calendar)

    @classmethod
    def every_day(cls, written: str | Iterable[str]) -> "SendingWindow":
        """Read hours that apply every day, closed ones too, such as those for corrections.

        Raises:
            InputError: they cannot be read.

        """
        spans = read_spans(written)
        return cls(WeeklyHours((spans,) * len(WEEKDAYS), spans), Calendar())

    def is_open(self, moment: dt.datetime, zones: tuple[str, ...]) -> bool:
        """Tell whether the moment lies inside, in all the zones."""
        starts, ends = self._opening(zones, moment.year)
        index = bisect_right(starts, moment) - 1
        return index >= 0 and moment < ends[index]

    def next_opening(self, moment: dt.datetime, zones: tuple[str, ...]) -> dt.datetime | None:
        """Return the moment itself if it is inside, else the next opening; None if there is none within two years."""
        for year in range(moment.year, min(moment.year + _SEARCHED_YEARS, dt.MAXYEAR)):
            starts, ends = self._opening(zones, year)
            index = bisect_right(starts, moment)
            if index and moment < ends[index - 1]:
                return moment
            if index < len(starts):
                return starts[index]
        return None

    def closing(self, moment: dt.datetime, zones: tuple[str, ...]) -> dt.datetime | None:
        """Return the end of the window that the moment lies in (ten days on if it never ends); None if outside."""
        starts, ends = self._opening(zones, moment.year)
        index = bisect_right(starts, moment) - 1
        return ends[index] if index >= 0 and moment < ends[index] else None

    def earlier(self, moment: dt.datetime, zones: tuple[str, ...]) -> dt.datetime | None:
        """Return 30 minutes before the last window's end, or its opening if it is shorter; None if there was none."""
        for year in range(moment.year, max(moment.year - _SEARCHED_YEARS, dt.MINYEAR), -1):
            starts, ends = self._opening(zones, year)
            index = bisect_right(ends, moment) - 1
            if index >= 0:
                return max(starts[index], ends[index] - BEFORE_CLOSING)
        return None

    def has_common_hour(self, zones: tuple[str, ...]) -> bool:
        """Tell whether some hour of a weekday is inside in all the zones; if not, ask for the person's own zone."""
        if len(zones) == 1:
            return True
        if zones not in self._meeting:
            self._meeting[zones] = any(self._weekday_hours_meet(zones, monday) for monday in _SAMPLE_WEEKS)
        return self._meeting[zones]

    def _weekday_hours_meet(self, zones: tuple[str, ...], monday: dt.date) -> bool:
        days = [monday + _ONE_DAY * offset for offset in range(5)]
        laid = [
            join(
                [
                    self._interval(day, span, zone_of(zone))
                    for day in days
                    for span in self._hours.weekdays[day.weekday()]
                ]
            )
            for zone in zones
        ]
        return bool(functools.reduce(intersect, laid))

    def _opening(self, zones: tuple[str, ...], year: int) -> Opening:
        key = (zones, year)
        found = self._years.get(key)
        if found is None:
            if len(self._years) >= _REMEMBERED_YEARS:
                self._years.clear()
            laid = functools.reduce(intersect, [self._lay_out(zone, year) for zone in dict.fromkeys(zones)])
            found = self._years[key] = (tuple(start for start, _ in laid), tuple(end for _, end in laid))
        return found

    def _lay_out(self, zone_name: str, year: int) -> list[Interval]:
        """Return the window's intervals from ten days before the year to ten days after it, joined where they touch."""
        zone = zone_of(zone_name)
        day = dt.date(year, 1, 1) - _MARGIN
        intervals: list[Interval] = []
        for _ in range(366 + 2 * _MARGIN.days):
            spans = self._hours.holidays if self._calendar.is_closed(day) else self._hours.weekdays[day.weekday()]
            intervals.extend(self._interval(day, span, zone) for span in spans)
            day += _ONE_DAY
        return join(intervals)

    @staticmethod
    def _interval(day: dt.date, span: Span, zone: zoneinfo.ZoneInfo) -> Interval:
        midnight = dt.datetime(day.year, day.month, day.day, tzinfo=zone)
        # Adding to an aware datetime moves its wall clock; fold 0 is the first of two, or moves on by a gap (PEP 495).
        start, end = (midnight + dt.timedelta(minutes=minutes) for minutes in span)
        return (start.astimezone(dt.UTC), end.astimezone(dt.UTC))


def join(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals in order, empty ones dropped, overlapping and touching ones joined."""
    joined: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def intersect(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Return what lies in both; each list is in order and disjoint."""
    both: list[Interval] = []
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        start = max(left[at_left][0], right[at_right][0])
        end = min(left[at_left][1], right[at_right][1])
        if start < end:
            both.append((start, end))
        if left[at_left][1] < right[at_right][1]:
            at_left += 1
        else:
            at_right += 1
    return both
