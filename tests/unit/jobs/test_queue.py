"""Entries reach `deliver`, in memory and over Redis."""

import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence

import fakeredis
import pytest
import redis
from dramatiq import Broker

from jobs import queue
from jobs.errors import ConfigurationError


@pytest.fixture(params=["memory", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    made = queue.memory_broker() if request.param == "memory" else queue.redis_broker("", client=fakeredis.FakeRedis())
    yield made
    made.close()


class Deliveries:
    """Remembers what was delivered and lets a test wait for it."""

    def __init__(self) -> None:
        """Remember nothing."""
        self.seen: list[list[uuid.UUID]] = []
        self._done = threading.Event()

    def __call__(self, ids: object) -> None:
        """Take one entry."""
        assert isinstance(ids, list)
        self.seen.append(ids)
        self._done.set()

    def wait(self) -> None:
        """Wait for the first entry."""
        assert self._done.wait(10)


def test_an_entry_is_delivered_as_ids(broker: Broker) -> None:
    deliveries = Deliveries()
    entries = queue.Queue(broker, deliveries)
    worker = entries.start_worker(1)
    ids = [uuid.uuid4() for _ in range(50)]
    entries.put(ids)
    deliveries.wait()
    worker.stop()
    assert deliveries.seen == [ids]


def test_a_batch_that_breaks_is_not_tried_again(broker: Broker) -> None:
    calls: list[object] = []
    second = threading.Event()

    def deliver(ids: object) -> None:
        calls.append(ids)
        if len(calls) == 1:
            raise ZeroDivisionError
        second.set()

    entries = queue.Queue(broker, deliver)
    worker = entries.start_worker(1)
    first_ids, second_ids = [uuid.uuid4()], [uuid.uuid4()]
    entries.put(first_ids)
    entries.put(second_ids)
    assert second.wait(10)
    worker.stop()
    assert calls == [first_ids, second_ids]


def test_an_entry_is_never_longer_than_fifty(broker: Broker) -> None:
    entries = queue.Queue(broker, Deliveries())
    with pytest.raises(ConfigurationError, match="at most 50 ids, not 51"):
        entries.put([uuid.uuid4() for _ in range(51)])


def test_a_broker_has_no_retries_and_no_delays(broker: Broker) -> None:
    assert broker.middleware == []


def test_a_redis_that_accepts_and_never_answers_fails_and_is_asked_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = queue.redis_broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.05")
        entries = queue.Queue(made, Deliveries())
        with pytest.raises(redis.exceptions.TimeoutError):
            entries.put([uuid.uuid4()])
        silent.settimeout(0.05)
        silent.accept()[0].close()
        with pytest.raises(TimeoutError):  # nobody came a second time
            silent.accept()
        made.close()


def test_a_redis_is_waited_for_no_longer_than_two_seconds() -> None:
    made = queue.redis_broker("redis://127.0.0.1:1/0")
    given = made.client.connection_pool.connection_kwargs  # type: ignore[attr-defined]  # dramatiq's own
    assert 0 < given["socket_connect_timeout"] <= 2
    assert 0 < given["socket_timeout"] <= 2
    made.close()


class Held:
    """Deliveries of which some hang until they are let go."""

    def __init__(self, hanging: set[uuid.UUID]) -> None:
        """Hang on entries that begin with one of these ids."""
        self._hanging = hanging
        self._let_go = threading.Event()
        self._changed = threading.Condition()
        self.begun: list[uuid.UUID] = []
        self.done: list[uuid.UUID] = []

    def __call__(self, ids: Sequence[uuid.UUID]) -> None:
        """Deliver an entry of one id."""
        [job_id] = ids
        self._note(self.begun, job_id)
        if job_id in self._hanging:
            assert self._let_go.wait(10)
        self._note(self.done, job_id)

    def let_go(self) -> None:
        """Let what hangs go on."""
        self._let_go.set()

    def wait(self, wanted: Callable[[], bool]) -> None:
        """Wait until it is so."""
        with self._changed:
            assert self._changed.wait_for(wanted, 10)

    def _note(self, where: list[uuid.UUID], job_id: uuid.UUID) -> None:
        with self._changed:
            where.append(job_id)
            self._changed.notify_all()


def test_a_provider_that_hangs_leaves_threads_to_the_others(broker: Broker) -> None:
    dead, living = [uuid.uuid4() for _ in range(6)], [uuid.uuid4() for _ in range(3)]
    held = Held(set(dead))
    entries = queue.Queue(broker, held)
    worker = entries.start_worker(2)
    for each in dead:
        entries.put([each], "dead")
    for each in living:
        entries.put([each], "living")
    held.wait(lambda: set(living) <= set(held.done) and len(set(held.begun) - set(living)) == 2)
    assert len(held.begun) == 5
    held.let_go()
    held.wait(lambda: len(held.done) == 9)
    worker.stop()
    assert sorted(held.done) == sorted(dead + living)


def test_a_parked_entry_outlives_one_that_breaks(broker: Broker) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    held = Held({first})

    def deliver(ids: Sequence[uuid.UUID]) -> None:
        held(ids)
        if ids == [first]:
            raise ZeroDivisionError

    entries = queue.Queue(broker, deliver)
    worker = entries.start_worker(1)
    entries.put([first], "slow")
    entries.put([second], "slow")
    other = uuid.uuid4()
    entries.put([other], "quick")
    held.wait(lambda: held.done == [other])
    assert second not in held.begun
    held.let_go()
    held.wait(lambda: second in held.done)
    worker.stop()
