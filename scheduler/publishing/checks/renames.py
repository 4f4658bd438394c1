"""Checks of `was`: that a rename carries the told over from one old id to one new one. A subject in, problems out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduler.publishing.checks.subject import Subject, error, warning
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.schema import Rule, Rulebook
from scheduler.rulebook.spelling import suggestion


@dataclass(frozen=True, slots=True)
class _Named:
    """A rule or step that may have been renamed."""

    what: str
    id: str
    was: str | None
    where: Position


def check_renames(subject: Subject) -> Iterator[Problem]:
    """Check that `was` names an id that is gone, once, and one that was published where that is known."""
    published = _published(subject.current)
    rules = [_Named("rule", placed.rule.id, placed.rule.was, placed.at("was")) for placed in subject.desk.rules]
    yield from _problems(rules, None if published is None else tuple(published))
    for placed in subject.desk.rules:
        steps = [
            _Named("step", step.id, step.was, placed.at("steps", index, "was"))
            for index, step in enumerate(placed.rule.steps)
        ]
        yield from _problems(steps, None if published is None else _steps_before(placed.rule, published))


def _problems(named: Sequence[_Named], published: Sequence[str] | None) -> Iterator[Problem]:
    present = {each.id for each in named}
    first: dict[str, str] = {}
    for each in named:
        if each.was is None:
            continue
        if each.was == each.id:
            text = f"`was: {each.was}` is the id that the {each.what} still has"
            yield error(each.where, f"{text}. Name its old id, or remove `was`")
        elif each.was in present:
            text = f"a {each.what} `{each.was}` still exists, so `{each.id}` cannot be it under another id"
            yield error(each.where, f"{text}. Remove `was`, or publish one rename after the other")
        elif each.was in first:
            text = f"`{first[each.was]}` was `{each.was}` already, and one {each.what} cannot become two"
            yield error(each.where, f"{text}. Remove `was` from one of them")
        elif published is not None and not {each.was, each.id} & set(published):
            text = f"no {each.what} `{each.was}` is published, so nothing is carried over to `{each.id}`"
            yield warning(each.where, f"{text}. {suggestion(each.was, set(published) - present)}")
        first.setdefault(each.was, each.id)


def _published(current: Rulebook | None) -> Mapping[str, tuple[str, ...]] | None:
    """Return the published rules with their steps; None where nothing is known to be published."""
    return None if current is None else {rule.id: tuple(step.id for step in rule.steps) for rule in current.rules}


def _steps_before(rule: Rule, published: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the published steps of a rule under its old id or its present one; None for a rule that is new."""
    return published.get(rule.id, published.get(rule.was or rule.id))
