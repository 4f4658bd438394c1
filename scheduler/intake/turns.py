"""One transaction at a practice's intake: it holds the locks and knows the current revision and the moment."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from jobs.database import Database
from scheduler.intake.finding import hold_intake
from scheduler.planning.basis import occasions_a_transaction
from scheduler.publishing.revisions import Current

T = TypeVar("T")
LoadCurrent: TypeAlias = Callable[[Connection, str], Current]


@dataclass(frozen=True, slots=True)
class Turn:
    """A transaction that holds a practice's intake."""

    connection: Connection
    current: Current
    now: dt.datetime


class _RolledBackError(Exception):
    """Leaves a transaction so that it is rolled back."""


class Turns:
    """Gives turns at intake, one transaction each."""

    def __init__(self, database: Database, load_current: LoadCurrent) -> None:
        """Open nothing yet."""
        self.database = database
        self._load_current = load_current
        self.rows_each = occasions_a_transaction(is_sqlite=database.is_sqlite)

    def take(self, practice: str, work: Callable[[Turn], T]) -> T:
        """Run `work` in a transaction that holds the practice's intake, and commit it.

        Raises:
            NotFoundError: nothing was published for the practice.

        """
        return self.database.write(lambda connection: work(self._turn(connection, practice)))

    def try_out(self, practice: str, work: Callable[[Turn], T]) -> T:
        """Run `work` as `take` does and roll everything back; return what it returned."""
        results: list[T] = []

        def undone(connection: Connection) -> None:
            results[:] = [work(self._turn(connection, practice))]
            raise _RolledBackError

        try:
            self.database.write(undone)
        except _RolledBackError:
            return results[0]
        raise AssertionError

    def current(self, practice: str) -> Current:
        """Return the practice's current revision.

        Raises:
            NotFoundError: nothing was published for the practice.

        """
        with self.database.read() as connection:
            return self._load_current(connection, practice)

    def _turn(self, connection: Connection, practice: str) -> Turn:
        hold_intake(connection, practice)
        return Turn(connection, self._load_current(connection, practice), self.database.moment(connection))
