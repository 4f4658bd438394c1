"""Jobs under the names that their rules and steps have now: `was:` carries identities over a rename. Pure.

A revision's renames and stored jobs come in; the jobs with their present names, and what the store is to write, go out.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from jobs.states import Origin
from jobs.store.identity import reminder_identity
from jobs.store.values import Job, Renaming
from scheduler.rulebook.schema import Rule

StepName: TypeAlias = tuple[str, str]
"""A rule's id and a step's."""


@dataclass(frozen=True, slots=True)
class Renames:
    """Steps and rules by their former names, which nothing has now."""

    steps: Mapping[StepName, StepName] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def are_none(self) -> bool:
        """Whether nothing was renamed."""
        return not self.steps and not self.rules


def renames_of(rules: Sequence[Rule]) -> Renames:
    """Return what was renamed; a former name that a step or rule has today is not a former one."""
    present = {(rule.id, step.id) for rule in rules for step in rule.steps}
    steps = {
        (old_rule, old_step): (rule.id, step.id)
        for rule in rules
        for step in rule.steps
        for old_rule in filter(None, (rule.id, rule.was))
        for old_step in filter(None, (step.id, step.was))
        if (old_rule, old_step) not in present
    }
    ids = {rule.id for rule in rules}
    return Renames(steps, {rule.was: rule.id for rule in rules if rule.was is not None and rule.was not in ids})


def under_present_names(renames: Renames, jobs: Iterable[Job]) -> tuple[list[Job], list[Renaming]]:
    """Return the jobs under their present names, and what is to be written of those that had another."""
    if renames.are_none:
        return list(jobs), []
    named: list[Job] = []
    renamings: list[Renaming] = []
    for job in jobs:
        names = _present_names(renames, job)
        if names is None:
            named.append(job)
            continue
        rule, step = names
        renaming = Renaming(id=job.id, rule=rule, step=step, identity=_identity(job, rule, step))
        renamings.append(renaming)
        named.append(replace(job, rule=rule, step=step, identity=renaming.identity))
    return named, renamings


def _present_names(renames: Renames, job: Job) -> tuple[str, str | None] | None:
    """Return the names a job is to have, or None where it has them; a correction's step says what it tells."""
    if job.rule is None:
        return None
    if job.origin is Origin.CORRECTION:
        rule = renames.rules.get(job.rule)
        return None if rule is None else (rule, job.step)
    return renames.steps.get((job.rule, job.step or ""))


def _identity(job: Job, rule: str, step: str | None) -> uuid.UUID:
    """Return the identity under new names; of a correction and of a job sent again they are no part."""
    if job.origin is not Origin.REMINDER or job.occasion_id is None or job.again_of is not None:
        return job.identity
    return reminder_identity(
        practice=job.practice,
        rule=rule,
        step=step or "",
        occasion_id=job.occasion_id,
        role=job.role or "",
        anchor=job.anchor or "",
        repeat=job.repeat,
    )
