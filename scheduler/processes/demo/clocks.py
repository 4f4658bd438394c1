"""When the demo takes place: the next working afternoon of its practice, so that it looks the same at any hour."""

import datetime as dt
from zoneinfo import ZoneInfo

from jobs.clock import SystemClock

BEGINS = dt.time(15, 59, 40)
"""Twenty seconds before the day-before reminders of the shipped rules (16:00) fall due."""
SATURDAY = 5


class ShiftedClock:
    """The machine's clock, moved so that it showed `start` when this was made."""

    def __init__(self, start: dt.datetime) -> None:
        """Show `start` (aware) now."""
        self._system = SystemClock()
        self._shift = start - self._system.now()

    def now(self) -> dt.datetime:
        """Return the shifted present moment, in UTC."""
        return self._system.now() + self._shift


def demo_start(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first moment from `now` on at which it is BEGINS in `zone`, today and tomorrow being working days."""
    local = now.astimezone(zone)
    day = local.date() if local.time() <= BEGINS else local.date() + dt.timedelta(days=1)
    while day.weekday() >= SATURDAY or (day + dt.timedelta(days=1)).weekday() >= SATURDAY:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, BEGINS, zone).astimezone(dt.UTC)
