"""Checks that a step is still useful when it goes: `useful_until`, quiet hours, closed days. Pure."""

import datetime as dt
from collections.abc import Iterator

from jobs.errors import InputError
from jobs.windows.grammar import WeeklyHours, read_weekly_hours
from scheduler.publishing.checks.lengths import bounds_in_minutes, days_of, minutes_of
from scheduler.publishing.checks.subject import PlacedStep, Subject, error, warning
from scheduler.publishing.checks.timing import offset_of
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.words import Duration, Unit, UsefulUntil


def check_useful_until(subject: Subject) -> Iterator[Problem]:
    """Check that no step ends being useful before it goes."""
    for place in subject.steps():
        until, offset = place.step.useful_until, _offset(place)
        if until is not None and offset is not None and _is_useless(place, until, offset):
            text = f"the step `{place.name}` can never fire: at its moment it is no longer useful"
            yield error(place.at("useful_until"), f"{text}. Make `useful_until` later")


def check_quiet_hours(subject: Subject) -> Iterator[Problem]:
    """Check that a step that skips quiet hours does not always fall into them, and that no closed day swallows one."""
    hours = _hours(subject)
    if hours is None:
        return
    for place in subject.steps():
        at = place.step.at
        if at is not None and place.step.in_quiet_hours == "skip" and not _is_ever_open(hours, at):
            text = f"{at:%H:%M} lies outside the sending window on every day: `{place.name}` skips it and never goes"
            yield warning(place.at("at"), f"{text}. Change `at` or `in_quiet_hours`")
        elif _has_closed_day(hours) and _is_swallowed(place):
            text = f"on a closed day the step `{place.name}` never goes: it waits, and is useful on that day only"
            yield warning(place.at(), f"{text}. Write `in_quiet_hours: earlier`, or go a day ahead")


def _offset(place: PlacedStep) -> Duration | None:
    """Return how far a step lies from what it counts from: a date, or a change."""
    return offset_of(place) if place.step.on is None else place.step.wait or Duration(0, Unit.MINUTES)


def _is_useless(place: PlacedStep, until: UsefulUntil, offset: Duration) -> bool:
    """Tell whether `until` is surely not after the step's moment."""
    at = place.step.at
    if until.side == "at":
        return at is not None and until.time is not None and until.time <= at
    if until.duration is None:
        return False
    if place.step.on is not None:
        # `after` counts from the moment recorded, `before` from a start that may lie anywhere.
        return until.side == "after" and _ends_too_early(place, until.duration, offset)
    if place.step.after is not None:
        return until.side == "before" or _ends_too_early(place, until.duration, offset)
    return until.side == "before" and _starts_too_late(place, until.duration, offset)


def _starts_too_late(place: PlacedStep, until: Duration, before: Duration) -> bool:
    """Tell whether a text `before` its date is over at once, being useful only until `until` before it."""
    ahead, left = minutes_of(before), minutes_of(until)
    if ahead is not None and left is not None:
        return left >= ahead
    most_ahead = bounds_in_minutes(before)[1]
    if place.step.at is not None and days_of(before) is not None:
        most_ahead += 24 * 60
    return bounds_in_minutes(until)[0] >= most_ahead


def _ends_too_early(place: PlacedStep, until: Duration, after: Duration) -> bool:
    """Tell whether a text `after` its date is over at once, being useful only until `until` after it."""
    gone, left = minutes_of(after), minutes_of(until)
    if gone is not None and left is not None:
        return left <= gone
    least_gone = bounds_in_minutes(after)[0]
    if place.step.at is not None and days_of(after) is not None:
        least_gone -= 24 * 60
    return bounds_in_minutes(until)[1] <= least_gone


def _is_swallowed(place: PlacedStep) -> bool:
    """Tell whether a step is useful on its own day only and waits when that day is closed."""
    step = place.step
    if step.before is None or step.before.is_elapsed or (step.before.count == 0 and step.at is None):
        return False
    if step.before.count == 0 and step.before.unit is not Unit.DAYS:  # no moment at all, which is told elsewhere
        return False
    quiet = step.in_quiet_hours or ("later" if step.before.count == 0 else "earlier")
    ends_that_day = step.before.count == 0 or (step.useful_until is not None and step.useful_until.side == "at")
    return ends_that_day and quiet in {"later", "skip"}


def _hours(subject: Subject) -> WeeklyHours | None:
    try:
        return read_weekly_hours(subject.settings.sending_window)
    except InputError:
        return None


def _has_closed_day(hours: WeeklyHours) -> bool:
    return not hours.holidays or not all(hours.weekdays)


def _is_ever_open(hours: WeeklyHours, at: dt.time) -> bool:
    minute = at.hour * 60 + at.minute
    days = (*hours.weekdays, hours.holidays)
    return any(start <= moment < end for day in days for start, end in day for moment in (minute, minute + 24 * 60))
