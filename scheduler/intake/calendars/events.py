"""What is looked for in a calendar, the events found in it, and why it could not be read. Frozen values, plain JSON.

Pure: they travel between this process and the child that parses.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from jobs.errors import InputError

MOST_EVENTS: Final = 5_000
"""Events of a file, and occurrences of them inside the horizon (5,000 take a second and a half)."""
MOST_BYTES: Final = 16 * 1024 * 1024


class UnreadableCalendarError(InputError):
    """The calendar cannot be read whole; the message is for people."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Nothing was taken in, and why; `wait` is how long its server wants to be left alone."""

    sentence: str
    wait: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: events that start from `first` to `last`, and those properties of them.

    `zone` is the practice's: of floating times, and of times that name no place. `by_day`: their kind has no time.
    """

    zone: str
    first: dt.datetime
    last: dt.datetime
    by_day: bool
    properties: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> "Wanted":
        """Return what `as_json` gave."""
        first, last = (dt.datetime.fromisoformat(plain[name]) for name in ("first", "last"))
        return cls(plain["zone"], first, last, plain["by_day"], tuple(plain["properties"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, or one occurrence of a series (`recurrence`: its original day, with the time where a day has several).

    `start` and `end` are as intake keeps them: a local wall time (with its offset only where it occurs twice) or a
    day; `timezone` is the place's, None for the practice's. `values` by property, `phones` as they are written.
    """

    uid: str
    start: str
    starts_at: dt.datetime
    recurrence: str = ""
    end: str | None = None
    timezone: str | None = None
    version: int | None = None
    is_cancelled: bool = False
    is_all_day: bool = False
    title: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"starts_at": self.starts_at.isoformat()}

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> "Event":
        """Return what `as_json` gave."""
        values = {name: tuple(each) for name, each in plain["values"].items()}
        lists = {name: tuple(plain[name]) for name in ("emails", "phones")}
        starts_at = dt.datetime.fromisoformat(plain["starts_at"])
        return cls(**{**plain, **lists, "values": values, "starts_at": starts_at})
