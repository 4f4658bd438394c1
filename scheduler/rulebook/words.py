"""The small values a rulebook is written in: durations, days, times of day, useful-until. Text in, values out. Pure."""

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from scheduler.rulebook.meant import duration_meant, time_meant
from scheduler.rulebook.spelling import nearest


class Unit(StrEnum):
    """A unit of a duration, spelled as in the file (plural)."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    WEEKS = "weeks"
    MONTHS = "months"


ELAPSED_UNITS = frozenset({Unit.MINUTES, Unit.HOURS})
"""Units that are elapsed time; the others are calendar arithmetic."""

_DURATION = re.compile(r"(\d{1,5})\s+(minute|hour|day|business\s+day|week|month)s?", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Duration:
    """`count` times `unit`: elapsed for minutes and hours, calendar arithmetic for the rest."""

    count: int
    unit: Unit

    @property
    def is_elapsed(self) -> bool:
        """Tell whether this is elapsed time (minutes, hours) rather than calendar arithmetic."""
        return self.unit in ELAPSED_UNITS

    def __str__(self) -> str:
        """Return it as an admin writes it: `1 day`, `3 business days`."""
        return f"{self.count} {self.unit.value[:-1] if self.count == 1 else self.unit.value}"


@dataclass(frozen=True, slots=True)
class UsefulUntil:
    """When a text must no longer go: `duration` before the start or after the end, or `time` on the moment's day."""

    side: Literal["before", "after", "at"]
    duration: Duration | None = None
    time: dt.time | None = None

    def __str__(self) -> str:
        """Return it as an admin writes it."""
        return f"{self.time:%H:%M}" if self.side == "at" else f"{self.duration} {self.side}"


def read_duration(text: object) -> Duration:
    """Read `7 days`, `1 business day`, `2 months`.

    Raises:
        ValueError: saying what a duration looks like.

    """
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        advice = _near_duration(text) or "write a number and minutes, hours, days, business days, weeks or months"
        message = f"{_shown(text)} is not a duration: {advice}"
        raise ValueError(message)
    unit = re.sub(r"\s+", " ", match[2].lower()) + "s"
    return Duration(int(match[1]), Unit(unit))


def _near_duration(text: object) -> str | None:
    """Return a hint at the duration that was probably meant, or None."""
    if isinstance(text, (list, tuple)):
        return "write one here, and a step of its own for each other"
    if isinstance(text, str) and (meant := duration_meant(text)) is not None:
        return f"did you mean `{meant}`?"
    if re.fullmatch(r"\d{1,5}", str(text)):
        return f"write what it counts, such as `{Duration(int(str(text)), Unit.DAYS)}`"
    if isinstance(text, str) and text.strip().startswith("-"):
        return "write it without the minus sign, under `before` or under `after`"
    match = re.fullmatch(r"\s*(\d{1,5})\s*([A-Za-z ]{1,20}?)\s*", text) if isinstance(text, str) else None
    unit = nearest(match[2], [*Unit, *(name.removesuffix("s") for name in Unit)]) if match else None
    return f"did you mean `{match[1]} {unit}`?" if match and unit else None


def read_time(text: object) -> dt.time:
    """Read a local time of day, `HH:MM`.

    Raises:
        ValueError: saying what a time looks like.

    """
    match = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        meant = time_meant(str(text))
        advice = f"did you mean `{meant}`?" if meant else "write it as HH:MM, such as 09:30"
        message = f"{_shown(text)} is not a time of day: {advice}"
        raise ValueError(message)
    return dt.time(int(match[1]), int(match[2]))


def _shown(value: object) -> str:
    """Return what was written for a sentence; a list or a mapping is not written out."""
    return "what stands here" if isinstance(value, (list, tuple, dict)) else f"`{value}`"


def read_day(text: object) -> dt.date:
    """Read a day, `YYYY-MM-DD`.

    Raises:
        ValueError: saying what a day looks like.

    """
    if isinstance(text, str) and _DAY.fullmatch(text.strip()):
        with suppress(ValueError):
            return dt.date.fromisoformat(text.strip())
    message = f"{_shown(text)} is not a day: write it as YYYY-MM-DD, such as 2026-12-24"
    raise ValueError(message)


def read_useful_until(text: object) -> UsefulUntil:
    """Read `2 hours before`, `2 days after` or `18:00`.

    Raises:
        ValueError: saying the three forms.

    """
    if isinstance(text, str):
        if _TIME.fullmatch(text.strip()):
            return UsefulUntil("at", time=read_time(text))
        for side in ("before", "after"):
            words = text.strip()
            if words.endswith(f" {side}"):
                return UsefulUntil("before" if side == "before" else "after", read_duration(words[: -len(side)]))
    message = f"{_shown(text)} does not say when a text is of no more use: {_near_until(text)}"
    raise ValueError(message)


def _near_until(text: object) -> str:
    """Return a hint at what was probably meant by an end of use."""
    meant = time_meant(text) if isinstance(text, str) else None
    if meant is not None:
        return f"did you mean `{meant}`?"
    longer = re.match(r"\s*(\d{1,5} [a-z ]+ (?:before|after))\b", str(text))
    if longer is not None:
        return f"did you mean `{longer[1]}`?"
    return "write `2 hours before`, `2 days after` or `18:00`"
