"""`quietbell people`: what is kept of a contact exported, erased on request, or put on legal hold and released.

Whole numbers and words leave only into the file of an export; each order is noted in the audit log.
"""

import contextlib
import json as jsons
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from jobs.errors import InputError, RefusedError
from scheduler.identities.audit import Signed
from scheduler.intake.turns import Turns
from scheduler.keeping import erasing, exporting, holds
from scheduler.keeping.erasing import Foreseen
from scheduler.keeping.holds import Hold, Target
from scheduler.processes.cli.desk import JsonOption, PracticeOption, look, opened
from scheduler.processes.cli.key_orders import AuthorOption, signature
from scheduler.processes.cli.screen import Column, can_ask, moment, remark, say, show_json, show_list, zone_line
from scheduler.publishing.revisions import load_current

COLUMNS = (Column("held"), Column("since"), Column("by"), Column("why", grows=True))
STDOUT = Path("-")

RefArgument = Annotated[str, typer.Argument(metavar="REF", help="The contact's ref, or a former one.")]
MaybeRefArgument = Annotated[str | None, typer.Argument(metavar="[REF]", help="The contact's ref.")]
CaseOption = Annotated[str | None, typer.Option("--case", help="A case, instead of one contact.")]
ReasonOption = Annotated[str, typer.Option("--because", "--reason", help="Why; kept in the audit log.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    group = typer.Typer(no_args_is_help=True, help="Export or erase what is kept of a contact; hold it for a court.")
    group.command("export")(export)
    group.command("erase")(erase)
    group.command("hold")(hold)
    group.command("release")(release)
    group.command("held")(held)
    app.add_typer(group, name="people")


def export(
    ref: RefArgument,
    *,
    out: Annotated[Path, typer.Option(help="The JSON file to write, which must not be there yet; or - .")],
    author: AuthorOption = None,
    practice: PracticeOption = None,
) -> None:
    """Write everything that is kept of a contact into a file: whole numbers, words and all."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
            found = exporting.export(connection, place.practice, ref, place.now)

        def work(connection: Connection) -> None:
            signed = signature(database, connection, place.practice, author)
            exporting.note_export(connection, found["contact"], signed)

        database.write(work)
    _write(out, jsons.dumps(found, ensure_ascii=False, indent=2) + "\n")
    if out != STDOUT:
        rows = sum(len(each) for each in found["tables"].values())
        say(f"{rows:,} rows of {found['contact']} are in {out}. It holds numbers and words: keep it safe.")


def erase(  # noqa: PLR0913 - a command has as many parameters as options
    ref: RefArgument,
    *,
    because: ReasonOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Erase a contact: show what goes, ask, then remove it for good. An opt-out stays as a hash."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
            foreseen = erasing.foresee(connection, place.practice, ref)
        if not yes:
            _confirm(foreseen)
        turns = Turns(database, load_current)
        done = turns.take(
            place.practice,
            lambda turn: erasing.erase(
                turn, ref, because, signature(database, turn.connection, place.practice, author)
            ),
        )
    if json:
        show_json(asdict(done))
        return
    kept = "; their opt-out stays as a hash" if done.kept_words else ""
    say(f"{done.ref} is erased: {_rows(done)}; {_waiting(done)} cancelled{kept}.")


def hold(  # noqa: PLR0913 - a command has as many parameters as options
    ref: MaybeRefArgument = None,
    *,
    case: CaseOption = None,
    because: ReasonOption,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Put a contact, or a case, on legal hold: nothing of theirs is emptied or erased until it is released."""
    done = _order(holds.hold, (ref, case), because, (author, practice))
    _tell(done, "is on legal hold: nothing of it is emptied or erased.", json=json)


def release(  # noqa: PLR0913 - a command has as many parameters as options
    ref: MaybeRefArgument = None,
    *,
    case: CaseOption = None,
    because: ReasonOption,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """End a legal hold: what is kept too long by then goes within a day."""
    done = _order(holds.release, (ref, case), because, (author, practice))
    _tell(done, "is on legal hold no more.", json=json)


def held(*, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """List the legal holds that stand."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        found = holds.list_holds(connection, place.practice)
    if json:
        show_json({"practice": place.practice, "holds": [_facts(each) for each in found]})
        return
    if not found:
        say("Nothing is on legal hold.")
        return
    show_list(
        COLUMNS,
        [
            [
                f"{each.target.kind} {each.target.ref}",
                moment(each.at, place.zone, place.now),
                each.by.removeprefix("person:"),
                each.reason,
            ]
            for each in found
        ],
    )
    say(zone_line(place.zone), "calm")


def _order(
    carry: Callable[[Connection, Target, str, Signed], Hold],
    named: tuple[str | None, str | None],
    because: str,
    asked: tuple[str | None, str | None],
) -> Hold:
    """Hold or release what was named.

    Raises:
        BadParameter: neither a contact nor a case was named, or both were.

    """
    (ref, case), (author, practice) = named, asked
    if (ref is None) == (case is None):
        message = "name a contact by its ref, or a case with --case"
        raise typer.BadParameter(message)
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)

        def work(connection: Connection) -> Hold:
            is_case = ref is None
            target = (
                holds.target_case(case or "")
                if is_case
                else holds.target_contact(connection, place.practice, ref or "")
            )
            return carry(connection, target, because, signature(database, connection, place.practice, author))

        return Turns(database, load_current).take(place.practice, lambda turn: work(turn.connection))


def _tell(done: Hold, words: str, *, json: bool) -> None:
    if json:
        show_json(_facts(done))
    else:
        say(f"{done.target.kind} {done.target.ref} {words}")


def _confirm(foreseen: Foreseen) -> None:
    """Show what would go and ask a person.

    Raises:
        RefusedError: nobody can be asked, or the answer was no.

    """
    remark(f"Erasing {foreseen.ref}: {_rows(foreseen)}; {_waiting(foreseen)} will be cancelled.")
    for number, refs in foreseen.shared.items():
        remark(f"{number} is also the number of {', '.join(refs)}: it stays theirs.")
    if foreseen.reached:
        remark(f"Their phone is used for {', '.join(foreseen.reached)}, who will have none.")
    if not can_ask():
        message = "nobody to ask here; --yes erases without asking. Nothing was erased"
        raise RefusedError(message)
    if not typer.confirm(f"Erase {foreseen.ref} for good?", default=False, err=True):
        message = "not confirmed: nothing was erased"
        raise RefusedError(message)


def _rows(foreseen: Foreseen) -> str:
    """Return the rows by table, as people read them."""
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in foreseen.rows.items()) or "nothing"


def _waiting(foreseen: Foreseen) -> str:
    return f"{foreseen.waiting:,} waiting text{'' if foreseen.waiting == 1 else 's'}"


def _facts(each: Hold) -> dict[str, Any]:
    return {"kind": each.target.kind, "ref": each.target.ref, "reason": each.reason, "by": each.by, "since": each.at}


def _write(out: Path, text: str) -> None:
    """Write a file that only its owner reads.

    Raises:
        InputError: it is there already, or cannot be written.

    """
    if out == STDOUT:
        sys.stdout.write(text)
        return
    try:
        out.touch(mode=0o600, exist_ok=False)
        out.write_text(text, encoding="utf-8")
    except FileExistsError as error:
        message = f"{out} is there already: nothing was written"
        raise InputError(message) from error
    except OSError as error:
        with contextlib.suppress(OSError):
            out.unlink(missing_ok=True)
        message = f"{out} cannot be written: {error.strerror}"
        raise InputError(message) from error
