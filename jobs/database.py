"""The one way to the database: an engine, short reads, repeated writes, the present moment, and a practice's lock.

A URL and a clock come in; SQLAlchemy connections go out. PostgreSQL (psycopg 3) and SQLite behave alike to callers.
Makes no tables and knows no job.
"""

import contextlib
import datetime as dt
import random
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import psycopg
from pydantic_core import from_json
from sqlalchemy import Connection, DateTime, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from jobs.clock import UTC, Clock
from jobs.errors import ConfigurationError, NotFoundError
from jobs.sealing import OPTION, Keyring

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long SQLite waits for another process that writes."""
CACHE_KIBIBYTES = 65_536
"""SQLite's page cache for each connection; its default of 2 MB makes random keys read the file."""
PAGE_BYTES = 8192
"""A new SQLite file's pages: with twice the default, bulk planning writes an eighth less."""
CHECKPOINT_PAGES, MOST_LOG_PAGES = 4_000, 12_000
"""SQLite's log is copied back after about so many pages (32 MB), while others may write; by SQLite itself after the
larger number, while they wait. With few, bulk planning is slow."""
PAGES_A_COMMIT, ROWS_A_PAGE = 4, 4
"""What a transaction writes to the log, about: by measure, a page for four rows in bulk and some for itself."""
MOST_COPIES = 3
"""What others write meanwhile is copied by a further, short go, so that the log may begin anew."""
HAS_UNHEX = (3, 41)
"""The first SQLite that has `unhex` itself (its release log)."""
POSTGRESQL_SETTINGS = "SET random_page_cost = 1.1; SET jit = off"
"""Our statements fetch some rows by key: on solid-state disks that is cheaper than the default of 4 makes it look."""
MOST_TRIES = 8
"""A transaction that lost a deadlock, a serialisation or SQLite's lock is run again, this often in all."""
LONGEST_PAUSE_SECONDS = 1.0
PRACTICE_LOCK_CLASS = 7101
"""First key of our advisory locks, so that they meet nobody else's."""

_READING = "quietbell_reading"
_LOST_TO_OTHERS = frozenset({"40P01", "40001"})
_SQLITE_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_jitter = random.SystemRandom()


class Database:
    """A database by URL: `sqlite:///file` or `postgresql+psycopg://…`.

    `trust_clock=True` makes `clock` the present moment on PostgreSQL too (a stepping clock in tests and the demo).
    Safe to share between threads. SQLite's writers queue behind one lock of this object.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        trust_clock: bool = False,
        pool_size: int = 10,
        keyring: Keyring | None = None,
    ) -> None:
        """Open nothing yet; raise ConfigurationError for a URL of another kind of database.

        `keyring` seals the secrets that are stored; without one there can be none.
        """
        parsed = _with_psycopg(make_url(url))
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._clock = clock
        self._ask_clock = trust_clock or self.is_sqlite
        self._writer = threading.RLock() if self.is_sqlite else contextlib.nullcontext()
        self._copier = threading.Lock()
        self._log_pages = 0
        # Both hide a statement's values from errors: they are names, numbers and words of people.
        engine = _sqlite(parsed) if self.is_sqlite else _postgresql(parsed, pool_size)
        self.engine: Engine = engine if keyring is None else engine.execution_options(**{OPTION: keyring})

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection inside one transaction that writes nothing; it ends with the block."""
        with self.engine.connect() as connection:
            reading = connection.execution_options(**{_READING: True})
            with reading.begin():
                yield reading

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit it; return what it returned.

        `work` runs again, from the start, where it lost a deadlock (40P01), a serialisation (40001) or SQLite's lock
        (SQLITE_BUSY), so it must do nothing that a rollback does not undo. On SQLite it is one `BEGIN IMMEDIATE`.
        """
        for attempt in range(1, MOST_TRIES):
            try:
                return self._write_once(work)
            except (DBAPIError, psycopg.Error) as error:  # the latter from COPY, which SQLAlchemy does not wrap
                if not _was_lost_to_others(error):
                    raise
            _pause(attempt)
        return self._write_once(work)

    def moment(self, connection: Connection) -> dt.datetime:
        """Return the present moment in UTC: PostgreSQL's `clock_timestamp()`, or the clock's where that is trusted."""
        if self._ask_clock:
            return self._clock.now()
        return (
            connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one().astimezone(UTC)
        )

    def dispose(self) -> None:
        """Close every pooled connection; the next use opens new ones."""
        self.engine.dispose()

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._writer, self.engine.begin() as connection:
                rows = _rows_changed(connection)
                done = work(connection)
                self._log_pages += PAGES_A_COMMIT + (_rows_changed(connection) - rows) // ROWS_A_PAGE
        except psycopg.Error as error:  # of COPY
            _cut_values(error)
            raise
        if self.is_sqlite and self._log_pages > CHECKPOINT_PAGES:
            self._copy_log_back()
        return done

    def _copy_log_back(self) -> None:
        """Copy SQLite's log into its file without its lock, as far as no reader needs what stands there.

        What cannot be copied now stays in the log: the transaction that called for it is committed all the same.
        """
        if not self._copier.acquire(blocking=False):
            return
        try:
            self._log_pages = 0
            with contextlib.closing(self.engine.raw_connection()) as raw, contextlib.suppress(sqlite3.Error):
                for _ in range(MOST_COPIES):
                    cursor = raw.cursor()
                    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
                    found = cursor.fetchall()  # busy, pages in the log, pages copied (https://sqlite.org/pragma.html)
                    cursor.close()
                    if all(pages == copied for _, pages, copied in found):
                        break
        finally:
            self._copier.release()


def practice_lock(connection: Connection, practice: str, *, exclusive: bool) -> None:
    """Hold the practice's lock until the transaction ends: exclusive for publish, pause and their like, else shared.

    Advisory on PostgreSQL; nothing on SQLite, where a write transaction is alone anyway. Take it before any other lock.
    Raises NotFoundError where there is no such practice.
    """
    if connection.dialect.name == "sqlite":
        return
    number = connection.execute(text("SELECT number FROM practices WHERE id = :id"), {"id": practice}).scalar()
    if number is None:
        message = f"there is no practice {practice!r}"
        raise NotFoundError(message)
    function = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    connection.execute(text(f"SELECT {function}(:class, :number)"), {"class": PRACTICE_LOCK_CLASS, "number": number})


def _with_psycopg(url: URL) -> URL:
    backend = url.get_backend_name()
    if backend == "sqlite":
        return url
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    message = f"a database of kind {backend!r} is not supported: use sqlite:///FILE or postgresql://…"
    raise ConfigurationError(message)


def _postgresql(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _tune)
    event.listen(engine, "handle_error", _hide_values)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Keep what PostgreSQL tells of a row out of an error, as `hide_parameters` does with a statement's values."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            _cut_values(error)


def _cut_values(error: BaseException) -> None:
    """Leave the first line of what the server said: DETAIL and CONTEXT repeat whole rows of people."""
    if error.args:
        said, *rest = error.args
        error.args = (re.split(r"\n(?:DETAIL|CONTEXT):", str(said), maxsplit=1)[0], *rest)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        hide_parameters=True,
        json_deserializer=from_json,  # a third of the standard library's time, which every occasion takes thrice
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _tune(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set by a statement, not by a start-up option, which poolers in between refuse."""
    connection.execute(POSTGRESQL_SETTINGS).close()
    connection.commit()


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in (
        f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
        f"page_size = {PAGE_BYTES}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KIBIBYTES}",
        f"wal_autocheckpoint = {MOST_LOG_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    if sqlite3.sqlite_version_info < HAS_UNHEX:
        connection.create_function("unhex", 1, _unhex, deterministic=True)


def _rows_changed(connection: Connection) -> int:
    """Return how many rows this connection ever wrote, on SQLite."""
    raw = connection.connection.driver_connection
    return raw.total_changes if isinstance(raw, sqlite3.Connection) else 0


def _unhex(digits: str | None) -> bytes | None:
    return None if digits is None else bytes.fromhex(digits)


def _begin(connection: Connection) -> None:
    """Begin at once as a writer: a deferred transaction that reads and then writes fails whatever the busy time-out."""
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _was_lost_to_others(error: DBAPIError | psycopg.Error) -> bool:
    """Tell whether the database undid the transaction only because of others, so that it may simply run again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in _SQLITE_BUSY_CODES
    return getattr(cause, "sqlstate", None) in _LOST_TO_OTHERS


def _pause(attempt: int) -> None:
    """Wait up to twice as long each time, at random, so that those who met do not meet again."""
    longest = min(LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)
    threading.Event().wait(_jitter.uniform(0, longest))
