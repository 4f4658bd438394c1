"""Fixtures that every test may ask for: private servers, a database of one's own. In CI it makes a skip a failure."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis

from jobs.clock import SystemClock
from jobs.database import Database
from scheduler import migrations
from tests.databases import fresh_database, with_psycopg
from tests.servers import (
    ProgramMissingError,
    Server,
    start_postgres,
    start_redis,
)

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# No deadline: how long an example takes says more of the machine than of the code. CI draws the same examples always.
hypothesis.settings.register_profile("quietbell", deadline=None, derandomize=IN_CI)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=15)  # for `make check`
hypothesis.settings.load_profile("quietbell")

_LONG = frozenset({"walks", "faults", "test_flows.py", "test_every_page.py", "test_v1_contract.py", "test_skips.py"})
_ON_SQLITE_ALONE = frozenset(
    {
        "test_contact_list.py",
        "test_contact_page.py",
        "test_doors.py",
        "test_forms.py",
        "test_identity_provider.py",
        "test_importing.py",
        "test_rules_form.py",
        "test_settings.py",
        "test_time_machine.py",
        "test_v1_doors.py",
        "test_v1_limits.py",
        "test_v1_media.py",
        "test_callbacks_refused.py",
    }
)
"""Doors and pages that only hand on: what they hand on to is tested on both databases in tests/storage."""
_skipped = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no skip seen."""
    config.stash[_skipped] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long ones, which mostly wait, and leave doors out on PostgreSQL whose rooms are tested on both."""
    left_out = [item for item in items if item.path.name in _ON_SQLITE_ALONE and "[postgres" in item.nodeid]
    config.hook.pytest_deselected(items=left_out)
    kept = [item for item in items if item.path.name not in _ON_SQLITE_ALONE or "[postgres" not in item.nodeid]
    # Else, at the end, a worker that has a long one left would be alone with it.
    items[:] = sorted(kept, key=lambda item: not _LONG.intersection(item.path.parts))


class _SkipCounter:
    """Remembers what was skipped, while tests run and while they are collected."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._seen.append(report.nodeid)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start counting skips."""
    session.config.pluginmanager.register(_SkipCounter(session.config.stash[_skipped]), "quietbell-skips")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a run with a skipped test has failed."""
    if (
        IN_CI
        and session.config.stash[_skipped]
        and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say loudly what was skipped."""
    skipped = config.stash[_skipped]
    if not skipped:
        return
    verdict = "IN CI A SKIP IS A FAILURE" if IN_CI else "IN CI THIS WOULD BE A FAILURE"
    terminalreporter.section(f"{len(skipped)} SKIPPED: {verdict}", sep="!", red=IN_CI, yellow=not IN_CI)
    for nodeid in skipped:
        terminalreporter.write_line(nodeid)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a PostgreSQL whose databases tests may make and drop: given by the environment, else private."""
    given = os.environ.get("QUIETBELL_TEST_POSTGRES_URL")
    if given:
        yield with_psycopg(given)
        return
    try:
        server = start_postgres()
    except ProgramMissingError as missing:
        pytest.skip(f"NOT TESTED: {missing}")
    yield from _until_done(server)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database, this test's own."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Give the URL of a Redis database that tests may empty: given by the environment, else a private server's."""
    given = os.environ.get("QUIETBELL_TEST_REDIS_URL")
    if given:
        yield given
        return
    try:
        server = start_redis()
    except ProgramMissingError as missing:
        pytest.skip(f"NOT TESTED: {missing}")
    yield from _until_done(server)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Give the URL of an empty Redis database."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file to copy: to lay the tables for each test takes five times as long."""
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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a migrated database, this test's own: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'q.db')}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database without tables, this test's own: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/q.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


def _migrate(url: str) -> None:
    """Make the tables; close every connection, so that the database can be copied."""
    made = Database(url, SystemClock())
    migrations.upgrade(made.engine)
    made.dispose()


def _until_done(server: Server) -> Iterator[str]:
    try:
        yield server.url
    finally:
        server.stop()
