"""One conversation: what was said, its box, and what can be done with it; answering it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs import conversation
from jobs.conversation import inbox as inboxes
from jobs.errors import NotFoundError
from jobs.terms import Terms
from scheduler.asking import talking
from scheduler.asking.recipients import Recipient
from scheduler.asking.wording import occasions_of
from scheduler.identities.rights import Right
from scheduler.identities.users import list_users
from scheduler.intake.naming import contact_named
from scheduler.web.conversations.beginning import Beginning, begun_with
from scheduler.web.conversations.boxes import Box, standing_lock, templates_for
from scheduler.web.conversations.letters import Letter, Problem, blank, letter_of
from scheduler.web.conversations.posting import Posted, Target, Writing, post
from scheduler.web.conversations.talks import Talk, address_of, people_of, talk_with
from scheduler.web.conversations.telling import told
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show, show_part
from scheduler.web.words import words_of

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_INBOX)]
Writer = Annotated[Person, signed_in(Right.WRITE_INBOX)]
Number = Annotated[str, Path(max_length=64)]
UNPROCESSABLE: Final = 422


@router.get("/conversations/{number}")
def conversation_page(
    request: Request,
    here: Here,
    person: Reader,
    number: Number,
    asked: Annotated[Beginning, Depends()],
) -> HTMLResponse:
    """Show a conversation; a template may begin the text."""
    now = here.clock.now()
    with here.database.read() as connection:
        talk = talk_with(connection, person.practice, number, zone_info_of(request, person.practice), now)
        whom = asked.to or talk.listed.contact or ""
        begun = begun_with(connection, person.practice, recipient_in(talk, whom), asked, now)
    return _page(request, here, person, talk, (blank(begun.words, whom), begun.problem))


@router.get("/conversations/{number}/lines")
def lines_anew(request: Request, here: Here, person: Reader, number: Number) -> Response:
    """Answer with what was said alone."""
    with here.database.read() as connection:
        talk = talk_with(connection, person.practice, number, zone_info_of(request, person.practice), here.clock.now())
    return show_part(request, "conversations/lines.html.j2", talk=talk)


@router.post("/conversations/{number}/reply")
def reply(request: Request, form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Answer from the number that was written to; what was asked is settled with it."""
    letter, zone = letter_of(form), zone_info_of(request, person.practice)
    with here.database.read() as connection:
        talk = talk_with(connection, person.practice, number, zone, here.clock.now())
    done = post(here, Writing(person, zone, _target(person, talk, letter.to)), letter)
    if isinstance(done, Posted):
        return go_on(request, address_of(talk.listed.number, letter.to), told(request, person, done))
    return _page(request, here, person, talk, (letter, done))


def recipient_in(talk: Talk, ref: str) -> Callable[[Connection, Terms], Recipient]:
    """Return who finds whom a text of this conversation is for: one of the household, else the number."""
    known = {each.ref for each in talk.people}
    contact = ref if ref in known else talk.listed.contact

    def find(connection: Connection, terms: Terms) -> Recipient:
        return talking.recipient_of(connection, terms.practice, talk.listed.number, contact)

    return find


def _target(person: Person, talk: Talk, ref: str) -> Target:
    by, number = person.caller.name, talk.listed.number

    def then(connection: Connection, now: dt.datetime) -> None:
        conversation.settle(connection, person.practice, number, by=by, now=now)
        inboxes.mark_read(connection, (person.practice, number), now=now)

    return Target(
        name=f"/conversations/{number}",
        recipient=recipient_in(talk, ref),
        sender=lambda _connection, terms: talking.sender_written_to(talk.lines, terms),
        answers=any(line.direction == "in" for line in talk.lines),
        then=then,
    )


def _page(
    request: Request, here: WebPlace, person: Person, talk: Talk, typed: tuple[Letter, Problem | None]
) -> HTMLResponse:
    letter, problem = typed
    writing = Writing(person, zone_info_of(request, person.practice), _target(person, talk, letter.to))
    with here.database.read() as connection:
        now = here.database.moment(connection)
        bill, lock = standing_lock(connection, writing, Right.WRITE_INBOX, now)
        contact = _contact_in(connection, person.practice, talk, letter.to)
        box = Box(
            action=f"{address_of(talk.listed.number)}/reply",
            lock=lock,
            letter=letter,
            bill=bill,
            may_any_hour=person.may(Right.SEND_AT_ANY_HOUR),
            templates=templates_for(connection, person, words_of(request).language),
            occasions=[] if contact is None else occasions_of(connection, person.practice, contact),
            to=people_of(talk, letter.to),
            problem=problem,
            contact=letter.to or talk.listed.contact,
            number=talk.listed.number,
        )
        staff = [user.name for user in list_users(connection, person.practice) if user.disabled_at is None]
    status = UNPROCESSABLE if problem and letter.text else 200
    address = address_of(talk.listed.number)
    return show(
        request, "conversations/talk.html.j2", status=status, talk=talk, box=box, staff=staff, address=address, now=now
    )


def _contact_in(connection: Connection, practice: str, talk: Talk, ref: str) -> uuid.UUID | None:
    wanted = ref if ref in {each.ref for each in talk.people} else talk.listed.contact
    try:
        return None if wanted is None else contact_named(connection, practice, wanted).id
    except NotFoundError:
        return None
