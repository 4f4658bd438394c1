"""Signing in by name and password, then by the code of a phone where one is asked for.

The password is not sent twice: that it was right is remembered for minutes, for this browser alone.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from scheduler.identities import steps
from scheduler.identities.signing_in import (
    Attempt,
    Code,
    NeedsCode,
    SignedIn,
    TooSoon,
    enter_code,
    sign_in,
)
from scheduler.identities.steps import Kind, Step
from scheduler.identities.users import find, only_practice
from scheduler.web import cookies
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.people import Person, local_path, person_of
from scheduler.web.place import Here, WebPlace, address_of
from scheduler.web.showing import show
from scheduler.web.signing.entering import enter, too_soon
from scheduler.web.words import sentence

router = APIRouter()

WRONG = sentence("The name or the password is wrong.")
WRONG_CODE = sentence("This code is not right, or was used before. Write the one that the phone shows now.")
TOO_LATE = sentence("That took too long. Please begin again.")


@router.get("/sign-in")
def ask(
    request: Request,
    here: Here,
    person: Annotated[Person | None, Depends(person_of)],
    next: str = "/",  # noqa: A002 - what the address calls it
) -> Response:
    """Show the form; whoever is signed in goes on."""
    if person is not None:
        return RedirectResponse(local_path(next), HTTPStatus.SEE_OTHER)
    return _form(request, here, local_path(next))


@router.post("/sign-in")
def answer(request: Request, here: Here, form: CheckedForm) -> Response:
    """Take the name and the password, or the code that was asked for after them."""
    return _take_code(request, here, form) if "code" in form.data else _take_password(request, here, form)


def _take_password(request: Request, here: WebPlace, form: Filled) -> Response:
    next_path, name = local_path(form.text("next")), form.text("name")
    with here.database.read() as connection:
        practice = only_practice(connection) or form.text("practice")
    outcome = sign_in(here.database, Attempt(practice, name, form.raw("password"), address=address_of(request)))
    if isinstance(outcome, SignedIn):
        return enter(request, here, outcome.user, next_path)
    if isinstance(outcome, TooSoon):
        return too_soon(request, here, outcome)
    if isinstance(outcome, NeedsCode):
        return _ask_code(request, here, practice, name, next_path)
    return _form(request, here, next_path, problem=WRONG, name=name)


def _ask_code(request: Request, here: WebPlace, practice: str, name: str, next_path: str) -> Response:
    """Remember whose password was right, and ask for the code."""
    held = cookies.before(request)

    def work(connection: Connection) -> None:
        user = find(connection, practice, name)
        step = Step(kind=Kind.CODE, next=next_path, user_id=user.id, practice=practice)
        steps.begin(connection, held, step, here.database.moment(connection))

    here.database.write(work)
    return _with_before(request, show(request, "code.html.j2", problem=None))


def _take_code(request: Request, here: WebPlace, form: Filled) -> Response:
    held = cookies.before(request)
    with here.database.read() as connection:
        step = steps.find(connection, Kind.CODE, held, here.database.moment(connection))
    if step is None or step.user_id is None:
        return _form(request, here, "/", problem=TOO_LATE)
    outcome = enter_code(here.database, Code(step.user_id, form.text("code"), address_of(request)))
    if isinstance(outcome, SignedIn):
        return enter(request, here, outcome.user, step.next)
    if isinstance(outcome, TooSoon):
        return too_soon(request, here, outcome)
    return show(request, "code.html.j2", status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=WRONG_CODE)


def _form(request: Request, here: WebPlace, next_path: str, *, problem: str | None = None, name: str = "") -> Response:
    """Return the page with the form; the name stays as it was written, the password never."""
    cookies.before(request)
    with here.database.read() as connection:
        asks_practice = only_practice(connection) is None
    page = show(
        request,
        "sign_in.html.j2",
        status=HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        problem=problem,
        next=next_path,
        name=name[:100],
        asks_practice=asks_practice,
        practice=here.practice or "",
        provider=None if here.provider is None else here.provider.setup.name,
    )
    return _with_before(request, page)


def _with_before(request: Request, page: Response) -> Response:
    cookies.keep_before(request, page)
    return page
