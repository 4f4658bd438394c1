"""A calm stop: SIGTERM and SIGINT ask for it, whoever waits sees it, a second signal ends at once."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM or SIGINT sets; call it on the main thread. The former ways come back afterwards."""
    wanted = threading.Event()
    former = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def ask(number: int, _frame: FrameType | None) -> None:
        if wanted.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        wanted.set()

    for number in STOP_SIGNALS:
        signal.signal(number, ask)
    try:
        yield wanted
    finally:
        for number, way in former.items():
            signal.signal(number, way)
