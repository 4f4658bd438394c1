"""The queue: a dramatiq broker and its one actor, made from (broker, deliver) by wiring. The only home of dramatiq.

An entry is up to 50 ids of jobs; it is a hint that may be lost, for the database is the truth. No retries, no delays:
both are rows (a delayed entry vanishes when Redis reconnects: dramatiq issues 527 and 431).
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

import dramatiq
import redis
from dramatiq import Broker, Worker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.errors import ConfigurationError

QUEUE: Final = "entries"
LONGEST_ENTRY: Final = 50
CONNECT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 1.5
"""dramatiq asks Redis nothing that blocks: each of its commands is answered at once, or Redis is in trouble."""


def memory_broker() -> Broker:
    """Return a broker that lives in this process's memory."""
    return StubBroker(middleware=[])


def redis_broker(url: str, *, client: Any = None) -> Broker:  # noqa: ANN401 - untyped
    """Return a broker over Redis, at `url` or through a ready client.

    A Redis that does not answer fails within seconds, however it fails: whoever puts an entry gives its jobs back. The
    address may name other time-outs (`?socket_timeout=5`).
    """
    found = _impatient_client(url) if client is None else client
    return RedisBroker(client=found, middleware=[], namespace="quietbell")  # type: ignore[no-untyped-call]  # dramatiq's


def _impatient_client(url: str) -> redis.Redis:
    """Return a client that waits shortly and asks once: an entry is a hint, and the next tick asks again."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class Queue:
    """Entries in, batches of ids delivered out. Make it before the worker is started."""

    def __init__(self, broker: Broker, deliver: Callable[[Sequence[uuid.UUID]], object]) -> None:
        """Declare the one actor on the broker; it calls `deliver` on a worker's thread."""

        def work(ids: list[str]) -> None:
            deliver([uuid.UUID(each) for each in ids])

        self._broker = broker
        self._actor = dramatiq.actor(actor_name="deliver", queue_name=QUEUE, broker=broker)(work)

    def put(self, ids: Sequence[uuid.UUID]) -> None:
        """Lay one entry of up to 50 ids down; a broker that cannot be reached raises its own error."""
        if len(ids) > LONGEST_ENTRY:
            message = f"an entry holds at most {LONGEST_ENTRY} ids, not {len(ids)}"
            raise ConfigurationError(message)
        self._actor.send([each.hex for each in ids])

    def start_worker(self, threads: int) -> Worker:
        """Start this process's one worker and return it, to be stopped."""
        worker = Worker(self._broker, queues={QUEUE}, worker_threads=threads)
        worker.start()
        return worker
