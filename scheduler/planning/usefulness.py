"""Until when a text is useful: its own `useful_until`, or the default of its step. Pure."""

import datetime as dt

from scheduler.planning.candidates import Candidate
from scheduler.planning.compiled import LONG_AGO, Side
from scheduler.planning.decisions import UsefulBy
from scheduler.planning.repeats import LAST_YEAR
from scheduler.planning.timing import Anchor, Place, elapsed, moment_of
from scheduler.rulebook.words import Duration, UsefulUntil

Limit = tuple[dt.datetime, UsefulBy]

_THREE_DAYS = dt.timedelta(days=3)
_ONE_DAY = dt.timedelta(days=1)
_END_OF_TIME = dt.datetime(LAST_YEAR, 12, 31, tzinfo=dt.UTC)


def limit_of(candidate: Candidate, following: Candidate | None, place: Place) -> Limit | None:
    """Return what bounds a text before it is known when it goes; None if nothing does.

    `following` is what ends it by default: for `before` the next step with a job, for `after` the next repeat with one.
    """
    step = candidate.step
    if step.useful_until is not None:
        return _own(candidate, step.useful_until, place)
    if step.side is Side.ON:
        return _start_still_ahead(candidate)
    if step.side is Side.AFTER:
        return None if following is None or following.planned is None else (following.planned, UsefulBy.NEXT_REPEAT)
    cap = _cap(candidate)
    if following is None or following.planned is None or step.is_zero_days or following.planned >= cap[0]:
        return cap
    return following.planned, UsefulBy.NEXT_STEP


def settle(candidate: Candidate, limit: Limit | None, planned: dt.datetime, place: Place) -> Limit:
    """Return until when a text is useful that goes at `planned`."""
    step = candidate.step
    if limit is not None and (step.side is Side.BEFORE or step.useful_until is not None):
        return limit
    days, word = (_ONE_DAY, UsefulBy.ONE_DAY) if step.side is Side.ON else (_THREE_DAYS, UsefulBy.THREE_DAYS)
    most = (planned.astimezone(place.zone) + days).astimezone(dt.UTC)
    return limit if limit is not None and limit[0] <= most else (most, word)


def _own(candidate: Candidate, useful_until: UsefulUntil, place: Place) -> Limit | None:
    try:
        moment = _own_moment(candidate, useful_until, place)
    except OverflowError:
        moment = _END_OF_TIME if useful_until.side == "after" else LONG_AGO
    if moment is None:
        return _start_still_ahead(candidate)
    step = candidate.step
    if step.side is Side.BEFORE:
        cap = _cap(candidate)
        if candidate.dated_at < cap[0] < moment:
            return cap
    elif step.is_on_created:
        ahead = _start_still_ahead(candidate)
        if ahead is not None and ahead[0] < moment:
            return ahead
    return moment, UsefulBy.OWN


def _cap(candidate: Candidate) -> Limit:
    """Return the start (by day: its midnight), or for `before: 0 days` by day that day's end."""
    anchor = candidate.dated_anchor
    if anchor.by_day and candidate.step.is_zero_days:
        return anchor.end, UsefulBy.DAY_END
    return anchor.moment, UsefulBy.START


def _start_still_ahead(candidate: Candidate) -> Limit | None:
    """Return the start (by day: its midnight) if it was still ahead when an `on:` step's change was recorded."""
    anchor = candidate.anchor
    if anchor is None or anchor.moment <= candidate.ready:
        return None
    return anchor.moment, UsefulBy.START


def _own_moment(candidate: Candidate, useful_until: UsefulUntil, place: Place) -> dt.datetime | None:
    if useful_until.time is not None:
        day = place.local_day(candidate.own_moment)
        return moment_of(dt.datetime.combine(day, useful_until.time), place.zone)
    duration = useful_until.duration
    if duration is None:
        return None
    if useful_until.side == "after" and candidate.step.side is Side.ON:
        return place.shift_moment(candidate.ready, duration, 1)
    if candidate.anchor is None:
        return None
    return (_before_start if useful_until.side == "before" else _after_end)(candidate.anchor, duration, place)


def _before_start(anchor: Anchor, duration: Duration, place: Place) -> dt.datetime:
    if duration.is_elapsed:
        return anchor.moment - elapsed(duration)
    return moment_of(place.shift_wall(anchor.wall, duration, -1), place.zone)


def _after_end(anchor: Anchor, duration: Duration, place: Place) -> dt.datetime:
    if duration.is_elapsed:
        return anchor.end + elapsed(duration)
    wall = place.shift_wall(anchor.end_wall, duration, 1)
    return place.day_end(wall.date()) if anchor.by_day else moment_of(wall, place.zone)
