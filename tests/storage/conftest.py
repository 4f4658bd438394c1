"""A migrated database of one's own, on SQLite and on PostgreSQL, with a clock that stands still.

Migrated once a run; each test gets a copy.
"""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler import migrations
from tests.databases import fresh_database
from tests.storage.builders import NOW


@pytest.fixture
def clock() -> SteppingClock:
    """Stand at NOW."""
    return SteppingClock(NOW)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "q.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """Give the name of a migrated PostgreSQL database to copy."""
    with fresh_database(postgres_url) as url:
        _migrate(url)
        yield url.rpartition("/")[2]


@pytest.fixture
def migrated_postgres_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """Give the URL of a migrated PostgreSQL database, this test's own."""
    with fresh_database(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a migrated database, this test's own: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'q.db')}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    return url


@pytest.fixture
def database(migrated_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database that trusts the standing clock."""
    yield from _opened(migrated_url, clock)


@pytest.fixture
def postgres(migrated_postgres_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database on PostgreSQL only: for what only concurrent transactions can show."""
    yield from _opened(migrated_postgres_url, clock)


def _opened(url: str, clock: SteppingClock) -> Iterator[Database]:
    made = Database(url, clock, trust_clock=True)
    try:
        yield made
    finally:
        made.dispose()


def _migrate(url: str) -> None:
    """Make the tables; close every connection, so that the database can be copied."""
    made = Database(url, SteppingClock(NOW))
    migrations.upgrade(made.engine)
    made.dispose()


@pytest.fixture
def logs_kept() -> Iterator[None]:
    """Let a command set logs up as it does, and put them back after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
