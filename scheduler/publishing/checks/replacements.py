"""Warns of a step that goes when a removed one went, as a rename without `was` looks: people would be told twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.publishing.checks.reach import Reaching, meet, reaches
from scheduler.publishing.checks.subject import PlacedStep, Subject, warning
from scheduler.rulebook.desk import PlacedRule
from scheduler.rulebook.positions import Position, Problem, ScalarNode
from scheduler.rulebook.schema import Rule, Rulebook, Step, kinds_of

MOST_COMPARED = 20_000
_TIMING = ("before", "after", "from_", "at", "on", "wait", "every", "times")

StepKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Old:
    """A published step that the desk no longer has."""

    place: PlacedStep

    @property
    def rule(self) -> Rule:
        return self.place.rule

    @property
    def step(self) -> Step:
        return self.place.step


def check_replacements(subject: Subject) -> Iterator[Problem]:
    """Check that no new step has the timing of a removed one, for occasions that both are for, without `was`."""
    if subject.current is None:
        return
    removed = _removed(subject, subject.current)
    published = {(rule.id, step.id) for rule in subject.current.rules for step in rule.steps}
    compared = 0
    for place in subject.steps():
        if published & _former(place.rule, place.step):
            continue
        for old in removed.get(_timing(place.rule, place.step), ()):
            compared += 1
            if compared > MOST_COMPARED:
                return
            if meet(_reaching(place), _reaching(old.place)):
                yield _replacement(place, old)
                break


def _removed(subject: Subject, current: Rulebook) -> Mapping[str, list[_Old]]:
    """Return the published steps that no step of the desk is, by their timing."""
    kept = {key for placed in subject.desk.rules for step in placed.rule.steps for key in _former(placed.rule, step)}
    kinds, nowhere = kinds_of(current.practice), ScalarNode(Position(""), None, "", plain=True)
    found: dict[str, list[_Old]] = {}
    for rule in current.rules:
        for index, step in enumerate(rule.steps):
            if (rule.id, step.id) not in kept and rule.for_ in kinds:
                place = PlacedStep(PlacedRule(rule, nowhere), kinds[rule.for_], index)
                found.setdefault(_timing(rule, step), []).append(_Old(place))
    return found


def _former(rule: Rule, step: Step) -> set[StepKey]:
    """Return the ids under which a step may have been published: present and old ones."""
    return {
        (rule_id, step_id) for rule_id in (rule.id, rule.was) for step_id in (step.id, step.was) if rule_id and step_id
    }


def _timing(rule: Rule, step: Step) -> str:
    return f"{rule.for_} {[(name, str(getattr(step, name))) for name in _TIMING]}"


def _reaching(place: PlacedStep) -> Reaching:
    return Reaching(place, tuple(reaches(place)))


def _replacement(place: PlacedStep, old: _Old) -> Problem:
    text = f"`{place.name}` goes when `{old.rule.id}/{old.step.id}` went, which is gone: people may be told twice"
    return warning(place.at(), f"{text}. {_advice(place, old)}")


def _advice(place: PlacedStep, old: _Old) -> str:
    rule, step = place.rule, place.step
    parts = [f"`was: {old.rule.id}` to the rule"] if old.rule.id not in {rule.id, rule.was} else []
    parts += [f"`was: {old.step.id}` to the step"] if old.step.id != step.id else []
    return f"If it is the same, add {' and '.join(parts)}"
