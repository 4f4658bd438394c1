"""Senders, each with a test text, and providers, each with what a check of it finds; pauses are set elsewhere."""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.providers import LAST_DAYS, PROVIDERS, SUCCESSORS
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.once import answered, body_hash, keep_answer
from scheduler.asking.one_offs import OneOff
from scheduler.asking.overview.health import provider_health, sender_health
from scheduler.asking.recipients import recipient_named
from scheduler.asking.sending import Asker, goes_at, plan_one_off
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace, place_of
from scheduler.web.practices import current_of, name_of, zone_of
from scheduler.web.settings.frame import settings_page
from scheduler.web.times import tell_moment
from scheduler.web.words import sentence, words_of

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_JOBS)]
Sender = Annotated[Person, signed_in(Right.SEND_TEXTS)]
PATH: Final = "/settings/senders"
TEST: Final = sentence("Test text from {practice}, by Quietbell.")
PLANNED: Final = sentence("A test text is on its way from {sender}; as things stand it goes {when}.")
KEY_BYTES: Final = 18


@dataclass(frozen=True, slots=True)
class Typed:
    """A test text as it was typed, and what is wrong with it."""

    sender: str = ""
    to: str = ""
    text: str = ""
    problem: str = ""


@router.get(PATH)
def show_them(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """Show senders and providers, and how they are."""
    return _page(request, here, person, Typed())


@router.get("/settings/providers/check")
def check(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """Check the providers of the practice's senders, and tell what was found."""
    return _page(request, here, person, Typed(), checks=True)


@router.post(f"{PATH}/test")
def test(form: CheckedForm, request: Request, here: Here, person: Sender) -> Response:
    """Send a test text from a sender: it goes through every check, as any other text."""
    try:
        at = _planned(here, person, form)
    except (InputError, NotFoundError, RefusedError) as error:
        return _page(request, here, person, Typed(form.text("sender"), form.text("to"), form.text("text"), str(error)))
    said = tell_moment(at, zone_of(request, person.practice), words_of(request).language)
    return go_on(request, PATH, Notice(PLANNED, {"sender": form.text("sender"), "when": said}))


def _planned(here: WebPlace, person: Person, form: Filled) -> dt.datetime:
    asked_for = {name: form.text(name).replace("\x00", "")[:2000] for name in ("sender", "to", "text")}
    key = f"test-{form.text('key')[:100] or secrets.token_urlsafe(KEY_BYTES)}"
    hashed = body_hash([PATH, asked_for])

    def work(connection: Connection) -> dt.datetime:
        practice_lock(connection, person.practice, exclusive=False)
        now = here.database.moment(connection)
        before = answered(connection, person.practice, key, hashed, now)
        if before is not None:
            return dt.datetime.fromisoformat(str(before["goes_at"]))
        terms = terms_in_force(connection, person.practice)
        if not asked_for["sender"] or terms.sender(asked_for["sender"]) is None:
            message = "choose one of the senders"
            raise InputError(message)
        wanted = OneOff(
            recipient=recipient_named(connection, person.practice, asked_for["to"], terms.country),
            key=key,
            due=now,
            sent_by={"name": person.name, "role": person.user.role, "way": "console"},
            text=asked_for["text"],
            sender=asked_for["sender"],
        )
        asker = Asker(signed=signed_by(person.caller, now), by=person.caller.name, role=person.caller.role)
        planned = plan_one_off(connection, wanted, asker)
        at = goes_at(planned, now)
        kept = {"job": planned.new.id.hex, "goes_at": at.isoformat()}
        keep_answer(connection, person.practice, key, planned.new.id, kept)
        return at

    return here.database.write(work)


def _page(request: Request, here: WebPlace, person: Person, typed: Typed, *, checks: bool = False) -> HTMLResponse:
    with here.database.read() as connection:
        now = here.database.moment(connection)
        senders = sender_health(connection, person.practice, now)
        providers = provider_health(connection, person.practice, now)
    current = current_of(request, person.practice)
    used = {each.id for each in providers}
    return settings_page(
        request,
        person,
        "senders.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.problem else HTTPStatus.OK,
        senders=senders,
        providers=providers,
        prices={} if current is None else {each.id: each for each in current.terms.senders},
        findings=findings_of(request, used, now.date()) if checks else None,
        typed=typed,
        test_words=typed.text or words_of(request).t(TEST, practice=name_of(request, person.practice)),
        key=secrets.token_urlsafe(KEY_BYTES),
    )


def findings_of(request: Request, used: Collection[str], today: dt.date) -> list[tuple[str, str, str, str]]:
    """Return what there is to say of providers; what their settings say only where the process lets us look."""
    look = place_of(request).check_providers
    if look is not None:
        return list(look(used))
    found = []
    for name in sorted(used):
        if name not in PROVIDERS:
            found.append(("fail", name, sentence("unknown here"), ""))
        elif name in LAST_DAYS:
            level = "warn" if today <= LAST_DAYS[name] else "fail"
            found.append((level, name, f"{LAST_DAYS[name]:%Y-%m-%d} → {SUCCESSORS[name]}", ""))
        else:
            found.append(("ok", name, sentence("known here"), ""))
    return found
