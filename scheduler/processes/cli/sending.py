"""`quietbell send`: one text to one person, as a one-off job that goes through every gate like any other.

It plans a job and says when it goes; it sends nothing itself.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError
from jobs.phone import PhoneProblem, mask, read_phone
from jobs.records import contact_aliases, contacts
from jobs.rendering import LONGEST_TEXT
from jobs.segments import measure
from jobs.states import Origin
from jobs.store.identity import one_off_identity
from jobs.store.planting import plan
from jobs.store.values import NewJob, person
from jobs.terms import SenderTerms, Terms
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.job_orders import ahead
from scheduler.processes.cli.job_rows import short
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import moment, remark, say, show_json

USEFUL = dt.timedelta(days=1)
URGENCY_OF_A_PERSON = 2
"""JOBS.md section 4: acknowledgement, correction, person, rule."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a one-off is for: a contact, or a bare number."""

    contact_id: uuid.UUID | None
    number: str
    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """A one-off as it was typed."""

    to: str
    text: str | None
    template: str | None
    variables: Mapping[str, str]
    at: str
    useful_until: str | None
    sender: str | None
    key: str
    author: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("send")(send)


def send(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    to: Annotated[str, typer.Option(help="A contact's ref, or a phone number.")],
    text: Annotated[str | None, typer.Option(help="The words.")] = None,
    template: Annotated[str | None, typer.Option(help="Or a template's name.")] = None,
    value: Annotated[list[str] | None, typer.Option("--set", help="A template's variable: NAME=VALUE.")] = None,
    at: Annotated[str, typer.Option(help="When: 2026-12-01 10:00, tomorrow 10:00, in 2 hours.")] = "now",
    useful_until: Annotated[str | None, typer.Option(help="When it must no longer go; 1 day after.")] = None,
    sender: Annotated[str | None, typer.Option(help="The sender's id; else the practice's first.")] = None,
    key: Annotated[str | None, typer.Option(help="A key of yours: the same key sends once, however often.")] = None,
    author: Annotated[str | None, typer.Option(help="Who sends it; by default the account.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Send one text: at once or at a moment, inside the sending window."""
    if (text is None) == (template is None):
        message = "give either --text or --template"
        raise typer.BadParameter(message)
    asked = OneOff(
        to=to,
        text=text,
        template=template,
        variables=_variables(value or []),
        at=at,
        useful_until=useful_until,
        sender=sender,
        key=key or uuid.uuid4().hex,
        author=asker(author),
    )
    with opened() as (settings, database):

        def work(connection: Connection) -> tuple[Place, NewJob, bool]:
            place = look(database, connection, settings, practice)
            practice_lock(connection, place.practice, exclusive=False)
            new = _new_job(connection, place, asked)
            planned = plan(connection, [new], by=person(asked.author), now=place.now)
            return place, new, bool(planned)

        place, new, is_new = database.write(work)
    _answer(place, new, is_new=is_new, json=json)


def _new_job(connection: Connection, place: Place, asked: OneOff) -> NewJob:
    terms = place.terms
    sender = _sender(terms, asked.sender)
    recipient = _recipient(connection, place, asked.to)
    due = ahead(asked.at, place)
    until = read_moment(asked.useful_until, zone=place.zone, now=place.now) if asked.useful_until else due + USEFUL
    if until <= due:
        message = "--useful-until must lie after --at"
        raise InputError(message)
    return NewJob(
        practice=place.practice,
        identity=one_off_identity(practice=place.practice, idempotency_key=asked.key, recipient=recipient.named),
        origin=Origin.ONE_OFF,
        sender=sender.id,
        provider=sender.provider,
        planned_for=due,
        useful_until=until,
        idempotency_key=asked.key,
        contact_id=recipient.contact_id,
        to_number=None if recipient.contact_id else recipient.number,
        template=_template(terms, asked.template),
        text=_words(asked.text),
        variables=dict(asked.variables) or None,
        urgency=URGENCY_OF_A_PERSON,
        segments=max(1, measure(terms.starts_with + (asked.text or "")).segments),
        sent_by={"name": asked.author, "way": "command line"},
    )


def _sender(terms: Terms, wanted: str | None) -> SenderTerms:
    found = terms.sender(wanted)
    if found is None:
        known = ", ".join(sender.id for sender in terms.senders)
        message = f"there is no sender {wanted!r}; there is: {known}" if known else "the practice has no sender"
        raise InputError(message)
    return found


def _template(terms: Terms, name: str | None) -> str | None:
    if name is not None and name not in terms.templates:
        message = f"there is no template {name!r}; there is: {', '.join(sorted(terms.templates)) or 'none'}"
        raise InputError(message)
    return name


def _words(text: str | None) -> str | None:
    if text is not None and not text.strip():
        message = "the text is empty"
        raise InputError(message)
    if text is not None and len(text) > LONGEST_TEXT:
        message = f"the text has {len(text):,} characters, {LONGEST_TEXT:,} are allowed"
        raise InputError(message)
    return text


def _recipient(connection: Connection, place: Place, to: str) -> Recipient:
    """Return the contact of that ref (a merged one under its present row), else read it as a number."""
    row = connection.execute(
        select(contacts.c.id, contacts.c.phone, contacts.c.phone_problem)
        .outerjoin(contact_aliases, contact_aliases.c.contact_id == contacts.c.id)
        .where(
            contacts.c.practice == place.practice,
            contacts.c.gone_at.is_(None),
            (contacts.c.ref == to) | ((contact_aliases.c.practice == place.practice) & (contact_aliases.c.ref == to)),
        )
        .limit(1)
    ).first()
    if row is not None:
        if row.phone is None:
            message = f"contact {to} has no phone that can be texted: {row.phone_problem or 'none was given'}"
            raise InputError(message)
        return Recipient(row.id, row.phone, to)
    read = read_phone(to, place.terms.country)
    if isinstance(read, PhoneProblem):
        if any(character.isalpha() for character in to):
            message = f"there is no contact {to!r}"
            raise NotFoundError(message)
        message = f"{to!r} is no contact's ref and no number: it {read.sentence}"
        raise InputError(message)
    return Recipient(None, read.e164, read.e164)


def _variables(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if any(not sign or not name.isidentifier() for name, sign, _ in pairs):
        message = "--set takes NAME=VALUE"
        raise typer.BadParameter(message)
    return {name: value for name, _, value in pairs}


def _answer(place: Place, new: NewJob, *, is_new: bool, json: bool) -> None:
    to = "the contact" if new.to_number is None else mask(new.to_number)
    if json:
        show_json({"id": new.id if is_new else None, "planned": is_new, "due_at": new.planned_for})
        return
    if not is_new:
        remark("This key was used before for this recipient: nothing was planned.", "warn")
        return
    segments = f"{new.segments} segment{'' if new.segments == 1 else 's'}" if new.text else f"template {new.template}"
    when = moment(new.planned_for, place.zone, place.now)
    say(f"{short(new.id)}: planned to {to} for {when} ({place.zone.key}), {segments}. Quiet hours may hold it.")
