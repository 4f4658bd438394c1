"""`quietbell send`: one text to one person, as a one-off job that goes through every gate like any other.

It plans a job and says when it goes; it sends nothing itself.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.phone import mask
from jobs.store.planting import plan
from jobs.store.values import NewJob, person
from scheduler.asking.one_offs import OneOff, note_one_off, one_off_job
from scheduler.asking.recipients import recipient_named
from scheduler.identities.audit import Signed
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.job_orders import ahead
from scheduler.processes.cli.job_rows import short
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import moment, remark, say, show_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
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
    typed = Typed(
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
            new = _new_job(connection, place, typed)
            by = person(typed.author)
            planned = plan(connection, [new], by=by, now=place.now)
            if planned:
                note_one_off(connection, new, Signed(place.practice, by, place.now), by)
            return place, new, bool(planned)

        place, new, is_new = database.write(work)
    _answer(place, new, is_new=is_new, json=json)


def _new_job(connection: Connection, place: Place, typed: Typed) -> NewJob:
    until = read_moment(typed.useful_until, zone=place.zone, now=place.now) if typed.useful_until else None
    asked = OneOff(
        recipient=recipient_named(connection, place.practice, typed.to, place.terms.country),
        key=typed.key,
        due=ahead(typed.at, place),
        sent_by={"name": typed.author, "way": "command line"},
        text=typed.text,
        template=typed.template,
        variables=typed.variables,
        useful_until=until,
        sender=typed.sender,
    )
    return one_off_job(place.terms, asked)


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
