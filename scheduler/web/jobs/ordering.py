"""Orders of one job from its page: send now, reschedule, reopen, cancel, settle; each with its reason."""

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.states import State
from jobs.store.values import Finding, Job, Moved
from scheduler.asking.orders import (
    Order,
    cancel_job,
    job_of_practice,
    reopen_job,
    reschedule_job,
    retry_job,
    settle_job,
)
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.jobs.asking import Changer, id_of, signed_now
from scheduler.web.jobs.life import Tried, show_job
from scheduler.web.jobs.moments import read_field
from scheduler.web.jobs.words import CANCEL, DONE, GOING_OUT, REOPEN, RESCHEDULE, RETRY, SETTLE
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of

router = APIRouter()

LONGEST_REASON: Final = 500
_CARRY: Final[Mapping[str, Callable[[Connection, Job, Order], Moved]]] = {
    RETRY: retry_job,
    RESCHEDULE: reschedule_job,
    REOPEN: reopen_job,
    CANCEL: cancel_job,
}
_FIELDS: Final = ("reason", "at", "useful_until", "finding")


@router.post("/jobs/{job_id}/{name}")
def order(  # noqa: PLR0913 - the form, the address and who sends it
    form: CheckedForm, request: Request, job_id: str, name: str, *, here: Here, person: Changer
) -> Response:
    """Carry an order out, or show the page again with what is wrong with it."""
    if name not in DONE:
        message = "there is no such order"
        raise NotFoundError(message)
    known = id_of(job_id)
    try:
        moved = _carry_out(here, person, known, name, form=form, zone=zone_info_of(request, person.practice))
    except (InputError, RefusedError) as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, InputError) else HTTPStatus.CONFLICT
        tried = Tried(name, str(error), {each: form.text(each) for each in _FIELDS})
        return show_job(request, here, person, known, tried=tried, status=status)
    stays = name == CANCEL and moved.to_state is not State.CANCELLED
    notice = Notice(GOING_OUT, tone="warning") if stays else Notice(DONE[name])
    return go_on(request, f"/jobs/{known.hex}", notice)


def _carry_out(  # noqa: PLR0913 - who orders what of which job, and how they wrote it
    here: WebPlace, person: Person, job_id: uuid.UUID, name: str, *, form: Filled, zone: ZoneInfo
) -> Moved:
    reason = form.text("reason")
    if not 0 < len(reason) <= LONGEST_REASON:
        message = f"a reason is needed, of at most {LONGEST_REASON} characters: it is kept with the job"
        raise InputError(message)
    due, until = read_field(form.text("at"), zone), read_field(form.text("useful_until"), zone)
    if name == RESCHEDULE and due is None:
        message = "name the moment at which it is to go"
        raise InputError(message)
    finding = _finding(form.text("finding")) if name == SETTLE else None

    def work(connection: Connection) -> Moved:
        practice_lock(connection, person.practice, exclusive=False)
        job = job_of_practice(connection, person.practice, job_id)
        signed = signed_now(connection, here, person)
        given = Order(by=signed.by, reason=reason, now=signed.at, due=due, useful_until=until, signed=signed)
        if finding is not None:
            return settle_job(connection, job, finding, given)
        return _CARRY[name](connection, job, given)

    return here.database.write(work)


def _finding(written: str) -> Finding:
    try:
        return Finding(written)
    except ValueError:
        message = "say what you found out: whether it was sent"
        raise InputError(message) from None
