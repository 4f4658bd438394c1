"""The way to the database: lost transactions run again, reads write nothing, moments are the database's."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from jobs.clock import SteppingClock, SystemClock
from jobs.database import Database, practice_lock
from jobs.errors import ConfigurationError, NotFoundError
from jobs.records import practices
from tests.storage.builders import NOW, add_practice


def test_what_write_returns_is_committed_and_what_raises_is_undone(database: Database) -> None:
    assert database.write(add_practice) == "northlight"

    def fail(connection: object) -> None:
        add_practice(connection, "southlight")  # type: ignore[arg-type]  # a connection
        message = "no"
        raise ValueError(message)

    with pytest.raises(ValueError, match="no"):
        database.write(fail)
    assert count(database) == 1


def test_another_kind_of_failure_is_not_repeated(database: Database) -> None:
    tries = []

    def work(connection: object) -> None:
        tries.append(1)
        row = insert(practices).values(id="x", number=1, created_at=NOW)
        connection.execute(row)  # type: ignore[attr-defined]  # a connection
        connection.execute(row)  # type: ignore[attr-defined]  # a connection

    with pytest.raises(IntegrityError):
        database.write(work)
    assert tries == [1]


def test_a_moment_comes_back_aware_in_utc_to_the_microsecond(database: Database) -> None:
    moment = dt.datetime(2026, 3, 8, 2, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    database.write(lambda c: c.execute(insert(practices).values(id="x", number=1, created_at=moment)))
    with database.read() as connection:
        kept = connection.execute(practices.select()).one().created_at
    assert kept == moment
    assert kept.tzinfo is dt.UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="naive moment"):
        database.write(lambda c: c.execute(insert(practices).values(id="x", number=1, created_at=naive)))


def test_the_moment_is_the_trusted_clocks(database: Database, clock: SteppingClock) -> None:
    clock.jump_to(NOW + dt.timedelta(hours=1))
    with database.read() as connection:
        assert database.moment(connection) == NOW + dt.timedelta(hours=1)


def test_on_postgresql_the_moment_moves_within_a_transaction_and_ignores_the_machines_clock(
    migrated_postgres_url: str,
) -> None:
    wrong = SteppingClock(NOW - dt.timedelta(days=1000))
    database = Database(migrated_postgres_url, wrong)
    with database.read() as connection:
        first, second = database.moment(connection), database.moment(connection)
    database.dispose()
    assert wrong.now() < first < second


def test_the_lock_of_a_practice_that_does_not_exist_is_an_error(postgres: Database) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        postgres.write(lambda c: practice_lock(c, "nowhere", exclusive=True))


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="mysql"):
        Database("mysql://localhost/x", SystemClock())


def test_a_plain_postgresql_url_means_psycopg() -> None:
    database = Database("postgresql://localhost/x", SystemClock())
    assert database.engine.url.drivername == "postgresql+psycopg"
    database.dispose()


@pytest.fixture
def lite(sqlite_template: Path) -> Database:
    """Give a database on SQLite only."""
    return Database(f"sqlite:///{sqlite_template}", SystemClock())


def test_sqlite_keeps_its_promises_by_its_pragmas(lite: Database) -> None:
    with lite.read() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    lite.dispose()
    assert found == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_reader_on_sqlite_does_not_wait_for_a_writer(lite: Database) -> None:
    def work(_connection: object) -> int:
        return count(lite)

    assert lite.write(work) == 0
    lite.dispose()


@pytest.fixture
def own(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """Give a database on SQLite in a file of its own."""
    file = tmp_path / "own.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}", SystemClock())
    yield database
    database.dispose()


PART, MEGABYTES_A_PART = 4_000, 8
"""Rows of two kilobytes."""


def fill_log(database: Database, parts: int) -> None:
    """Write so many parts, each a transaction."""
    database.write(lambda connection: connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS x (a TEXT)").close())
    rows = [("x" * 2_000,)] * PART
    for _ in range(parts):
        database.write(lambda connection: connection.exec_driver_sql("INSERT INTO x VALUES (?)", rows).close())


def log_megabytes(database: Database) -> float:
    """Return how large SQLite's log ever grew since it last began anew at its start."""
    return Path(f"{database.engine.url.database}-wal").stat().st_size / 2**20


def test_sqlites_log_is_copied_back_by_its_writers_before_it_grows_long(own: Database) -> None:
    fill_log(own, parts=8)
    assert log_megabytes(own) < 6 * MEGABYTES_A_PART


def test_a_reader_who_needs_the_log_keeps_it_long_and_fails_no_writer(own: Database) -> None:
    fill_log(own, parts=1)
    with own.read() as connection:
        connection.execute(text("SELECT count(*) FROM x")).scalar_one()
        fill_log(own, parts=7)
        assert log_megabytes(own) > 6 * MEGABYTES_A_PART
    with own.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM x")).scalar_one() == 8 * PART


def test_many_writers_on_sqlite_lose_nothing_to_one_another(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "q.db"
    file.write_bytes(sqlite_template.read_bytes())
    databases = [Database(f"sqlite:///{file}", SystemClock()) for _ in range(2)]  # two processes' worth
    databases[0].write(add_practice)

    def add(database: Database) -> None:
        for _ in range(20):
            database.write(lambda c: c.execute(text("UPDATE practices SET number = number + 1")))

    before = number(databases[0])
    threads = [threading.Thread(target=add, args=(databases[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number(databases[0]) == before + 80
    for database in databases:
        database.dispose()


def test_a_writer_that_finds_sqlite_busy_tries_again(lite: Database) -> None:
    tries = []

    def work(_connection: object) -> str:
        tries.append(1)
        if len(tries) < 3:
            message = "database is locked"
            busy = sqlite3.OperationalError(message)
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            statement = "UPDATE"
            raise OperationalError(statement, {}, busy)
        return "done"

    assert lite.write(work) == "done"
    lite.dispose()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM practices")).scalar_one())


def number(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT number FROM practices")).scalar_one())
