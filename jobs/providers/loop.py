"""The event loop on which requests to providers run, on a thread of its own, with their connections.

Any thread hands it a coroutine and waits: workers for `send`, chores for `find`. It starts with the first one.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from typing import Final, TypeVar

from jobs.errors import QuietbellError
from jobs.providers.contract import Connected, Provider

CLOSING_SECONDS: Final = 5.0

T = TypeVar("T")


class SendingLoop:
    """One loop a process; safe for several threads. Close it when no thread waits for it any more."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def run(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run a coroutine on the loop and wait for it.

        Raises:
            QuietbellError: the loop is closed.

        """
        try:
            loop = self._started()
        except QuietbellError:
            coroutine.close()
            raise
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    def close(self, providers: Iterable[Provider] = ()) -> None:
        """Close what providers keep open on the loop, then end the loop and its thread; a second time does nothing."""
        with self._lock:
            loop, thread, self._is_closed = self._loop, self._thread, True
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        try:
            ending = asyncio.run_coroutine_threadsafe(_end([*providers]), loop)
            ending.result(CLOSING_SECONDS)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._is_closed:
                message = "the program is stopping: nothing is sent any more"
                raise QuietbellError(message)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # A daemon: a program that ends without closing its parts must not hang on it.
                self._thread = threading.Thread(target=self._loop.run_forever, name="sending", daemon=True)
                self._thread.start()
            return self._loop


async def _end(providers: Iterable[Provider]) -> None:
    """Give up what still runs, close connections, and let what the loop itself started finish."""
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for provider in providers:
        if isinstance(provider, Connected):
            await provider.close()
    loop = asyncio.get_running_loop()
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
