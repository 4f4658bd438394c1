"""Rows of a file between reading and taking in: laid in tables, handed out again in order, gone once they are taken.

The only writer of imports and import_rows. What a row says is not judged here.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from jobs.records import import_rows, imports, new_id
from scheduler.intake.outcomes import Tally
from scheduler.intake.rows import VIA, Row
from scheduler.intake.writing import put

VIA_AFTER: Final = 10_000_000
"""More than a file has lines: contacts who go via another are taken in once that one is."""


class Stage(StrEnum):
    """Where an import stands: the column `imports.state`."""

    STAGED = "staged"
    """Its rows are being read and checked; nothing of it was taken."""
    APPLYING = "applying"
    """Every row was found good; chunk after chunk is taken in, and after a crash the rest."""
    DONE = "done"
    REFUSED = "refused"
    """A row was bad, or a person did not confirm; nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class CompleteDays:
    """The days, both included, of which a file holds everything: what is missing there is removed."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Staged:
    """An import: what it brings, from where, how far it is, and what came of it so far."""

    id: uuid.UUID
    practice: str
    what: str
    source: str
    stage: Stage
    applied: int
    total: int
    days: CompleteDays | None
    has_removed: bool
    tally: Tally

    def options(self) -> dict[str, object]:
        """Return what its row keeps as plain data."""
        return {
            "days": None if self.days is None else [self.days.first.isoformat(), self.days.last.isoformat()],
            "has_removed": self.has_removed,
            "tally": self.tally.as_json(),
        }


def begin(connection: Connection, staged: Staged, by: str, now: dt.datetime) -> None:
    """Lay an import with no rows yet."""
    connection.execute(
        insert(imports).values(
            id=staged.id,
            practice=staged.practice,
            kind=staged.what,
            source=staged.source,
            options=staged.options(),
            state=staged.stage,
            applied=0,
            total=0,
            by=by,
            created_at=now,
        )
    )


def new_import(practice: str, what: str, source: str, days: CompleteDays | None) -> Staged:
    """Return an import of which nothing is read yet."""
    has_removed = days is None
    return Staged(new_id(), practice, what, source, Stage.STAGED, 0, 0, days, has_removed, Tally())


def lay(connection: Connection, import_id: uuid.UUID, rows: Sequence[Row]) -> None:
    """Keep rows for later, by their line."""
    plain = ({"import_id": import_id, "line": _turn_of(row), "data": _plain(row)} for row in rows)
    put(connection, import_rows, list(plain))


def _plain(row: Row) -> dict[str, object]:
    plain: dict[str, object] = {"ref": row.ref, "given": row.given, "fields": row.fields, "line": row.line}
    return plain | {"roles": row.roles, "announce": row.announce}


def _turn_of(row: Row) -> int:
    """Return when a row's turn comes: as it stands in the file, but who goes via another after all the others."""
    return row.line + VIA_AFTER if row.given.get(VIA) else row.line


def hold(connection: Connection, import_id: uuid.UUID) -> Staged | None:
    """Return an import, locked: two who apply it take turns; None where it does not exist."""
    query = select(imports).where(imports.c.id == import_id).with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else _staged(row)


def unfinished(connection: Connection) -> list[Staged]:
    """Return the imports that were being taken in, oldest first."""
    query = select(imports).where(imports.c.state == Stage.APPLYING).order_by(imports.c.id)
    return [_staged(row) for row in connection.execute(query).mappings()]


def keep(connection: Connection, staged: Staged, now: dt.datetime) -> None:
    """Write where an import stands; one that has ended loses the rows that are left of it."""
    values: dict[str, object] = {
        "state": staged.stage,
        "applied": staged.applied,
        "total": staged.total,
        "options": staged.options(),
    }
    if staged.stage in {Stage.DONE, Stage.REFUSED}:
        values["finished_at"] = now
        connection.execute(delete(import_rows).where(import_rows.c.import_id == staged.id))
    connection.execute(update(imports).where(imports.c.id == staged.id).values(values))


def refuse_abandoned(connection: Connection, older_than: dt.datetime, now: dt.datetime) -> int:
    """Drop imports whose reader died before it had checked every row; return how many."""
    query = select(imports).where(imports.c.state == Stage.STAGED, imports.c.created_at < older_than)
    found = [_staged(row) for row in connection.execute(query.with_for_update()).mappings()]
    for staged in found:
        keep(connection, replace(staged, stage=Stage.REFUSED), now)
    return len(found)


def next_rows(connection: Connection, import_id: uuid.UUID, count: int) -> tuple[list[Row], int]:
    """Return the rows whose turn is next, and the last one's turn."""
    query = (
        select(import_rows.c.line, import_rows.c.data)
        .where(import_rows.c.import_id == import_id)
        .order_by(import_rows.c.line)
        .limit(count)
    )
    found = connection.execute(query).all()
    rows = [
        Row(data["ref"], data["given"], data["fields"], data["line"], data["roles"], data["announce"])
        for _, data in found
    ]
    return rows, found[-1].line if found else 0


def drop_rows(connection: Connection, import_id: uuid.UUID, last: int) -> None:
    """Forget the rows up to a turn: they were taken in, in this very transaction."""
    connection.execute(delete(import_rows).where(import_rows.c.import_id == import_id, import_rows.c.line <= last))


def refs_of(connection: Connection, import_id: uuid.UUID) -> Iterator[str]:
    """Yield the ref of every row that is left."""
    query = select(import_rows.c.data).where(import_rows.c.import_id == import_id)
    for data in connection.execution_options(yield_per=1_000).execute(query).scalars():
        yield data["ref"]


def _staged(row: RowMapping) -> Staged:
    options = row["options"]
    days = options["days"]
    return Staged(
        id=row["id"],
        practice=row["practice"],
        what=row["kind"],
        source=row["source"],
        stage=Stage(row["state"]),
        applied=row["applied"],
        total=row["total"],
        days=None if days is None else CompleteDays(*map(dt.date.fromisoformat, days)),
        has_removed=options["has_removed"],
        tally=Tally.of_json(options["tally"]),
    )
