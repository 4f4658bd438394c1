"""`quietbell conversations media`: fetch what came with a text into a file. Nothing is kept but that file."""

import contextlib
import os
from pathlib import Path
from typing import Annotated

import typer

from jobs.clock import SystemClock
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.providers.contract import Fetched, Gone, Media
from jobs.store.values import person
from scheduler.inbound.fetching import Reader, fetch_media, find_media
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, look, opened
from scheduler.processes.cli.screen import remark, say, show_json

TextArgument = Annotated[str, typer.Argument(metavar="TEXT_ID", help="A text's id, or its end, as `show` tells it.")]


def fetch_one(  # noqa: PLR0913 - a command has as many parameters as options
    text_id: TextArgument,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where it goes.")],
    nth: Annotated[int | None, typer.Option(help="Which, counted from 1, where several came.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there.")] = False,
    author: Annotated[str | None, typer.Option("--author", help="Who fetches it; by default the account.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Fetch a picture or file that came with a text from the provider; who did is in the audit log."""
    from scheduler.wiring import make_providers  # noqa: PLC0415 - loads every part; the other commands here need none

    _must_be_free(out, overwrite=overwrite)
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
            wanted = find_media(connection, place.practice, text_id, nth)
        providers = make_providers(settings, SystemClock())
        found = _came(fetch_media(database, providers, wanted, Reader(person(asker(author)))))
    _write(out, found.content, overwrite=overwrite)
    if json:
        facts = {"text": wanted.text.id, "nth": wanted.nth, "type": found.kind, "bytes": len(found.content)}
        show_json(facts | {"file": str(out)})
        return
    say(f"{out}: {len(found.content)} bytes, {found.kind}.")
    remark("A stranger sent it, and nobody looked into it: its type is what the provider says.")


def _must_be_free(out: Path, *, overwrite: bool) -> None:
    """Refuse before anything is asked."""
    if out.is_dir() or not out.parent.is_dir():
        message = f"--out {out}: " + ("that is a folder: name a file" if out.is_dir() else "its folder does not exist")
        raise InputError(message)
    if not overwrite and (out.exists() or out.is_symlink()):
        raise _taken(out)


def _taken(out: Path) -> RefusedError:
    return RefusedError(f"--out {out}: that file is there already; --overwrite replaces it")


def _came(found: Fetched) -> Media:
    if isinstance(found, Media):
        return found
    if isinstance(found, Gone):
        raise NotFoundError(found.reason)
    message = f"it was not fetched: {found.reason}"
    raise RefusedError(message)


def _write(out: Path, content: bytes, *, overwrite: bool) -> None:
    """Write the file, which only its owner may read: whole, or not at all."""
    target = out.with_name(f".{out.name}.{os.getpid()}") if overwrite else out
    try:
        opened_file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _taken(out) from None
    except OSError as problem:
        raise _unwritten(out, problem) from problem
    try:
        with os.fdopen(opened_file, "wb") as file:
            file.write(content)
        target.replace(out)
    except OSError as problem:
        with contextlib.suppress(OSError):
            target.unlink()
        raise _unwritten(out, problem) from problem


def _unwritten(out: Path, problem: OSError) -> RefusedError:
    return RefusedError(f"--out {out}: it cannot be written: {problem.strerror or problem}")
