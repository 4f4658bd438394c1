"""Checks of when a step goes: `before`, `after`, `at`, `every`, `times`. A subject in, problems out."""

from collections.abc import Iterator

from scheduler.publishing.checks.lengths import days_of
from scheduler.publishing.checks.subject import PlacedStep, Subject, error, warning
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.words import Duration, Unit


def check_offsets(subject: Subject) -> Iterator[Problem]:
    """Check that every step says when it goes, once, in a unit that its date allows."""
    for place in subject.steps():
        if place.step.on is not None or not place.is_dated:  # told by the checks of events and of date fields
            continue
        offset = _offset_problem(place)
        if offset is not None:
            yield offset
            continue
        yield from _unit_problems(place)
        yield from _zero_problems(place)


def check_repeats(subject: Subject) -> Iterator[Problem]:
    """Check that `every` and `times` go together, and that repeats of a `before` step end before its date."""
    for place in subject.steps():
        every, times = place.step.every, place.step.times
        if place.step.on is not None:  # told by the check of events
            continue
        if every is not None:
            yield from _every_problems(place, every)
        elif times > 1:
            text = f"`times: {times}` without `every` repeats nothing. Add `every`, such as `every: 7 days`"
            yield error(place.key("times"), text)


def _every_problems(place: PlacedStep, every: Duration) -> Iterator[Problem]:
    step = place.step
    if not place.has("times"):
        yield error(place.key("every"), "`every` without `times` repeats nothing. Add `times`, such as `times: 3`")
    if every.count == 0:
        yield error(place.at("every"), f"`{every}` repeats at the same moment. Write at least `1 day`")
    elif every.is_elapsed and (place.by_day or step.at is not None):
        yield error(place.at("every"), f"`every: {every}` goes with neither `at` nor a day. Write it in days")
    elif step.before is not None and step.times > 1:
        yield from _repeat_problems(place, step.before, every)


def offset_of(place: PlacedStep) -> Duration | None:
    """Return the duration of `before` or `after`."""
    return place.step.before if place.step.before is not None else place.step.after


def _offset_problem(place: PlacedStep) -> Problem | None:
    step = place.step
    if step.before is not None and step.after is not None:
        return error(
            place.key("after"), f"the step `{place.name}` has both `before` and `after`. Leave one of them out"
        )
    if step.before is None and step.after is None:
        return error(place.at(), f"the step `{place.name}` does not say when it goes. Add `before`, `after` or `on`")
    return None


def _unit_problems(place: PlacedStep) -> Iterator[Problem]:
    step, offset = place.step, offset_of(place)
    if offset is None:
        return
    word = "before" if step.before is not None else "after"
    if offset.is_elapsed and place.by_day:
        text = f"`{word}: {offset}` can never fire: `{step.from_ or place.rule.for_}` is dated by day"
        yield error(place.at(word), f"{text}. Write days, and the time under `at`")
    elif offset.is_elapsed and step.at is not None:
        text = f"`at` does not go with `{word}: {offset}`: minutes and hours count from the time itself"
        yield error(place.key("at"), f"{text}. Leave `at` out")
    elif place.by_day and step.at is None:
        text = f"the step `{place.name}` needs a time: `{step.from_ or place.rule.for_}` is dated by day"
        yield error(place.at(), f'{text}. Add `at`, such as `at: "10:00"`')


def _zero_problems(place: PlacedStep) -> Iterator[Problem]:
    step, offset = place.step, offset_of(place)
    if offset is None or offset.count:
        return
    word = "before" if step.before is not None else "after"
    if offset.unit is Unit.BUSINESS_DAYS or offset.unit in {Unit.WEEKS, Unit.MONTHS}:
        yield error(place.at(word), f"`{word}: {offset}` is no moment. Write `0 days` for the day itself")
    elif offset.unit is Unit.DAYS and step.at is None and not place.by_day:
        yield error(
            place.at(word), f'`{word}: 0 days` is the day itself and needs a time. Add `at`, such as `at: "09:00"`'
        )
    elif offset.is_elapsed and word == "before":
        text = f"`before: {offset}` can never fire: at the start the text is no longer useful"
        yield error(place.at(word), f"{text}. Write at least `5 minutes`")


def _repeat_problems(place: PlacedStep, before: Duration, every: Duration) -> Iterator[Problem]:
    """Tell of repeats that would come after the date: none fits (an error), or not all do (a warning)."""
    fitting = [number for number in range(2, place.step.times + 1) if _may_fit(place, before, every, number)]
    where = place.key("times")
    if not fitting:
        text = f"after the first no repeat can ever fire: `every: {every}` leaves nothing of `before: {before}`"
        yield error(where, f"{text}. Leave `every` and `times` out, or start earlier")
    elif len(fitting) + 1 < place.step.times:
        text = f"only {len(fitting) + 1} of {place.step.times} times fit into `before: {before}`"
        yield warning(where, f"{text}. Write `times: {len(fitting) + 1}`, or start earlier")


def _may_fit(place: PlacedStep, before: Duration, every: Duration, number: int) -> bool:
    """Tell whether the repeat of that number may lie before the date."""
    if before.is_elapsed != every.is_elapsed:
        return True
    ahead, step = days_of(before), days_of(every)
    if ahead is None or step is None:
        return _minutes(every) * (number - 1) < _minutes(before)
    left = ahead.most - step.least * (number - 1)
    # On the day itself a repeat may still go before the start where `at` sets it early; a day starts at midnight.
    return left > 0 or (left == 0 and not place.by_day and place.step.at is not None)


def _minutes(duration: Duration) -> int:
    return duration.count * (60 if duration.unit is Unit.HOURS else 1)
