"""Rows of a file between reading and taking in: laid in tables, handed out again in order, gone once they are taken.

The only writer of imports and import_rows. What a row says is not judged here. Who takes an import in holds a claim on
it, which every chunk prolongs; once it ran out, by the database's clock, another may take it over.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from jobs.errors import RefusedError
from jobs.records import import_rows, imports, new_id
from scheduler.intake.outcomes import Tally
from scheduler.intake.rows import VIA, Row
from scheduler.intake.writing import put

CLAIM: Final = dt.timedelta(seconds=60)
"""How long an import whose process stands still is left to it."""
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
    claim: uuid.UUID | None = None

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
            claim=staged.claim,
            claimed_until=now + CLAIM,
            created_at=now,
        )
    )


def new_import(practice: str, what: str, source: str, days: CompleteDays | None) -> Staged:
    """Return an import of which nothing is read yet, claimed by whoever begins it."""
    has_removed = days is None
    return Staged(new_id(), practice, what, source, Stage.STAGED, 0, 0, days, has_removed, Tally(), claim=new_id())


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


def prolong(connection: Connection, staged: Staged, now: dt.datetime) -> None:
    """Say that an import is still being read.

    Raises:
        RefusedError: it was dropped meanwhile, since it stood still for too long.

    """
    _while_read(connection, staged, {"claimed_until": now + CLAIM})


def end_reading(connection: Connection, staged: Staged, now: dt.datetime) -> None:
    """Write what comes after the reading: it is applied, or refused.

    Raises:
        RefusedError: it was dropped meanwhile, since it stood still for too long.

    """
    _while_read(connection, staged, {})
    keep(connection, staged, now)


def _while_read(connection: Connection, staged: Staged, values: dict[str, object]) -> None:
    mine = (imports.c.id == staged.id) & (imports.c.state == Stage.STAGED) & (imports.c.claim == staged.claim)
    if connection.execute(update(imports).where(mine).values({"state": Stage.STAGED, **values})).rowcount == 0:
        message = f"{staged.source}: it stood still for so long while it was read that it was dropped: import it again"
        raise RefusedError(message)


def take_over(connection: Connection, now: dt.datetime) -> Staged | None:
    """Claim the oldest import that was being taken in and whose claim ran out; None where there is none."""
    is_free = or_(imports.c.claimed_until.is_(None), imports.c.claimed_until <= now)
    query = select(imports).where(imports.c.state == Stage.APPLYING, is_free).order_by(imports.c.id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
    if row is None:
        return None
    staged = replace(_staged(row), claim=new_id())
    keep(connection, staged, now)
    return staged


def let_go(connection: Connection, staged: Staged) -> None:
    """Give up the claim on an import that is not finished, so that the next may go on at once."""
    mine = (imports.c.id == staged.id) & (imports.c.claim == staged.claim)
    connection.execute(update(imports).where(mine).values(claim=None, claimed_until=None))


def keep(connection: Connection, staged: Staged, now: dt.datetime) -> None:
    """Write where an import stands and prolong its claim; one that has ended loses the rows that are left of it."""
    values: dict[str, object] = {
        "state": staged.stage,
        "applied": staged.applied,
        "total": staged.total,
        "options": staged.options(),
        "claim": staged.claim,
        "claimed_until": now + CLAIM,
    }
    if staged.stage in {Stage.DONE, Stage.REFUSED}:
        values |= {"finished_at": now, "claim": None, "claimed_until": None}
        connection.execute(delete(import_rows).where(import_rows.c.import_id == staged.id))
    connection.execute(update(imports).where(imports.c.id == staged.id).values(values))


def refuse_abandoned(connection: Connection, older_than: dt.datetime, now: dt.datetime) -> int:
    """Drop imports whose reader died (its claim ran out before that moment) while it checked rows; return how many."""
    query = select(imports).where(imports.c.state == Stage.STAGED, imports.c.claimed_until < older_than)
    found = [_staged(row) for row in connection.execute(query.with_for_update(skip_locked=True)).mappings()]
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
        claim=row["claim"],
        tally=Tally.of_json(options["tally"]),
    )
