"""Contacts and occasions as the API tells them: rows in, answers out, with numbers masked for whom they are masked."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from jobs.phone import mask
from scheduler.api.v1.problems import FieldProblem
from scheduler.api.v1.prospect_answers import PlanAnswer
from scheduler.intake.outcomes import Outcome
from scheduler.planning.basis import Replanned

Row: TypeAlias = RowMapping | Mapping[str, Any]


class JobCounts(BaseModel):
    """What a call did to jobs, by what happened to them."""

    planned: int = 0
    moved: int = 0
    refreshed: int = 0
    cancelled: int = 0
    stopping: int = Field(default=0, description="Going out already; stopped if they do not get through.")
    reopened: int = 0
    useless: int = Field(default=0, description="Wanted, but they could not go any more.")
    without_sender: int = 0


class ContactAnswer(BaseModel):
    """A contact as stored."""

    id: uuid.UUID
    ref: str
    name: str
    first_name: str
    phone: str | None = Field(description="E.164; null: none that can be texted. Masked unless revealed.")
    phone_given: str = Field(description="As it was given.")
    phone_problem: str | None = Field(description="Why it cannot be texted.")
    language: str | None
    timezone: str | None
    owner: str | None
    via: str | None = Field(description="The ref of the contact whose phone is used for them.")
    reminders: bool
    fields: dict[str, Any]
    version: int | None
    gone_at: dt.datetime | None = Field(description="When they were removed.")
    created_at: dt.datetime
    updated_at: dt.datetime


class OccasionAnswer(BaseModel):
    """An occasion as stored."""

    id: uuid.UUID
    kind: str
    ref: str
    contact: str | None = Field(description="The ref of its contact.")
    people: dict[str, str] = Field(description="The refs of people in other roles.")
    start: str | None = Field(description="As it was given, of a kind dated by moment.")
    end: str | None
    date: str | None = Field(description="The day, of a kind dated by day.")
    starts_at: dt.datetime | None = Field(description="The start's instant; by day its local midnight.")
    status: str
    answer: str = Field(description="What its person said of it.")
    case_ref: str | None
    timezone: str | None
    remote: bool
    reminders: bool
    skip: list[str]
    fields: dict[str, Any]
    version: int | None
    gone_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime


class PersonOutcome(BaseModel):
    """What became of a contact who came along."""

    ref: str
    outcome: Outcome


class ContactTaken(BaseModel):
    """What became of a contact."""

    outcome: Outcome
    contact: ContactAnswer
    warnings: list[FieldProblem] = []
    jobs: JobCounts = JobCounts()


class OccasionTaken(BaseModel):
    """What became of an occasion, and what will happen now."""

    outcome: Outcome
    occasion: OccasionAnswer
    contacts: list[PersonOutcome] = []
    warnings: list[FieldProblem] = []
    jobs: JobCounts = JobCounts()
    plan: PlanAnswer | None = None


def counts_of(jobs: Replanned) -> JobCounts:
    """Return the counts."""
    return JobCounts(**jobs.counts())


def contact_answer(row: Row, via: str | None, *, shows: bool) -> ContactAnswer:
    """Return a contact's row, its number masked unless `shows`; `via` is the ref of whose phone is used."""
    phone, given = row["phone"], row["phone_given"]
    return ContactAnswer(
        **{name: row[name] for name in ContactAnswer.model_fields if name in row and not name.startswith("phone")},
        phone=phone if shows or phone is None else mask(phone),
        phone_given=given if shows or not given else mask(given),
        phone_problem=row["phone_problem"],
        via=via,
        reminders=not row["reminders_off"],
    )


def occasion_answer(row: Row, people: Mapping[str, str], *, by_day: bool) -> OccasionAnswer:
    """Return an occasion's row; `people` are refs by role."""
    others = {role: ref for role, ref in people.items() if role != "contact"}
    plain = OccasionAnswer.model_fields.keys() - {"start", "date", "skip"}
    return OccasionAnswer(
        **{name: row[name] for name in plain if name in row},
        contact=people.get("contact"),
        people=others,
        start=None if by_day else row["start"],
        date=row["start"] if by_day else None,
        reminders=not row["reminders_off"],
        skip=list(row["skip"] or ()),
    )
