"""Changing one's own password: asked for at once where somebody else made it. Every other session of theirs ends."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from jobs.errors import InputError, NotFoundError
from scheduler.identities import passwords
from scheduler.identities.audit import Signed
from scheduler.identities.signing_in import TooSoon, is_theirs
from scheduler.identities.users import set_password
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.people import Person, anybody
from scheduler.web.place import Here, WebPlace, address_of
from scheduler.web.showing import show
from scheduler.web.signing.entering import enter, too_soon
from scheduler.web.words import sentence

router = APIRouter()

WRONG = sentence("The present password is wrong.")
NOT_TWICE = sentence("The new password was not written the same twice.")
THE_SAME = sentence("The new password is the present one.")


def with_password(person: Annotated[Person, Depends(anybody)]) -> Person:
    """Return who is signed in and has a password.

    Raises:
        NotFoundError: they sign in at the identity provider alone.

    """
    if not person.user.has_password:
        message = f"{person.name} has no password here"
        raise NotFoundError(message)
    return person


Whose = Annotated[Person, Depends(with_password)]


@router.get("/password")
def ask(request: Request, _person: Whose) -> Response:
    """Show the form."""
    return show(request, "password.html.j2", problem=None, detail=None)


@router.post("/password")
def change(request: Request, here: Here, form: CheckedForm, person: Whose) -> Response:
    """Change the password, and go on with a new session."""
    outcome = is_theirs(here.database, person.user, form.raw("present"), address_of(request))
    if isinstance(outcome, TooSoon):
        return too_soon(request, here, outcome)
    problem = None if outcome else WRONG
    if problem is None:
        problem = _problem(form)
    if problem is not None:
        return _again(request, problem)
    try:
        kept = passwords.hashed(form.raw("fresh"), person.name)
    except InputError as error:
        return _again(request, None, str(error))
    _write(here, person, kept, address_of(request))
    return enter(request, here, person.user, "/")


def _problem(form: Filled) -> str | None:
    if form.raw("fresh") != form.raw("again"):
        return NOT_TWICE
    return THE_SAME if form.raw("fresh") == form.raw("present") else None


def _write(here: WebPlace, person: Person, kept: str, address: str | None) -> None:
    def work(connection: Connection) -> None:
        signed = Signed(person.practice, person.caller.name, here.database.moment(connection), address)
        set_password(connection, person.name, kept, signed)

    here.database.write(work)


def _again(request: Request, problem: str | None, detail: str | None = None) -> Response:
    return show(request, "password.html.j2", status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=problem, detail=detail)
