"""A practice's jobs in memory, brought in line as stored ones are: the planner decides, `changes` compares.

Occasions come in, the jobs that changed go out. Here is only what the store's verbs would write of it.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from jobs.errors import InputError
from jobs.states import UNSENT, WAITING, Origin, State
from jobs.store.identity import reminder_identity
from jobs.store.values import BEING_REPLANNED, PLANNER, Job, NewJob
from scheduler.planning.basis import Basis, Occurrence
from scheduler.planning.changes import Changes, Circumstances, Rewrite, diff, times_of
from scheduler.planning.decisions import Decision, Planned
from scheduler.planning.renaming import under_present_names
from scheduler.planning.replanner import decide
from scheduler.planning.stored import StoredOccasion

Slot = tuple[str | None, str | None, str | None, str | None, int]
"""Rule, step, role, anchor and repeat: what of an identity tells an occasion's reminders apart."""


Begin = Callable[[Job], Job]


def _as_planned(job: Job) -> Job:
    """Let a new job begin as planning made it."""
    return job


@dataclass(frozen=True, slots=True)
class Decided:
    """An occasion as it was last planned, and what was decided for it."""

    occasion: StoredOccasion
    planned: Planned


class Book:
    """Jobs by id, with the decisions they rest on. `touched` are those with an attempt that may have been accepted.

    `begin` says how a job begins that planning has just made.
    """

    def __init__(
        self, basis: Basis, jobs: Iterable[Job], touched: Collection[uuid.UUID] = (), begin: Begin = _as_planned
    ) -> None:
        """Hold the jobs as they are stored; nothing is planned yet."""
        self.basis = basis
        self._begin = begin
        self.jobs: dict[uuid.UUID, Job] = {}
        self.decided: dict[uuid.UUID, Decided] = {}
        self._touched = set(touched)
        self._of_occasion: dict[uuid.UUID, list[uuid.UUID]] = {}
        self._identities: dict[uuid.UUID, uuid.UUID] = {}
        for job in under_present_names(basis.renames, jobs)[0]:
            self._add(job)

    def replan(self, occasion: StoredOccasion, occurrence: Occurrence) -> list[Job]:
        """Bring an occasion's jobs in line with what is decided for it now; return those that changed."""
        jobs = [self.jobs[job_id] for job_id in self._of_occasion.get(occasion.id, ())]
        try:
            planned = decide(self.basis, occasion, jobs)
        except InputError:  # what cannot be read is not planned
            planned = Planned(())
        self.decided[occasion.id] = Decided(occasion, planned)
        changes = diff(planned, jobs, self._circumstances(occasion, occurrence))
        return list(self._apply(occasion, changes, occurrence))

    def note_sent(self, job: Job) -> None:
        """Keep a job as it stands now, and that its text may have reached its person."""
        self.jobs[job.id] = job
        self._touched.add(job.id)

    def decision_of(self, job: Job) -> Decision | None:
        """Return the decision that a job rests on; None where nothing was decided for it."""
        decided = self.decided.get(job.occasion_id) if job.occasion_id is not None else None
        if decided is None or job.origin is not Origin.REMINDER:
            return None
        return next((each for each in decided.planned.decisions if _slot(each) == slot_of(job)), None)

    def without_job(self, decided: Decided) -> list[Decision]:
        """Return an occasion's decisions that no job in the book is of."""
        ids = self._of_occasion.get(decided.occasion.id, ())
        slots = {slot_of(self.jobs[job_id]) for job_id in ids}
        return [each for each in decided.planned.decisions if _slot(each) not in slots]

    def _add(self, job: Job) -> None:
        self.jobs[job.id] = job
        self._identities[job.identity] = job.id
        if job.occasion_id is not None:
            self._of_occasion.setdefault(job.occasion_id, []).append(job.id)

    def _circumstances(self, occasion: StoredOccasion, occurrence: Occurrence) -> Circumstances:
        return Circumstances(
            now=occurrence.now,
            dated_at=occasion.facts.dated_at,
            steps=self.basis.steps,
            providers=self.basis.providers,
            contact_ids=occasion.contact_ids,
            off=occasion.off,
            cause=occurrence.cause,
            touched=self._touched,
            new_numbers=occurrence.new_numbers,
            fallbacks=self.basis.fallbacks,
        )

    def _apply(self, occasion: StoredOccasion, changes: Changes, occurrence: Occurrence) -> Iterable[Job]:
        """Write the changes, each verb as the store has it, and yield what changed."""
        for cancel in changes.cancels:
            yield self._put(cancel.job, occurrence, **_cancelled(cancel.job, cancel.reason))
        for rewrite in changes.refreshes:
            yield self._put(rewrite.job, occurrence, **self._refreshed(rewrite, occurrence))
        for rewrite in (*changes.moves, *changes.reopens, *changes.readdresses):
            if self._may_take_identity(occasion, rewrite):
                yield self._put(rewrite.job, occurrence, **self._rewritten(occasion, rewrite))
        for decision in changes.creates:
            job = self._begin(self._new(occasion, decision, occurrence))
            if self._add_new(job) and job.state in WAITING:
                yield job

    def _add_new(self, job: Job) -> bool:
        """Add a new job and tell so; one whose identity exists is not planned again."""
        if job.identity in self._identities:
            return False
        self._add(job)
        if job.state is State.SENT:
            self._touched.add(job.id)
        return True

    def _put(self, job: Job, occurrence: Occurrence, **values: Any) -> Job:  # noqa: ANN401 - columns of a job
        changed = replace(job, moved_by=PLANNER, updated_at=occurrence.now, **values)
        self._identities.pop(job.identity, None)
        self._identities[changed.identity] = job.id
        self.jobs[job.id] = changed
        return changed

    def _may_take_identity(self, occasion: StoredOccasion, rewrite: Rewrite) -> bool:
        return self._identities.get(self._identity(occasion, rewrite.decision), rewrite.job.id) == rewrite.job.id

    def _rewritten(self, occasion: StoredOccasion, rewrite: Rewrite) -> dict[str, object]:
        """Return the columns of a job that moves, or comes back."""
        job, decision = rewrite.job, rewrite.decision
        moves = decision.anchor != job.anchor
        return {
            **self._of_decision(rewrite),
            "state": State.SCHEDULED,
            "planned_for": rewrite.planned_for,
            "due_at": rewrite.due_at or rewrite.planned_for,
            "useful_until": rewrite.useful_until,
            "anchor": decision.anchor,
            "identity": self._identity(occasion, decision) if moves else job.identity,
            "contact_id": rewrite.contact_id or job.contact_id,
            "pinned": job.pinned and not moves,
            "attempts": 0,
            "stop_wanted": False,
            "reason": rewrite.reason,
        }

    def _refreshed(self, rewrite: Rewrite, occurrence: Occurrence) -> dict[str, object]:
        """Return the columns of a refreshed job; one that was held for its rule alone is due now."""
        job = rewrite.job
        values = {**self._of_decision(rewrite), "useful_until": rewrite.useful_until}
        if job.state is State.HELD and job.reason == BEING_REPLANNED:
            values |= {"state": State.SCHEDULED, "due_at": occurrence.now, "reason": rewrite.reason}
        return values

    def _of_decision(self, rewrite: Rewrite) -> dict[str, object]:
        """Return the columns that follow a decision's rule."""
        job, decision = rewrite.job, rewrite.decision
        sender = rewrite.sender or job.sender
        return {
            "plan_hash": decision.plan_hash,
            "template": decision.template,
            "sender": sender,
            "provider": self.basis.providers.get(sender, job.provider),
        }

    def _identity(self, occasion: StoredOccasion, decision: Decision) -> uuid.UUID:
        return reminder_identity(
            practice=self.basis.practice,
            rule=decision.rule,
            step=decision.step,
            occasion_id=occasion.id,
            role=decision.role,
            anchor=decision.anchor,
            repeat=decision.repeat,
        )

    def _new(self, occasion: StoredOccasion, decision: Decision, occurrence: Occurrence) -> Job:
        planned_for, useful_until = times_of(decision)
        sender = decision.sender or ""
        new = NewJob(
            practice=self.basis.practice,
            identity=self._identity(occasion, decision),
            origin=Origin.REMINDER,
            sender=sender,
            provider=self.basis.providers.get(sender, ""),
            planned_for=planned_for,
            useful_until=useful_until,
            rule=decision.rule,
            step=decision.step,
            occasion_id=occasion.id,
            role=decision.role,
            anchor=decision.anchor,
            repeat=decision.repeat,
            contact_id=occasion.contact_ids.get(decision.contact),
            template=decision.template,
            purpose=decision.purpose,
            plan_hash=decision.plan_hash,
            revision=self.basis.revision,
        )
        values: dict[str, Any] = {name: getattr(new, name, None) for name in Job.__dataclass_fields__}
        values |= dict.fromkeys(("fence", "attempts", "deaths", "doubled"), 0)
        values |= {"state": State.SCHEDULED, "due_at": planned_for, "stop_wanted": False, "moved_by": PLANNER}
        return Job(**values | {"created_at": occurrence.now, "updated_at": occurrence.now})


def slot_of(job: Job) -> Slot:
    """Return what tells a job apart among its occasion's reminders."""
    return (job.rule, job.step, job.role, job.anchor, job.repeat)


def _slot(decision: Decision) -> Slot:
    return (decision.rule, decision.step, decision.role, decision.anchor, decision.repeat)


def _cancelled(job: Job, reason: str) -> dict[str, object]:
    if job.state in UNSENT:
        return {"state": State.CANCELLED, "reason": reason}
    return {"stop_wanted": True, "stop_reason": reason}
