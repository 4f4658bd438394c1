"""The queue: a dramatiq broker and its one actor, made from (broker, deliver) by wiring. The only home of dramatiq.

An entry is up to 50 ids of jobs of one provider; it is a hint that may be lost, for the database is the truth. No
retries, no delays: both are rows (a delayed entry vanishes when Redis reconnects: dramatiq issues 527 and 431).
"""

import logging
import threading
import uuid
from collections import Counter, defaultdict, deque
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
THREADS_A_LANE: Final = 2
"""A worker has so many times the threads that one provider may keep busy: one that hangs leaves half to the others."""

log = logging.getLogger(__name__)

Ids = list[uuid.UUID]


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


class Lanes:
    """How many threads work for each provider, and which entries wait for one of them. Safe for several threads."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._parked: defaultdict[str, deque[Ids]] = defaultdict(deque)
        self.most = 1

    def enter(self, provider: str, ids: Ids) -> Ids | None:
        """Return the entry where its provider may keep one more thread busy; else park it and return None."""
        with self._lock:
            if self._busy[provider] >= self.most:
                self._parked[provider].append(ids)
                return None
            self._busy[provider] += 1
            return ids

    def leave(self, provider: str) -> Ids | None:
        """Return the provider's next parked entry, for the same thread; None: there is none, and the thread is free."""
        with self._lock:
            if self._parked[provider]:
                return self._parked[provider].popleft()
            self._busy[provider] -= 1
            return None


class Queue:
    """Entries in, batches of ids delivered out. Make it before the worker is started.

    A provider that does not answer keeps its own threads waiting, never all: what is too much for it is parked in
    memory, from where those threads fetch it (a process that dies meanwhile loses hints, and no job).
    """

    def __init__(self, broker: Broker, deliver: Callable[[Sequence[uuid.UUID]], object]) -> None:
        """Declare the one actor on the broker; it calls `deliver` on a worker's thread."""
        self._broker = broker
        self._deliver = deliver
        self._lanes = Lanes()
        self._actor = dramatiq.actor(actor_name="deliver", queue_name=QUEUE, broker=broker)(self._work)

    def put(self, ids: Sequence[uuid.UUID], provider: str = "") -> None:
        """Lay one entry of up to 50 ids down; a broker that cannot be reached raises its own error.

        Entries that name no provider share one's threads.
        """
        if len(ids) > LONGEST_ENTRY:
            message = f"an entry holds at most {LONGEST_ENTRY} ids, not {len(ids)}"
            raise ConfigurationError(message)
        self._actor.send([each.hex for each in ids], provider)

    def start_worker(self, threads: int) -> Worker:
        """Start this process's one worker and return it, to be stopped; `threads` are those of one provider."""
        self._lanes.most = threads
        worker = Worker(self._broker, queues={QUEUE}, worker_threads=THREADS_A_LANE * threads)
        worker.start()
        return worker

    def _work(self, ids: list[str], provider: str = "") -> None:
        """Deliver an entry, and then what was parked meanwhile; one that breaks is logged and not tried again."""
        entry = self._lanes.enter(provider, [uuid.UUID(each) for each in ids])
        while entry is not None:
            try:
                self._deliver(entry)
            except Exception:
                log.exception("an entry of %d jobs broke", len(entry))
            entry = self._lanes.leave(provider)
