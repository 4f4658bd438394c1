"""What will happen to an occasion, in lines: its story before and after a change in; a plan that a page shows out.

Every line is a job with what became of it by the change, when it goes to whom and what it says; or a step without one.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from jobs.gates.contract import Block, End, Hold, Pass, Verdict
from jobs.states import UNCLAIMED, Origin, State
from jobs.store.values import Job
from scheduler.asking.diary import Person
from scheduler.asking.foreseeing import shown_words, terms_in_force
from scheduler.planning.decisions import Decision
from scheduler.simulate.fates import Wait
from scheduler.simulate.prospects import Prospect, prospects_of
from scheduler.web.words import sentence
from scheduler.why.facts import job_of, paused_by
from scheduler.why.reading import OccasionStory
from scheduler.why.telling import why_no_job
from scheduler.why.words import how_computed, why_none

_SOON: Final = dt.timedelta(hours=1)
"""What goes sooner may go a little later when it is looked at again, and is the same."""


class Effect(StrEnum):
    """What a change does to a job; the value is what people read."""

    NEW = "new"
    MOVED = "moved"
    STOPPED = "will not go"
    BACK = "goes again"
    SAME = "as before"


SAID: Final = (
    sentence("new"),
    sentence("moved"),
    sentence("will not go"),
    sentence("goes again"),
    sentence("as before"),
)
"""The effects, so that each has its translation."""


@dataclass(frozen=True, slots=True)
class Line:
    """A job: what it is, when it is due (and was), and what it comes to; `to` None: a number without a contact.

    `verdict` is sent, held, blocked, expired or cancelled of one that waits, else None; `zone` is its person's, where
    that is known.
    """

    job: Job
    effect: Effect
    was_due: dt.datetime | None
    to: Person | None
    at: dt.datetime
    verdict: str | None
    reason: str | None
    waits: tuple[Wait, ...] = ()
    words: str | None = None
    segments: int | None = None
    cost: Decimal | None = None
    currency: str | None = None
    paused: str | None = None
    sentences: tuple[str, ...] = ()

    @property
    def is_correction(self) -> bool:
        """Whether it tells of a change to somebody who was told otherwise."""
        return self.job.origin is Origin.CORRECTION

    @property
    def is_ahead(self) -> bool:
        """Whether it still waits to be sent."""
        return self.job.state in UNCLAIMED


@dataclass(frozen=True, slots=True)
class Silence:
    """A step of a rule that gives no text, for whom, and why."""

    rule: str
    step: str
    to: Person | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foretold:
    """All of it: jobs, the soonest first, steps without one, what keeps the occasion back, and the sum by currency."""

    zone: str
    lines: tuple[Line, ...]
    silences: tuple[Silence, ...]
    off: str | None
    problem: str | None
    unreached: str | None
    costs: Mapping[str, Decimal]

    @property
    def ahead(self) -> tuple[Line, ...]:
        """Return what still waits to be sent."""
        return tuple(line for line in self.lines if line.is_ahead)

    @property
    def stopped(self) -> tuple[Line, ...]:
        """Return what the change takes away."""
        return tuple(line for line in self.lines if line.effect is Effect.STOPPED)

    def count(self, effect: str) -> int:
        """Return how many jobs the change has that effect on."""
        return sum(line.effect == effect for line in self.lines)

    def digest(self, now: dt.datetime) -> str:
        """Return what tells this plan from any other that a person would read otherwise."""
        told = [
            [
                str(line.job.origin),
                line.job.rule,
                line.job.step,
                line.job.role,
                line.job.repeat,
                str(line.job.state),
                str(line.effect),
                "soon" if line.at - now < _SOON else line.at.isoformat(),
                line.verdict,
                line.words,
            ]
            for line in self.lines
        ]
        plain = json.dumps([told, [[each.rule, each.step, each.sentences] for each in self.silences], self.off])
        return hashlib.blake2b(plain.encode(), digest_size=12).hexdigest()


def foretell(
    connection: Connection,
    story: OccasionStory,
    people: Mapping[str, Person],
    now: dt.datetime,
    before: Sequence[Job] | None = None,
) -> Foretold:
    """Return what will happen to an occasion; `before` are its jobs before a change, None: nothing was changed."""
    prospects = prospects_of(connection, story.jobs, now)
    known = None if before is None else {job.id: job for job in before}
    decided = [(decision, job_of(story, decision)) for decision in story.planned.decisions]
    reasons = {job.id: how_computed(each, story.row["dated_at"], story.zone) for each, job in decided if job}
    by_id = {each.id: each for each in people.values()}
    terms = terms_in_force(connection, story.row["practice"])
    lines = []
    for job in story.jobs:
        prospect = prospects.get(job.id)
        draft = None if prospect is None else prospect.draft
        verdict, reason = (None, job.reason) if prospect is None else _verdict(prospect.verdict)
        lines.append(
            Line(
                job=job,
                effect=_effect(job, known),
                was_due=_was_due(job, known),
                to=None if job.contact_id is None else by_id.get(job.contact_id),
                at=job.due_at if prospect is None else prospect.at,
                verdict=verdict,
                reason=reason,
                waits=() if prospect is None else prospect.waits,
                words=None if draft is None else shown_words(draft.text, terms),
                segments=None if draft is None else draft.segments,
                cost=None if draft is None else draft.cost,
                currency=None if draft is None else draft.currency,
                paused=paused_by(story.waits, job),
                sentences=tuple(reasons.get(job.id, ())),
            )
        )
    return Foretold(
        zone=story.zone,
        lines=tuple(sorted(lines, key=lambda line: (line.at, line.job.id))),
        silences=tuple(_silence(story, each, people) for each, job in decided if job is None),
        off=story.stored.off,
        problem=story.problem,
        unreached=None if story.planned.unreached is None else str(story.planned.unreached),
        costs=_costs(prospects),
    )


def _effect(job: Job, before: Mapping[uuid.UUID, Job] | None) -> Effect:
    if before is None:
        return Effect.SAME
    was = before.get(job.id)
    if was is None:
        return Effect.NEW
    if was.state in UNCLAIMED and (job.state not in UNCLAIMED or (job.stop_wanted and not was.stop_wanted)):
        return Effect.STOPPED
    if was.state not in UNCLAIMED and job.state in UNCLAIMED:
        return Effect.BACK
    return Effect.MOVED if was.due_at != job.due_at and job.state in UNCLAIMED else Effect.SAME


def _was_due(job: Job, before: Mapping[uuid.UUID, Job] | None) -> dt.datetime | None:
    was = None if before is None else before.get(job.id)
    return None if was is None or was.due_at == job.due_at else was.due_at


def _silence(story: OccasionStory, decision: Decision, people: Mapping[str, Person]) -> Silence:
    sentences = how_computed(decision, story.row["dated_at"], story.zone)
    sentences.append(why_no_job(story, decision) if decision.is_job else why_none(decision))
    return Silence(decision.rule, decision.step, people.get(decision.role), tuple(sentences))


def _verdict(verdict: Verdict) -> tuple[str, str | None]:
    match verdict:
        case Pass():
            return State.SENT.value, None
        case Hold():
            return State.HELD.value, verdict.reason
        case Block():
            return State.BLOCKED.value, verdict.reason
        case End():
            return verdict.state.value, verdict.reason


def _costs(prospects: Mapping[uuid.UUID, Prospect]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for each in prospects.values():
        draft = each.draft
        if isinstance(each.verdict, Pass) and draft is not None and draft.cost is not None and draft.currency:
            totals[draft.currency] = totals.get(draft.currency, Decimal(0)) + draft.cost
    return dict(sorted(totals.items()))
