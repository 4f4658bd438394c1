"""`quietbell proof`: everything said to and by one contact as one file for a regulator or a court, and its check.

It writes one file, notes in the audit log that it did, and changes nothing else.
"""

import importlib.metadata
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jobs.errors import RefusedError
from jobs.store.values import person
from scheduler.asking.acts import note_contact
from scheduler.identities.audit import Signed
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.moments import read_bound
from scheduler.processes.cli.screen import say, show_json
from scheduler.proof import Counts, Request, check_seal, write_proof
from scheduler.proof.reading import Span, hold_still


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("proof")(prove)


def prove(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    contact: Annotated[str | None, typer.Option(help="The contact's ref, or a former one.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="From this day or moment on.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Up to this day (included) or moment.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; proof-REF.html by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where there is one.")] = False,
    check: Annotated[Path | None, typer.Option(help="Write nothing: tell whether this proof was changed.")] = None,
    author: Annotated[str | None, typer.Option(help="Who asks for it; by default the account.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Write everything said to and by one contact, and on what grounds, as one file."""
    if (contact is None) == (check is None):
        message = "name a contact with --contact REF, or a file with --check FILE"
        raise typer.BadParameter(message)
    if check is not None:
        _check(check, json=json)
        return
    wanted = contact or ""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        span = _span(first, last, place)
        target = out or Path(f"proof-{_in_a_name(wanted)}.html")
        request = Request(
            practice=place.practice,
            name=place.terms.name,
            zone=place.zone.key,
            contact=wanted,
            span=span,
            target=target,
            by=asker(author),
            version=importlib.metadata.version("quietbell"),
            force=force,
        )
        with database.read() as connection:
            hold_still(connection)
            counts = write_proof(connection, request, database.moment(connection))
        database.write(
            lambda connection: note_contact(
                connection,
                Signed(place.practice, person(request.by), database.moment(connection)),
                wanted,
                "proof_written",
            )
        )
    _answer(target, wanted, counts, json=json)


def _span(first: str | None, last: str | None, place: Place) -> Span:
    """Return the period that a person typed.

    Raises:
        InputError: a bound cannot be read.
        RefusedError: it ends before it begins.

    """
    begins = None if first is None else read_bound(first, zone=place.zone, now=place.now)
    ends = None if last is None else read_bound(last, zone=place.zone, now=place.now, is_end=True)
    if begins is not None and ends is not None and ends <= begins:
        message = f"--to {last} is not after --from {first}: nothing was written"
        raise RefusedError(message)
    return Span(begins, ends)


def _answer(target: Path, contact: str, counts: Counts, *, json: bool) -> None:
    if json:
        show_json({"file": target, **asdict(counts)})
        return
    if not counts.out + counts.incoming:
        say(f"No text went to {contact} or came from there in this period; the file says so.")
    else:
        never = f", {counts.never_asked:,} planned and never asked of a provider" if counts.never_asked else ""
        texts, requests = _counted(counts.out, "text"), _counted(counts.requests, "request")
        say(f"{texts} out ({requests}), {counts.incoming:,} in{never}.")
    say(f"{target} (SHA-256 {counts.digest}). Keep this digest elsewhere too: it tells whether the file was changed.")


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _check(file: Path, *, json: bool) -> None:
    """Say whether a proof is as it was written.

    Raises:
        RefusedError: it was changed.

    """
    seal = check_seal(file)
    if json:
        show_json({"file": file, "is_whole": seal.is_whole, "digest": seal.digest})
    if not seal.is_whole:
        message = f"{file} was changed since it was written: its bytes do not have the digest that it states"
        raise RefusedError(message)
    if not json:
        say(f"{file} is as it was written (SHA-256 {seal.digest}).")


def _in_a_name(ref: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in ref)[:80]
