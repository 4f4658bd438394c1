"""Orders of many jobs: of the ticked, or of all that match; counted, confirmed, carried out in parts, and undone."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError
from scheduler.asking import many_orders
from scheduler.asking.listing import jobs_of_ids
from scheduler.asking.many_orders import Many, Wanted
from scheduler.identities.audit import Signed
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.jobs.asking import Changer, id_of, reading_of, shown_rows, signed_now
from scheduler.web.jobs.filters import read_query
from scheduler.web.jobs.moments import read_field
from scheduler.web.jobs.words import MANY_ORDERS
from scheduler.web.notices import go_on
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show

router = APIRouter()

SAMPLE: Final = 10
ALL, TICKED = "all", "ticked"


@router.get("/jobs/bulk")
def orders(request: Request, here: Here, person: Changer) -> HTMLResponse:
    """List the last orders of many."""
    with here.database.read() as connection:
        recent = many_orders.recent_orders(connection, person.practice, most=SAMPLE)
    return show(request, "jobs/many_recent.html.j2", recent=recent, order_words=MANY_ORDERS)


@router.post("/jobs/bulk")
def begin(form: CheckedForm, request: Request, person: Changer) -> HTMLResponse:  # noqa: ARG001 - who may at all
    """Ask what is to be done to the jobs that were chosen; nothing is counted yet."""
    return _ask(request, form)


@router.post("/jobs/bulk/count")
def count(form: CheckedForm, request: Request, here: Here, person: Changer) -> Response:
    """Count what an order would be of, and go on to the count."""
    try:
        wanted = _wanted(form, request, here, person)
        order_id = here.database.write(
            lambda connection: many_orders.count_out(connection, signed_now(connection, here, person), wanted)
        )
    except InputError as error:
        return _ask(request, form, str(error))
    return go_on(request, f"/jobs/bulk/{order_id.hex}")


@router.get("/jobs/bulk/{order_id}")
def order(request: Request, order_id: str, here: Here, person: Changer) -> HTMLResponse:
    """Show an order: its count and a sample, how far it is, or what came of it."""
    with here.database.read() as connection:
        many = many_orders.read_many(connection, person.practice, id_of(order_id))
        stage = many_orders.AHEAD if many.row["confirmed_at"] is None else many_orders.REFUSED
        ids = many_orders.ids_in(connection, many.row["id"], stage, most=SAMPLE)
        found = jobs_of_ids(connection, person.practice, ids)
        sample = shown_rows(connection, person.practice, found, here.database.moment(connection))
    return show(request, "jobs/many.html.j2", many_order=many, sample=sample, order_words=MANY_ORDERS)


@router.post("/jobs/bulk/{order_id}/go")
def go(form: CheckedForm, request: Request, order_id: str, here: Here, person: Changer) -> Response:  # noqa: ARG001 - the form is checked
    """Confirm an order, and do its next part."""
    return _go_on(request, here, person, id_of(order_id), many_orders.confirm)


@router.post("/jobs/bulk/{order_id}/undo")
def undo(form: CheckedForm, request: Request, order_id: str, here: Here, person: Changer) -> Response:  # noqa: ARG001 - the form is checked
    """Begin to take back what an order did."""
    return _go_on(request, here, person, id_of(order_id), many_orders.undo)


def _go_on(
    request: Request,
    here: WebPlace,
    person: Person,
    order_id: uuid.UUID,
    first: Callable[[Connection, Signed, Many], None],
) -> Response:
    def work(connection: Connection) -> None:
        practice_lock(connection, person.practice, exclusive=False)
        signed = signed_now(connection, here, person)
        first(connection, signed, many_orders.read_many(connection, person.practice, order_id))
        many_orders.carry_on(connection, signed, many_orders.read_many(connection, person.practice, order_id))

    here.database.write(work)
    return go_on(request, f"/jobs/bulk/{order_id.hex}")


def _ask(request: Request, form: Filled, problem: str = "") -> HTMLResponse:
    typed = {name: form.text(name) for name in ("did", "reason", "at")}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    whom = ALL if form.text("whom") == ALL else TICKED
    values = {"whom": whom, "ids": form.texts("job"), "query": form.text("query"), "typed": typed, "problem": problem}
    return show(request, "jobs/many_new.html.j2", status=status, order_words=MANY_ORDERS, **values)


def _wanted(form: Filled, request: Request, here: WebPlace, person: Person) -> Wanted:
    filters = read_query(form.raw("query"), reading_of(request, here, person))
    ids = None if form.text("whom") == ALL else [_ticked(each) for each in form.texts("job")]
    if ids is not None and not ids:
        message = "no job is ticked: go back and tick some"
        raise InputError(message)
    if ids is None and filters.problems:
        message = "a filter cannot be read: go back and correct it"
        raise InputError(message)
    due = read_field(form.text("at"), zone_info_of(request, person.practice))
    did = form.text("did")
    is_dated = did in {many_orders.RESCHEDULE, many_orders.REOPEN}
    return Wanted(
        did=did, reason=form.text("reason")[:500], asked=filters.question, ids=ids, due=due if is_dated else None
    )


def _ticked(written: str) -> uuid.UUID:
    try:
        return id_of(written)
    except NotFoundError as error:
        raise InputError(str(error)) from None
