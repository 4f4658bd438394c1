"""API keys: made, rotated, revoked; what to present is shown once, on the page that answers."""

import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.errors import InputError, NotFoundError, RefusedError
from scheduler.identities import keys
from scheduler.identities.audit import Signed
from scheduler.identities.keys import ApiKey, Made, NewKey, read_scopes
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.settings.frame import carried_out, must_have, settings_page
from scheduler.web.settings.saying import RIGHTS
from scheduler.web.words import sentence

router = APIRouter()

Allowed = Annotated[Person, signed_in(Right.MANAGE_IDENTITIES)]
PATH: Final = "/settings/keys"
LIVES: Final = (
    ("90", sentence("90 days")),
    ("365", sentence("a year")),
    ("730", sentence("two years")),
    ("0", sentence("until it is revoked")),
)
OVERLAPS: Final = (("0", sentence("no time")), ("24", sentence("a day")), ("168", sentence("a week")))
REVOKED: Final = sentence("The key {name} opens nothing any more, within seconds.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides the list: a key made just now, what is wrong, what was typed."""

    fresh: tuple[str, str] | None = None
    problem: str = ""
    name: str = ""
    scopes: frozenset[str] = frozenset()
    life: str = "365"


@router.get(PATH)
def list_them(request: Request, here: Here, person: Allowed) -> HTMLResponse:
    """List keys, those that have ended too."""
    return _page(request, here, person, Shown())


@router.post(f"{PATH}/add")
def add(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Make a key; what to present is shown in the answer and never again."""
    typed = Shown(name=form.text("name"), scopes=frozenset(form.texts("scopes")), life=form.text("life"))

    def work(connection: Connection, signed: Signed) -> Made:
        scopes = read_scopes(typed.scopes)
        must_have(person, scopes)
        days = _number(typed.life, {value for value, _ in LIVES})
        end = None if days == 0 else signed.at + dt.timedelta(days=days)
        return keys.add(connection, NewKey(typed.name, scopes, end), signed)

    try:
        made = carried_out(here, person, work)
    except (InputError, RefusedError) as error:
        again = Shown(problem=str(error), name=typed.name, scopes=typed.scopes, life=typed.life)
        return _page(request, here, person, again)
    return _page(request, here, person, Shown(fresh=(made.key.name, made.secret)))


@router.post(f"{PATH}/rotate")
def rotate(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Make a key in place of another; both open for a while."""

    def work(connection: Connection, signed: Signed) -> Made:
        hours = _number(form.text("overlap"), {value for value, _ in OVERLAPS})
        made = keys.rotate(connection, form.text("name"), signed, overlap=dt.timedelta(hours=hours))
        must_have(person, made.key.scopes)
        return made

    try:
        made = carried_out(here, person, work)
    except (InputError, NotFoundError, RefusedError) as error:
        return _page(request, here, person, Shown(problem=str(error)))
    return _page(request, here, person, Shown(fresh=(made.key.name, made.secret)))


@router.post(f"{PATH}/revoke")
def revoke(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """End every key of a name, or the one of an id."""
    ended = carried_out(here, person, lambda connection, signed: keys.revoke(connection, _key_of(form), signed))
    return go_on(request, PATH, Notice(REVOKED, {"name": ended[0].name if ended else form.text("name")}))


def _key_of(form: Filled) -> str:
    return form.text("id") or form.text("name")


def _number(given: str, known: set[str]) -> int:
    if given not in known:
        message = "choose one of the spans offered"
        raise InputError(message)
    return int(given)


def _page(request: Request, here: WebPlace, person: Person, shown: Shown) -> HTMLResponse:
    with here.database.read() as connection:
        now = here.database.moment(connection)
        found = keys.list_keys(connection, person.practice)
    rows: list[tuple[ApiKey, str]] = [(each, each.standing(now)) for each in found]
    return settings_page(
        request,
        person,
        "keys.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if shown.problem else HTTPStatus.OK,
        keys=rows,
        meanings=[(right, meaning) for right, meaning in RIGHTS.items() if person.may(right)],
        lives=LIVES,
        overlaps=OVERLAPS,
        shown=shown,
    )
