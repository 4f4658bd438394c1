"""`quietbell calendars`: which are read, when and how that went; read one now, import a file, link events."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from jobs.database import Database
from jobs.errors import RefusedError
from scheduler.intake.calendars.reading import CalendarRead, Calendars
from scheduler.intake.calendars.storing import CalendarKey, Question
from scheduler.processes.cli import calendar_events
from scheduler.processes.cli.calendar_rows import CalendarStanding, standings
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, choose_practice, look, opened
from scheduler.processes.cli.screen import Column, can_ask, moment, remark, say, show_json, show_list, toned, zone_line
from scheduler.settings import Settings

COLUMNS = (
    Column("calendar"),
    Column("kind"),
    Column("last read"),
    Column("events", to_the_right=True),
    Column("outcome", grows=True),
)
MOST_NAMED = 20

YesOption = Annotated[bool, typer.Option("--yes", help="Cancel what vanished, even if it is more than a fifth.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    calendars = typer.Typer(
        no_args_is_help=False, help="List calendars; or read one now, import a file, link an event."
    )
    calendars.callback(invoke_without_command=True)(list_them)
    calendars.command("read")(read_now)
    calendars.command("import")(import_file)
    calendar_events.register(calendars)
    app.add_typer(calendars, name="calendars")


def list_them(context: typer.Context, *, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """List the calendars of the rules, when they were last read, and what came of it."""
    if context.invoked_subcommand is not None:
        return
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        found = standings(connection, place.practice, settings.calendar_feeds)
    if json:
        show_json({"practice": place.practice, "calendars": [each.as_json() for each in found]})
        return
    if not found:
        say("The rules name no calendars.")
        return
    show_list(COLUMNS, [_row(each, place) for each in found])
    for each in found:
        if each.question is not None:
            say(f"{each.id}: {each.question} `quietbell calendars read {each.id} --yes` does.", "warn")
    say(zone_line(place.zone), "calm")


def _row(standing: CalendarStanding, place: Place) -> list[str | Text]:
    sentence, tone = standing.outcome()
    return [
        standing.id,
        standing.kind,
        moment(standing.read_at, place.zone, place.now),
        "-" if standing.events is None else f"{standing.events:,}",
        toned(sentence, tone),
    ]


def read_now(
    calendar: Annotated[str | None, typer.Argument(help="Its id; without it, every one with an address.")] = None,
    *,
    yes: YesOption = False,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Read a calendar's feed now."""
    with opened() as (settings, database):
        chosen = _choose(database, settings, practice)
        calendars = Calendars(database, settings.calendar_feeds)
        keys = [CalendarKey(chosen, calendar)] if calendar else _with_address(database, chosen, settings)
        reads = {key.calendar: calendars.read_feed(key, confirmed=yes) for key in keys}
        for key in keys:
            question = reads[key.calendar].question
            if question is not None and _agrees(question, json=json):
                reads[key.calendar] = calendars.read_feed(key, confirmed=True)
    _show(reads, json=json)


def import_file(  # noqa: PLR0913 - a command has as many parameters as options
    file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics).")],
    *,
    calendar: Annotated[str, typer.Option("--calendar", help="Which calendar of the rules it is.")],
    complete: Annotated[
        bool, typer.Option("--complete", help="It holds everything ahead: what it lacks is cancelled.")
    ] = False,
    yes: YesOption = False,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Take an iCalendar file in, whole or not at all."""
    with opened() as (settings, database):
        key = CalendarKey(_choose(database, settings, practice), calendar)
        calendars = Calendars(database, settings.calendar_feeds)
        read = calendars.read_file(key, file, is_complete=complete, confirmed=yes)
        if read.question is not None and _agrees(read.question, json=json):
            read = calendars.read_file(key, file, is_complete=complete, confirmed=True)
    _show({calendar: read}, json=json)


def _choose(database: Database, settings: Settings, practice: str | None) -> str:
    with database.read() as connection:
        return choose_practice(connection, settings, practice)


def _with_address(database: Database, practice: str, settings: Settings) -> list[CalendarKey]:
    """Return the calendars whose address is set.

    Raises:
        RefusedError: there is none.

    """
    with database.read() as connection:
        found = standings(connection, practice, settings.calendar_feeds)
    keys = [CalendarKey(practice, each.id) for each in found if each.has_address]
    if not keys:
        message = "no calendar of the rules has an address: `quietbell calendars` names the variables to set"
        raise RefusedError(message)
    return keys


def _agrees(question: Question, *, json: bool) -> bool:
    """Ask a person whether what vanished is to be cancelled; nobody there means no."""
    if json or not can_ask():
        return False
    remark(f"No longer there: {', '.join(question.refs[:MOST_NAMED])}")
    return typer.confirm(str(question), default=False, err=True)


def _show(reads: dict[str, CalendarRead], *, json: bool) -> None:
    """Print what came of it.

    Raises:
        RefusedError: a calendar could not be read, or a question is open.

    """
    if json:
        show_json({name: read.as_json() for name, read in reads.items()})
    else:
        for name, read in reads.items():
            _show_one(name, read)
    failed = {name: read.problem for name, read in reads.items() if read.problem is not None}
    if failed:
        listed = "; ".join(f"{name}: {problem}" for name, problem in failed.items())
        message = f"not read, nothing was changed: {listed}"
        raise RefusedError(message)
    asked = [name for name, read in reads.items() if read.question is not None]
    if asked:
        message = f"{', '.join(asked)}: too many events vanished, none was cancelled: --yes cancels them"
        raise RefusedError(message)


def _show_one(name: str, read: CalendarRead) -> None:
    if read.problem is not None:
        return
    if read.is_unchanged:
        say(f"{name}: unchanged since it was last read.")
        return
    for warning in read.tally.warnings[:MOST_NAMED]:
        remark(f"warning: {warning}", "warn")
    counts = {**read.tally.outcomes, **read.counts}
    listed = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    jobs = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in read.tally.jobs.counts().items() if count)
    say(f"{name}: {listed or 'no events'}.")
    say(f"Jobs: {jobs}." if jobs else "No job changes.")
    if read.counts.get("without person") or read.counts.get("refused"):
        say("`quietbell calendars events` lists those that wait.", "calm")
    if read.question is not None:
        say(str(read.question), "warn")
