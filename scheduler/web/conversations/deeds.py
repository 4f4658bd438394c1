"""What is done with a conversation besides answering it: read, settle, assign, snooze, note, link. Forms in."""

import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import NotFoundError
from scheduler.asking import talking
from scheduler.asking.talking import Deed
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Right
from scheduler.identities.users import list_users
from scheduler.web.conversations.letters import moment_in
from scheduler.web.conversations.talks import address_of
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.words import sentence

router = APIRouter()

Writer = Annotated[Person, signed_in(Right.WRITE_INBOX)]
Number = Annotated[str, Path(max_length=64)]
LONGEST_NOTE: Final = 2000
LONGEST_REF: Final = 200
MORNING: Final = dt.time(9)
SNOOZES: Final = {"hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1), "week": dt.timedelta(days=7)}
LINKED: Final = sentence("The texts of this number are {contact}'s now; their phone stays as it was.")


@router.post("/conversations/{number}/read")
def read(request: Request, _form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Note that everything was read."""
    return _do(request, here, person, (number, talking.read(person.caller.name)), None)


@router.post("/conversations/{number}/settle")
def settle(request: Request, _form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Say that nothing more is to be done about what they wrote: texts of rules go on."""
    deed = talking.settle(person.caller.name)
    return _do(request, here, person, (number, deed), Notice(sentence("Done: nothing waits here any more.")))


@router.post("/conversations/{number}/assign")
def assign(request: Request, form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Say who sees to it; nobody: its contact's owner again."""
    to = form.text("to") or None
    with here.database.read() as connection:
        known = {user.name for user in list_users(connection, person.practice) if user.disabled_at is None}
    if to is not None and to not in known:
        return go_on(request, address_of(number), Notice(sentence("There is no such person here."), tone="problem"))
    notice = Notice(sentence("{name} sees to it now."), {"name": to}) if to else Notice(sentence("Assigned to nobody."))
    return _do(request, here, person, (number, talking.assign(to, person.caller.name)), notice)


@router.post("/conversations/{number}/snooze")
def snooze(request: Request, form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Put it out of the inbox until a moment, or until they write again; `wake` brings it back."""
    if form.text("for") == "wake":
        awake = Notice(sentence("Back in the inbox."))
        return _do(request, here, person, (number, talking.snooze(None, person.caller.name)), awake)
    until = _until(request, here, person, form)
    if until is None:
        wrong = Notice(sentence("Choose a moment ahead until which it is out of the inbox."), tone="problem")
        return go_on(request, address_of(number), wrong)
    asleep = Notice(sentence("Out of the inbox until then, or until they write."))
    return _do(request, here, person, (number, talking.snooze(until, person.caller.name)), asleep)


@router.post("/conversations/{number}/note")
def note(request: Request, form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Note something for the staff."""
    words = form.text("note")
    if not 0 < len(words) <= LONGEST_NOTE:
        wrong = Notice(sentence("A note has 1 to 2,000 characters."), tone="problem")
        return go_on(request, address_of(number), wrong)
    deed = talking.write_note(words, person.caller.name)
    return _do(request, here, person, (number, deed), Notice(sentence("Noted. Only the staff see it.")))


@router.post("/conversations/{number}/link")
def link(request: Request, form: CheckedForm, here: Here, person: Writer, number: Number) -> Response:
    """Say whose the texts of an unknown number are, or which case it is about."""
    contact, case_ref = form.text("contact")[:LONGEST_REF] or None, form.text("case_ref")[:LONGEST_REF] or None
    if contact is None and case_ref is None:
        wrong = Notice(sentence("Give a contact's reference or a case's."), tone="problem")
        return go_on(request, address_of(number), wrong)
    notice = Notice(LINKED, {"contact": contact}) if contact else Notice(sentence("Linked to the case."))
    try:
        return _do(request, here, person, (number, talking.link(contact, case_ref, person.caller.name)), notice)
    except NotFoundError:
        if contact is None:
            raise
        unknown = Notice(sentence("There is no contact {contact}."), {"contact": contact}, "problem")
        return go_on(request, address_of(number), unknown)


def _do(request: Request, here: WebPlace, person: Person, what: tuple[str, Deed], notice: Notice | None) -> Response:
    number, deed = what

    def work(connection: Connection) -> str:
        practice_lock(connection, person.practice, exclusive=False)
        listed = talking.conversation_named(connection, person.practice, number, one_sided=True)
        talking.do_and_note(connection, listed, deed, signed_by(person.caller, here.database.moment(connection)))
        return listed.number

    return go_on(request, address_of(here.database.write(work)), notice)


def _until(request: Request, here: WebPlace, person: Person, form: Filled) -> dt.datetime | None:
    """Return the moment that was chosen: so long from now, the next morning, or the one written."""
    now, zone = here.clock.now(), zone_info_of(request, person.practice)
    chosen = form.text("for")
    if chosen == "morning":
        tomorrow = now.astimezone(zone).date() + dt.timedelta(days=1)
        return dt.datetime.combine(tomorrow, MORNING, zone).astimezone(dt.UTC)
    until = now + SNOOZES[chosen] if chosen in SNOOZES else moment_in(form.text("at"), zone)
    return until if until is not None and until > now else None
