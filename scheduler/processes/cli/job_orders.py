"""What a person may order of one job: cancel, reschedule, reopen, settle; each with its reason, through the store.

A job that is no longer where the order is possible is refused with where it stands; nothing is changed then.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, RefusedError
from jobs.states import REOPENABLE, State
from jobs.store.values import Finding, Moved, person
from jobs.store.values import Job as StoredJob
from scheduler.asking.orders import Order, cancel_job, job_of_practice, reopen_job, reschedule_job, settle_job
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.job_rows import Job, find_job, short
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import moment, say, show_json
from scheduler.processes.cli.unreached import note_one_call

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="Its id, or at least the last 6 characters of it.")]
BecauseOption = Annotated[str, typer.Option("--because", help="Why; kept with the job.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]


@dataclass(frozen=True, slots=True)
class Typed:
    """An order as it was typed: which job, why, and how the answer is wanted."""

    job: str
    because: str
    practice: str | None
    author: str | None
    json: bool


Carried = tuple[list[Moved], str]
"""What moved, and the sentence that says so."""
Carry = Callable[[Connection, Place, Job, str], Carried]


def register(jobs: typer.Typer) -> None:
    """Add the sub-commands to `quietbell jobs`."""
    jobs.command("cancel")(cancel_one)
    jobs.command("reschedule")(reschedule_one)
    jobs.command("reopen")(reopen_one)
    jobs.command("settle")(settle_one)
    jobs.command("phoned")(note_one_call)


def cancel_one(
    job: JobArgument,
    *,
    because: BecauseOption,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Cancel a job that has not gone out."""

    def carry(connection: Connection, place: Place, found: Job, by: str) -> Carried:
        moved = cancel_job(connection, _stored(connection, place, found), Order(by=by, reason=because, now=place.now))
        if moved.to_state is not State.CANCELLED:
            return [moved], "It is already going out: it may have been sent. It will not be tried again."
        return [moved], "Cancelled."

    _carry_out(Typed(job, because, practice, author, json), carry)


def reschedule_one(  # noqa: PLR0913 - a command has as many parameters as options
    job: JobArgument,
    *,
    at: Annotated[str, typer.Option(help="When: 2026-12-01 10:00, tomorrow 10:00, in 2 hours, now.")],
    because: BecauseOption,
    useful_until: Annotated[str | None, typer.Option(help="A new end of its use.")] = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Give a waiting job another moment; it stays there until its occasion moves."""

    def carry(connection: Connection, place: Place, found: Job, by: str) -> Carried:
        order = _dated(at, useful_until, because, by, place)
        _must_be_useful(order, found, place)
        moved = reschedule_job(connection, _stored(connection, place, found), order)
        return [moved], f"It goes on {_named(order.due or place.now, place)}, in the sending window."

    _carry_out(Typed(job, because, practice, author, json), carry)


def reopen_one(  # noqa: PLR0913 - a command has as many parameters as options
    job: JobArgument,
    *,
    because: BecauseOption,
    at: Annotated[str, typer.Option(help="When it goes.")] = "now",
    useful_until: Annotated[str | None, typer.Option(help="A new end of its use.")] = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Open a cancelled, blocked, failed or expired job again."""

    def carry(connection: Connection, place: Place, found: Job, by: str) -> Carried:
        order = _dated(at, useful_until, because, by, place)
        if State(found["state"]) in REOPENABLE:
            _must_be_useful(order, found, place)
        moved = reopen_job(connection, _stored(connection, place, found), order)
        return [moved], f"Open again: it goes on {_named(order.due or place.now, place)}."

    _carry_out(Typed(job, because, practice, author, json), carry)


def settle_one(  # noqa: PLR0913 - a command has as many parameters as options
    job: JobArgument,
    *,
    because: BecauseOption,
    sent: Annotated[
        bool | None, typer.Option("--sent/--not-sent", help="It was sent; or it surely was not, and goes again.")
    ] = None,
    resend: Annotated[bool, typer.Option("--resend", help="Nobody can tell: send again, at the risk of two.")] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="Nobody can tell: leave it.")] = False,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Settle a job in doubt: say whether its text was sent."""
    finding = _finding(sent=sent, resend=resend, give_up=give_up)

    def carry(connection: Connection, place: Place, found: Job, by: str) -> Carried:
        order = Order(by=by, reason=because, now=place.now)
        try:
            return [settle_job(connection, _stored(connection, place, found), finding, order)], "Settled."
        except RefusedError:
            return [], ""

    _carry_out(Typed(job, because, practice, author, json), carry)


def ahead(text: str, place: Place) -> dt.datetime:
    """Return the moment a person typed.

    Raises:
        InputError: it cannot be read, or has passed by more than a minute.

    """
    due = read_moment(text, zone=place.zone, now=place.now)
    if due < place.now - dt.timedelta(minutes=1):
        message = f"{_named(due, place)} has passed: give a moment ahead, or `now`"
        raise InputError(message)
    return due


def _carry_out(order: Typed, carry: Carry) -> None:
    """Find the job, carry the order out in one transaction, and say what came of it.

    Raises:
        RefusedError: the job does not stand where the order is possible.

    """
    if not order.because.strip():
        message = "--because needs words: they are kept with the job"
        raise InputError(message)
    by = person(asker(order.author))
    with opened() as (settings, database):

        def work(connection: Connection) -> tuple[Place, Job, Moved, str]:
            place = look(database, connection, settings, order.practice)
            practice_lock(connection, place.practice, exclusive=False)
            found = find_job(connection, place.practice, order.job)
            moved, sentence = carry(connection, place, found, by)
            if not moved:
                raise RefusedError(_refusal(found))
            return place, found, moved[0], sentence

        _place, found, moved, sentence = database.write(work)
    _answer(order, found, moved, sentence)


def _answer(order: Typed, found: Job, moved: Moved, sentence: str) -> None:
    if order.json:
        show_json({"id": moved.id, "verb": moved.verb, "from": moved.from_state, "to": moved.to_state})
        return
    say(f"{short(found['id'])}: {moved.from_state} -> {moved.to_state}. {sentence}")


def _refusal(found: Job) -> str:
    because = f" ({found['reason']})" if found["reason"] else ""
    return f"job {short(found['id'])} is {found['state']}{because}: that cannot be done to it now; nothing was changed"


def _stored(connection: Connection, place: Place, found: Job) -> StoredJob:
    return job_of_practice(connection, place.practice, found["id"])


def _dated(at: str, useful_until: str | None, because: str, by: str, place: Place) -> Order:
    useful = read_moment(useful_until, zone=place.zone, now=place.now) if useful_until else None
    return Order(by=by, reason=because, now=place.now, due=ahead(at, place), useful_until=useful)


def _must_be_useful(order: Order, found: Job, place: Place) -> None:
    """Say in the practice's zone what the order itself would say in UTC."""
    useful_until = order.useful_until or found["useful_until"]
    if order.due is not None and order.due >= useful_until:
        message = f"its use ends on {_named(useful_until, place)}: give an earlier moment, or another --useful-until"
        raise InputError(message)


def _finding(*, sent: bool | None, resend: bool, give_up: bool) -> Finding:
    chosen = [
        finding
        for finding, wanted in (
            (Finding.SENT, sent is True),
            (Finding.ABSENT, sent is False),
            (Finding.RESEND, resend),
            (Finding.GIVE_UP, give_up),
        )
        if wanted
    ]
    if len(chosen) != 1:
        message = "say one of --sent, --not-sent, --resend and --give-up"
        raise typer.BadParameter(message)
    return chosen[0]


def _named(value: dt.datetime, place: Place) -> str:
    return f"{moment(value, place.zone, place.now)} ({place.zone.key})"
