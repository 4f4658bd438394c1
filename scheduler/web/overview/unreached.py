"""Whom to phone: the list of all, and the note that somebody was phoned, by which they leave it."""

import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import InputError, NotFoundError
from scheduler.asking import acts
from scheduler.identities.audit import Signed
from scheduler.identities.rights import Right
from scheduler.intake.turns import Turn, Turns
from scheduler.publishing.revisions import load_current
from scheduler.unreached import Call, Noted, UnreachedPerson, note_call
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import Notice, go_on
from scheduler.web.overview.figures import Field, unreached
from scheduler.web.overview.page import Reader
from scheduler.web.overview.saying import SAYING
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import current_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

Caller = Annotated[Person, signed_in(Right.WRITE_RECORDS)]
MOST: Final = 500
LONGEST_NOTE: Final = 1_000
NOTED: Final = sentence("Kept: {name} was phoned about {occasion}.")
WITHOUT_WORDS: Final = sentence("Write a few words on what was said: they are kept.")


@router.get("/unreached")
def list_them(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """List everybody whom no text has told."""
    return _show(request, here, person)


@router.post("/unreached/phoned")
def phoned(form: CheckedForm, request: Request, here: Here, person: Caller) -> Response:
    """Keep that somebody was phoned about an occasion."""
    words = form.text("note").replace("\x00", "")[:LONGEST_NOTE]
    if not words:
        return _show(request, here, person, problem=WITHOUT_WORDS, typed=form.text("occasion"))
    call = Call(
        practice=person.practice,
        ref=form.text("ref"),
        kind=form.text("kind") or None,
        contact=form.text("contact") or None,
        note=words,
        by=person.caller.name,
    )

    def work(turn: Turn) -> Noted:
        kept = note_call(turn, call)
        signed = Signed(person.practice, call.by, turn.now, person.caller.address)
        acts.note_call(turn, signed, kept.kind, kept.ref)
        return kept

    try:
        noted = Turns(here.database, load_current).take(person.practice, work)
    except InputError as error:
        return _show(request, here, person, problem=str(error), typed=form.text("occasion"))
    named = {"name": form.text("name")[:100] or ", ".join(noted.contacts), "occasion": f"{noted.kind} {noted.ref}"}
    return go_on(request, "/" if form.text("back") == "/" else "/unreached", Notice(NOTED, named))


def _show(request: Request, here: Here, person: Person, *, problem: str = "", typed: str = "") -> HTMLResponse:
    current = current_of(request, person.practice)
    if current is None:
        message = "nothing was published yet"
        raise NotFoundError(message)
    with here.database.read() as connection:
        now = here.database.moment(connection)
        found = unreached(Field(connection, current, now), phoned_too=True)
    ahead: list[UnreachedPerson] = [each for each in found if each.called is None]
    called = sorted((each for each in found if each.called), key=_called_at, reverse=True)
    return show(
        request,
        "overview/unreached.html.j2",
        status=422 if problem else 200,
        people=ahead[:MOST],
        people_total=len(ahead),
        called=called[:MOST],
        problem=problem,
        typed=typed,
        **SAYING,
    )


def _called_at(each: UnreachedPerson) -> dt.datetime:
    return each.since if each.called is None else each.called.at
