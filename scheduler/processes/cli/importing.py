"""`quietbell import KIND FILE`: contacts, appointments, payments or any kind from a CSV file, whole or not at all."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from jobs.database import Database
from jobs.errors import InputError, RefusedError
from jobs.store.values import person
from scheduler.asking.records import note_many
from scheduler.identities.audit import Signed
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused, Tally
from scheduler.intake.reading import FileRequest
from scheduler.intake.staging import CompleteDays
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, opened
from scheduler.processes.cli.progress import bar
from scheduler.processes.cli.screen import can_ask, remark, say, show_json

MOST_NAMED = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_file)


def import_file(  # noqa: PLR0913 - a command has as many parameters as options
    kind: Annotated[str, typer.Argument(help="contacts, appointments, payments, or another kind.")],
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8 whose first line names the columns.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; keep nothing.")] = False,
    complete_from: Annotated[
        str | None, typer.Option(help="The file holds everything from this day on: what it lacks is cancelled.")
    ] = None,
    complete_to: Annotated[str | None, typer.Option(help="… and up to this day.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask where more than a fifth is missing.")] = False,
    ignore_columns: Annotated[bool, typer.Option("--ignore-columns", help="Pass over columns nobody knows.")] = False,
    author: Annotated[str | None, typer.Option(help="Who imports; by default the account.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Take a file in: every line, or none where one is bad."""
    days = _days(complete_from, complete_to)
    with opened() as (settings, database):
        with database.read() as connection:
            chosen = choose_practice(connection, settings, practice)

        def ask(*, confirmed: bool) -> FileRequest:
            return FileRequest(
                practice=chosen,
                what=kind,
                path=file,
                by=asker(author),
                ignore_columns=ignore_columns,
                complete=days,
                confirmed=confirmed,
            )

        intake = Intake(database)
        take = intake.dry_run if dry_run else intake.import_file
        with bar("Lines") as tell:
            came = take(ask(confirmed=yes), lambda far: tell(far.done, far.total))
        if isinstance(came, NeedsConfirmation):
            _confirm(came)
            with bar("Lines") as tell:
                came = take(ask(confirmed=True), lambda far: tell(far.done, far.total))
        if isinstance(came, Imported) and not dry_run:
            _note(database, chosen, kind, came, person(asker(author)))
    _show(came, file, dry_run=dry_run, json=json)


def _note(database: Database, practice: str, kind: str, came: Imported, by: str) -> None:
    """Note it in the audit log, right after the last of the transactions that took the file in."""
    after = {"outcomes": came.tally.outcomes, "import_id": came.import_id}

    def work(connection: Connection) -> None:
        note_many(connection, Signed(practice, by, database.moment(connection)), kind, after)

    database.write(work)


def _show(came: Imported | Refused | NeedsConfirmation, file: Path, *, dry_run: bool, json: bool) -> None:
    """Print what came of it.

    Raises:
        RefusedError: lines were bad; each is named before.

    """
    if isinstance(came, Refused):
        lines = [problem.at(str(file)) for problem in came.problems]
        if json:
            show_json({"imported": False, "problems": lines})
        else:
            for line in lines:
                remark(line, "")
        count = f"{len(lines):,} problem{'' if len(lines) == 1 else 's'}"
        message = f"{file}: {count}, nothing was imported"
        raise RefusedError(message)
    if isinstance(came, NeedsConfirmation):
        message = f"{came} Nothing was imported"
        raise RefusedError(message)
    if json:
        show_json({"imported": not dry_run, "id": came.import_id, **came.tally.as_json()})
    else:
        _show_tally(came.tally, dry_run=dry_run)


def _show_tally(tally: Tally, *, dry_run: bool) -> None:
    for warning in tally.warnings[:MOST_NAMED]:
        remark(f"warning: {warning}", "warn")
    if tally.warning_count > MOST_NAMED:
        remark(f"and {tally.warning_count - MOST_NAMED:,} more warnings", "warn")
    rows = _listed(tally.outcomes)
    jobs = _listed(tally.jobs.counts())
    say(f"{tally.rows:,} row{'' if tally.rows == 1 else 's'}{f': {rows}' if rows else ''}.")
    say(f"Jobs: {jobs}." if jobs else "No job changes.")
    if dry_run:
        say("This was a dry run: nothing was kept.", "calm")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)


def _confirm(asked: NeedsConfirmation) -> None:
    """Ask a person.

    Raises:
        RefusedError: nobody can be asked, or the answer was no.

    """
    missing = ", ".join(asked.refs[:MOST_NAMED])
    if not can_ask():
        message = f"{asked} Nothing was imported: --yes confirms (missing: {missing})"
        raise RefusedError(message)
    remark(f"Missing: {missing}")
    if not typer.confirm(str(asked), default=False, err=True):
        message = "not confirmed: nothing was imported"
        raise RefusedError(message)


def _days(first: str | None, last: str | None) -> CompleteDays | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        message = "--complete-from and --complete-to go together"
        raise typer.BadParameter(message)
    days = CompleteDays(_day(first, "--complete-from"), _day(last, "--complete-to"))
    if days.last < days.first:
        message = "--complete-to lies before --complete-from"
        raise typer.BadParameter(message)
    return days


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        message = f"{option} takes a day such as 2026-12-01, not {text!r}"
        raise InputError(message) from problem
