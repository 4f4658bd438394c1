"""Remembers what was decided for occasions that are alike in all that planning looks at: a first import has many.

Facts in, what the planner decides out, asked once for each kind of them. Sound because the planner is pure and looks at
`dated_at` only to tell what is late or would go too early: decisions that lie after both moments are the same for both.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from scheduler.planning.compiled import CompiledRulebook, KindPlan, Side, StepTerms
from scheduler.planning.conditions import ANSWER, STATUS, AllOf
from scheduler.planning.decisions import OccasionFacts, Person, Planned, Shift
from scheduler.planning.planner import plan

MOST_REMEMBERED: Final = 8_192
MOST_REVISIONS: Final = 8

_RECKONED_FROM_DATED_AT: Final = frozenset({Shift.AFTER_DATED, Shift.SEND_NOW})


class Memory:
    """What was decided under one revision, as long as the process lives. Safe for several threads."""

    def __init__(self, compiled: CompiledRulebook) -> None:
        """Remember nothing yet."""
        self.compiled = compiled
        self._fields = {name: _fields_of(kind) for name, kind in compiled.kinds.items()}
        self._with_changes = frozenset(name for name, kind in compiled.kinds.items() if _looks_at_changes(kind))
        self._known: dict[Hashable, tuple[dt.datetime, dt.datetime, Planned]] = {}

    def plan(self, facts: OccasionFacts, people: Mapping[str, Person]) -> Planned:
        """Return what the planner decides; occasions alike in all that it looks at share their decisions.

        Raises:
            InputError: the kind, a zone or a date of the occasion cannot be read.

        """
        if facts.changes and facts.kind not in self._with_changes:
            facts = replace(facts, changes=())
        if len(people) != 1 or facts.changes or facts.corrections or facts.fallen:
            return plan(self.compiled, facts, people)
        key = self._key(facts, people)
        found = self._known.get(key)
        if found is not None and found[0] <= facts.dated_at < found[1]:
            return found[2]
        planned = plan(self.compiled, facts, people)
        earliest = _earliest(planned)
        if earliest is not None and earliest > facts.dated_at:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = (facts.dated_at, earliest, planned)
        return planned

    def _key(self, facts: OccasionFacts, people: Mapping[str, Person]) -> Hashable:
        """Return all that planning looks at, but for `dated_at`."""
        of_occasion, of_contact = self._fields.get(facts.kind, ((), ()))
        (person,) = people.values()
        return (
            facts.kind,
            facts.start,
            facts.end,
            facts.timezone,
            facts.status,
            facts.answer,
            tuple(facts.people.items()),
            person.key,
            person.phone is None,
            person.zones,
            (facts.reminders_off, facts.muted, person.reminders_off),
            tuple(_hashable(facts.fields.get(name)) for name in of_occasion),
            tuple(_hashable(person.fields.get(name)) for name in of_contact),
        )


_memories: dict[int, Memory] = {}


def memory_of(compiled: CompiledRulebook) -> Memory:
    """Return the memory of a compiled revision; it goes with the object, so that no other is taken for it."""
    found = _memories.get(id(compiled))
    if found is None or found.compiled is not compiled:
        if len(_memories) >= MOST_REVISIONS:
            _memories.clear()
        found = _memories[id(compiled)] = Memory(compiled)
    return found


def _earliest(planned: Planned) -> dt.datetime | None:
    """Return the earliest moment that was decided on; None where one of them was reckoned from `dated_at`."""
    if any(decision.shift in _RECKONED_FROM_DATED_AT for decision in planned.decisions):
        return None
    moments = (
        moment for decision in planned.decisions for moment in (decision.own_moment, decision.planned_for) if moment
    )
    return min(moments, default=None)


def _fields_of(kind: KindPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of the occasion and of its contact that the kind's rules look at."""
    of_occasion: set[str] = set()
    of_contact: set[str] = set()
    for step in (step for rule in kind.rules for step in rule.steps):
        if step.from_field is not None:
            of_occasion.add(step.from_field)
        for test in (test for mapping in _mappings(step) for test in mapping.tests):
            (of_contact if test.of_contact else of_occasion).add(test.key)
    return tuple(sorted(of_occasion - {STATUS, ANSWER})), tuple(sorted(of_contact))


def _mappings(step: StepTerms) -> Iterable[AllOf]:
    condition = step.condition
    return (*condition.rule_only_if, *condition.step_only_if, *condition.unless)


def _looks_at_changes(kind: KindPlan) -> bool:
    return any(step.side is Side.ON for rule in kind.rules for step in rule.steps)


def _hashable(value: object) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
