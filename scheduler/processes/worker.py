"""The worker: one dramatiq worker of some threads in this very process, which supervises nothing.

More workers are more processes: `quietbell worker`, as often as wanted (dramatiq's own command line ends all its
children when one is killed).
"""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection

from jobs.taking.rooms import declare_provider
from scheduler.wiring import Parts

STOP_MILLISECONDS = 25_000
BATCHES_A_THREAD = 2
"""One that a thread works on, and one that waits for it, so that a thread need not wait for the ticker."""


@contextlib.contextmanager
def working(parts: Parts) -> Iterator[None]:
    """Work entries while the block runs; at its end batches under way finish and entries not begun are dropped.

    A dropped entry loses nothing: its jobs are released by the ticker, or by the next owner of the file.
    """
    parts.database.write(lambda connection: _declare_room(connection, parts))
    worker = parts.queue.start_worker(parts.settings.worker_threads)
    try:
        yield
    finally:
        parts.stopping.set()
        worker.stop(timeout=STOP_MILLISECONDS)


def _declare_room(connection: Connection, parts: Parts) -> None:
    """Write how much each provider may have in flight: half its slots, as many batches as keep the threads busy."""
    for provider in parts.delivery.providers.values():
        in_flight = BATCHES_A_THREAD * parts.settings.worker_threads * provider.capabilities.at_once
        declare_provider(connection, provider.id, slots=2 * in_flight)
