"""Workers and tickers beside one another on PostgreSQL and Redis: killed, frozen, doubled, bereft of Redis."""

from collections.abc import Iterator

import pytest
import redis

from jobs.queue import Queue, redis_broker
from jobs.states import State, Verb
from jobs.store import Ending, Entry
from scheduler.chores import CHORES, run_chore, take_due
from scheduler.chores.context import Context
from tests.faults.checking import Seen
from tests.faults.orders import FREEZE, STEPS
from tests.faults.starting import Victim, wait_until
from tests.faults.victim import is_settled
from tests.faults.worlds import LEASE_AND_MORE, QUEUED_AND_MORE, World, endings

NOBODY = "redis://127.0.0.1:1/0"


class Ticker:
    """A ticker that the test itself is: its chores run when it says so."""

    def __init__(self, world: World, redis_url: str | None = None) -> None:
        """Put entries into the world's Redis, or another."""
        self._broker = redis_broker(redis_url or str(world.order.redis_url))
        queue = Queue(self._broker, lambda _ids: None)
        self._world = world
        self.entries: list[Entry] = []

        def enqueue(entry: Entry) -> None:
            queue.put(entry.ids, entry.provider)
            self.entries.append(entry)

        self.context = Context(world.database, enqueue)

    def tick(self) -> None:
        """Run every chore once."""
        for chore in CHORES:
            run_chore(chore, self.context)

    def tick_until_settled(self) -> None:
        """Run the chores until nothing that is due waits and nothing is under way; bounded."""

        def settled() -> bool:
            self.tick()
            return is_settled(self._world.database, self._world.clock.now())

        wait_until(settled, lambda: f"all settled: {self._world.look().standings()}")

    def close(self) -> None:
        """Close the broker."""
        self._broker.close()


@pytest.fixture
def ticker(wide_world: World) -> Iterator[Ticker]:
    """Give a ticker of the test's own."""
    made = Ticker(wide_world)
    yield made
    made.close()


def start_worker(world: World, **changes: object) -> Victim:
    """Start a worker beside whatever else runs, and wait until it works."""
    victim = world.start(ticks=False, **changes)
    victim.wait_for_word("running")
    return victim


def start_ticker(world: World) -> Victim:
    """Start a ticker and wait until it ticks."""
    victim = world.start(works=False)
    victim.wait_for_word("running")
    return victim


def freeze_one_and_start_another(world: World, ticker: Ticker, step: str, nth: int) -> tuple[Victim, Victim]:
    """Let one worker freeze in the middle of a batch while another begins to work."""
    frozen = start_worker(world, at=step, nth=nth, signal=FREEZE)
    ticker.tick()
    frozen.wait_for_frost()
    return frozen, start_worker(world)


@pytest.mark.parametrize("step", STEPS)
def test_one_of_two_workers_is_killed_in_the_middle_of_a_batch_and_the_other_finishes(
    wide_world: World, ticker: Ticker, step: str
) -> None:
    dying, _ = freeze_one_and_start_another(wide_world, ticker, step, nth=2 if step == "before_write" else 1)
    dying.kill()
    sending = wide_world.look().of(State.SENDING)
    assert bool(sending) == (step in {"intended", "before_write", "written"})
    wide_world.clock.jump(LEASE_AND_MORE)
    ticker.tick_until_settled()
    after = wide_world.check()
    assert after.of(State.IN_DOUBT) == sending, after.standings()
    assert all("may have gone or not" in after.jobs[each].reason for each in sending)
    assert wide_world.due <= sending | after.of(State.SENT, State.BLOCKED), after.standings()


@pytest.mark.parametrize("step", STEPS)
def test_one_of_two_workers_is_frozen_past_its_lease_and_sends_nothing_when_woken(
    wide_world: World, ticker: Ticker, step: str
) -> None:
    frozen, _ = freeze_one_and_start_another(wide_world, ticker, step, nth=2 if step == "before_write" else 1)
    before = wide_world.look()
    unwritten = before.of(State.SENDING) - before.ledger.keys()
    wide_world.clock.jump(LEASE_AND_MORE)
    ticker.tick_until_settled()
    asleep = wide_world.check()
    frozen.wake()
    wait_until(
        lambda: None not in endings(wide_world.look()).values() and knows_better(wide_world, before),
        lambda: f"what the woken worker has to tell: {wide_world.look().standings()}",
    )
    woken = wide_world.look()
    assert woken.ledger == asleep.ledger, "the woken worker wrote a request"
    assert {endings(woken)[each.id] for job_id in unwritten for each in woken.attempts[job_id]} <= {"not_written"}
    assert woken.of(State.RETRYING) == unwritten, woken.standings()
    ticker.tick_until_settled()
    after = wide_world.check()
    assert wide_world.due <= after.of(State.SENT, State.BLOCKED), after.standings()


def knows_better(world: World, before: Seen) -> bool:
    """Tell whether each attempt that was under way has an ending other than that nobody knows."""
    now = endings(world.look())
    return all(now[each] != Ending.UNKNOWN for each, ending in endings(before).items() if ending is None)


def test_redis_is_emptied_with_entries_in_it_and_nothing_is_lost(wide_world: World, ticker: Ticker) -> None:
    ticker.tick()
    assert wide_world.look().of(State.QUEUED)
    empty(wide_world)
    start_worker(wide_world)
    wide_world.clock.jump(QUEUED_AND_MORE)
    ticker.tick_until_settled()
    all_gone_out_once(wide_world)


def test_redis_is_emptied_under_a_worker_and_nothing_is_lost_or_doubled(wide_world: World, ticker: Ticker) -> None:
    frozen, _ = freeze_one_and_start_another(wide_world, ticker, "gated", nth=1)
    ticker.tick()
    empty(wide_world)
    frozen.wake()
    wait_until(lambda: not wide_world.look().of(State.CLAIMED, State.SENDING), lambda: "the end of its batch")
    wide_world.clock.jump(QUEUED_AND_MORE)
    ticker.tick_until_settled()
    all_gone_out_once(wide_world)


def test_entries_that_redis_cannot_take_are_given_back_at_once(wide_world: World, ticker: Ticker) -> None:
    lost = Ticker(wide_world, NOBODY)
    try:
        with pytest.raises(redis.ConnectionError):
            take_due.run(lost.context)
    finally:
        lost.close()
    seen = wide_world.look()
    given_back = {job_id for job_id, rows in seen.timelines.items() if rows[-1].verb == Verb.RELEASE}
    assert given_back
    assert {seen.jobs[each].reason for each in given_back} == {take_due.REFUSED}
    start_worker(wide_world)
    ticker.tick_until_settled()
    all_gone_out_once(wide_world)


def test_an_entry_that_comes_twice_sends_nothing_twice(wide_world: World, ticker: Ticker) -> None:
    ticker.tick()
    for entry in tuple(ticker.entries):
        ticker.context.enqueue(entry)
    start_worker(wide_world)
    start_worker(wide_world)
    ticker.tick_until_settled()
    all_gone_out_once(wide_world)


def test_several_tickers_and_workers_at_once_take_and_send_each_job_once(wide_world: World) -> None:
    for _ in range(2):
        start_worker(wide_world, threads=2)
    for _ in range(3):
        start_ticker(wide_world)
    wait_until(
        lambda: is_settled(wide_world.database, wide_world.clock.now()),
        lambda: f"all settled: {wide_world.look().standings()}",
    )
    after = all_gone_out_once(wide_world)
    for job_id in wide_world.due:
        verbs = [row.verb for row in after.timelines[job_id]]
        assert verbs.count(Verb.ENQUEUE) == 1, verbs


def empty(world: World) -> None:
    """Take everything out of Redis, as its restart would."""
    with redis.Redis.from_url(str(world.order.redis_url)) as client:
        client.flushall()


def all_gone_out_once(world: World) -> Seen:
    """Check that nothing is in doubt: all that was due is sent, or blocked where the person opted out."""
    after = world.check()
    assert not after.of(State.IN_DOUBT), after.standings()
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()
    assert len(after.of(State.BLOCKED)) == 1, after.standings()
    return after
