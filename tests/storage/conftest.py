"""A migrated database of one's own, on SQLite and on PostgreSQL, with a clock that stands still.

Migrated once a run; each test gets a copy.
"""

import logging
from collections.abc import Iterator

import pytest
import structlog

from jobs.clock import SteppingClock
from jobs.database import Database
from tests.databases import make_keyring
from tests.storage.builders import NOW


@pytest.fixture
def clock() -> SteppingClock:
    """Stand at NOW."""
    return SteppingClock(NOW)


@pytest.fixture
def database(database_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database that trusts the standing clock."""
    yield from _opened(database_url, clock)


@pytest.fixture
def postgres(migrated_postgres_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database on PostgreSQL only: for what only concurrent transactions can show."""
    yield from _opened(migrated_postgres_url, clock)


def _opened(url: str, clock: SteppingClock) -> Iterator[Database]:
    made = Database(url, clock, trust_clock=True, keyring=make_keyring())
    try:
        yield made
    finally:
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
