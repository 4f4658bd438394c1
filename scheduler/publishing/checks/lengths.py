"""Lengths of durations as far as they can be known without a date: bounds in days and minutes. Pure."""

from dataclasses import dataclass

from scheduler.rulebook.words import Duration, Unit

MINUTES_A_DAY = 24 * 60
_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60}
_DAYS: dict[Unit, tuple[int, int]] = {
    Unit.DAYS: (1, 1),
    Unit.WEEKS: (7, 7),
    Unit.MONTHS: (28, 31),
    # Over weekends and closed weeks a business day may take long; a practice closed for a month is left out of account.
    Unit.BUSINESS_DAYS: (1, 31),
}


@dataclass(frozen=True, slots=True)
class Days:
    """The least and the most calendar days that a duration in days, business days, weeks or months may take."""

    least: int
    most: int


def days_of(duration: Duration) -> Days | None:
    """Return the bounds in calendar days; None for minutes and hours."""
    if duration.is_elapsed:
        return None
    least, most = _DAYS[duration.unit]
    return Days(least * duration.count, most * duration.count)


def minutes_of(duration: Duration) -> int | None:
    """Return the elapsed minutes; None for calendar durations."""
    return duration.count * _MINUTES[duration.unit] if duration.is_elapsed else None


def bounds_in_minutes(duration: Duration) -> tuple[int, int]:
    """Return the least and the most minutes, a day with a change of clocks counted as 23 to 25 hours."""
    minutes = minutes_of(duration)
    days = days_of(duration)
    if minutes is not None or days is None:
        return minutes or 0, minutes or 0
    hour = 60 if days.most else 0
    return days.least * MINUTES_A_DAY - hour, days.most * MINUTES_A_DAY + hour
