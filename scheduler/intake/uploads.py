"""Files that somebody sent and has not confirmed yet: kept among the imports, in parts, and dropped if nobody goes on.

A file comes in part by part and goes out to a path; what it says is read elsewhere. It is dropped about an hour after
the last step, as every import is whose reader went away.
"""

import base64
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection, select

from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.records import import_rows, imports
from scheduler.intake import staging
from scheduler.intake.rows import Row
from scheduler.intake.staging import CompleteDays, Stage, Staged

PART_BYTES: Final = 256 * 1024
_PART: Final = "part"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits to be taken in: what it holds, its name, and the days that it is complete for."""

    id: uuid.UUID
    what: str
    source: str
    days: CompleteDays | None


def keep_upload(database: Database, staged: Staged, by: str, file: BinaryIO) -> None:
    """Keep a file's bytes under a new import, a part a transaction."""
    database.write(lambda connection: staging.begin(connection, staged, by, database.moment(connection)))
    number = 0
    while part := file.read(PART_BYTES):
        number += 1
        row = Row("", {_PART: base64.b64encode(part).decode()}, {}, number)
        database.write(lambda connection, row=row: _lay(database, connection, staged, row))  # type: ignore[misc] # bound at once


def upload_of(database: Database, practice: str, upload_id: uuid.UUID, by: str) -> Upload:
    """Return a file that somebody sent themselves, and keep it a while longer.

    Raises:
        NotFoundError: there is none, it was taken in or dropped, or somebody else sent it.

    """

    def work(connection: Connection) -> Upload:
        staged = _mine(connection, practice, upload_id, by)
        staging.prolong(connection, staged, database.moment(connection))
        return Upload(staged.id, staged.what, staged.source, staged.days)

    return database.write(work)


def write_out(database: Database, upload: Upload, path: Path) -> None:
    """Write a file's bytes to a path, one part at a time."""
    query = select(import_rows.c.data).where(import_rows.c.import_id == upload.id).order_by(import_rows.c.line)
    with path.open("wb") as file, database.read() as connection:
        for data in connection.execution_options(yield_per=8).execute(query).scalars():
            file.write(base64.b64decode(data["given"][_PART]))


def drop_upload(database: Database, practice: str, upload_id: uuid.UUID, by: str) -> None:
    """Forget a file: it was taken in, or nobody wants it.

    Raises:
        NotFoundError: as `upload_of`.

    """

    def work(connection: Connection) -> None:
        staged = _mine(connection, practice, upload_id, by)
        staging.keep(connection, replace(staged, stage=Stage.REFUSED), database.moment(connection))

    database.write(work)


def _lay(database: Database, connection: Connection, staged: Staged, row: Row) -> None:
    staging.prolong(connection, staged, database.moment(connection))
    staging.lay(connection, staged.id, [row])


def _mine(connection: Connection, practice: str, upload_id: uuid.UUID, by: str) -> Staged:
    theirs = imports.c.id == upload_id, imports.c.practice == practice, imports.c.by == by
    known = connection.execute(select(imports.c.id).where(*theirs)).first()
    staged = None if known is None else staging.hold(connection, upload_id)
    if staged is None or staged.stage is not Stage.STAGED:
        message = "this file is not kept any more: send it again"
        raise NotFoundError(message)
    return staged
