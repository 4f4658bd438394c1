"""The only place that decides what jobs should exist: a rulebook, an occasion and its people in, decisions out.

Pure: it asks no clock and no table. It is not given the present moment either, since lateness is judged against the
moment the occasion's start was recorded: planning the same occasion later decides the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.planning.candidates import Candidate, candidates_of
from scheduler.planning.compiled import CompiledRulebook, RuleTerms
from scheduler.planning.decisions import Decision, LookedAt, OccasionFacts, Person, Planned, Reason, Unreached
from scheduler.planning.laying import lay
from scheduler.planning.scene import Scene, read_scene
from scheduler.planning.shifting import Hours
from scheduler.planning.superseding import Superseded, identity_of, supersede

_MOST_ROUNDS = 8


def plan(compiled: CompiledRulebook, occasion: OccasionFacts, people: Mapping[str, Person]) -> Planned:
    """Return one decision per rule, role, step and repeat, in this order and in the revision's.

    `people` holds the contacts that the occasion names, by key; one not in it counts as a person without a phone.

    Raises:
        InputError: the kind, a zone or a date of the occasion cannot be read.

    """
    scene = read_scene(compiled, occasion)
    named = {role: key for role, key in occasion.people.items() if key}
    if not named:
        return Planned((), Unreached.NOBODY if _is_to_remind(scene) else None)
    cast = _Cast(scene, named, people)
    groups = [group for rule in scene.kind.rules for group in cast.groups(rule)]
    _resolve(scene, groups)
    _one_text_a_phone(groups)
    decisions = tuple(
        _decision(candidate, looked_at)
        for group in groups
        for looked_at in (LookedAt(scene.values, group.person.fields),)
        for candidate in group.candidates
    )
    return Planned(decisions, Unreached.NO_COMMON_HOUR if _out_of_hours(scene, groups) else None)


def _is_to_remind(scene: Scene) -> bool:
    """Tell whether somebody would be reminded of the occasion, if it named anybody."""
    is_live = scene.values["status"] in scene.kind.live
    unmuted = any(rule.rule not in scene.muted for rule in scene.kind.rules)
    return is_live and unmuted and not scene.facts.reminders_off


@dataclass(slots=True)
class _Group:
    """The candidates of one rule and role; `same_as` is the group of an earlier role that the same person fills."""

    rule: RuleTerms
    person: Person
    candidates: list[Candidate] = field(default_factory=list)
    same_as: "_Group | None" = None


class _Cast:
    """The people of one occasion by role, with their sending hours."""

    def __init__(self, scene: Scene, named: Mapping[str, str], people: Mapping[str, Person]) -> None:
        self._scene = scene
        self._by_role: dict[str, tuple[Person, Hours]] = {}
        for role, key in named.items():
            person = people.get(key) or Person(key)
            zones = person.zones or (scene.compiled.timezone,)
            self._by_role[role] = (person, Hours(scene.compiled.window, zones, scene.place))

    def groups(self, rule: RuleTerms) -> Iterator[_Group]:
        """Yield a group per role of the rule that the occasion fills."""
        first: dict[str, _Group] = {}
        for role in rule.roles:
            if role not in self._by_role:
                continue
            person, hours = self._by_role[role]
            group = _Group(rule, person, same_as=first.get(person.key))
            first.setdefault(person.key, group)
            for step in rule.steps:
                group.candidates.extend(candidates_of(self._scene, step, role, person, hours))
            yield group


def _resolve(scene: Scene, groups: list[_Group]) -> None:
    """Lay and supersede until both agree: a superseded text ends no other, which may then go otherwise."""
    groups = [group for group in groups if group.same_as is None]
    by_person: dict[str, list[Candidate]] = {}
    for group in groups:
        by_person.setdefault(group.person.key, []).extend(group.candidates)
    superseded: Superseded = {}
    for _ in range(_MOST_ROUNDS):
        for group in groups:
            lay(group.candidates, superseded, scene.place)
        found: Superseded = {}
        for candidates in by_person.values():
            found.update(supersede(candidates, scene.facts))
        settled = found.keys() == superseded.keys()
        superseded = found
        if settled:
            break
    for candidate, cause in superseded.items():
        candidate.outcome, candidate.cause = Reason.SUPERSEDED, cause


def _one_text_a_phone(groups: list[_Group]) -> None:
    """Let a phone have one text of a step: the first role's that has a job."""
    taken: dict[tuple[tuple[int, int], int, str | None], Candidate] = {}
    for group in groups:
        twins = group.same_as.candidates if group.same_as is not None else group.candidates
        for candidate, twin in zip(group.candidates, twins, strict=True):
            if candidate.fixed is not None:
                continue
            candidate.outcome, candidate.cause = twin.outcome, twin.cause
            if candidate.outcome is None:
                key = (candidate.step.order, candidate.repeat, candidate.person.phone)
                first = taken.setdefault(key, candidate)
                if first is not candidate:
                    candidate.outcome, candidate.cause = Reason.SAME_PHONE, first


def _out_of_hours(scene: Scene, groups: list[_Group]) -> bool:
    """Tell whether somebody who would be texted has possible zones that share no hour of a weekday."""
    return any(
        len(group.person.zones) > 1
        and any(candidate.fixed is None for candidate in group.candidates)
        and not scene.compiled.window.has_common_hour(group.person.zones)
        for group in groups
    )


def _decision(candidate: Candidate, looked_at: LookedAt) -> Decision:
    reason = candidate.fixed or candidate.outcome
    return Decision(
        candidate.step,
        candidate.role,
        candidate.person.key,
        candidate.anchor_text,
        candidate.repeat,
        reason,
        candidate.planned,
        candidate.until if reason is None else None,
        candidate.own,
        candidate.shift,
        candidate.useful_by,
        candidate.late,
        None if candidate.cause is None else identity_of(candidate.cause),
        looked_at,
    )
