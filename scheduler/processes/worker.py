"""The worker: one dramatiq worker of some threads in this very process, which supervises nothing.

More workers are more processes: `quietbell worker`, as often as wanted (dramatiq's own command line ends all its
children when one is killed).
"""

import contextlib
from collections.abc import Iterator

from scheduler.wiring import Parts

STOP_MILLISECONDS = 25_000


@contextlib.contextmanager
def working(parts: Parts) -> Iterator[None]:
    """Work entries while the block runs; at its end batches under way finish and entries not begun are dropped.

    A dropped entry loses nothing: its jobs are released by the ticker, or by the next owner of the file.
    """
    worker = parts.queue.start_worker(parts.settings.worker_threads)
    try:
        yield
    finally:
        parts.stopping.set()
        worker.stop(timeout=STOP_MILLISECONDS)
