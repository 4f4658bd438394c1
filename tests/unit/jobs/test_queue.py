"""Entries reach `deliver`, in memory and over Redis; coroutines run on the worker's loop."""

import socket
import threading
import uuid
from collections.abc import Iterator

import fakeredis
import pytest
import redis
from dramatiq import Broker
from dramatiq.middleware import Middleware

from jobs import queue
from jobs.errors import ConfigurationError


@pytest.fixture(params=["memory", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    made = queue.memory_broker() if request.param == "memory" else queue.redis_broker("", client=fakeredis.FakeRedis())
    yield made
    made.close()


class Deliveries:
    """Remembers what was delivered and lets a test wait for it."""

    def __init__(self, *, answer: bool = False) -> None:
        """Ask the loop for its thread's name at each entry, where `answer`."""
        self.seen: list[list[uuid.UUID]] = []
        self.answers: list[str] = []
        self._ask = answer
        self._done = threading.Event()

    def __call__(self, ids: object) -> None:
        """Take one entry."""
        assert isinstance(ids, list)
        self.seen.append(ids)
        if self._ask:
            self.answers.append(queue.run_coroutine(_thread_name()))
        self._done.set()

    def wait(self) -> None:
        """Wait for the first entry."""
        assert self._done.wait(10)


async def _thread_name() -> str:
    return threading.current_thread().name


def test_an_entry_is_delivered_as_ids(broker: Broker) -> None:
    deliveries = Deliveries()
    entries = queue.Queue(broker, deliveries)
    worker = entries.start_worker(1)
    ids = [uuid.uuid4() for _ in range(50)]
    entries.put(ids)
    deliveries.wait()
    worker.stop()
    assert deliveries.seen == [ids]


def test_requests_run_on_the_workers_loop_and_not_on_its_thread(broker: Broker) -> None:
    deliveries = Deliveries(answer=True)
    entries = queue.Queue(broker, deliveries)
    worker = entries.start_worker(1)
    entries.put([uuid.uuid4()])
    deliveries.wait()
    worker.stop()
    [name] = deliveries.answers
    assert name != threading.current_thread().name


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
    names = [type(each).__name__ for each in broker.middleware]
    assert names == ["AsyncIO"]


def test_what_lives_on_the_loop_comes_after_it() -> None:
    class Pool(Middleware):
        """Opens connections when the loop is there."""

    made = queue.memory_broker(extra=[Pool()])
    assert [type(each).__name__ for each in made.middleware] == ["AsyncIO", "Pool"]


def test_without_a_worker_there_is_no_loop_to_send_on() -> None:
    coroutine = _thread_name()
    with pytest.raises(ConfigurationError, match="no worker runs"):
        queue.run_coroutine(coroutine)
    coroutine.close()


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
