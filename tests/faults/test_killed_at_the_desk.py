"""Killed while files come in, rules are published or tables are made: finished or refused whole by the next start."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.records import import_rows, imports, jobs, occasions
from jobs.states import UNSENT, State
from scheduler.migrations import is_current
from scheduler.planning.basis import OCCASIONS_A_SQLITE_TRANSACTION
from scheduler.publishing.revisions import current_revision, load_current
from tests.faults.clocks import SharedClock
from tests.faults.orders import COMMIT, IMPORT, PUBLISH, STATEMENT, TELL, Order
from tests.faults.starting import Victims, wait_until
from tests.faults.stock import DUE_AT, PRACTICE, change_rules, write_many_appointments, write_rules
from tests.faults.worlds import World, sqlite_url, world_over

MANY = 1_000
"""What two transactions do not take in, so that there is an in between."""
LONGER_THAN_A_CLAIM = dt.timedelta(minutes=2)
"""A started process takes an import over when its claim ran out: until then the one that began it may be alive."""
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


@pytest.mark.parametrize("nth", [1, 3])
def test_killed_while_a_file_is_read_nothing_of_it_is_taken(world: World, nth: int) -> None:
    assert import_many(world, at=TELL, nth=nth) < 0
    world.settle()
    assert not planned(world)
    assert [state for state, _ in standing_of_imports(world)] == ["staged"]
    world.clock.jump(dt.timedelta(hours=2))
    world.settle()
    assert not planned(world)
    assert standing_of_imports(world) == [("refused", 0)]


@pytest.mark.parametrize("nth", [4, 5, 6])
def test_killed_while_a_checked_file_is_taken_in_the_next_start_finishes_it(
    world: World, whole: Planned, nth: int
) -> None:
    assert import_many(world, at=TELL, nth=nth) < 0
    taken = len(refs(planned(world)))
    assert taken < MANY
    assert taken == (nth - 4) * OCCASIONS_A_SQLITE_TRANSACTION
    world.clock.jump(LONGER_THAN_A_CLAIM)
    world.settle()
    assert planned(world) == whole
    assert standing_of_imports(world) == [("done", 0)]


@pytest.mark.parametrize("nth", [17, 40, 60])
def test_killed_at_any_statement_of_an_import_it_is_taken_whole_or_not_at_all(
    world: World, whole: Planned, nth: int
) -> None:
    assert import_many(world, at=STATEMENT, nth=nth) < 0
    world.clock.jump(LONGER_THAN_A_CLAIM)
    world.settle()
    assert planned(world) in (Counter(), whole)


def test_killed_while_missing_appointments_are_removed_the_next_start_removes_the_rest(world: World) -> None:
    kept = 250
    assert import_many(world) == 0
    for nth in range(8, 30):  # the commit of a removal is one of these
        assert import_many(world, kept, complete=True, at=COMMIT, nth=nth) < 0, "it was never killed in between"
        if kept < len(refs(planned(world))) < MANY:
            break
    world.clock.jump(LONGER_THAN_A_CLAIM)
    world.settle()
    assert refs(planned(world)) == {f"M-{each}" for each in range(1, kept + 1)}
    assert "applying" not in dict(standing_of_imports(world))


def not_in_line(world: World) -> int:
    """Return how many jobs that wait were planned by other rules than those in force."""
    with world.database.read() as connection:
        hashes = load_current(connection, PRACTICE).terms.plan_hashes
        waiting = select(jobs.c.rule, jobs.c.step, jobs.c.plan_hash).where(jobs.c.state.in_([*map(str, UNSENT)]))
        return sum(hashes.get(f"{rule}/{step}") != plan_hash for rule, step, plan_hash in connection.execute(waiting))


def in_force(world: World) -> str | None:
    """Return the revision in force."""
    with world.database.read() as connection:
        return current_revision(connection, PRACTICE)


def publish_a_change(world: World, **changes: object) -> int:
    """Let the day-before reminders go an hour later, publish that, and return how that process ended."""
    change_rules(world.folder, "appointments.yaml", 'at: "16:00"', 'at: "17:00"')
    return world.start(act=PUBLISH, **changes).wait()


@pytest.mark.parametrize(("at", "nth"), [(STATEMENT, 10), (STATEMENT, 20), (COMMIT, 2)])
def test_killed_before_a_publish_is_committed_the_old_rules_stay(world: World, at: str, nth: int) -> None:
    before = in_force(world)
    assert publish_a_change(world, at=at, nth=nth) < 0
    assert in_force(world) == before
    assert not not_in_line(world)
    after = world.settle()
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()


@pytest.mark.parametrize("nth", [1, 4])
def test_killed_while_jobs_are_planned_anew_the_next_start_plans_the_rest(world: World, nth: int) -> None:
    before = in_force(world)
    assert import_many(world) == 0
    assert publish_a_change(world, at=TELL, nth=nth) < 0
    assert in_force(world) != before
    assert not_in_line(world), "it was killed too late to matter"
    again = world.start(until_settled=False)
    wait_until(lambda: not not_in_line(world), lambda: f"{not_in_line(world)} jobs in line:\n{again.said()[-2000:]}")
    again.kill()
    after = world.settle()
    assert not not_in_line(world)
    assert world.due <= after.of(State.SENT, State.BLOCKED, State.SCHEDULED, State.IN_DOUBT), after.standings()


@pytest.fixture
def bare(folder: Path, victims: Victims) -> Iterator[Order]:
    """Give an installation with rules but no database yet."""
    write_rules(folder)
    SharedClock.begin(folder / "clock", DUE_AT).close()
    yield Order(folder=str(folder), database_url=sqlite_url(folder))
    victims.end()


def test_killed_while_tables_are_made_and_rules_published_the_next_start_works(bare: Order, victims: Victims) -> None:
    for nth in (1, 2, 5, 20, 40, 60):
        victims.start(replace(bare, at=STATEMENT, nth=nth)).wait_for_death()
    for nth in (1, 2):
        victims.start(replace(bare, at=COMMIT, nth=nth)).wait_for_death()
    victim = victims.start(bare)
    assert victim.wait() == 0, victim.said()
    database = Database(bare.database_url, SystemClock())
    try:
        assert is_current(database.engine)
        with database.read() as connection:
            assert current_revision(connection, PRACTICE) is not None
    finally:
        database.dispose()
