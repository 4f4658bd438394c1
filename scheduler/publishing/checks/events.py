"""Checks of steps that go at a recorded change: `on`, `wait` and what goes with neither. A subject in, problems out."""

from collections.abc import Iterator

from scheduler.publishing.checks.subject import PlacedStep, Subject, error
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.spelling import suggestion

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


def _status_problems(place: PlacedStep) -> Iterator[Problem]:
    word, status = place.on_status, place.kind.status
    known = (*status.live, *status.done, *status.off)
    if word is not None and word not in known:
        yield error(place.at("on", "status"), f"unknown status `{word}`. {suggestion(word, known)}")
