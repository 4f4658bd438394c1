"""A step's own moments: where it and its repeats lie by `before`, `after`, `at`, `every`, before quiet hours. Pure."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from scheduler.planning.compiled import Side, StepTerms
from scheduler.planning.decisions import Reason
from scheduler.planning.timing import Anchor, Place, add_months, elapsed, moment_of, wall_of
from scheduler.rulebook.words import Duration, Unit

FIRST_YEAR, LAST_YEAR = 1900, 2400
"""Outside these years nothing is dated: a placeholder such as 9999-12-31 is no date."""


class OwnMoment(NamedTuple):
    """One repeat's own moment, and why it is none if so; no moment where the calendar ends first."""

    repeat: int
    moment: dt.datetime | None
    reason: Reason | None = None


def own_moments(step: StepTerms, anchor: Anchor, place: Place) -> list[OwnMoment]:
    """Return the own moments of a `before` or `after` step, the first repeat first."""
    if not FIRST_YEAR <= anchor.wall.year <= LAST_YEAR:
        return _none(step)
    try:
        if step.every is None:
            return [_within_years(OwnMoment(1, _first(step, anchor, place)))]
        moments = [_within_years(own) for own in _each(step, step.every, anchor, place)]
    except OverflowError:
        return _none(step)
    if step.side is Side.BEFORE:
        return [_ended(own, anchor) for own in moments]
    return moments


def _none(step: StepTerms) -> list[OwnMoment]:
    return [OwnMoment(repeat, None, Reason.NO_DATE) for repeat in _all(step)]


def _within_years(own: OwnMoment) -> OwnMoment:
    if own.moment is not None and FIRST_YEAR <= own.moment.year <= LAST_YEAR:
        return own
    return OwnMoment(own.repeat, None, Reason.NO_DATE)


def _ended(own: OwnMoment, anchor: Anchor) -> OwnMoment:
    """Repeats with `before` end before the start (by day: its midnight); the first is no repeat of anything."""
    if own.repeat == 1 or own.moment is None or own.moment < anchor.moment:
        return own
    return own._replace(reason=Reason.NOT_BEFORE_START)


def _base(step: StepTerms, anchor: Anchor) -> tuple[dt.datetime, dt.datetime, int]:
    """Return the wall time and the moment a step counts from, and in which direction."""
    if step.side is Side.BEFORE:
        return anchor.wall, anchor.moment, -1
    return anchor.end_wall, anchor.end, 1


def _at(step: StepTerms, wall: dt.datetime) -> dt.datetime:
    return wall if step.at is None else dt.datetime.combine(wall, step.at)


def _first(step: StepTerms, anchor: Anchor, place: Place) -> dt.datetime:
    wall, moment, sign = _base(step, anchor)
    if step.offset.is_elapsed:
        return moment + sign * elapsed(step.offset)
    return moment_of(_at(step, place.shift_wall(wall, step.offset, sign)), place.zone)


def _each(step: StepTerms, every: Duration, anchor: Anchor, place: Place) -> Iterator[OwnMoment]:
    by_business_days = Unit.BUSINESS_DAYS in (step.offset.unit, every.unit)
    if by_business_days and every.unit is not Unit.MONTHS:
        return _by_open_days(step, every, anchor, place)
    return (OwnMoment(k, _moved(step, Duration((k - 1) * every.count, every.unit), anchor, place)) for k in _all(step))


def _all(step: StepTerms) -> range:
    return range(1, step.times + 1)


def _moved(step: StepTerms, by: Duration, anchor: Anchor, place: Place) -> dt.datetime:
    """Move the anchor by k-1 times `every`, then by the offset; months of both in one go, so that day 31 comes back."""
    wall, moment, sign = _base(step, anchor)
    if by.is_elapsed and step.offset.is_elapsed:
        return moment + elapsed(by) + sign * elapsed(step.offset)
    if by.unit is Unit.MONTHS and step.offset.unit is Unit.MONTHS:
        return moment_of(_at(step, add_months(wall, by.count + sign * step.offset.count)), place.zone)
    wall = place.shift_wall(wall, by, 1) if by.count else wall
    if step.offset.is_elapsed:
        return (moment_of(wall, place.zone) if by.count else moment) + sign * elapsed(step.offset)
    return moment_of(_at(step, place.shift_wall(wall, step.offset, sign)), place.zone)


def _by_open_days(step: StepTerms, every: Duration, anchor: Anchor, place: Place) -> Iterator[OwnMoment]:
    """Walk from repeat to repeat; one on a closed day moves to an open one, two on one day are one.

    With `after` it moves forward and later ones count from there, with `before` back and they count from where it was.
    """
    wall = _at(step, wall_of(_first(step, anchor, place), place.zone))
    onward = step.side is Side.AFTER
    roll = place.calendar.next_open_day if onward else place.calendar.last_open_day
    taken: dt.date | None = None
    for repeat in _all(step):
        day = roll(wall.date())
        placed = dt.datetime.combine(day, wall.time())
        yield OwnMoment(repeat, moment_of(placed, place.zone), Reason.SAME_DAY if day == taken else None)
        taken = day
        if repeat < step.times:
            wall = place.shift_wall(placed if onward else wall, every, 1)
