"""Composition root: settings in; clock, database, broker, providers and the ticker's context out."""

import os
import platform
import sys
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jobs.clock import Clock, SystemClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers import PROVIDERS
from jobs.providers.contract import Provider
from jobs.providers.terminal import Sink, TerminalProvider
from jobs.queue import Queue, memory_broker, redis_broker, run_coroutine
from jobs.store import Entry
from scheduler.chores import CHORES
from scheduler.chores.context import Context
from scheduler.settings import Settings

Deliver = Callable[[Sequence[uuid.UUID]], object]


class Closing(Protocol):
    """What is closed when it is no longer needed: the broker."""

    def close(self) -> None:
        """Let go of its connections."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a process is made of. Set `stopping` before the worker is stopped: what was not begun is released."""

    settings: Settings
    clock: Clock
    database: Database
    broker: Closing
    queue: Queue
    delivery: Delivery
    context: Context
    stopping: threading.Event

    def close(self) -> None:
        """Close the broker and the database's connections; ticker and worker are stopped before."""
        self.broker.close()
        self.database.dispose()


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sink: Sink | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> Parts:
    """Return the parts of a process, none started.

    With a `clock` of the caller's its moments count everywhere, on PostgreSQL too. `sink` is where the terminal
    provider prints (by default stdout); `providers` replaces all of them.
    """
    told = clock or SystemClock()
    # Each worker thread and each chore holds one connection at most; the health page needs one.
    size = settings.worker_threads + len(CHORES) + 3
    database = Database(settings.database_url, told, trust_clock=clock is not None, pool_size=size)
    stopping = threading.Event()
    delivery = Delivery(
        database=database,
        providers=make_providers(settings, told, sink) if providers is None else providers,
        run_coroutine=run_coroutine,
        worker=worker_name(),
        stopping=stopping.is_set,
    )
    broker = memory_broker() if settings.redis_url is None else redis_broker(settings.redis_url)
    queue = Queue(broker, delivery.deliver)

    def enqueue(entry: Entry) -> None:
        queue.put(entry.ids)

    context = Context(database, enqueue)
    return Parts(settings, told, database, broker, queue, delivery, context, stopping)


def make_providers(settings: Settings, clock: Clock, sink: Sink | None = None) -> dict[str, Provider]:
    """Return one adapter of each provider there is."""
    return {"terminal": TerminalProvider(sink or print_line, clock, settings.ledger_file)}


def known_providers() -> tuple[str, ...]:
    """Return the names that a sender's `provider` may have."""
    return tuple(sorted(PROVIDERS))


def print_line(line: str) -> None:
    """Print one line to stdout at once: where the terminal provider's texts go."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def worker_name() -> str:
    """Return a name for this process as a worker: machine, process id, and a word that no restart repeats."""
    return f"{platform.node() or 'here'}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
