"""When the demo takes place: the next working afternoon of its practice, so that it looks the same at any hour.

Live, it stands a working day earlier first, which is lived through in steps.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from jobs.clock import SteppingClock, SystemClock

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


class DemoClock(SteppingClock):
    """A clock that is told to jump until it is told to run on from where it stands."""

    def __init__(self, start: dt.datetime) -> None:
        """Stand at `start` (aware)."""
        super().__init__(start)
        self._running: ShiftedClock | None = None

    def now(self) -> dt.datetime:
        """Return where the clock stands, or how far it has run."""
        return super().now() if self._running is None else self._running.now()

    def run_on(self) -> None:
        """Run from now on as the machine's clock does."""
        self._running = ShiftedClock(super().now())


def working_day_before(start: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the same time of the working day before."""
    local = start.astimezone(zone).replace(tzinfo=None) - dt.timedelta(days=1)
    while local.weekday() >= SATURDAY:
        local -= dt.timedelta(days=1)
    return local.replace(tzinfo=zone).astimezone(dt.UTC)


def demo_start(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first moment from `now` on at which it is BEGINS in `zone`, today and tomorrow being working days."""
    local = now.astimezone(zone)
    day = local.date() if local.time() <= BEGINS else local.date() + dt.timedelta(days=1)
    while day.weekday() >= SATURDAY or (day + dt.timedelta(days=1)).weekday() >= SATURDAY:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, BEGINS, zone).astimezone(dt.UTC)
