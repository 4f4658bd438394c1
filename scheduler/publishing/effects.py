"""What publishing would do to the jobs of one occasion, by identity and by rule: differences in, effects out. Pure.

Takes the same differences that the replanner writes, so that what is shown is what happens.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import NamedTuple

from jobs.states import ACCEPTED, UNSENT, Origin
from jobs.store.values import Change, Job, Pick
from scheduler.planning.changes import Changes
from scheduler.planning.corrections import CorrectionChanges
from scheduler.planning.decisions import Decision, Planned, Reason


@dataclass(slots=True)
class Counts:
    """Jobs, or reasons for none, by what publishing would do; `segments` of the new ones is an estimate."""

    new: int = 0
    moved: int = 0
    cancelled: int = 0
    unchanged: int = 0
    already_sent: int = 0
    too_late: int = 0
    superseded: int = 0
    segments: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


class What(IntEnum):
    """What happens to one identity."""

    NEW = 0
    MOVED = 1
    CANCELLED = 2
    REWORDED = 3
    """It stays, and its text will read otherwise."""


class Slot(NamedTuple):
    """A reminder's identity within its occasion; `again` counts how often the text was sent again."""

    rule: str
    step: str
    role: str
    anchor: str
    repeat: int
    again: int = 0


class Effect(NamedTuple):
    """What publishing would do to one identity; `was` and `becomes` are the moments before and after, if there are."""

    what: What
    slot: Slot
    was: dt.datetime | None
    becomes: dt.datetime | None


class Standing(NamedTuple):
    """An identity that publishing leaves as it is, and the name of its count."""

    slot: Slot
    name: str


@dataclass(frozen=True, slots=True)
class ShownMove:
    """One job that would go at another moment, and the occasion that it is about."""

    step: str
    occasion: str
    was: dt.datetime
    becomes: dt.datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """What would happen to one occasion's jobs, by rule and by identity, with the decisions for new ones.

    `standing` are the identities that stay as they are.
    """

    by_rule: dict[str, Counts]
    new: tuple[Decision, ...]
    each: tuple[Effect, ...]
    standing: tuple[Standing, ...]


def effects_of(
    planned: Planned, stored: Sequence[Job], changes: Changes, reworded: Collection[str] = frozenset()
) -> Effects:
    """Tell what the changes do to the stored jobs, and why decisions give none; `reworded` are changed templates."""
    counts: dict[str, Counts] = {}
    each = tuple(_effects(changes))
    for effect in each:
        _add(counts, effect.slot.rule, effect.what.name.lower())
    touched = {effect.slot for effect in each}
    jobs = {slot_of_job(job): job for job in stored if job.origin is Origin.REMINDER}
    standing: list[Standing] = []
    kept: list[Effect] = []
    for decision in planned.decisions:
        slot = slot_of(decision)
        job = jobs.get(slot)
        name = _what_stands(decision, job)
        if name is None or slot in touched:
            continue
        _add(counts, decision.rule, name)
        if job is not None and name == "unchanged" and _is_reworded(decision, job, reworded):
            kept.append(Effect(What.REWORDED, slot, job.planned_for, job.planned_for))
        else:
            standing.append(Standing(slot, name))
    new = (*changes.creates, *(rewrite.decision for rewrite in changes.reopens))
    return Effects(counts, new, (*each, *kept), tuple(standing))


def with_corrections(effects: Effects, stored: Sequence[Job], corrected: CorrectionChanges) -> Effects:
    """Return the effects with those on corrections that wait: a publish begins none, but may move or end one."""
    jobs = {job.id: job for job in stored}
    each = [Effect(What.CANCELLED, slot_of_job(job), job.planned_for, None) for job in _of(jobs, corrected.cancels)]
    moments = {change.id: change.planned_for for change in corrected.moves}
    each += [
        Effect(What.MOVED, slot_of_job(job), job.planned_for, moments[job.id]) for job in _of(jobs, corrected.moves)
    ]
    for effect in each:
        _add(effects.by_rule, effect.slot.rule, effect.what.name.lower())
    return replace(effects, each=(*effects.each, *each))


def slot_of(decision: Decision) -> Slot:
    """Return the identity that a decision is about."""
    return Slot(decision.rule, decision.step, decision.role, decision.anchor, decision.repeat)


def slot_of_job(job: Job) -> Slot:
    """Return the identity of a stored job."""
    return Slot(job.rule or "", job.step or "", job.role or "", job.anchor or "", job.repeat, job.again_count)


def _effects(changes: Changes) -> Iterator[Effect]:
    for decision in changes.creates:
        yield Effect(What.NEW, slot_of(decision), None, decision.planned_for)
    for rewrite in changes.reopens:
        yield Effect(What.NEW, slot_of_job(rewrite.job), None, rewrite.planned_for)
    for rewrite in (*changes.moves, *changes.readdresses):
        yield Effect(What.MOVED, slot_of_job(rewrite.job), rewrite.job.planned_for, rewrite.planned_for)
    for cancel in changes.cancels:
        yield Effect(What.CANCELLED, slot_of_job(cancel.job), cancel.job.planned_for, None)


def _of(jobs: Mapping[uuid.UUID, Job], changes: Sequence[Change | Pick]) -> list[Job]:
    return [jobs[change.id] for change in changes if change.id in jobs]


def _add(counts: dict[str, Counts], rule: str, name: str) -> None:
    of = counts.setdefault(rule, Counts())
    setattr(of, name, getattr(of, name) + 1)


def _is_reworded(decision: Decision, job: Job, reworded: Collection[str]) -> bool:
    return decision.template in reworded or decision.template != job.template


def _what_stands(decision: Decision, job: Job | None) -> str | None:
    if job is not None and job.state in ACCEPTED:
        return "already_sent"
    if job is not None and job.state in UNSENT and decision.is_job:
        return "unchanged"
    if decision.reason is Reason.SUPERSEDED:
        return "superseded"
    # A publish begins nothing whose moment has passed: a wanted job that is not created is too late as well.
    if decision.reason is Reason.TOO_LATE or (decision.is_job and job is None):
        return "too_late"
    return None
