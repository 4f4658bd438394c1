"""A contact's page: every text, what is ahead, consents, occasions, cost; and a box with their number filled in."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from jobs.terms import Terms
from scheduler.asking.recipients import Recipient, contact_recipient
from scheduler.asking.wording import occasions_of
from scheduler.identities.rights import Right
from scheduler.web.contact.whole import Wanted, Whole, whole_contact
from scheduler.web.conversations.beginning import Beginning, begun_with
from scheduler.web.conversations.boxes import Box, standing_lock, templates_for
from scheduler.web.conversations.letters import Letter, Problem, blank, letter_of
from scheduler.web.conversations.posting import Posted, Target, Writing, post, usual_sender
from scheduler.web.conversations.telling import told
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show, show_part
from scheduler.web.words import words_of

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_RECORDS)]
Sender = Annotated[Person, signed_in(Right.SEND_TEXTS)]
Ref = Annotated[str, Path(max_length=200)]


@router.get("/contacts/{ref}")
def contact_page(
    request: Request, here: Here, person: Reader, ref: Ref, before: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """Show all there is of a contact; a former ref leads to the present one."""
    whole = _whole(request, here, person, ref, before)
    if whole.ref != ref:
        return RedirectResponse(whole.address)
    return show(request, "contact/contact.html.j2", whole=whole, now=here.clock.now(), is_newest=not before)


@router.get("/contacts/{ref}/said")
def said_anew(request: Request, here: Here, person: Reader, ref: Ref) -> Response:
    """Answer with what was said and what is ahead alone."""
    whole = _whole(request, here, person, ref, "")
    return show_part(request, "contact/said.html.j2", whole=whole)


@router.get("/contacts/{ref}/new")
def new_text(
    request: Request, here: Here, person: Reader, ref: Ref, asked: Annotated[Beginning, Depends()]
) -> HTMLResponse:
    """Show a box for a text to them."""
    whole, now = _whole(request, here, person, ref, ""), here.clock.now()
    with here.database.read() as connection:
        begun = begun_with(connection, person.practice, _find(whole.ref), asked, now)
    return _box_page(request, here, person, whole, (blank(begun.words, whole.ref), begun.problem))


@router.post("/contacts/{ref}/new")
def send(request: Request, form: CheckedForm, here: Here, person: Sender, ref: Ref) -> Response:
    """Send them one text."""
    letter, whole = letter_of(form), _whole(request, here, person, ref, "")
    done = post(here, Writing(person, zone_info_of(request, person.practice), _target(whole)), letter)
    if isinstance(done, Posted):
        return go_on(request, whole.address, told(request, person, done))
    return _box_page(request, here, person, whole, (letter, done))


def _whole(request: Request, here: WebPlace, person: Person, ref: str, before: str) -> Whole:
    with here.database.read() as connection:
        wanted = Wanted(zone_info_of(request, person.practice), here.clock.now(), before)
        return whole_contact(connection, person, ref, wanted)


def _find(ref: str) -> Callable[[Connection, Terms], Recipient]:
    def find(connection: Connection, terms: Terms) -> Recipient:
        return contact_recipient(connection, terms.practice, ref)

    return find


def _target(whole: Whole) -> Target:
    return Target(name=f"/contacts/{whole.ref}/new", recipient=_find(whole.ref), sender=usual_sender)


def _box_page(
    request: Request, here: WebPlace, person: Person, whole: Whole, typed: tuple[Letter, Problem | None]
) -> HTMLResponse:
    letter, problem = typed
    writing = Writing(person, zone_info_of(request, person.practice), _target(whole))
    with here.database.read() as connection:
        bill, lock = standing_lock(connection, writing, Right.SEND_TEXTS, here.database.moment(connection))
        box = Box(
            action=f"{whole.address}/new",
            lock=lock,
            letter=letter,
            bill=bill,
            may_any_hour=person.may(Right.SEND_AT_ANY_HOUR),
            templates=templates_for(connection, person, words_of(request).language),
            occasions=occasions_of(connection, person.practice, whole.id),
            problem=problem,
            contact=whole.ref,
        )
    return show(
        request, "contact/new_text.html.j2", status=422 if problem and letter.text else 200, whole=whole, box=box
    )
