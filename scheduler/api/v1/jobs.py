"""Jobs and texts as they stand, their life and cost; cancel, reschedule, reopen, retry."""

import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import NotFoundError
from jobs.states import State
from jobs.store.values import Job, Moved, person
from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.job_answers import (
    Anew,
    Because,
    Costs,
    JobAttempt,
    JobLife,
    JobRow,
    MonthSums,
    Ordered,
    Told,
    job_row,
    moment_and_id,
    told_page,
)
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, page_of
from scheduler.api.v1.plain import Moment
from scheduler.api.v1.revealing import Reveal, must_reveal, note_revealed
from scheduler.asking.costs import MONTH, must_be_month, read_costs
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.histories import history_of_case, history_of_contact, knows_case
from scheduler.asking.listing import Question, list_jobs
from scheduler.asking.orders import Order, cancel_job, job_of_practice, reopen_job, reschedule_job, retry_job
from scheduler.asking.revealing import attempts_without_words, without_words
from scheduler.identities.audit import Subject, signed_by
from scheduler.identities.rights import Caller, Right
from scheduler.intake.naming import contact_named
from scheduler.why import why_job

router = APIRouter(tags=["jobs"])

_MONTH = Query(
    max_length=10, description="Only this month: 2026-12.", json_schema_extra={"pattern": f"^{MONTH.pattern}$"}
)
JobId = Annotated[str, Path(max_length=40, description="A job's id: 32 hexadecimal digits.")]
Reader = Annotated[Caller, needs(Right.READ_JOBS)]
Changer = Annotated[Caller, needs(Right.CHANGE_JOBS)]


@router.get("/jobs", summary="List jobs, soonest due first")
def list_them(  # noqa: PLR0913 - a listing has as many parameters as filters
    here: Here,
    caller: Reader,
    *,
    state: Annotated[list[State] | None, Query(max_length=len(State), description="Only these states.")] = None,
    contact: Annotated[str | None, Query(max_length=200, description="Only this contact, by ref.")] = None,
    rule: Annotated[str | None, Query(max_length=200, description="Only this rule, or rule/step.")] = None,
    due_from: Annotated[Moment | None, Query(description="Due from this moment on.")] = None,
    due_to: Annotated[Moment | None, Query(description="Due before this moment.")] = None,
    limit: Limit = USUAL_ROWS,
    cursor: Cursor = None,
) -> Page[JobRow]:
    """List jobs in pages."""
    asked = Question(
        practice=caller.practice,
        states=tuple(state or ()),
        contact=contact or None,
        rule=rule,
        due_from=due_from,
        due_to=due_to,
    )
    with here.database.read() as connection:
        found = list_jobs(connection, asked, after=moment_and_id(cursor), most=limit + 1)
    shown, following = page_of(found, limit, lambda row: (row["due_at"].isoformat(), row["id"].hex))
    return Page(items=[job_row(row) for row in shown], next=following)


@router.get("/jobs/{job}", summary="A job with its life")
def show(job: JobId, here: Here, caller: Reader, *, reveal: Reveal = False) -> JobLife:
    """Return a job, its timeline, its attempts and why it went, goes or does not go; its words only revealed."""
    must_reveal(caller, reveal=reveal)
    job_id = _id_of(job)
    with here.database.read() as connection:
        found = list_jobs(connection, Question(practice=caller.practice, job_id=job_id), after=None, most=1)
        if not found:
            raise _no_job(job)
        life = why_job(connection, caller.practice, job_id, here.database.moment(connection))
    facts: Mapping[str, Any] = life.facts
    if reveal:
        note_revealed(here, caller, Subject("job", job_id.hex))
    return JobLife(
        **{**job_row(found[0]).model_dump(), **({"number": found[0]["to_number"]} if reveal else {})},
        paused=facts["paused"],
        timeline=facts["timeline"],
        tries=[
            JobAttempt.model_validate(each)
            for each in (facts["attempts"] if reveal else attempts_without_words(facts["attempts"]))
        ],
        why=list(life.sentences) if reveal else without_words(life.sentences),
    )


@router.post("/jobs/{job}/cancel", summary="Cancel a job")
def cancel(job: JobId, asked: Because, here: Here, caller: Changer) -> Ordered:
    """Cancel a job that has not gone out."""
    return _carry_out(here, caller, job, asked, cancel_job)


@router.post("/jobs/{job}/reschedule", summary="Give a waiting job another moment")
def reschedule(job: JobId, asked: Anew, here: Here, caller: Changer) -> Ordered:
    """Give a waiting job another moment; it stays there until its occasion moves."""
    return _carry_out(here, caller, job, asked, reschedule_job)


@router.post("/jobs/{job}/reopen", summary="Open an ended job again")
def reopen(job: JobId, asked: Anew, here: Here, caller: Changer) -> Ordered:
    """Open a cancelled, blocked, failed or expired job again; a cancelled one in a person's name only."""
    return _carry_out(here, caller, job, asked, reopen_job)


@router.post("/jobs/{job}/retry", summary="Let a job go now")
def retry(job: JobId, asked: Because, here: Here, caller: Changer) -> Ordered:
    """Let a waiting job go now, or one that was blocked, failed or expired once more; quiet hours still hold it."""
    return _carry_out(here, caller, job, asked, retry_job)


@router.get("/contacts/{ref}/history", summary="All that was said to and by a contact")
def contact_history(  # noqa: PLR0913 - what the address and the query say
    ref: Annotated[str, Path(max_length=200)],
    here: Here,
    caller: Reader,
    limit: Limit = USUAL_ROWS,
    cursor: Cursor = None,
    *,
    reveal: Reveal = False,
) -> Page[Told]:
    """List a contact's texts, in and out, and jobs of which there is no text, newest first."""
    must_reveal(caller, reveal=reveal)
    with here.database.read() as connection:
        contact = contact_named(connection, caller.practice, ref)
        before = moment_and_id(cursor)
        found = history_of_contact(connection, caller.practice, contact.id, before=before, most=limit + 1)
        terms = terms_in_force(connection, caller.practice)
    if reveal:
        note_revealed(here, caller, Subject("contact", contact.id.hex), {"history": len(found[:limit])})
    return told_page(terms, found, limit, shows=reveal or caller.may(Right.READ_INBOX))


@router.get("/cases/{case_ref}/history", summary="All that was said about a case")
def case_history(  # noqa: PLR0913 - what the address and the query say
    case_ref: Annotated[str, Path(max_length=200)],
    here: Here,
    caller: Reader,
    limit: Limit = USUAL_ROWS,
    cursor: Cursor = None,
    *,
    reveal: Reveal = False,
) -> Page[Told]:
    """List the texts about a case, in and out, and jobs of which there is no text, newest first."""
    must_reveal(caller, reveal=reveal)
    with here.database.read() as connection:
        if not knows_case(connection, caller.practice, case_ref):
            message = f"nothing is of a case {case_ref!r}"
            raise NotFoundError(message)
        before = moment_and_id(cursor)
        found = history_of_case(connection, caller.practice, case_ref, before=before, most=limit + 1)
        terms = terms_in_force(connection, caller.practice)
    if reveal:
        note_revealed(here, caller, Subject("case", case_ref), {"history": len(found[:limit])})
    return told_page(terms, found, limit, shows=reveal or caller.may(Right.READ_INBOX))


@router.get("/cost", summary="What texts cost by month")
def cost(
    here: Here,
    caller: Reader,
    month: Annotated[str | None, _MONTH] = None,
) -> Costs:
    """Tell what texts were expected to cost and really cost."""
    wanted = None if month is None else must_be_month(month)
    with here.database.read() as connection:
        found = read_costs(connection, terms_in_force(connection, caller.practice), wanted)
    return Costs(months=[MonthSums.model_validate(each.as_json()) for each in found])


Carry = Callable[[Connection, Job, Order], Moved]


def _carry_out(here: Place, caller: Caller, name: str, asked: Because, carry: Carry) -> Ordered:
    by = caller.name if asked.by is None else person(asked.by.name)
    due, until = (asked.at, asked.useful_until) if isinstance(asked, Anew) else (None, None)

    def work(connection: Connection) -> Moved:
        practice_lock(connection, caller.practice, exclusive=False)
        job = job_of_practice(connection, caller.practice, _id_of(name))
        now = here.database.moment(connection)
        order = Order(by=by, reason=asked.reason, now=now, due=due, useful_until=until, signed=signed_by(caller, now))
        return carry(connection, job, order)

    moved = here.database.write(work)
    return Ordered(id=moved.id.hex, verb=moved.verb, from_state=moved.from_state, to_state=moved.to_state)


def _id_of(name: str) -> uuid.UUID:
    try:
        return uuid.UUID(name)
    except ValueError:
        raise _no_job(name) from None


def _no_job(name: str) -> NotFoundError:
    return NotFoundError(f"there is no job {name}")
