"""What the clock does to jobs: stale entries and leases, poison, a restarted owner, expiry, pruning, settling."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import func, insert, select

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import attempts, jobs, new_id, receipts, timeline
from jobs.states import State
from jobs.store.ticking import DEATHS_ALONE
from scheduler.chores.take_due import take_due
from tests.storage.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    add_occasion,
    add_practice,
    claim,
    enqueue,
    make_job,
    outcome,
    plan,
    put_in,
    read,
)

ADA = store.person("ada")
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def practice(database: Database) -> None:
    """Lay a practice."""
    database.write(add_practice)


def release_stale(database: Database, clock: SteppingClock, after: dt.timedelta) -> list[store.Moved]:
    clock.jump_to(clock.now() + after)
    return database.write(lambda c: store.release_stale(c, now=clock.now()))


def settle(database: Database, job_id: uuid.UUID, finding: store.Finding, now: dt.datetime = NOW) -> None:
    settled = store.Settlement(id=job_id, finding=finding, reason="looked", provider_id="SM9")
    database.write(lambda c: store.settle(c, [settled], by=ADA, now=now))


def cancel(database: Database, job_id: uuid.UUID) -> None:
    pick = store.Pick(id=job_id, reason="the client called")
    database.write(lambda c: store.cancel(c, [pick], by=ADA, now=NOW))


def test_an_entry_that_nobody_took_within_thirty_seconds_is_released_unharmed(
    database: Database, clock: SteppingClock
) -> None:
    [job_id] = plan(database)
    enqueue(database, [job_id])
    assert release_stale(database, clock, 29 * SECOND) == []
    assert release_stale(database, clock, 1 * SECOND)
    job = read(database, job_id)
    assert (job.state, job.deaths, job.queued_at) == (State.SCHEDULED, 0, None)


def test_a_claim_whose_lease_is_over_is_released_under_a_new_fence_and_counted(
    database: Database, clock: SteppingClock
) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    assert release_stale(database, clock, 59 * SECOND) == []
    assert release_stale(database, clock, 1 * SECOND)
    after = read(database, job_id)
    assert (after.state, after.deaths, after.fence, after.worker) == (State.SCHEDULED, 1, job.fence + 1, None)


def test_a_job_whose_worker_died_travels_alone(database: Database, clock: SteppingClock) -> None:
    ids = plan(database, make_job(), make_job(), make_job())
    claim(database, ids[:1])
    release_stale(database, clock, MINUTE)
    entries = database.write(lambda c: take_due(c, now=clock.now()))
    assert sorted(len(entry.ids) for entry in entries) == [1, 2]
    assert (ids[0],) in [entry.ids for entry in entries]


def test_the_third_death_alone_is_poison(database: Database, clock: SteppingClock) -> None:
    [job_id] = plan(database)
    for _ in range(1 + DEATHS_ALONE - 1):
        claim(database, [job_id])
        release_stale(database, clock, MINUTE)
        assert read(database, job_id).state is State.SCHEDULED
    claim(database, [job_id])
    release_stale(database, clock, MINUTE)
    job = read(database, job_id)
    assert job.state is State.FAILED
    assert "poison" in str(job.reason)


def test_a_worker_that_lived_clears_the_count_of_deaths(database: Database, clock: SteppingClock) -> None:
    [job_id] = plan(database)
    claim(database, [job_id])
    release_stale(database, clock, MINUTE)
    [job] = claim(database, [job_id])
    held = store.Withheld(id=job.id, fence=job.fence, state=State.HELD, reason="quiet hours", until=NOW)
    database.write(lambda c: store.withhold(c, [held], now=NOW))
    assert read(database, job_id).deaths == 0


def test_a_sending_job_whose_lease_is_over_is_in_doubt_and_so_is_its_attempt(
    database: Database, clock: SteppingClock
) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    release_stale(database, clock, MINUTE)
    assert read(database, job_id).state is State.IN_DOUBT
    assert outcome(database, intent.attempt_id) == "unknown"


def test_a_restarted_owner_ends_every_hold_at_once(database: Database) -> None:
    expected = {State.QUEUED: State.SCHEDULED, State.CLAIMED: State.SCHEDULED, State.SENDING: State.IN_DOUBT}
    ids = {state: put_in(database, state)[0] for state in State}
    others = {state: read(database, ids[state]) for state in State if state not in expected}
    database.write(lambda c: store.owner_restarted(c, now=NOW))
    assert {state: read(database, ids[state]).state for state in expected} == expected
    assert {state: read(database, ids[state]) for state in others} == others


def test_an_owner_that_dies_of_one_job_again_and_again_ends_it_as_poison(database: Database) -> None:
    [job_id] = plan(database)
    for _ in range(1 + DEATHS_ALONE):
        claim(database, [job_id])
        database.write(lambda c: store.owner_restarted(c, now=NOW))
    assert read(database, job_id).state is State.FAILED


def test_what_is_no_longer_useful_expires_with_what_it_waited_for(database: Database) -> None:
    job_id, _ = put_in(database, State.HELD, useful_until=NOW + HOUR)
    database.write(lambda c: store.expire_useless(c, now=NOW + HOUR))
    job = read(database, job_id)
    assert job.state is State.EXPIRED
    assert job.reason == "no longer useful; it waited while held (a gate said so)"


def test_settling_as_absent_ends_the_attempt_and_retries(database: Database) -> None:
    job_id, intent = put_in(database, State.IN_DOUBT)
    assert intent
    settle(database, job_id, store.Finding.ABSENT)
    assert read(database, job_id).state is State.RETRYING
    assert outcome(database, intent.attempt_id) == "settled_absent"


def test_settling_as_sent_ends_the_attempt_as_accepted(database: Database) -> None:
    job_id, intent = put_in(database, State.IN_DOUBT)
    assert intent
    settle(database, job_id, store.Finding.SENT)
    assert read(database, job_id).state is State.SENT
    with database.read() as connection:
        found = select(attempts.c.outcome, attempts.c.provider_id).where(attempts.c.id == intent.attempt_id)
        assert tuple(connection.execute(found).one()) == ("accepted", "SM9")


def test_settling_to_resend_leaves_the_attempt_unknown(database: Database) -> None:
    job_id, intent = put_in(database, State.IN_DOUBT)
    assert intent
    settle(database, job_id, store.Finding.RESEND)
    assert read(database, job_id).state is State.RETRYING
    assert outcome(database, intent.attempt_id) == "unknown"


def test_settling_what_is_unwanted_cancels_and_what_is_useless_expires(database: Database) -> None:
    unwanted, _ = put_in(database, State.IN_DOUBT)
    useless, _ = put_in(database, State.IN_DOUBT)
    cancel(database, unwanted)
    settle(database, unwanted, store.Finding.ABSENT)
    settle(database, useless, store.Finding.ABSENT, NOW + 2 * DAY)
    assert read(database, unwanted).state is State.CANCELLED
    assert read(database, useless).state is State.EXPIRED


def test_prune_takes_an_old_ended_job_with_all_that_hangs_on_it(database: Database) -> None:
    job_id, intent = put_in(database, State.SENT)
    assert intent
    receipt = {"id": new_id(), "provider": "terminal", "provider_id": "T", "attempt_id": intent.attempt_id}
    database.write(lambda c: c.execute(insert(receipts).values(**receipt, status="delivered", at=NOW)))
    gone = database.write(lambda c: store.prune(c, "northlight", before=NOW + 2 * DAY))
    assert gone == {"jobs": 1, "timeline": 5, "attempts": 1, "receipts": 1, "one_off_keys": 0}
    with database.read() as connection:
        assert store.read_jobs(connection, [job_id]) == []
        for table in (jobs, timeline, attempts, receipts):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_prune_keeps_what_is_young_waits_is_in_doubt_or_could_be_planned_again(database: Database) -> None:
    ahead = database.write(lambda c: add_occasion(c, starts_at=NOW + 30 * DAY))
    past = database.write(lambda c: add_occasion(c, starts_at=NOW))
    waiting, _ = put_in(database, State.SCHEDULED)
    doubtful, _ = put_in(database, State.IN_DOUBT)
    useful, _ = put_in(database, State.SENT, useful_until=NOW + 10 * DAY)
    of_ahead, _ = put_in(database, State.CANCELLED, occasion_id=ahead)
    of_past, _ = put_in(database, State.CANCELLED, occasion_id=past)
    database.write(lambda c: store.prune(c, "northlight", before=NOW))
    with database.read() as connection:
        assert len(store.read_jobs(connection, [waiting, doubtful, useful, of_ahead, of_past])) == 5
    database.write(lambda c: store.prune(c, "northlight", before=NOW + 2 * DAY))
    with database.read() as connection:
        kept = {job.id for job in store.read_jobs(connection, [waiting, doubtful, useful, of_ahead, of_past])}
    assert kept == {waiting, doubtful, useful, of_ahead}
