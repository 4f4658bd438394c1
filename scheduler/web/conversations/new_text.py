"""A new text to any number, and what every box asks while somebody types: its counter, and a template's words."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy import Connection

from jobs.errors import InputError, NotFoundError
from jobs.terms import Terms
from scheduler.asking import talking
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.recipients import Recipient, recipient_named
from scheduler.identities.rights import Right
from scheduler.web.conversations.beginning import Beginning, begun_with
from scheduler.web.conversations.boxes import Box, bill_of, foreseen_bill, standing_lock, templates_for
from scheduler.web.conversations.letters import Letter, Problem, blank, letter_of
from scheduler.web.conversations.posting import Posted, Target, Writing, post, usual_sender
from scheduler.web.conversations.telling import told
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show, show_part
from scheduler.web.words import sentence, words_of

router = APIRouter()

Anybody = Annotated[Person, signed_in()]
Sender = Annotated[Person, signed_in(Right.SEND_TEXTS)]
Given = Annotated[str, Query(max_length=200)]
NOBODY: Final = sentence("Say whom it is for: a phone number, or a contact's reference.")
NOT_TO_THEM: Final = sentence("No text can go there.")
NEW: Final = "/texts/new"


@router.get("/texts/new")
def new_page(request: Request, here: Here, person: Anybody, to: Given = "") -> HTMLResponse:
    """Show an empty box with a field for the number."""
    return _page(request, here, person, (blank("", to), None))


@router.post("/texts/new")
def send(request: Request, form: CheckedForm, here: Here, person: Sender) -> Response:
    """Send one text to a number, or to a contact by ref."""
    letter = letter_of(form)
    wrong = _not_anybody(here, person, letter)
    if wrong is not None:
        return _page(request, here, person, (letter, wrong))
    writing = Writing(person, zone_info_of(request, person.practice), any_target(letter.to))
    done = post(here, writing, letter)
    if isinstance(done, Posted):
        return go_on(request, NEW, told(request, person, done))
    return _page(request, here, person, (letter, done))


@router.post("/texts/segments")
def segments(request: Request, form: CheckedForm, here: Here, person: Anybody) -> Response:
    """Answer with the counter of what is typed: segments and cost as sending reckons them."""
    letter = letter_of(form)
    with here.database.read() as connection:
        try:
            terms = terms_in_force(connection, person.practice)
        except NotFoundError:
            return show_part(request, "conversations/bill.html.j2", bill=bill_of(letter.text))
        bill = bill_of(letter.text, terms)
        if letter.text and (letter.to or form.text("number")):
            writing = Writing(person, zone_info_of(request, person.practice), _typed_target(form, letter))
            bill = foreseen_bill(connection, writing, letter, here.database.moment(connection))[0]
    return show_part(request, "conversations/bill.html.j2", bill=bill)


@router.get("/texts/words")
def words(request: Request, here: Here, person: Sender, asked: Annotated[Beginning, Depends()]) -> JSONResponse:
    """Answer with a template's words for somebody, to be put into the box."""
    with here.database.read() as connection:
        begun = begun_with(connection, person.practice, _named(asked.to), asked, here.clock.now())
    if begun.problem is None:
        return JSONResponse({"text": begun.words})
    said = words_of(request).t(begun.problem.english)
    return JSONResponse({"problem": f"{said} ({begun.problem.detail})"})


def any_target(to: str) -> Target:
    """Return where a text to whom somebody names goes."""
    return Target(name=NEW, recipient=_named(to), sender=usual_sender)


def _typed_target(form: Filled, letter: Letter) -> Target:
    """Return the target of a box that stands in a conversation or not: the counter judges, and sends nothing."""
    number = form.text("number")

    def in_talk(connection: Connection, terms: Terms) -> Recipient:
        return talking.recipient_of(connection, terms.practice, number, letter.to or None)

    answers = bool(number) and form.text("answers") == "yes"
    return Target(
        name=NEW,
        recipient=in_talk if number else _named(letter.to),
        sender=usual_sender,
        answers=answers,
    )


def _named(to: str) -> Callable[[Connection, Terms], Recipient]:
    def find(connection: Connection, terms: Terms) -> Recipient:
        return recipient_named(connection, terms.practice, to, terms.country)

    return find


def _not_anybody(here: WebPlace, person: Person, letter: Letter) -> Problem | None:
    if not letter.to:
        return Problem("to", NOBODY)
    with here.database.read() as connection:
        try:
            recipient_named(connection, person.practice, letter.to, terms_in_force(connection, person.practice).country)
        except (InputError, NotFoundError) as why_not:
            return Problem("to", NOT_TO_THEM, detail=str(why_not))
    return None


def _page(request: Request, here: WebPlace, person: Person, typed: tuple[Letter, Problem | None]) -> HTMLResponse:
    letter, problem = typed
    with here.database.read() as connection:
        now = here.database.moment(connection)
        bill, lock = bill_of(letter.text), None
        if not person.may(Right.SEND_TEXTS):
            writing = Writing(person, zone_info_of(request, person.practice), any_target(letter.to))
            bill, lock = standing_lock(connection, writing, Right.SEND_TEXTS, now)
        box = Box(
            action=NEW,
            lock=lock,
            letter=letter,
            bill=bill,
            may_any_hour=person.may(Right.SEND_AT_ANY_HOUR),
            templates=templates_for(connection, person, words_of(request).language),
            problem=problem,
            asks_number=True,
        )
    return show(request, "conversations/new_text.html.j2", status=422 if problem else 200, box=box)
