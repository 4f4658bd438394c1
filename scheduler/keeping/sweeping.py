"""Carries sweeps out: what is overdue is looked for while nobody waits, then emptied in small transactions.

How far each sweep is stands in the database, written with each part: whoever goes on after a crash does nothing twice.
"""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy import Column, Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs import consent
from jobs.clock import steady_seconds
from jobs.database import Database
from jobs.records import consents
from jobs.records import sweeps as kept_sweeps
from scheduler.keeping.ageing import Done, Sweep, sweeps
from scheduler.keeping.cares import emptied
from scheduler.keeping.cutting import Cutter, by_keys, cut_rows
from scheduler.publishing.pacing import Pace

AGAIN_AFTER: Final = dt.timedelta(days=1)
"""A sweep that came to its end rests so long."""
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows to be emptied, by primary key; `position` is where to go on, None after the last."""

    keys: list[tuple[Any, ...]]
    position: str | None


@dataclass(slots=True)
class _Part:
    """What one transaction did, and how long it took."""

    rows: int = 0
    began: float = 0.0
    seconds: float = 0.0


def pass_on(_rows: int) -> None:
    """Do nothing before a part is committed."""


@dataclass(slots=True)
class Sweeper:
    """Empties what one practice keeps no longer, for so many seconds, at most so many rows in one transaction.

    `checkpoint` is called with the number of rows before each part is committed: what it raises undoes that part.
    """

    database: Database
    practice: str
    seconds: float
    most: int = MOST_AT_ONCE
    checkpoint: Callable[[int], None] = pass_on
    pace: Pace = field(default_factory=Pace)
    cutter: Cutter = field(default_factory=Cutter)

    def sweep(self, *, bodies: dt.datetime | None, numbers: dt.datetime | None) -> Counter[str]:
        """Sweep until all is done or time is over; count rows by sweep."""
        counts: Counter[str] = Counter()
        until = steady_seconds() + self.seconds
        resting = self._resting()
        for each in sweeps(self.practice, bodies=bodies, numbers=numbers):
            if each.name in resting:
                continue
            while True:
                found = self._look(each)
                part = self._go(each, found)
                counts[each.name] += part.rows
                if found.position is None:
                    break
                if steady_seconds() >= until:
                    return +counts
        return +counts

    def _resting(self) -> set[str]:
        with self.database.read() as connection:
            since = self.database.moment(connection) - AGAIN_AFTER
            ended = kept_sweeps.c.ended_at > since, kept_sweeps.c.position.is_(None)
            query = select(kept_sweeps.c.name).where(kept_sweeps.c.practice == self.practice, *ended)
            return set(connection.execute(query).scalars())

    def _look(self, sweep: Sweep) -> _Found:
        """Return the next overdue rows, in the order of their keys."""
        columns = list(sweep.table.primary_key.columns)
        most = min(self.pace.at_once, self.most)
        query = select(*columns).where(sweep.overdue).order_by(*columns).limit(most)
        with self.database.read() as connection:
            position = self._position(connection, sweep)
            if position is not None and len(columns) == 1:
                query = query.where(columns[0] > _read(columns[0], position))
            keys = [tuple(row) for row in connection.execute(query)]
        return _Found(keys, None if len(keys) < most else _spell(keys[-1]))

    def _position(self, connection: Connection, sweep: Sweep) -> str | None:
        mine = kept_sweeps.c.practice == self.practice, kept_sweeps.c.name == sweep.name
        found: str | None = connection.execute(select(kept_sweeps.c.position).where(*mine)).scalar()
        return found

    def _go(self, sweep: Sweep, found: _Found) -> _Part:
        asked = steady_seconds()
        part = self.database.write(partial(self._carry_out, sweep, found))
        waited = part.began - asked if self.database.is_sqlite else 0.0
        self.pace.note(max(1, part.rows), seconds=part.seconds, waited=waited)
        if self.database.is_sqlite and found.position is not None:
            threading.Event().wait(self.pace.rest)
        return part

    def _carry_out(self, sweep: Sweep, found: _Found, connection: Connection) -> _Part:
        """Empty those rows that are still overdue, and keep how far the sweep is."""
        began = steady_seconds()
        rows = _empty(connection, sweep, found.keys, self.cutter) if found.keys else 0
        self._keep(connection, sweep, found.position)
        self.checkpoint(rows)
        return _Part(rows, began, steady_seconds() - began)

    def _keep(self, connection: Connection, sweep: Sweep, position: str | None) -> None:
        new: dict[str, object] = {"position": position}
        if position is None:
            new["ended_at"] = self.database.moment(connection)
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        row = dialect.insert(kept_sweeps).values(practice=self.practice, name=sweep.name, **new)
        connection.execute(row.on_conflict_do_update(index_elements=["practice", "name"], set_=new))


def _empty(connection: Connection, sweep: Sweep, keys: Sequence[tuple[Any, ...]], cutter: Cutter) -> int:
    chosen = by_keys(sweep.table, keys) & sweep.overdue
    if sweep.done is Done.EMPTY:
        return connection.execute(update(sweep.table).where(chosen).values(emptied(sweep.columns))).rowcount
    if sweep.done is Done.REMOVE:
        return connection.execute(delete(sweep.table).where(chosen)).rowcount
    if sweep.done is Done.HIDE:
        ids = connection.execute(select(consents.c.id).where(chosen)).scalars().all()
        return consent.hide_numbers(connection, ids)
    return cut_rows(connection, sweep.table, chosen, cutter)


def _spell(key: Sequence[Any]) -> str:
    """Return a key as a position is kept; of a composite one only that there is more."""
    return key[0].hex if isinstance(key[0], uuid.UUID) else str(key[0])


def _read(column: Column[Any], position: str) -> object:
    return int(position) if column.type.python_type is int else uuid.UUID(hex=position)
