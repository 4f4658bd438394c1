"""Pauses: what is paused and why; pause a rule, sender or provider, resume it, and the one red stop for all."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs import senders
from jobs.errors import InputError, NotFoundError
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.pauses import OF_A_PRACTICE, lift_pause, pausable, pauses_of, set_pause, wanted_pause
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm
from scheduler.web.jobs.asking import Reader, signed_now
from scheduler.web.jobs.moments import read_field
from scheduler.web.jobs.words import SCOPES
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

Pauser = Annotated[Person, signed_in(Right.PAUSE)]
SET = sentence("Paused: its texts wait where they are, each with the reason.")
WAS_SET = sentence("It was paused already: nothing changed.")
LIFTED = sentence("It sends again.")
WAS_LIFTED = sentence("It was not paused: nothing changed.")


@router.get("/pauses")
def pauses(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """Show what is paused."""
    return _show(request, here, person)


@router.post("/pauses")
def pause(form: CheckedForm, request: Request, here: Here, person: Pauser) -> Response:
    """Pause something, with a reason and an end or none."""
    scope, _, target = form.text("what").partition("/")
    typed = {name: form.text(name) for name in ("what", "reason", "until")}
    try:
        until = read_field(typed["until"], zone_info_of(request, person.practice))
        wanted = wanted_pause(person.practice, scope, target, reason=typed["reason"][:500], until=until)
        is_new = here.database.write(
            lambda connection: set_pause(connection, signed_now(connection, here, person), wanted)
        )
    except InputError as error:
        return _show(request, here, person, typed, str(error))
    return go_on(request, "/pauses", Notice(SET if is_new else WAS_SET, tone="warning"))


@router.post("/pauses/lift")
def lift(form: CheckedForm, request: Request, here: Here, person: Pauser) -> Response:
    """Resume what was paused."""
    scope, _, target = form.text("what").partition("/")
    wanted = wanted_pause(person.practice, scope, target, reason="", until=None)
    was = here.database.write(lambda connection: lift_pause(connection, signed_now(connection, here, person), wanted))
    return go_on(request, "/pauses", Notice(LIFTED if was else WAS_LIFTED))


def _show(
    request: Request, here: WebPlace, person: Person, typed: dict[str, str] | None = None, problem: str = ""
) -> HTMLResponse:
    with here.database.read() as connection:
        in_force = pauses_of(connection, person.practice, here.database.moment(connection))
        known = _known(connection, person.practice)
    scopes = {each.pause.scope for each in in_force}
    return show(
        request,
        "jobs/pauses.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        in_force=in_force,
        known=known,
        scopes=SCOPES,
        ours=OF_A_PRACTICE,
        is_stopped=bool(scopes & {senders.ALL, senders.PRACTICE}),
        typed=typed or {},
        problem=problem,
    )


def _known(connection: Connection, practice: str) -> dict[str, list[str]]:
    try:
        return pausable(terms_in_force(connection, practice))
    except NotFoundError:
        return {}
