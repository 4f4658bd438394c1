"""`quietbell jobs`: which texts are to go, went, or did not, and why, or what they cost.

Its sub-commands are in `job_orders`, its other lists in `unreached` and `cost_view`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from jobs.database import Database
from jobs.errors import InputError
from jobs.senders import Pause, active_pauses
from jobs.states import WAITING, State
from scheduler.asking.listing import Question
from scheduler.processes.cli import job_orders
from scheduler.processes.cli.cost_view import show_costs
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, look, opened
from scheduler.processes.cli.job_rows import Job, list_jobs, short
from scheduler.processes.cli.moments import read_bound
from scheduler.processes.cli.screen import Column, moment, say, show_json, show_list, toned, zone_line
from scheduler.processes.cli.unreached import Wanted, show_unreached
from scheduler.settings import Settings

COLUMNS = (
    Column("job"),
    Column("state"),
    Column("due"),
    Column("contact"),
    Column("about", grows=True),
)
TONES: Mapping[State, str] = {
    State.SENT: "good",
    State.DELIVERED: "good",
    State.HELD: "warn",
    State.RETRYING: "warn",
    State.IN_DOUBT: "bad",
    State.FAILED: "bad",
    State.BLOCKED: "bad",
    State.UNDELIVERED: "bad",
    State.CANCELLED: "calm",
    State.EXPIRED: "calm",
}
MOST = 10_000


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    jobs = typer.Typer(
        no_args_is_help=False, help="List jobs, or whom to phone; cancel, reschedule, reopen, settle one."
    )
    jobs.callback(invoke_without_command=True)(list_them)
    job_orders.register(jobs)
    app.add_typer(jobs, name="jobs")


def list_them(  # noqa: PLR0913 - a command has as many parameters as options
    context: typer.Context,
    *,
    state: Annotated[list[str] | None, typer.Option(help="Only this state; may be repeated.")] = None,
    contact: Annotated[str | None, typer.Option(help="Only this contact, by ref.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule, or rule/step.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of occasion.")] = None,
    occasion: Annotated[str | None, typer.Option(help="Only this occasion, by ref.")] = None,
    due_from: Annotated[str | None, typer.Option(help="Due from this day or moment on.")] = None,
    due_to: Annotated[str | None, typer.Option(help="Due until this day (whole) or moment.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")] = 50,
    unreached: Annotated[
        bool, typer.Option("--unreached", help="Whom to phone: no text told them their date.")
    ] = False,
    owner: Annotated[str | None, typer.Option(help="With --unreached: only contacts of this owner.")] = None,
    within: Annotated[
        int | None, typer.Option(min=0, max=3650, help="With --unreached: starts in so many days.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="With --unreached: who was phoned, too.")] = False,
    csv: Annotated[str | None, typer.Option(metavar="FILE", help="With --unreached: a CSV file, or - .")] = None,
    cost: Annotated[bool, typer.Option("--cost", help="What texts cost, by month, as far as it is known.")] = False,
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="With --cost: only this month.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List jobs, soonest due first."""
    if context.invoked_subcommand is not None:
        return
    bounds = (due_from, due_to)
    filters = {"contact": contact, "rule": rule, "kind": kind, "occasion": occasion}
    wanted = Wanted(owner=owner, within=within, phoned_too=everyone, csv=csv, json=json, limit=limit)
    if cost or month is not None:
        _must_be_costs(state, *bounds, contact, rule, kind, occasion, unreached, is_cost=cost)
        with opened() as (settings, database):
            show_costs(settings, database, practice, month, json=json)
        return
    if unreached:
        _must_go_together(state, *bounds, contact, rule, kind, occasion)
        if csv is not None and json:
            message = "say one of --csv and --json"
            raise typer.BadParameter(message)
        with opened() as (settings, database):
            show_unreached(settings, database, practice, wanted)
        return
    if wanted != Wanted(json=json, limit=limit):
        message = "--owner, --within, --all and --csv go with --unreached"
        raise typer.BadParameter(message)
    with opened() as (settings, database):
        _show(settings, database, practice, (_states(state or []), bounds, filters, limit), json=json)


def _must_go_together(*filters: object) -> None:
    """Refuse filters that are about jobs where people are listed.

    Raises:
        BadParameter: one was given.

    """
    if any(filters):
        message = "--unreached lists people: it goes with --owner, --within, --all, --csv and --limit"
        raise typer.BadParameter(message)


def _must_be_costs(*filters: object, is_cost: bool) -> None:
    """Refuse filters that are about jobs where sums are shown.

    Raises:
        BadParameter: one was given, or a month without --cost.

    """
    if not is_cost:
        message = "--month goes with --cost"
        raise typer.BadParameter(message)
    if any(filters):
        message = "--cost sums up whole months: it goes with --month and --practice"
        raise typer.BadParameter(message)


Asked = tuple[tuple[State, ...], tuple[str | None, str | None], dict[str, Any], int]


def _show(settings: Settings, database: Database, practice: str | None, asked: Asked, *, json: bool) -> None:
    states, (first, last), filters, limit = asked
    with database.read() as connection:
        place = look(database, connection, settings, practice)
        question = Question(
            practice=place.practice,
            states=states,
            due_from=read_bound(first, zone=place.zone, now=place.now) if first else None,
            due_to=read_bound(last, zone=place.zone, now=place.now, is_end=True) if last else None,
            **filters,
        )
        listed, total = list_jobs(connection, question, most=limit)
        pauses = active_pauses(connection, [place.practice], place.now)
    rows = [{**row, "paused": paused_by(row, place.practice, pauses)} for row in listed]
    if json:
        show_json({"practice": place.practice, "total": total, "jobs": rows})
        return
    if not rows:
        say("No job matches.")
        return
    show_list(COLUMNS, [_row(row, place) for row in rows])
    more = "" if total == len(rows) else f" {len(rows)} of {total:,} shown (--limit)."
    say(zone_line(place.zone) + more, "calm")


def paused_by(row: Job, practice: str, pauses: Sequence[Pause]) -> str | None:
    """Return why a waiting job is paused, or None."""
    if State(row["state"]) not in WAITING:
        return None
    names = {"practice": practice, "rule": row["rule"], "sender": row["sender"], "provider": row["provider"]}
    return next((pause.reason for pause in pauses if pause.covers(**names)), None)


def _row(row: Job, place: Place) -> list[str | Text]:
    state = State(row["state"])
    return [
        short(row["id"]),
        toned(state.value, TONES.get(state, "")),
        moment(row["due_at"], place.zone, place.now),
        row["contact"] or "-",
        _about(row),
    ]


def _about(row: Job) -> Text:
    """Return what a job is about, with rule and step, and under it why it stands where it stands."""
    repeat = f" #{row['repeat']}" if row["repeat"] > 1 else ""
    step = f"{row['occasion'] or ''} {row['rule']}/{row['step']}{repeat}".strip()
    what = toned(str(row["origin"]).replace("_", "-") if row["rule"] is None else step, "")
    if row["paused"]:
        what.append("\n").append_text(toned(f"paused: {row['paused']}", "warn"))
    if row["reason"]:
        what.append("\n").append_text(toned(row["reason"], "calm"))
    return what


def _states(names: list[str]) -> tuple[State, ...]:
    """Return the states named.

    Raises:
        InputError: there is no such state.

    """
    wrong = [name for name in names if name not in set(State)]
    if wrong:
        message = f"{wrong[0]!r} is no state: it is one of {', '.join(State)}"
        raise InputError(message)
    return tuple(State(name) for name in names)
