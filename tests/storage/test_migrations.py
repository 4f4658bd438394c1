"""The migrations make what the records say, down and up again, from both ends."""

import itertools
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.records import metadata
from scheduler import migrations

REVISIONS = ["base", *sorted(file.name[:4] for file in migrations.HERE.glob("versions/0*.py"))]


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """Give an empty database's engine."""
    database = Database(empty_database_url, SystemClock())
    yield database.engine
    database.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        return list(compare_metadata(context, metadata))


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_exactly_the_tables_of_the_records(engine: Engine) -> None:
    migrations.upgrade(engine)
    assert differences(engine) == []


def test_each_revision_goes_up_down_and_up_again(engine: Engine) -> None:
    for before, after in itertools.pairwise(REVISIONS):
        earlier = tables(engine)
        migrations.upgrade(engine, after)
        made = tables(engine)
        assert made > earlier
        migrations.downgrade(engine, before)
        assert tables(engine) == earlier
        migrations.upgrade(engine, after)
        assert tables(engine) == made


def test_a_database_all_the_way_down_is_empty(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.downgrade(engine, "base")
    assert tables(engine) == set()


def test_an_upgrade_of_a_current_database_changes_nothing(engine: Engine) -> None:
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_a_failed_migration_leaves_nothing_half_done(engine: Engine) -> None:
    migrations.upgrade(engine, "0001")
    before = tables(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE texts (id integer)")
    with pytest.raises(Exception, match="texts"):
        migrations.upgrade(engine, "0002")
    assert tables(engine) == before | {"texts"}


def test_a_state_that_nobody_knows_is_refused_by_the_database(engine: Engine) -> None:
    migrations.upgrade(engine)
    checks = inspect(engine).get_check_constraints("jobs")
    assert any("in_doubt" in check["sqltext"] for check in checks)
