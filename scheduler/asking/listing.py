"""Jobs by what one asks of them, in pages, soonest due first. Questions in, rows out; it changes nothing."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, select

from jobs.records import contacts, jobs, occasions
from jobs.states import State

LISTED = (
    *(
        jobs.c[name]
        for name in (
            *("id", "origin", "rule", "step", "role", "repeat", "state", "planned_for", "due_at", "useful_until"),
            *("template", "sender", "provider", "pinned", "ignore_quiet_hours", "segments", "attempts", "reason"),
            *("moved_by", "stop_wanted", "to_number", "sent_by", "again_of", "created_at", "updated_at"),
        )
    ),
    contacts.c.ref.label("contact"),
    occasions.c.kind,
    occasions.c.ref.label("occasion"),
    occasions.c.case_ref,
)

Place = tuple[dt.datetime, uuid.UUID]
"""Where a page ended: the last one's moment and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which jobs to list; None asks nothing. `due_from` is included, `due_to` is not; `rule` is RULE or RULE/STEP."""

    practice: str
    states: tuple[State, ...] = ()
    contact: str | None = None
    rule: str | None = None
    kind: str | None = None
    occasion: str | None = None
    due_from: dt.datetime | None = None
    due_to: dt.datetime | None = None
    job_id: uuid.UUID | None = None


def list_jobs(connection: Connection, asked: Question, *, after: Place | None, most: int) -> Sequence[RowMapping]:
    """Return up to `most` jobs after a place, soonest due first."""
    query = select(*LISTED).select_from(with_whom_and_what()).where(*matching(asked))
    if after is not None:
        at, last = after
        query = query.where(jobs.c.due_at >= at, (jobs.c.due_at > at) | (jobs.c.id > last))
    return connection.execute(query.order_by(jobs.c.due_at, jobs.c.id).limit(most)).mappings().all()


def with_whom_and_what() -> FromClause:
    """Return jobs with their contact and their occasion, where they have one."""
    with_contact = jobs.outerjoin(contacts, contacts.c.id == jobs.c.contact_id)
    return with_contact.outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)


def matching(asked: Question) -> list[ColumnElement[bool]]:
    """Return the conditions of what is asked, on `with_whom_and_what`."""
    rule, _, step = (asked.rule or "").partition("/")
    conditions: list[ColumnElement[bool]] = [jobs.c.practice == asked.practice]
    named = {
        jobs.c.id: asked.job_id,
        jobs.c.rule: rule or None,
        jobs.c.step: step or None,
        contacts.c.ref: asked.contact,
        occasions.c.kind: asked.kind,
        occasions.c.ref: asked.occasion,
    }
    conditions.extend(column == value for column, value in named.items() if value is not None)
    if asked.states:
        conditions.append(jobs.c.state.in_([state.value for state in asked.states]))
    if asked.due_from is not None:
        conditions.append(jobs.c.due_at >= asked.due_from)
    if asked.due_to is not None:
        conditions.append(jobs.c.due_at < asked.due_to)
    return conditions
