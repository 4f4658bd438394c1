"""What is ordered of a contact's upcoming texts on their page: another moment, or none. Forms in, jobs moved."""

import uuid
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError, RefusedError
from scheduler.asking.orders import Order, cancel_job, job_of_practice, reschedule_job
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Right
from scheduler.intake.naming import contact_named
from scheduler.web.conversations.letters import moment_in
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import zone_info_of
from scheduler.web.words import sentence

router = APIRouter()

Changer = Annotated[Person, signed_in(Right.CHANGE_JOBS)]
Ref = Annotated[str, Path(max_length=200)]
JobId = Annotated[str, Path(max_length=40)]
LONGEST_REASON: Final = 500
NO_REASON: Final = sentence("Say why: the reason is kept with the text.")
NO_MOMENT: Final = sentence("Write the day and the time when it is to go.")
NOT_DONE: Final = sentence("This was not done: {why}")


@router.post("/contacts/{ref}/jobs/{job}/{order}")
def order(  # noqa: PLR0913, PLR0917 - what the address says
    request: Request, form: CheckedForm, here: Here, person: Changer, ref: Ref, job: JobId, order: str
) -> Response:
    """Cancel or reschedule an upcoming text to this contact."""
    back = f"/contacts/{quote(ref, safe='')}"
    zone, because = zone_info_of(request, person.practice), form.text("because")[:LONGEST_REASON]
    due = moment_in(form.text("at"), zone)
    wrong = _wrong(order, because, has_moment=due is not None)
    if wrong is not None:
        return go_on(request, back, Notice(wrong, tone="problem"))

    def work(connection: Connection) -> None:
        practice_lock(connection, person.practice, exclusive=False)
        found = job_of_practice(connection, person.practice, _id_of(job))
        if found.contact_id != contact_named(connection, person.practice, ref).id:
            raise NotFoundError(_no_such(job))
        now = here.database.moment(connection)
        by = person.caller
        wanted = Order(by=by.name, reason=because, now=now, due=due, signed=signed_by(by, now))
        (cancel_job if order == "cancel" else reschedule_job)(connection, found, wanted)

    try:
        here.database.write(work)
    except (InputError, RefusedError) as why_not:
        return go_on(request, back, Notice(NOT_DONE, {"why": str(why_not)}, "problem"))
    done = sentence("Cancelled.") if order == "cancel" else sentence("It will go at its new moment.")
    return go_on(request, back, Notice(done))


def _wrong(order: str, because: str, *, has_moment: bool) -> str | None:
    if order not in {"cancel", "reschedule"}:
        message = "there is no such order"
        raise NotFoundError(message)
    if not because:
        return NO_REASON
    return NO_MOMENT if order == "reschedule" and not has_moment else None


def _id_of(job: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=job)
    except ValueError:
        raise NotFoundError(_no_such(job)) from None


def _no_such(job: str) -> str:
    return f"there is no job {job}"
