"""Warns of two rules that may text one person about one occasion within an hour. A subject in, problems out."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from scheduler.publishing.checks.lengths import days_of, minutes_of
from scheduler.publishing.checks.reach import Reaching, meet, reaches
from scheduler.publishing.checks.subject import PlacedStep, Subject, warning
from scheduler.publishing.checks.timing import offset_of
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.words import Duration, Unit

AN_HOUR = 60
MOST_COMPARED = 20_000
"""Ways to fire that are compared in all; beyond that no more pairs are looked at."""

Line: TypeAlias = tuple[str, str, str | None, str]
"""Steps on one line (kind, side, date field or change, calendar offset) are a known number of minutes apart."""


def check_overlaps(subject: Subject) -> Iterator[Problem]:
    """Check that no two rules text within an hour of one another."""
    lines: dict[Line, list[tuple[int, Reaching]]] = {}
    for place in subject.steps():
        found = _line(place)
        if found is not None:
            lines.setdefault(found[0], []).append((found[1], Reaching(place, tuple(reaches(place)))))
    compared = 0
    for steps in lines.values():
        for first, second in _close(steps):
            compared += 1 + len(first.ways) * len(second.ways)
            if compared > MOST_COMPARED:
                return
            if meet(first, second):
                yield _overlap(first.place, second.place)


def _close(steps: list[tuple[int, Reaching]]) -> Iterator[tuple[Reaching, Reaching]]:
    """Yield the pairs of steps of different rules that lie at most an hour apart."""
    ordered = sorted(steps, key=lambda item: item[0])
    for index, (minute, first) in enumerate(ordered):
        for other, second in islice(ordered, index + 1, None):
            if other - minute > AN_HOUR:
                break
            if first.place.rule.id != second.place.rule.id:
                yield first, second


def _overlap(first: PlacedStep, second: PlacedStep) -> Problem:
    later, earlier = (first, second) if first.at() > second.at() else (second, first)
    text = f"`{later.name}` and `{earlier.name}` may text one person within an hour of one another"
    return warning(later.at(), f"{text}. Let their conditions exclude each other, or move one of them")


def _line(place: PlacedStep) -> tuple[Line, int] | None:
    """Return the line that a step's first moment lies on, and its minute there."""
    step, offset = place.step, offset_of(place)
    side = "before" if step.before is not None else "after"
    counted_from = step.from_
    if step.on is not None:
        offset = step.wait or Duration(0, Unit.MINUTES)
        side, counted_from = "on", place.on_status
    if offset is None:
        return None
    minutes = minutes_of(offset)
    if minutes is not None:
        return (place.rule.for_, side, counted_from, "elapsed"), minutes
    return _calendar_line(place, offset, side, counted_from)


def _calendar_line(place: PlacedStep, offset: Duration, side: str, counted_from: str | None) -> tuple[Line, int]:
    step = place.step
    days = days_of(offset)
    is_exact = days is not None and offset.unit in {Unit.DAYS, Unit.WEEKS}
    calendar = f"{days.least} days" if days is not None and is_exact else str(offset)
    if step.at is None:
        return (place.rule.for_, side, counted_from, f"{calendar}, own time"), 0
    return (place.rule.for_, side, counted_from, f"{calendar}, at"), step.at.hour * 60 + step.at.minute
