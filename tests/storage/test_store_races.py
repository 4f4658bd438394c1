"""What only concurrent transactions show, on PostgreSQL: no job is held twice, and lost transactions run again."""

import functools
import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from jobs import store
from jobs.database import Database, practice_lock
from jobs.states import State
from scheduler.chores.take_due import take_due
from tests.storage.builders import (
    DAY,
    LEASE,
    NOW,
    add_practice,
    enqueue,
    make_job,
    make_sender_terms,
    plan,
    put_in,
    read,
)


@pytest.fixture(autouse=True)
def practice(postgres: Database) -> None:
    """Lay a practice with four senders."""
    terms = [make_sender_terms(id=f"s{number}", number=f"+1514555010{number}") for number in range(4)]
    postgres.write(lambda c: add_practice(c, "northlight", *terms))


def at_once(*works: Callable[[], None]) -> None:
    """Run the works on threads that start together; re-raise what one raised."""
    start = threading.Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        start.wait(timeout=10)
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure


def plan_many(database: Database, count: int) -> list[uuid.UUID]:
    return plan(database, *(make_job(sender=f"s{number % 4}") for number in range(count)))


def _claim(ids: list[uuid.UUID], worker: str, connection: Connection) -> list[store.Job]:
    return store.claim(connection, ids, worker=worker, lease=LEASE, now=NOW)


def test_two_workers_at_once_never_hold_the_same_job(postgres: Database) -> None:
    ids = plan_many(postgres, 200)
    enqueue(postgres, ids)
    held: list[uuid.UUID] = []

    def work(worker: str) -> None:
        for start in range(0, 200, 20):
            piece = ids[start : start + 20]
            jobs = postgres.write(functools.partial(_claim, piece, worker))
            held.extend(job.id for job in jobs)

    at_once(lambda: work("w1"), lambda: work("w2"))
    assert sorted(held) == sorted(ids)


def test_two_takers_at_once_take_no_job_twice(postgres: Database) -> None:
    ids = plan_many(postgres, 400)
    postgres.write(lambda c: c.execute(text("UPDATE providers SET slots = 2000, in_flight = 1000")))
    taken: list[uuid.UUID] = []

    def take() -> None:
        for _ in range(6):
            entries = postgres.write(lambda c: take_due(c, now=NOW))
            taken.extend(job_id for entry in entries for job_id in entry.ids)

    at_once(take, take, take)
    assert len(taken) == len(set(taken))
    assert set(taken) == {job_id for job_id in ids if read(postgres, job_id).state is State.QUEUED}
    assert len(taken) == 400


def test_one_identity_planned_by_two_at_once_becomes_one_job(postgres: Database) -> None:
    identities = [uuid.uuid4() for _ in range(300)]
    planned: list[uuid.UUID] = []

    def work(count: int) -> None:
        planned.extend(plan(postgres, *(make_job(sender="s0", identity=each) for each in identities[:count])))

    at_once(lambda: work(300), lambda: work(300), lambda: work(50))
    assert len(planned) == 300


def test_a_transaction_that_lost_a_deadlock_runs_again(postgres: Database) -> None:
    first, second = plan_many(postgres, 2)
    met = threading.Barrier(2)
    tries: list[str] = []

    def cross(name: str, one: uuid.UUID, other: uuid.UUID) -> None:
        def work(connection: Connection) -> None:
            tries.append(name)
            update = text("UPDATE jobs SET segments = segments + 1 WHERE id = :id")
            connection.execute(update, {"id": one})
            if tries.count(name) == 1:
                met.wait(timeout=10)
            connection.execute(update, {"id": other})

        postgres.write(work)

    at_once(lambda: cross("a", first, second), lambda: cross("b", second, first))
    assert len(tries) == 3
    assert [read(postgres, each).segments for each in (first, second)] == [3, 3]


def test_whoever_publishes_waits_for_intents_under_way_and_intents_do_not_wait_for_one_another(
    postgres: Database,
) -> None:
    order: list[str] = []
    both_hold, published = threading.Barrier(3), threading.Event()

    def intent(connection: Connection) -> None:
        practice_lock(connection, "northlight", exclusive=False)
        both_hold.wait(timeout=10)
        assert not published.wait(timeout=0.2)
        order.append("intent")

    def publish(connection: Connection) -> None:
        practice_lock(connection, "northlight", exclusive=True)
        published.set()
        order.append("published")

    def publish_once_both_hold() -> None:
        both_hold.wait(timeout=10)
        postgres.write(publish)

    at_once(lambda: postgres.write(intent), lambda: postgres.write(intent), publish_once_both_hold)
    assert order == ["intent", "intent", "published"]


def _prune_without_waiting(connection: Connection) -> Counter[str]:
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    return store.prune(connection, "northlight", before=NOW + 2 * DAY)


def test_prune_leaves_what_a_person_is_bringing_back(postgres: Database) -> None:
    job_id, _ = put_in(postgres, State.CANCELLED)
    back = store.Change(id=job_id, useful_until=NOW + 9 * DAY)
    with postgres.engine.begin() as bringing_back:
        store.reopen(bringing_back, [back], by=store.person("ada"), now=NOW)
        gone = postgres.write(_prune_without_waiting)
    assert gone == {}
    assert read(postgres, job_id).state is State.SCHEDULED
