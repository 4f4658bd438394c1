"""Where events go: endpoints added, paused, resumed, given a new secret, removed; what did not arrive is sent again.

A secret is shown once, on the page that answers.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs import events
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.events import Endpoint, Kind, Seen
from scheduler.asking import endpoint_orders
from scheduler.identities.audit import Signed
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace, place_of
from scheduler.web.settings.frame import carried_out, settings_page
from scheduler.web.settings.saying import KINDS
from scheduler.web.words import sentence

router = APIRouter()

Allowed = Annotated[Person, signed_in(Right.MANAGE_EVENTS)]
PATH: Final = "/settings/endpoints"
ROWS: Final = 50
PAUSED: Final = sentence("Nothing goes to {url} until you resume it; what happens meanwhile is kept.")
RESUMED: Final = sentence("Events go to {url} again.")
REMOVED: Final = sentence("{url} was removed, with what had not been delivered there.")
RESENT: Final = sentence("Sent again: {count} deliveries go out now.")
NOTHING: Final = sentence("There was nothing to send again.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides the lists: a secret made just now, what is wrong, what was typed."""

    fresh: tuple[str, str] | None = None
    problem: str = ""
    url: str = ""
    kinds: frozenset[str] = frozenset()
    before: int | None = None


@router.get(PATH)
def list_them(
    request: Request, here: Here, person: Allowed, *, before: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> HTMLResponse:
    """List endpoints, and what was not delivered."""
    return _page(request, here, person, Shown(before=before))


@router.post(f"{PATH}/add")
def add(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Let events go to an address; its secret is shown in the answer and never again."""
    url, kinds = form.text("url"), form.texts("kinds")
    may_be_private = _may_be_private(request)

    def work(connection: Connection, signed: Signed) -> tuple[Endpoint, str]:
        wanted = endpoint_orders.read_kinds(kinds)
        added = endpoint_orders.add_endpoint(connection, signed, url, wanted, may_be_private=may_be_private)
        return events.find_endpoint(connection, person.practice, added.id), added.secret

    try:
        found, secret = carried_out(here, person, work)
    except (InputError, RefusedError) as error:
        return _page(request, here, person, Shown(problem=str(error), url=url, kinds=frozenset(kinds)))
    return _page(request, here, person, Shown(fresh=(url, "" if found.channel == events.MAIL else secret)))


@router.post(f"{PATH}/secret")
def rotate(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Make a new secret, shown in the answer; the old one signs nothing more."""

    def work(connection: Connection, signed: Signed) -> tuple[str, str]:
        found = _found(connection, person, form)
        return found.url, endpoint_orders.rotate_secret(connection, signed, found)

    try:
        fresh = carried_out(here, person, work)
    except RefusedError as error:
        return _page(request, here, person, Shown(problem=str(error)))
    return _page(request, here, person, Shown(fresh=fresh))


@router.post(f"{PATH}/send-again")
def send_again(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Send again what was given up: of one event, of one endpoint, or all of it."""

    def work(connection: Connection, signed: Signed) -> int:
        endpoint = _found(connection, person, form).id if form.text("endpoint") else None
        event = form.text("event")
        return endpoint_orders.send_again(connection, signed, [_id(event)] if event else None, endpoint)

    count = carried_out(here, person, work)
    return go_on(request, PATH, Notice(RESENT if count else NOTHING, {"count": str(count)}))


@router.post(f"{PATH}/{{did}}")
def order(did: str, form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Pause, resume or remove an endpoint."""
    if did not in ORDERS:
        message = f"nothing of an endpoint is called {did}"
        raise NotFoundError(message)
    carry, english = ORDERS[did]

    def work(connection: Connection, signed: Signed) -> str:
        found = _found(connection, person, form)
        carry(connection, signed, found)
        return found.url

    return go_on(request, PATH, Notice(english, {"url": carried_out(here, person, work)[:300]}))


def _may_be_private(request: Request) -> bool:
    """Tell whether this installation posts to private addresses."""
    return place_of(request).events_allow_private


def _found(connection: Connection, person: Person, form: Filled) -> Endpoint:
    return events.find_endpoint(connection, person.practice, _id(form.text("endpoint")))


def _id(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        message = f"there is nothing of the id {written[:40]!r}"
        raise NotFoundError(message) from None


def _page(request: Request, here: WebPlace, person: Person, shown: Shown) -> HTMLResponse:
    with here.database.read() as connection:
        found = events.list_endpoints(connection, person.practice)
        waiting = events.dead_or_open(connection, person.practice, Seen(most=ROWS + 1, before=shown.before))
    following = f"{PATH}?before={waiting[ROWS - 1].id}" if len(waiting) > ROWS else None
    return settings_page(
        request,
        person,
        "endpoints.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if shown.problem else HTTPStatus.OK,
        endpoints=found,
        deliveries=waiting[:ROWS],
        following=following,
        kinds=[(kind.value, KINDS[kind]) for kind in Kind],
        shown=shown,
    )


Carry = Callable[[Connection, Signed, Endpoint], object]
ORDERS: Final[Mapping[str, tuple[Carry, str]]] = {
    "pause": (endpoint_orders.pause_endpoint, PAUSED),
    "resume": (endpoint_orders.resume_endpoint, RESUMED),
    "remove": (endpoint_orders.remove_endpoint, REMOVED),
}
