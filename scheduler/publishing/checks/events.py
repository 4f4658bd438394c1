"""Checks of steps that go at a recorded change: `on`, `wait` and what goes with neither. A subject in, problems out."""

import itertools
from collections.abc import Iterator

from scheduler.planning.superseding import WITHIN
from scheduler.planning.timing import elapsed
from scheduler.publishing.checks.reach import Reaching, meet, reaches
from scheduler.publishing.checks.subject import PlacedStep, Subject, error, warning
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.spelling import suggestion

MOST_COMPARED = 100
"""Steps of each side that are compared; beyond that no more pairs are looked at."""
_NOT_WITH_ON = {
    "before": "a change has no date to count back from. Leave one of them out",
    "after": "`wait` says how long after the change. Write `wait` instead",
    "from": "the moment of the change is what it counts from. Leave one of them out",
    "at": "the text goes at the change itself, or `wait` after it. Leave `at` out",
    "every": "a change is told once. Leave `every` and `times` out",
    "times": "a change is told once. Leave `every` and `times` out",
    "if_late": "a change is told from the moment it is recorded, so it is never late. Leave `if_late` out",
}


def check_events(subject: Subject) -> Iterator[Problem]:
    """Check that `on` stands alone, that its status word exists, and that `wait` goes with it."""
    for place in subject.steps():
        if place.step.on is None:
            if place.step.wait is not None:
                text = "`wait` without `on` waits for nothing. Add `on: created` or `on: {status: …}`, or write `after`"
                yield error(place.key("wait"), text)
            continue
        for key, why in _NOT_WITH_ON.items():
            if place.has(key):
                yield error(place.key(key), f"`{key}` does not go with `on`: {why}")
        yield from _status_problems(place)
        if place.step.wait is not None and not place.step.wait.count:
            yield error(place.at("wait"), f"`wait: {place.step.wait}` waits for nothing. Leave it out")


def check_late_beside_created(subject: Subject) -> Iterator[Problem]:
    """Warn of a late reminder that goes at once beside an `on: created` text that waits: people would get both."""
    waiting = [_reaching(place) for place in subject.steps() if place.step.on == "created" and _waits_long(place)]
    late = [_reaching(place) for place in subject.steps() if place.step.before and place.step.if_late == "send_now"]
    for created, reminder in itertools.product(waiting[:MOST_COMPARED], late[:MOST_COMPARED]):
        first, second = created.place, reminder.place
        if first.rule.for_ == second.rule.for_ and meet(created, reminder):
            text = f"who books late gets two texts, `{second.name}` at once and `{first.name}` after its `wait`"
            advice = f"Let it wait an hour at most, or write `if_late: skip` on `{second.name}`"
            yield warning(first.key("wait"), f"{text}. {advice}")


def _waits_long(place: PlacedStep) -> bool:
    """Tell whether a step waits for more than an hour: up to that late reminders give way to it.

    One that waits for days is meant as a text of its own.
    """
    wait = place.step.wait
    return wait is not None and wait.is_elapsed and elapsed(wait) > WITHIN


def _reaching(place: PlacedStep) -> Reaching:
    return Reaching(place, tuple(reaches(place)))


def _status_problems(place: PlacedStep) -> Iterator[Problem]:
    word, status = place.on_status, place.kind.status
    known = (*status.live, *status.done, *status.off)
    if word is not None and word not in known:
        yield error(place.at("on", "status"), f"unknown status `{word}`. {suggestion(word, known)}")
