"""The victims that stand by, and installations whose texts have just fallen due, on SQLite and on PostgreSQL."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.faults.starting import Victims
from tests.faults.worlds import World, lay_stock, sqlite_url, world_over

MEMORY = Path("/dev/shm")  # noqa: S108 - below it every test has a folder of its own


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """Give what starts victims."""
    started = Victims(tmp_path_factory.mktemp("victims"))
    try:
        yield started
    finally:
        started.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty folder in memory, where there is one: what SIGKILL leaves of a file does not depend on the disk."""
    with tempfile.TemporaryDirectory(prefix="quietbell-faults-", dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with rules and a filled SQLite file, to be copied."""
    made = tmp_path_factory.mktemp("laid")
    lay_stock(made, sqlite_url(made))
    return made


@pytest.fixture
def world(laid: Path, folder: Path, victims: Victims) -> Iterator[World]:
    """Give an installation on SQLite, where one process does everything."""
    with world_over(laid, folder / "here", victims) as made:
        yield made


@pytest.fixture(scope="session")
def laid_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[tuple[Path, str]]:
    """Give a folder with rules and the name of a filled PostgreSQL database, to be copied."""
    made = tmp_path_factory.mktemp("laid-on-postgres")
    with fresh_database(postgres_url) as url:
        lay_stock(made, url)
        yield made, url.rpartition("/")[2]


@pytest.fixture
def wide_world(
    laid_on_postgres: tuple[Path, str], postgres_url: str, redis_url: str, folder: Path, victims: Victims
) -> Iterator[World]:
    """Give an installation on PostgreSQL and Redis, where victims are workers or tickers."""
    laid, template = laid_on_postgres
    with (
        fresh_database(postgres_url, template) as url,
        world_over(laid, folder / "here", victims, url) as made,
    ):
        yield replace(made, order=replace(made.order, redis_url=redis_url, until_settled=False))
