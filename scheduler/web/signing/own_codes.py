"""Codes of one's own phone: begun by the password and its first code, ended by the password."""

import re
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from jobs.errors import InputError, RefusedError
from scheduler.identities import codes
from scheduler.identities.audit import Signed
from scheduler.identities.codes import Enrolment
from scheduler.identities.signing_in import TooSoon, is_theirs
from scheduler.web.forms import CheckedForm
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace, address_of
from scheduler.web.showing import show
from scheduler.web.signing.entering import too_soon
from scheduler.web.signing.own_password import WRONG, Whose
from scheduler.web.words import sentence

router = APIRouter()

NOT_RIGHT = sentence("This code is not right: check the phone’s clock, and write the code that it shows now.")
SECRET: Final = re.compile(r"[A-Z2-7]{32}")


@router.get("/codes")
def ask(request: Request, person: Whose) -> Response:
    """Show a new secret for the phone, or how to end what is asked for."""
    return _page(request, person, None if person.user.asks_code else codes.begin(person.user))


@router.post("/codes")
def change(request: Request, here: Here, form: CheckedForm, person: Whose) -> Response:
    """Begin or end, by who knows the password: a browser left open is not enough.

    Raises:
        InputError: the secret is none that the page showed.
        RefusedError: codes are asked for already.

    """
    secret = form.text("secret")
    fresh = codes.again(person.user, secret) if SECRET.fullmatch(secret) else None
    outcome = is_theirs(here.database, person.user, form.raw("present"), address_of(request))
    if isinstance(outcome, TooSoon):
        return too_soon(request, here, outcome)
    if not outcome:
        return _page(request, person, fresh, WRONG)
    if "end" in form.data:
        return _end(request, here, person)
    if person.user.asks_code:
        message = "codes are asked for already: end them first"
        raise RefusedError(message)
    if fresh is None:
        message = "this is no secret of ours: load the page again"
        raise InputError(message)
    return _begin(request, here, person, fresh, form.text("code"))


def _begin(request: Request, here: WebPlace, person: Person, fresh: Enrolment, code: str) -> Response:
    def work(connection: Connection) -> None:
        codes.confirm(connection, person.user, fresh.secret, code, _signed(request, here, person, connection))

    try:
        here.database.write(work)
    except InputError:
        return _page(request, person, fresh, NOT_RIGHT)
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


def _end(request: Request, here: WebPlace, person: Person) -> Response:
    def work(connection: Connection) -> None:
        codes.drop(connection, person.user, _signed(request, here, person, connection))

    here.database.write(work)
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


def _signed(request: Request, here: WebPlace, person: Person, connection: Connection) -> Signed:
    return Signed(person.practice, person.caller.name, here.database.moment(connection), address_of(request))


def _page(request: Request, person: Person, fresh: Enrolment | None, problem: str | None = None) -> Response:
    status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
    shown = None if person.user.asks_code else fresh or codes.begin(person.user)
    return show(request, "codes.html.j2", status=status, fresh=shown, problem=problem)
