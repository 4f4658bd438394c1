"""How an occasion's stored jobs differ from what was decided: decisions and jobs in, changes out.

Pure: it writes nothing and asks nobody. It keeps the rules of a job's identity: a moved date takes an unsent job along,
an attempt that was or may have been accepted keeps its job where it is, what a person set stays until the date moves.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, TypeAlias

from jobs.states import UNSENT, Origin, State
from jobs.store.values import PLANNER, Job
from scheduler.planning.compiled import Side
from scheduler.planning.decisions import MUTES, Decision, Planned, Reason

Slot: TypeAlias = tuple[str, str, str, int]
"""Rule, step, role and repeat: what of an identity is left when the date moves."""

_STOPPABLE: Final = frozenset({State.SENDING, State.IN_DOUBT})


class Cause(Enum):
    """Why an occasion is planned again."""

    INTAKE = "the occasion, its people or its answer changed"
    PUBLISHING = "a revision was published; that makes nothing late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the difference depends on besides decisions and jobs.

    `dated_at`: when the present start was recorded; `off`: why the occasion is reminded of no more; `steps`: every
    (rule, step) of the revision; `providers` by sender; `fallbacks`: by sender all that may take over from it;
    `touched`: jobs with an attempt that was or may have been accepted; `new_numbers`: contacts whose number was changed
    just now; `contact_ids` by the key that decisions use.
    """

    now: dt.datetime
    dated_at: dt.datetime
    steps: Collection[tuple[str, str]]
    providers: Mapping[str, str]
    contact_ids: Mapping[str, uuid.UUID]
    off: str | None = None
    cause: Cause = Cause.INTAKE
    touched: Collection[uuid.UUID] = frozenset()
    new_numbers: Collection[uuid.UUID] = frozenset()
    fallbacks: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A stored job and the values that it is to take; `reason` is for people. `sender` None: the job's own stays."""

    job: Job
    decision: Decision
    planned_for: dt.datetime
    useful_until: dt.datetime
    contact_id: uuid.UUID | None
    reason: str
    due_at: dt.datetime | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A stored job that is no longer wanted, and why."""

    job: Job
    reason: str


@dataclass(slots=True)
class Changes:
    """What is to be done to one occasion's jobs.

    `readdresses`: pinned ones that keep their moment and go to another contact. `useless`: wanted ones that could not
    go any more; `without_sender`: wanted ones of a practice that has no number to send from.
    """

    creates: list[Decision] = field(default_factory=list)
    moves: list[Rewrite] = field(default_factory=list)
    refreshes: list[Rewrite] = field(default_factory=list)
    cancels: list[Cancellation] = field(default_factory=list)
    reopens: list[Rewrite] = field(default_factory=list)
    readdresses: list[Rewrite] = field(default_factory=list)
    useless: int = 0
    without_sender: int = 0


def diff(planned: Planned, stored: Sequence[Job], circumstances: Circumstances) -> Changes:
    """Return what turns the stored jobs of one occasion into what was decided for it."""
    difference = _Difference(circumstances, Changes())
    if not stored:  # as in a first import, where it counts
        for decision in planned.decisions:
            difference.begin(decision)
        return difference.changes
    jobs = _by_slot(job for job in stored if job.origin is Origin.REMINDER)
    for decision in planned.decisions:
        difference.settle(decision, jobs.pop(_slot_of(decision), ()))
    for slot, left in jobs.items():
        for job in left:
            difference.drop(job, difference.why_undecided(slot, planned), is_gone=True)
    return difference.changes


def _slot_of(decision: Decision) -> Slot:
    return (decision.of.rule, decision.of.step, decision.role, decision.repeat)


def _by_slot(jobs: Iterable[Job]) -> dict[Slot, Sequence[Job]]:
    slots: dict[Slot, list[Job]] = {}
    for job in jobs:
        slots.setdefault((job.rule or "", job.step or "", job.role or "", job.repeat), []).append(job)
    return {slot: tuple(found) for slot, found in slots.items()}


@dataclass(slots=True)
class _Difference:
    given: Circumstances
    changes: Changes

    def settle(self, decision: Decision, jobs: Sequence[Job]) -> None:
        """Bring one slot's jobs to its decision: the one of the same anchor, those of another, those sent again."""
        own = next((job for job in jobs if job.anchor == decision.anchor and not job.again_count), None)
        others = [job for job in jobs if job is not own and not job.again_count]
        for again in (job for job in jobs if job.again_count):
            if not decision.is_job or again.anchor != decision.anchor:
                self.drop(again, self.why_not(decision, again.anchor), is_gone=self._stops_pinned(decision))
            elif again.state in UNSENT:
                self._refresh_again(decision, again)
        if own is None:
            follower = self._follower(others) if decision.is_job else None
            self._follow_or_begin(decision, follower)
            others = [job for job in others if job is not follower]
        elif decision.is_job or self._has_only_become_late(decision, own) or self._stays_pinned(decision, own):
            self._keep(decision, own)
        else:
            self.drop(own, self.why_not(decision, own.anchor), is_gone=self._stops_pinned(decision))
        for job in others:
            self.drop(job, self.why_not(decision, job.anchor), is_gone=True)

    def begin(self, decision: Decision) -> None:
        """Give a wanted identity its first job, if it can still go."""
        if decision.reason is not None:
            return
        if not self._is_worth_starting(decision):
            self.changes.useless += 1
        elif decision.of.sender not in self.given.providers:
            self.changes.without_sender += 1
        else:
            self.changes.creates.append(decision)

    def drop(self, job: Job, reason: str, *, is_gone: bool) -> None:
        """Cancel what is not wanted; a pinned job only if its date, rule or occasion is gone or muted (`is_gone`)."""
        if job.state in UNSENT:
            if is_gone or not job.pinned:
                self.changes.cancels.append(Cancellation(job, reason))
        elif job.state in _STOPPABLE and not job.stop_wanted:
            self.changes.cancels.append(Cancellation(job, reason))

    def why_not(self, decision: Decision, anchor: str | None) -> str:
        """Say for people why a job of that anchor is not wanted."""
        parts = [] if anchor == decision.anchor else [_moved_to(decision)]
        if self.given.off is not None:
            parts = [self.given.off]
        elif decision.reason is not None:
            parts.append(decision.detail or str(decision.reason))
        return ": ".join(parts)

    def why_undecided(self, slot: Slot, planned: Planned) -> str:
        """Say for people why nothing was decided for a slot that has a job."""
        rule, step, role, _ = slot
        if self.given.off is not None:
            return self.given.off
        if (rule, step) not in self.given.steps:
            return f"the step {step!r} of the rule {rule!r} is gone"
        if planned.unreached is not None:
            return str(planned.unreached)
        if all(decision.role != role for decision in planned.decisions):
            return f"nobody is named as {role}"
        return "the rule no longer repeats it so often"

    def _follower(self, others: Sequence[Job]) -> Job | None:
        """Return the job that goes along with a moved date: the latest unsent one that nobody can have got."""
        free = [job for job in others if job.state in UNSENT and job.id not in self.given.touched]
        return max(free, key=lambda job: job.id, default=None)

    def _follow_or_begin(self, decision: Decision, follower: Job | None) -> None:
        """Give a new identity its job: the one that moves along, else a new one."""
        if follower is None:
            self.begin(decision)
        else:
            self.changes.moves.append(self._rewrite(follower, decision, _moved_to(decision)))

    def _stops_pinned(self, decision: Decision) -> bool:
        """Tell whether not even a job that a person moved is wanted."""
        return self.given.off is not None or decision.reason in MUTES

    def _stays_pinned(self, decision: Decision, job: Job) -> bool:
        """Tell whether a job goes only since a person moved it; it is to be sent under the rule as it is now."""
        return job.pinned and job.state in UNSENT and not self._stops_pinned(decision)

    def _keep(self, decision: Decision, job: Job) -> None:
        """Bring the job of a wanted identity up to date, or bring it back."""
        if job.state in UNSENT:
            self._update(decision, job)
        elif job.id not in self.given.touched and self._is_worth_bringing_back(decision, job):
            reason = self._why_back(decision, job)
            if reason is not None:
                self.changes.reopens.append(self._back(job, decision, reason))

    def _back(self, job: Job, decision: Decision, reason: str) -> Rewrite:
        """Return what an ended job is to take when it comes back; the moment that a person chose stands."""
        rewrite = self._rewrite(job, decision, reason)
        if not job.pinned:
            return rewrite
        until = job.useful_until if job.useful_until > self.given.now else rewrite.useful_until
        return replace(rewrite, planned_for=job.planned_for, useful_until=until, due_at=job.due_at)

    def _rewrite(self, job: Job, decision: Decision, reason: str) -> Rewrite:
        contact_id = self.given.contact_ids.get(decision.contact)
        return Rewrite(job, decision, *times_of(decision), contact_id, reason, sender=decision.sender)

    def _update(self, decision: Decision, job: Job) -> None:
        """Move or refresh an unsent job, or leave it alone where nothing differs."""
        planned_for, useful_until = job.planned_for, job.useful_until
        if not job.pinned and not self._keeps_its_moment(decision, job):
            planned_for, useful_until = times_of(decision)
        contact_id = self.given.contact_ids.get(decision.contact)
        is_other_contact = contact_id != job.contact_id
        reason = "it goes to another contact" if is_other_contact else "its moment changed"
        rewrite = Rewrite(job, decision, planned_for, useful_until, contact_id, reason, sender=decision.sender)
        if is_other_contact and job.pinned:
            self.changes.readdresses.append(replace(rewrite, due_at=job.due_at))
        elif is_other_contact or planned_for != job.planned_for:
            self.changes.moves.append(rewrite)
        elif useful_until != job.useful_until or self._differs(decision, job):
            self._refresh(replace(rewrite, reason="its rule or its usefulness changed"))

    def _refresh_again(self, decision: Decision, job: Job) -> None:
        """Bring what says a text once more up to date; its moment and its contact stay."""
        if self._differs(decision, job):
            self._refresh(Rewrite(job, decision, job.planned_for, job.useful_until, job.contact_id, "its rule changed"))

    def _refresh(self, rewrite: Rewrite) -> None:
        self.changes.refreshes.append(replace(rewrite, sender=self._sender(rewrite.decision, rewrite.job)))

    def _keeps_its_moment(self, decision: Decision, job: Job) -> bool:
        """Tell whether the moment of an unsent job was moved into the past, as by a publish: then its old one stays."""
        if not decision.is_job:
            return True
        planned_for = times_of(decision)[0]
        return planned_for != job.planned_for and planned_for <= self.given.now and self._is_of_this_start(job)

    def _has_only_become_late(self, decision: Decision, job: Job) -> bool:
        """Tell whether an unsent job is late only by what was published since its start was recorded."""
        return decision.reason is Reason.TOO_LATE and job.state in UNSENT and self._is_of_this_start(job)

    def _is_of_this_start(self, job: Job) -> bool:
        """Tell whether the job was planned under the present start; another zone makes another start of one anchor."""
        return job.updated_at >= self.given.dated_at

    def _differs(self, decision: Decision, job: Job) -> bool:
        """Tell whether what dates nothing differs."""
        sender = self._sender(decision, job)
        provider = self.given.providers.get(sender, job.provider)
        old = (job.plan_hash, job.template, job.sender, job.provider)
        return old != (decision.plan_hash, decision.template, sender, provider)

    def _sender(self, decision: Decision, job: Job) -> str:
        """Return whom a job is to go by: its rule's sender, or the fallback of that one which took it over already.

        A job planned for the same sender (the hash holds it) is with another one for no other reason. A practice
        without a sender leaves a job's as it is.
        """
        if decision.sender is None:
            return job.sender
        is_of_it = job.state is State.RETRYING or job.plan_hash == decision.plan_hash
        is_taken_over = is_of_it and job.sender in self.given.fallbacks.get(decision.sender, ())
        return job.sender if is_taken_over else decision.sender

    def _is_worth_starting(self, decision: Decision) -> bool:
        """Tell whether a job that is to begin now can still go; a publish begins nothing whose moment has passed."""
        planned_for, useful_until = times_of(decision)
        if self.given.cause is Cause.PUBLISHING and planned_for <= self.given.now:
            return False
        return useful_until > self.given.now

    def _is_worth_bringing_back(self, decision: Decision, job: Job) -> bool:
        """Tell the same of an ended job, of a pinned one by the moment and the end of use that a person chose."""
        if not job.pinned or (self.given.cause is Cause.PUBLISHING and job.due_at <= self.given.now):
            return self._is_worth_starting(decision)
        return max(job.useful_until, times_of(decision)[1]) > self.given.now

    def _why_back(self, decision: Decision, job: Job) -> str | None:
        """Return why an ended job is wanted again, or None where it is to stay as it ended."""
        if job.state is State.CANCELLED and job.moved_by == PLANNER:
            return "it is wanted again"
        if job.state is State.EXPIRED and times_of(decision)[1] > job.useful_until:
            return "it is useful again"
        by_person = (job.moved_by or "").startswith("person:")
        if job.state in {State.BLOCKED, State.FAILED} and job.contact_id in self.given.new_numbers and not by_person:
            return "the number was changed"
        return None


def _moved_to(decision: Decision) -> str:
    """Say for people what another anchor means: another date, or of an `on:` step another change."""
    if decision.of.side is Side.ON:
        return "it changed again" if decision.anchor else "no such change was recorded"
    return f"moved to {for_people(decision.anchor)}"


def for_people(anchor: str) -> str:
    """Return an anchor as people read it: `Wed 2 Dec 10:00`, by day `Wed 2 Dec`; what is no date as it is."""
    try:
        when = dt.datetime.fromisoformat(anchor)
    except ValueError:
        return anchor
    return f"{when:%a} {when.day} {when:%b}" + (f" {when:%H:%M}" if "T" in anchor else "")


def times_of(decision: Decision) -> tuple[dt.datetime, dt.datetime]:
    """Return a job's planned moment and its useful_until; a decision for a job has both."""
    if decision.planned_for is None or decision.useful_until is None:
        message = f"the decision {decision.identity} is for a job and has no moment"
        raise ValueError(message)
    return decision.planned_for, decision.useful_until
