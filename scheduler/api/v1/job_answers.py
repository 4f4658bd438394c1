"""What the API answers of jobs, their lives, histories and costs: the shapes, and rows made such. Pure."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from jobs.phone import mask
from jobs.states import Origin, State, Verb
from jobs.terms import Terms
from scheduler.api.v1.paging import Page, no_cursor, page_of, place_of_cursor
from scheduler.api.v1.plain import Body, Moment, Name, Reason
from scheduler.asking.foreseeing import shown_words
from scheduler.asking.histories import Said


class JobRow(BaseModel):
    """A job: one dated text to one person."""

    id: str
    origin: Origin
    state: State
    rule: str | None
    step: str | None
    role: str | None
    contact: str | None
    number: str | None = Field(description="Masked; null: the contact's.")
    kind: str | None = Field(description="The kind of its occasion.")
    occasion: str | None = Field(description="Its occasion's ref.")
    case_ref: str | None
    template: str | None
    sender: str
    provider: str
    planned_for: dt.datetime
    due_at: dt.datetime
    useful_until: dt.datetime
    pinned: bool = Field(description="A person chose its moment.")
    ignore_quiet_hours: bool
    segments: int
    attempts: int
    reason: str | None = Field(description="Why it stands where it stands.")
    moved_by: str | None
    stop_wanted: bool
    sent_by: dict[str, Any] | None
    again_of: str | None
    created_at: dt.datetime
    updated_at: dt.datetime


class JobEvent(BaseModel):
    """One event of a job's timeline."""

    at: dt.datetime
    verb: str
    from_state: str | None
    to_state: str
    by: str
    reason: str | None


class JobAttempt(BaseModel):
    """One request to a provider."""

    id: str
    started_at: dt.datetime
    provider: str
    outcome: str | None = Field(description="Null while it is under way.")
    error_code: str | None
    reason: str | None
    provider_id: str | None
    revision: str | None
    body: str | None = Field(description="Null: redacted, or not revealed: `?reveal=true`.")


class JobLife(JobRow):
    """A job with its timeline, its attempts, and its life in sentences."""

    paused: str | None = Field(description="Why it is paused.")
    timeline: list[JobEvent]
    tries: list[JobAttempt]
    why: list[str] = Field(description="Why it went, goes or does not go, in sentences.")


class OrderedBy(Body):
    """Who of the staff orders it."""

    ref: Name | None = None
    name: Name


class Because(Body):
    """An order, with its reason."""

    reason: Reason = Field(description="Why; kept with the job.")
    by: OrderedBy | None = Field(default=None, description="Who orders it; the key where it is left out.")


class Anew(Because):
    """An order that may date a job anew."""

    at: Moment | None = Field(default=None, description="When it goes; now where it is left out.")
    useful_until: Moment | None = Field(default=None, description="A new end of its use.")


class Ordered(BaseModel):
    """What an order did. A job that is going out keeps its state when it is cancelled, and is not tried again."""

    id: str
    verb: Verb
    from_state: State
    to_state: State


class Told(BaseModel):
    """One line of a history: a text, in or out, or a job of which there is no text."""

    at: dt.datetime
    what: str = Field(description="`text` or `job`.")
    id: str
    direction: str | None = Field(description="Of a text: in or out.")
    contact: str | None
    words: str | None = Field(
        description="Of a text, for who may read conversations or reveals them; what gives something sensitive away is "
        "not shown."
    )
    meaning: str | None = Field(description="Of an inbound text.")
    case_ref: str | None
    job: str | None
    state: State | None = Field(description="The job's.")
    reason: str | None
    rule: str | None
    step: str | None
    sent_by: dict[str, Any] | None


class MonthSums(BaseModel):
    """What a month's texts cost in one currency; decimals as text."""

    month: str
    currency: str | None
    texts: int
    unpriced: int = Field(description="Texts without a known price.")
    estimated: str = Field(description="Of all texts.")
    actual: str = Field(description="Of those with a known price.")
    spent: str = Field(description="What counts against the caps: the price, else the estimate.")
    reserved: str = Field(description="Likewise of texts in doubt.")
    outside: str = Field(description="Likewise of what counts against no cap.")


class Costs(BaseModel):
    """Costs by month of the practice's zone, the oldest first."""

    months: list[MonthSums]


def moment_and_id(cursor: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    """Return where a page begins that is sorted by a moment and an id.

    Raises:
        Trouble: 422; no listing gave that cursor.

    """
    place = place_of_cursor(cursor, 2)
    if place is None:
        return None
    try:
        at, last = dt.datetime.fromisoformat(place[0]), uuid.UUID(hex=place[1])
        return at.astimezone(dt.UTC), last
    except (ValueError, OverflowError):
        raise no_cursor() from None


def job_row(row: RowMapping) -> JobRow:
    """Return a listed job's row as it is answered."""
    again_of = row["again_of"]
    number = row["to_number"]
    return JobRow(
        **{
            **row,
            "id": row["id"].hex,
            "number": None if number is None else mask(number),
            "again_of": None if again_of is None else again_of.hex,
        }
    )


def told_page(terms: Terms, found: list[Said], limit: int, *, shows: bool) -> Page[Told]:
    """Return a page of a history, whose query asked for one line more than `limit`; with words if it `shows` them."""
    shown, following = page_of(found, limit, lambda each: (each.at.isoformat(), each.id.hex))
    words = partial(shown_words, terms=terms) if shows else _hidden
    return Page(items=[_line(each, words) for each in shown], next=following)


def _hidden(_body: str | None) -> None:
    return None


def _line(each: Said, words: Callable[[str | None], str | None]) -> Told:
    row: RowMapping | Mapping[str, Any] = each.text or each.job or {}
    job_id = row.get("job_id") if each.job is None else each.id
    return Told(
        at=each.at,
        what="text" if each.job is None else "job",
        id=each.id.hex,
        direction=row.get("direction"),
        contact=row.get("ref"),
        words=words(row.get("body")) if each.job is None else None,
        meaning=row.get("meaning"),
        case_ref=row.get("case_ref"),
        job=None if job_id is None else job_id.hex,
        **{name: row.get(name) for name in ("state", "reason", "rule", "step", "sent_by")},
    )
