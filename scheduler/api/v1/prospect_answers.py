"""What will happen to an occasion, as the API tells it: each decision with its time, holds, segments and cost."""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from jobs.gates.contract import Block, End, Hold, Pass
from jobs.records import contacts, occasion_people
from jobs.states import State
from jobs.store.values import Job
from scheduler.planning.decisions import Decision, Reason, Shift, UsefulBy
from scheduler.simulate.prospects import Prospect, prospects_of
from scheduler.why.facts import job_of, paused_by
from scheduler.why.reading import OccasionStory, read_occasion_ahead
from scheduler.why.telling import why_no_job
from scheduler.why.words import how_computed, why_none


class WaitAnswer(BaseModel):
    """One time that a text will have to wait."""

    at: dt.datetime
    until: dt.datetime
    reason: str


class ExpectedAnswer(BaseModel):
    """What the job comes to when it falls due, as things stand now."""

    verdict: str = Field(description="sent, held, blocked, expired or cancelled.")
    at: dt.datetime = Field(description="When it comes to that.")
    reason: str | None = Field(default=None, description="Why, where it is not sent.")
    holds: list[WaitAnswer] = Field(default=[], description="The waits until then.")
    segments: int | None = Field(default=None, description="Billed parts; null: its text cannot be made.")
    encoding: str | None = Field(default=None, description="GSM-7 or UCS-2.")
    language: str | None = None
    cost: str | None = Field(default=None, description="Estimated, a decimal; null: no price is known.")
    currency: str | None = None
    warnings: list[str] = []


class JobAnswer(BaseModel):
    """A job of the occasion as it stands."""

    id: uuid.UUID
    state: State
    due_at: dt.datetime
    reason: str | None
    paused: str | None = Field(default=None, description="Why it is paused, if it is.")
    expected: ExpectedAnswer | None = Field(default=None, description="Null: it waits no more.")


class DecisionAnswer(BaseModel):
    """What one step of one rule means for one person of the occasion: a job, or why there is none."""

    rule: str
    step: str
    role: str
    contact: str | None = Field(description="The ref of whom it is for.")
    repeat: int
    planned_for: dt.datetime | None
    useful_until: dt.datetime | None
    useful_by: UsefulBy | None
    own_moment: dt.datetime | None = Field(description="The rule's moment before any shift.")
    shift: Shift
    late: bool
    reason: Reason | None = Field(description="Why there is no text; null: there is one.")
    sentences: list[str] = Field(description="The arithmetic, and why there is no text, for people.")
    job: JobAnswer | None = None


class PlanAnswer(BaseModel):
    """All decisions about an occasion, and the texts about it that rest on none of them."""

    timezone: str
    off: str | None = Field(description="Why it is reminded of no more.")
    problem: str | None = Field(description="Why it cannot be planned.")
    unreached: str | None = Field(description="Why nobody can be reached about it.")
    decisions: list[DecisionAnswer]
    others: list[JobAnswer] = Field(description="Corrections, and texts of earlier dates and rules.")
    cost: dict[str, str] = Field(description="What all that is expected to be sent will cost, by currency.")


def plan_answer(connection: Connection, practice: str, kind: str, ref: str, now: dt.datetime) -> PlanAnswer:
    """Return what will happen to an occasion.

    Raises:
        NotFoundError: there is no such occasion.

    """
    story = read_occasion_ahead(connection, practice, kind, ref, now)
    prospects = prospects_of(connection, story.jobs, now)
    jobs = {job.id: _job(story, job, prospects) for job in story.jobs}
    decided = [(decision, job_of(story, decision)) for decision in story.planned.decisions]
    refs = people_of_occasion(connection, story.row["id"])
    told = {job.id for _, job in decided if job is not None}
    return PlanAnswer(
        timezone=story.zone,
        off=story.stored.off,
        problem=story.problem,
        unreached=None if story.planned.unreached is None else str(story.planned.unreached),
        decisions=[
            _decision(story, each, refs.get(each.role), None if job is None else jobs[job.id]) for each, job in decided
        ],
        others=[answer for job_id, answer in jobs.items() if job_id not in told],
        cost=_cost(prospects),
    )


def people_of_occasion(connection: Connection, occasion_id: uuid.UUID) -> dict[str, str]:
    """Return the refs of whom an occasion names, by role."""
    query = select(occasion_people.c.role, contacts.c.ref).join(contacts, contacts.c.id == occasion_people.c.contact_id)
    found = connection.execute(
        query.where(occasion_people.c.occasion_id == occasion_id).order_by(occasion_people.c.role)
    )
    return {row.role: row.ref for row in found}


def _decision(story: OccasionStory, decision: Decision, contact: str | None, job: JobAnswer | None) -> DecisionAnswer:
    sentences = how_computed(decision, story.row["dated_at"], story.zone)
    if not decision.is_job:
        sentences.append(why_none(decision))
    elif job is None:
        sentences.append(why_no_job(story, decision))
    return DecisionAnswer(
        rule=decision.rule,
        step=decision.step,
        role=decision.role,
        contact=contact,
        repeat=decision.repeat,
        planned_for=decision.planned_for,
        useful_until=decision.useful_until,
        useful_by=decision.useful_by,
        own_moment=decision.own_moment,
        shift=decision.shift,
        late=decision.late,
        reason=decision.reason,
        sentences=sentences,
        job=job,
    )


def _job(story: OccasionStory, job: Job, prospects: Mapping[uuid.UUID, Prospect]) -> JobAnswer:
    prospect = prospects.get(job.id)
    return JobAnswer(
        id=job.id,
        state=job.state,
        due_at=job.due_at,
        reason=job.reason,
        paused=paused_by(story.waits, job),
        expected=None if prospect is None else _expected(prospect),
    )


def _expected(prospect: Prospect) -> ExpectedAnswer:
    word, reason, warnings = _verdict(prospect)
    draft = prospect.draft
    return ExpectedAnswer(
        verdict=word,
        at=prospect.at,
        reason=reason,
        holds=[WaitAnswer(at=each.at, until=each.until, reason=each.reason) for each in prospect.waits],
        segments=None if draft is None else draft.segments,
        encoding=None if draft is None else draft.encoding,
        language=None if draft is None else draft.language,
        cost=None if draft is None or draft.cost is None else str(draft.cost),
        currency=None if draft is None else draft.currency,
        warnings=list(warnings),
    )


def _verdict(prospect: Prospect) -> tuple[str, str | None, tuple[str, ...]]:
    match prospect.verdict:
        case Pass(warnings):
            return "sent", None, warnings
        case Hold():
            return "held", prospect.verdict.reason, ()
        case Block():
            return "blocked", prospect.verdict.reason, ()
        case End():
            return prospect.verdict.state.value, prospect.verdict.reason, ()


def _cost(prospects: Mapping[uuid.UUID, Prospect]) -> dict[str, str]:
    drafts = [each.draft for each in prospects.values() if isinstance(each.verdict, Pass) and each.draft is not None]
    totals: dict[str, Decimal] = {}
    for draft in drafts:
        if draft.cost is not None and draft.currency is not None:
            totals[draft.currency] = totals.get(draft.currency, Decimal(0)) + draft.cost
    return {currency: str(total) for currency, total in sorted(totals.items())}
