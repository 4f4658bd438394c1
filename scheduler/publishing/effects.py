"""What publishing would do to the jobs of one occasion, by rule: decisions and differences in, counts out. Pure.

Takes the same differences that the replanner writes, so that what is shown is what happens.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields

from jobs.states import ACCEPTED, UNSENT, Origin
from jobs.store.values import Job
from scheduler.planning.changes import Changes
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


@dataclass(frozen=True, slots=True)
class ShownMove:
    """One job that would go at another moment."""

    job: uuid.UUID
    step: str
    was: dt.datetime
    becomes: dt.datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """What would happen to one occasion's jobs, by rule, with the decisions for new ones and the moves."""

    by_rule: dict[str, Counts]
    new: tuple[Decision, ...]
    moves: tuple[ShownMove, ...]


def effects_of(planned: Planned, stored: Sequence[Job], changes: Changes) -> Effects:
    """Count what the changes do to the stored jobs, and why decisions give none."""
    counts: dict[str, Counts] = {}

    def of(rule: str | None) -> Counts:
        return counts.setdefault(rule or "", Counts())

    new = (*changes.creates, *(rewrite.decision for rewrite in changes.reopens))
    for decision in new:
        of(decision.rule).new += 1
    for rewrite in (*changes.moves, *changes.readdresses):
        of(rewrite.decision.rule).moved += 1
    for cancel in changes.cancels:
        of(cancel.job.rule).cancelled += 1
    touched = {each.job.id for each in (*changes.moves, *changes.reopens, *changes.readdresses)}
    touched |= {cancel.job.id for cancel in changes.cancels}
    for decision, what in _standing(planned, stored, touched, {decision.identity for decision in changes.creates}):
        setattr(of(decision.rule), what, getattr(of(decision.rule), what) + 1)
    moves = tuple(
        ShownMove(rewrite.job.id, f"{rewrite.decision.rule}/{rewrite.decision.step}", was, rewrite.planned_for)
        for rewrite in changes.moves
        if (was := rewrite.job.planned_for) != rewrite.planned_for
    )
    return Effects(counts, new, moves)


def _standing(
    planned: Planned, stored: Sequence[Job], touched: Collection[uuid.UUID], created: Collection[object]
) -> Iterator[tuple[Decision, str]]:
    """Yield the decisions that change nothing, each with the name of its count."""
    jobs = {
        (job.rule, job.step, job.role, job.anchor, job.repeat): job
        for job in stored
        if job.origin is Origin.REMINDER and not job.again_count
    }
    for decision in planned.decisions:
        job = jobs.get((decision.rule, decision.step, decision.role, decision.anchor, decision.repeat))
        what = _what_stands(decision, job)
        if what is not None and (job is None or job.id not in touched) and decision.identity not in created:
            yield decision, what


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
