"""The chore `prune` on both databases: what a practice's `keep` lets go, and what it never touches."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, insert, select

from jobs import store
from jobs.records import attempts, jobs, practices
from jobs.states import State
from scheduler.chores import prune
from scheduler.chores.context import Context
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

KEEP = {"bodies": "2 years", "numbers": "30 days"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, with_keep(KEEP)) as desk:
        desk.visit(start="2026-12-01 10:00", contact="C-1", status="booked")
        desk.send(desk.job("day-before"))
        yield desk


def with_keep(keep: dict[str, str]) -> Rulebook:
    return make_rulebook(steps=(DAY_BEFORE,), practice={"keep": keep})


def pruned(desk: Desk) -> Counter[str]:
    return prune.run(Context(desk.database, lambda _entry: None))


def left(desk: Desk) -> tuple[int, int]:
    """Return how many jobs and attempts are left."""
    with desk.database.read() as connection:
        counts = [connection.execute(select(func.count()).select_from(each)).scalar_one() for each in (jobs, attempts)]
    return counts[0], counts[1]


def test_a_sent_text_is_kept_as_long_as_the_longest_that_keep_says(desk: Desk) -> None:
    desk.later(days=700)
    assert (pruned(desk), left(desk)) == ({}, (1, 1))
    desk.later(days=60)
    assert (pruned(desk)["jobs"], left(desk)) == (1, (0, 0))
    assert pruned(desk) == {}


@pytest.mark.parametrize("keep", [{}, {"bodies": "2 years"}, {"numbers": "30 days"}])
def test_nothing_is_pruned_where_anything_is_kept_for_ever(desk: Desk, keep: dict[str, str]) -> None:
    desk.publish(with_keep(keep))
    desk.later(days=5000)
    assert (pruned(desk), left(desk)) == ({}, (1, 1))


def test_what_waits_is_never_pruned(desk: Desk) -> None:
    desk.set_job(desk.job("day-before"), state=State.HELD.value)
    desk.later(days=5000)
    assert (pruned(desk), left(desk)) == ({}, (1, 1))


def test_another_practice_keeps_its_own_as_long_as_it_says(desk: Desk) -> None:
    row = {"id": "other", "number": 99, "created_at": desk.clock.now()}
    desk.database.write(lambda connection: connection.execute(insert(practices).values(**row)))
    desk.set_job(desk.job("day-before"), practice="other")
    desk.later(days=5000)
    assert (pruned(desk), left(desk)) == ({}, (1, 1))


def test_what_is_pruned_is_gone_for_the_store_too(desk: Desk) -> None:
    job_id = desk.job("day-before").id
    desk.later(days=5000)
    pruned(desk)
    with desk.database.read() as connection:
        assert store.read_jobs(connection, [job_id]) == []
