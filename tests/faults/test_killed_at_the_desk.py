"""Killed while files come in, rules are published or tables are made: finished or refused as a whole by the next start."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from jobs.database import Database
from jobs.records import import_rows, imports, jobs, occasions
from jobs.states import UNSENT
from scheduler.migrations import is_current
from scheduler.publishing.revisions import current_revision, load_current
from tests.faults.clocks import SharedClock
from tests.faults.orders import COMMIT, IMPORT, PUBLISH, STATEMENT, TELL, Order
from tests.faults.starting import Victims
from tests.faults.stock import DUE_AT, PRACTICE, change_rules, write_many_appointments, write_rules
from tests.faults.worlds import World, sqlite_url, world_over

MANY = 700
FIRST_DAY, LAST_DAY = dt.date(2026, 4, 6), dt.date(2026, 5, 3)
Planned = Counter[tuple[Any, ...]]


def planned(world: World) -> Planned:
    """Return the jobs of the imported appointments, by what they are for."""
    query = (
        select(occasions.c.ref, occasions.c.start, jobs.c.rule, jobs.c.step, jobs.c.due_at, jobs.c.state)
        .outerjoin(jobs, jobs.c.occasion_id == occasions.c.id)
        .where(occasions.c.ref.like("M-%"), occasions.c.gone_at.is_(None))
    )
    with world.database.read() as connection:
        return Counter(tuple(row) for row in connection.execute(query))


def refs(found: Planned) -> set[str]:
    """Return the appointments that are there."""
    return {row[0] for row in found}


def standing_of_imports(world: World) -> list[tuple[str, int]]:
    """Return where each import of appointments stands, with how many rows are left of it; oldest first."""
    left = select(func.count()).where(import_rows.c.import_id == imports.c.id).scalar_subquery()
    with world.database.read() as connection:
        found = connection.execute(
            select(imports.c.state, left).where(imports.c.source.like("many%")).order_by(imports.c.id)
        )
        return [(state, count) for state, count in found]


def import_many(world: World, count: int = MANY, *, complete: bool = False, **changes: object) -> int:
    """Import so many appointments and return how that process ended."""
    file = write_many_appointments(world.folder, count, first_day=FIRST_DAY)
    days = (FIRST_DAY.isoformat(), LAST_DAY.isoformat()) if complete else ()
    return world.start(act=IMPORT, words=("appointments", str(file), *days), **changes).wait()


@pytest.fixture(scope="module")
def whole(laid: Path, tmp_path_factory: pytest.TempPathFactory, victims: Victims) -> Planned:
    """Give what an import that nothing disturbed leaves."""
    with world_over(laid, tmp_path_factory.mktemp("whole") / "here", victims) as world:
        assert import_many(world) == 0
        return planned(world)


@pytest.mark.parametrize("nth", [1, 3, 4])
def test_killed_while_a_file_is_read_nothing_of_it_is_taken(world: World, nth: int) -> None:
    assert import_many(world, at=TELL, nth=nth) < 0
    world.settle()
    assert not planned(world)
    assert [state for state, _ in standing_of_imports(world)] == ["staged"]
    world.clock.jump(dt.timedelta(hours=2))
    world.settle()
    assert not planned(world)
    assert standing_of_imports(world) == [("refused", 0)]


@pytest.mark.parametrize("nth", [5, 6, 8])
def test_killed_while_a_checked_file_is_taken_in_the_next_start_finishes_it(
    world: World, whole: Planned, nth: int
) -> None:
    assert import_many(world, at=TELL, nth=nth) < 0
    taken = len(refs(planned(world)))
    assert taken < MANY
    assert taken == (nth - 5) * 200
    world.settle()
    assert planned(world) == whole
    assert standing_of_imports(world) == [("done", 0)]


@pytest.mark.parametrize("nth", [17, 40, 66])
def test_killed_at_any_statement_of_an_import_it_is_taken_whole_or_not_at_all(
    world: World, whole: Planned, nth: int
) -> None:
    assert import_many(world, at=STATEMENT, nth=nth) < 0
    world.settle()
    assert planned(world) in (Counter(), whole)


@pytest.mark.parametrize("chunks", [0, 1])
def test_killed_while_missing_appointments_are_removed_the_next_start_removes_the_rest(
    world: World, chunks: int
) -> None:
    kept = 250
    assert import_many(world) == 0
    file = write_many_appointments(world.folder, kept, first_day=FIRST_DAY, name="fewer.csv")
    assert file.exists()
    nth = 1 + chunks
    assert import_many(world, kept, complete=True, at=COMMIT, nth=nth) < 0
    assert len(refs(planned(world))) == MANY - 200 * chunks
    world.settle()
    assert refs(planned(world)) == {f"M-{each}" for each in range(1, kept + 1)}
