"""`quietbell jobs --unreached` and `jobs phoned`: whom to phone, as a list, JSON or a CSV file, and who was phoned.

Phone numbers are shown whole: the list is for whoever dials them.
"""

import csv
import datetime as dt
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import phonenumbers
import typer
from rich.text import Text

from jobs.database import Database
from jobs.errors import InputError
from jobs.store.values import person
from scheduler.asking import acts
from scheduler.identities.audit import Signed
from scheduler.intake.turns import Turn, Turns
from scheduler.planning.basis import basis_of
from scheduler.planning.changes import for_people
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, opened
from scheduler.processes.cli.job_rows import kind_and_ref
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, toned, zone_line
from scheduler.publishing.revisions import load_current
from scheduler.settings import Settings
from scheduler.unreached import Asked, Call, Noted, UnreachedPerson, list_unreached, note_call

COLUMNS: Final = (Column("start"), Column("person"), Column("phone"), Column("about", grows=True))
HEAD: Final = (
    "name",
    "phone",
    "language",
    "owner",
    "start",
    "timezone",
    "kind",
    "ref",
    "case_ref",
    "role",
    "contact",
    "why",
    "since",
    "phoned_by",
    "phoned_at",
    "phoned_note",
)
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the unreached are wanted, and in which form."""

    owner: str | None = None
    within: int | None = None
    phoned_too: bool = False
    csv: str | None = None
    json: bool = False
    limit: int = 50


def show_unreached(settings: Settings, database: Database, practice: str | None, wanted: Wanted) -> None:
    """Show who is unreached, soonest first."""
    with database.read() as connection:
        chosen, now = choose_practice(connection, settings, practice), database.moment(connection)
        current = load_current(connection, chosen)
        basis = basis_of(current.revision, current.rulebook, current.plan)
        until = None if wanted.within is None else now + dt.timedelta(days=wanted.within)
        asked = Asked(owner=wanted.owner, until=until, phoned_too=wanted.phoned_too)
        rows = list_unreached(connection, basis, current.rulebook.practice.languages, asked, now)
    if wanted.csv is not None:
        _write(wanted.csv, rows)
    elif wanted.json:
        show_json({"practice": chosen, "total": len(rows), "unreached": [facts(row) for row in rows]})
    elif not rows:
        say("Nobody is unreached.")
    else:
        zone = ZoneInfo(current.rulebook.practice.timezone)
        show_list(COLUMNS, [_cells(row, zone, now) for row in rows[: wanted.limit]])
        more = "" if len(rows) <= wanted.limit else f" {wanted.limit} of {len(rows):,} shown (--limit)."
        say(f"{zone_line(zone)} A start is in the zone where it takes place.{more}", "calm")


def note_one_call(  # noqa: PLR0913 - a command has as many parameters as options
    ref: Annotated[str, typer.Argument(metavar="REF", help="The occasion's ref; KIND/REF where two kinds share it.")],
    *,
    note: Annotated[str, typer.Option("--note", "--because", help="What was said; kept.")],
    kind: Annotated[str | None, typer.Option(help="Its kind, where several have that ref.")] = None,
    contact: Annotated[str | None, typer.Option(help="Who was phoned, where it names several people.")] = None,
    author: Annotated[str | None, typer.Option(help="Who phoned; by default the account.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Keep that somebody was phoned: they leave the unreached until the start moves again."""
    if not note.strip():
        message = "--note needs words: they are kept"
        raise InputError(message)
    named, ref = (kind, ref) if kind is not None else kind_and_ref(ref)
    with opened() as (settings, database):
        with database.read() as connection:
            chosen = choose_practice(connection, settings, practice)
        call = Call(practice=chosen, ref=ref, note=note, by=person(asker(author)), kind=named, contact=contact)

        def work(turn: Turn) -> Noted:
            kept = note_call(turn, call)
            acts.note_call(turn, Signed(chosen, call.by, turn.now), kept.kind, kept.ref)
            return kept

        noted = Turns(database, load_current).take(chosen, work)
    if json:
        show_json(
            {"kind": noted.kind, "ref": noted.ref, "start": noted.start, "contacts": noted.contacts, "at": noted.at}
        )
        return
    say(_noted(noted))


def facts(row: UnreachedPerson) -> dict[str, object]:
    """Return an unreached person as plain values."""
    called = row.called
    return {
        "name": row.name,
        "phone": row.phone,
        "language": row.language,
        "owner": row.owner,
        "start": row.start,
        "timezone": row.timezone,
        "kind": row.kind,
        "ref": row.ref,
        "case_ref": row.case_ref,
        "role": row.role,
        "contact": row.contact,
        "why": row.why,
        "since": row.since,
        "job": row.job,
        "phoned": None if called is None else {"by": _who(called.by), "at": called.at, "note": called.note},
    }


def as_csv(rows: Iterable[UnreachedPerson]) -> str:
    """Return the list as CSV whose cells no spreadsheet takes for formulas."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([calm(cell) for cell in _values(row)] for row in rows)
    return text.getvalue()


def calm(cell: str) -> str:
    """Return a cell that is text to a spreadsheet: what would start a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell


def dialled(phone: str) -> str:
    """Return a number for a cell: `(+1) 514-555-0101`, since a plus in front would start a formula; else as it is."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country, _, rest = written.partition(" ")
    return f"({country}) {rest}" if rest else phone


def _values(row: UnreachedPerson) -> Sequence[str]:
    zone = ZoneInfo(row.timezone)
    called = row.called
    return (
        row.name,
        dialled(row.phone),
        row.language,
        row.owner or "",
        row.start.replace("T", " "),
        row.timezone,
        row.kind,
        row.ref,
        row.case_ref or "",
        row.role or "",
        row.contact or "",
        row.why,
        _local(row.since, zone),
        "" if called is None else _who(called.by),
        "" if called is None else _local(called.at, zone),
        "" if called is None else called.note,
    )


def _write(where: str, rows: Sequence[UnreachedPerson]) -> None:
    """Write the list to a file, with the mark by which spreadsheets know UTF-8, or to stdout without it.

    Raises:
        InputError: the file cannot be written.

    """
    text = as_csv(rows)
    if where == "-":
        sys.stdout.write(text)
        return
    try:
        Path(where).write_bytes(text.encode("utf-8-sig"))
    except OSError as error:
        message = f"{where}: cannot be written: {(error.strerror or str(error)).lower()}"
        raise InputError(message) from error
    remark(f"{len(rows):,} {'person' if len(rows) == 1 else 'people'} written to {where}.")


def _cells(row: UnreachedPerson, zone: ZoneInfo, now: dt.datetime) -> list[str | Text]:
    about = toned(f"{row.kind} {row.ref}" + (f" ({row.case_ref})" if row.case_ref else ""), "")
    about.append("\n").append_text(toned(f"{row.why}, since {moment(row.since, zone, now)}", "calm"))
    if row.called is not None:
        said = f"phoned by {_who(row.called.by)} on {moment(row.called.at, zone, now)}: {row.called.note}"
        about.append("\n").append_text(toned(said, "good"))
    return [for_people(row.start), row.name or row.contact or "-", row.phone or "-", about]


def _noted(noted: Noted) -> str:
    whom = ", ".join(noted.contacts) or "somebody"
    start = f" of {for_people(noted.start)}" if noted.start else ""
    return f"Kept: {whom} was phoned about {noted.kind} {noted.ref}{start}."


def _who(by: str) -> str:
    return by.removeprefix("person:")


def _local(at: dt.datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
