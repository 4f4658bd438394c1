"""Which chores fail right now, how often and since when: what is logged of a failure that lasts.

The first failure of a row is worth its traceback, then a line a minute, and a line when it works again.
"""

import threading
from dataclasses import dataclass, field
from typing import Final

SAID_EVERY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Streak:
    """Failures of one chore in a row: how many, since when, and when it was last spoken of (steady seconds)."""

    failures: int
    began: float
    said: float

    def seconds(self, now: float) -> float:
        """Return how long it has lasted."""
        return round(now - self.began, 1)


@dataclass(frozen=True, slots=True)
class Failing:
    """The failures in a row that last. Safe for several threads, of which one at a time runs a chore."""

    _streaks: dict[str, Streak] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def failed(self, chore: str, now: float) -> tuple[Streak, bool]:
        """Count a failure; return its streak, and whether it is to be spoken of now."""
        with self._lock:
            before = self._streaks.get(chore)
            if before is None:
                streak, is_due = Streak(1, now, now), True
            else:
                is_due = now - before.said >= SAID_EVERY_SECONDS
                streak = Streak(before.failures + 1, before.began, now if is_due else before.said)
            self._streaks[chore] = streak
            return streak, is_due

    def worked(self, chore: str) -> Streak | None:
        """Note that a chore went well; return the streak that ends with it, or None."""
        with self._lock:
            return self._streaks.pop(chore, None)
