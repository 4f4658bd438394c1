"""Puts what was really sent beside what a draft came to, text by text, and says why where only one side sent. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from jobs.states import ACCEPTED, WAITING, State
from jobs.store.values import Job
from scheduler.planning.decisions import Decision, Reason
from scheduler.simulate.fates import Period
from scheduler.simulate.likeness import Compared, Key, Likeness, Said, is_of, likeness_of
from scheduler.simulate.past import PastOccasion
from scheduler.simulate.stepping import Stepping


@dataclass(frozen=True, slots=True)
class Really:
    """A text of a rule that was accepted."""

    job: Job
    said: Said


def key_of(job: Job) -> Key:
    """Return a reminder's identity."""
    return Key(
        job.occasion_id or uuid.UUID(int=0),
        job.rule or "",
        job.step or "",
        job.role or "",
        job.anchor or "",
        job.repeat,
    )


class Comparison:
    """What a draft came to (`stepping`), the stored jobs by key, and the occasions as they were."""

    def __init__(
        self, stepping: Stepping, past: Mapping[uuid.UUID, PastOccasion], stored: Mapping[Key, Job], period: Period
    ) -> None:
        """Look at texts of which either side lies in the period."""
        self._stepping = stepping
        self._past = past
        self._stored = stored
        self._period = period
        self._drafted = {key_of(job): job for job in stepping.book.jobs.values()}

    def of(self, really: Mapping[Key, Really]) -> list[Compared]:
        """Return every text of the period that either side sent, in order of time."""
        keys = dict.fromkeys([*really, *self._drafted])
        found = [each for key in keys if (each := self._one(key, really.get(key))) is not None]
        return sorted(found, key=lambda each: (each.at, each.key.rule, each.key.step, each.key.occasion_id))

    def _one(self, key: Key, really: Really | None) -> Compared | None:
        job = self._drafted.get(key)
        draft = None if job is None else self._said(job)
        said = None if really is None else really.said
        if not is_of(self._period, said, draft):
            return None
        if really is not None and draft is not None:
            likeness = likeness_of(really.said, draft)
            return Compared(
                likeness=likeness, key=key, contact_id=really.job.contact_id, really=really.said, draft=draft
            )
        if really is not None:
            return self._only_really(key, really, job)
        return None if job is None or draft is None else self._only_draft(key, job, draft)

    def _said(self, job: Job) -> Said | None:
        """Return what the draft sent."""
        course = self._stepping.courses.get(job.id)
        if job.state is not State.SENT or course is None or course.at is None or course.draft is None:
            return None
        return Said(course.at, course.draft.text, segments=course.draft.segments)

    def _only_really(self, key: Key, really: Really, job: Job | None) -> Compared:
        contact_id, said = really.job.contact_id, really.said
        if job is None:
            decision = self._decision(key)
            likeness, why = self._undecided(key, really, decision)
            return Compared(likeness=likeness, key=key, contact_id=contact_id, really=said, decision=decision, why=why)
        if job.state is State.SENT or (job.state in WAITING and job.due_at >= self._period.until):
            draft, why = Said(job.due_at), "the draft's lies outside the time looked at"
            return Compared(
                likeness=Likeness.OTHER_TIME, key=key, contact_id=contact_id, really=said, draft=draft, why=why
            )
        why = f"{_in_words(job.state)}: {self._stepping.waiting(job).reason or 'it waits for its turn'}"
        return Compared(likeness=Likeness.ONLY_REALLY, key=key, contact_id=contact_id, really=said, why=why)

    def _undecided(self, key: Key, really: Really, decision: Decision | None) -> tuple[Likeness, str]:
        """Say why the draft has no job for a text that was sent, or that nobody can tell."""
        if (key.rule, key.step) not in self._stepping.book.basis.steps:
            return Likeness.ONLY_REALLY, "the draft has no such step"
        past = self._past.get(key.occasion_id)
        if past is None:
            return Likeness.CHANGED_SINCE, "it is not stored any more, or its kind is not in the draft"
        if past.updated_at > really.said.at:
            if decision is None:
                return Likeness.CHANGED_SINCE, "its date or its people changed since"
            if decision.reason is Reason.CONDITION_FALSE:
                return Likeness.CHANGED_SINCE, f"it changed since, and now: {decision.detail}"
        if decision is None:
            return Likeness.ONLY_REALLY, "the draft asks for no such text"
        return Likeness.ONLY_REALLY, decision.detail or str(decision.reason or "its moment had passed")

    def _only_draft(self, key: Key, job: Job, draft: Said) -> Compared:
        real = self._stored.get(key)
        if real is not None and real.state in WAITING | ACCEPTED:
            return Compared(
                likeness=Likeness.OTHER_TIME,
                key=key,
                contact_id=job.contact_id,
                really=Said(real.due_at),
                draft=draft,
                why="the real one is not sent yet" if real.state in WAITING else "",
            )
        why = (
            "nothing was planned" if real is None else f"{_in_words(real.state)}: {real.reason or 'no reason is kept'}"
        )
        return Compared(likeness=Likeness.ONLY_DRAFT, key=key, contact_id=job.contact_id, draft=draft, why=why)

    def _decision(self, key: Key) -> Decision | None:
        """Return what the draft decided for an identity, as the occasion was last planned."""
        decided = self._stepping.book.decided.get(key.occasion_id)
        wanted = (key.rule, key.step, key.role, key.anchor, key.repeat)
        for each in decided.planned.decisions if decided else ():
            if (each.rule, each.step, each.role, each.anchor, each.repeat) == wanted:
                return each
        return None


def _in_words(state: State) -> str:
    return state.replace("_", " ")
