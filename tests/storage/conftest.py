"""A migrated database of one's own, on SQLite and on PostgreSQL, with a clock that stands still."""

from collections.abc import Iterator

import pytest

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler import migrations
from tests.storage.builders import NOW


@pytest.fixture
def clock() -> SteppingClock:
    """Stand at NOW."""
    return SteppingClock(NOW)


@pytest.fixture
def database(database_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database that trusts the standing clock."""
    yield from migrated(database_url, clock)


@pytest.fixture
def postgres(postgres_database: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database on PostgreSQL only: for what only concurrent transactions can show."""
    yield from migrated(postgres_database, clock)


def migrated(url: str, clock: SteppingClock) -> Iterator[Database]:
    """Make the tables and yield the database; close it afterwards."""
    made = Database(url, clock, trust_clock=True)
    try:
        migrations.upgrade(made.engine)
        yield made
    finally:
        made.dispose()
