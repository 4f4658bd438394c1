"""A kept file with its columns named: tried out or taken in by intake, as the command line does, and noted."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from jobs.database import Database
from scheduler.asking.records import note_many
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller
from scheduler.intake.headers import Header, read_header, rename
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused
from scheduler.intake.reading import FileRequest
from scheduler.intake.uploads import Upload, drop_upload, write_out
from scheduler.web.place import WebPlace


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for a file: which of our columns each of its own is, and whether it is only tried out.

    `is_confirmed`: they agreed that what it lacks is cancelled.
    """

    upload: Upload
    names: tuple[str, ...]
    is_confirmed: bool
    is_dry: bool


def header_of(database: Database, upload: Upload) -> Header:
    """Return the columns of a kept file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent"
        write_out(database, upload, path)
        with path.open("rb") as file:
            return read_header(file)


def import_kept(here: WebPlace, caller: Caller, choice: Choice) -> Imported | Refused | NeedsConfirmation:
    """Try a kept file out, or take it in and forget it; what was taken in stands in the audit log."""
    upload = choice.upload
    with tempfile.TemporaryDirectory() as folder:
        sent, named = Path(folder) / "sent", Path(folder) / upload.source
        named = named if named != sent else Path(folder) / "file.csv"
        write_out(here.database, upload, sent)
        with sent.open("rb") as file:
            header = read_header(file)
        rename(sent, named, choice.names, header.delimiter)
        request = FileRequest(
            practice=caller.practice,
            what=upload.what,
            path=named,
            by=caller.name,
            ignore_columns=True,
            complete=upload.days,
            confirmed=choice.is_confirmed,
        )
        came = here.intake.dry_run(request) if choice.is_dry else here.intake.import_file(request)
    if isinstance(came, Imported) and not choice.is_dry:
        _note(here.database, caller, upload.what, came)
        drop_upload(here.database, caller.practice, upload.id, caller.name)
    return came


def _note(database: Database, caller: Caller, what: str, came: Imported) -> None:
    after = {"outcomes": came.tally.outcomes, "import_id": came.import_id}

    def work(connection: Connection) -> None:
        note_many(connection, signed_by(caller, database.moment(connection)), what, after)

    database.write(work)
