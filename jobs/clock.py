"""Where the present moment comes from. Only the edges ask a clock; everything else is handed `now`."""

import datetime as dt
import time
from typing import Protocol

UTC = dt.UTC


class Clock(Protocol):
    """Tells the present moment, aware and in UTC."""

    def now(self) -> dt.datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> dt.datetime:
        """Return the machine's present moment in UTC."""
        return dt.datetime.now(UTC)


class SteppingClock:
    """A clock that stands still until it is told to jump; `demo --once`, the simulator and tests use it."""

    def __init__(self, start: dt.datetime) -> None:
        """Stand at `start` (aware)."""
        if start.tzinfo is None:
            message = "SteppingClock needs an aware start"
            raise ValueError(message)
        self._now = start.astimezone(UTC)

    def now(self) -> dt.datetime:
        """Return where the clock stands, in UTC."""
        return self._now

    def jump_to(self, moment: dt.datetime) -> None:
        """Move forward to `moment`; an earlier moment changes nothing."""
        self._now = max(self._now, moment.astimezone(UTC))


def steady_seconds() -> float:
    """Return seconds on a clock that runs on through a freeze of the machine (CLOCK_BOOTTIME), else the monotonic one.

    Source: Linux clock_gettime(2); CLOCK_BOOTTIME includes time that the system is suspended, CLOCK_MONOTONIC does not.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)
