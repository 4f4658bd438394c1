"""A job's page: its life as a timeline, why it goes when it goes, what comes next, and what may be ordered of it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from jobs.errors import NotFoundError
from jobs.states import State, Verb
from scheduler.asking.job_receipts import receipts_of_job
from scheduler.asking.listing import Question, list_jobs
from scheduler.asking.revealing import attempts_without_words
from scheduler.identities.audit import Act, Subject, note
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm
from scheduler.web.jobs.asking import Reader, id_of, shown_rows, signed_now
from scheduler.web.jobs.words import FINDINGS, ORDERS, POSSIBLE, VERBS, tone_of
from scheduler.web.people import NotAllowedError, Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show
from scheduler.why import why_job

router = APIRouter()

_COMMAND = ": quietbell "
"""How a sentence goes on that names the command for what this page has a button for."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody ordered that could not be: which order, why not, and what they had typed."""

    order: str = ""
    problem: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@router.get("/jobs/{job_id}")
def job(request: Request, job_id: str, here: Here, person: Reader) -> HTMLResponse:
    """Show a job, its number masked and without its words."""
    return show_job(request, here, person, id_of(job_id))


@router.post("/jobs/{job_id}/reveal")
def reveal(form: CheckedForm, request: Request, job_id: str, here: Here, person: Reader) -> HTMLResponse:  # noqa: ARG001 - the form is checked
    """Show it once with number and words, and note that."""
    if not person.may(Right.REVEAL):
        raise NotAllowedError(Right.REVEAL)
    known = id_of(job_id)
    with here.database.read() as connection:
        if not list_jobs(connection, Question(practice=person.practice, job_id=known), after=None, most=1):
            raise _no_job(known)
    here.database.write(
        lambda connection: note(
            connection, Act(signed_now(connection, here, person), "job.revealed", Subject("job", known.hex))
        )
    )
    return show_job(request, here, person, known, reveals=True)


def show_job(  # noqa: PLR0913 - what was asked, and how it is answered
    request: Request,
    here: WebPlace,
    person: Person,
    job_id: uuid.UUID,
    *,
    reveals: bool = False,
    tried: Tried | None = None,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """Show a job's page.

    Raises:
        NotFoundError: the practice has no such job.

    """
    with here.database.read() as connection:
        now = here.database.moment(connection)
        found = list_jobs(connection, Question(practice=person.practice, job_id=job_id), after=None, most=1)
        if not found:
            raise _no_job(job_id)
        [row] = shown_rows(connection, person.practice, found, now)
        life = why_job(connection, person.practice, job_id, now)
        receipts = receipts_of_job(connection, person.practice, job_id)
    facts: Mapping[str, Any] = life.facts
    state = State(row["state"])
    orders = [name for name in ORDERS if state in POSSIBLE[name]] if person.may(Right.CHANGE_JOBS) else []
    return show(
        request,
        "jobs/life.html.j2",
        status=status,
        job=row | ({"number": row["to_number"]} if reveals else {}),
        what=life.sentences[0],
        moments=facts["moment"],
        following=str(facts["next"]).partition(_COMMAND)[0],
        steps=_steps(facts, receipts, reveals=reveals),
        reveals=reveals,
        orders=orders,
        order_words=ORDERS,
        findings=FINDINGS,
        tried=tried or Tried(),
    )


def _steps(facts: Mapping[str, Any], receipts: Sequence[RowMapping], *, reveals: bool) -> list[dict[str, Any]]:
    """Return events in their order, each attempt with its receipts behind the event that began it."""
    tries = list(facts["attempts"] if reveals else attempts_without_words(facts["attempts"]))
    told: dict[uuid.UUID, list[RowMapping]] = {}
    for receipt in receipts:
        told.setdefault(receipt["attempt_id"], []).append(receipt)
    steps: list[dict[str, Any]] = []
    for event in facts["timeline"]:
        steps.append(_event(event))
        if event["verb"] == Verb.SEND and tries:
            steps.append(_attempt(tries.pop(0), told))
    return steps + [_attempt(each, told) for each in tries]


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    words, state = VERBS.get(event["verb"], event["verb"]), event["to_state"]
    who = event["by"].removeprefix("person:")
    at = _moment(event["at"])
    return {"at": at, "words": words, "tone": tone_of(state), "state": state, "by": who, "reason": event["reason"]}


def _attempt(attempt: Mapping[str, Any], told: Mapping[uuid.UUID, list[RowMapping]]) -> dict[str, Any]:
    receipts = told.get(uuid.UUID(attempt["id"]), [])
    return {"at": _moment(attempt["started_at"]), "attempt": attempt, "receipts": receipts, "tone": ""}


def _moment(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written)


def _no_job(job_id: uuid.UUID) -> NotFoundError:
    return NotFoundError(f"there is no job {job_id.hex}")
