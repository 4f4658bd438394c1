"""The loop that requests run on: any thread, one loop, closed with what lives on it."""

import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from jobs.errors import QuietbellError
from jobs.providers.contract import Accepted, Capabilities, Outcome, SendRequest
from jobs.providers.loop import SendingLoop


class Keeping:
    """A provider that keeps something open."""

    id = "keeping"
    capabilities = Capabilities()

    def __init__(self) -> None:
        """Keep it open so far."""
        self.closed_on: list[asyncio.AbstractEventLoop] = []

    async def send(self, request: SendRequest) -> Outcome:
        """Accept."""
        return Accepted(str(request.attempt_id))

    async def close(self) -> None:
        """Remember on which loop."""
        self.closed_on.append(asyncio.get_running_loop())


async def running() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def failing() -> None:
    message = "no"
    raise ValueError(message)


def test_every_thread_runs_on_the_same_loop() -> None:
    loop = SendingLoop()
    with ThreadPoolExecutor(4) as threads:
        loops = {*threads.map(lambda _: loop.run(running()), range(20))}
    loop.close()
    assert len(loops) == 1


def test_what_a_coroutine_raises_comes_out_and_the_loop_goes_on() -> None:
    loop = SendingLoop()
    with pytest.raises(ValueError, match="no"):
        loop.run(failing())
    assert loop.run(running()).is_running()
    loop.close()


def test_what_providers_keep_open_is_closed_on_the_loop_itself() -> None:
    loop, provider = SendingLoop(), Keeping()
    used = loop.run(running())
    loop.close([provider])
    assert provider.closed_on == [used]
    assert used.is_closed()


def test_a_closed_loop_runs_nothing_more() -> None:
    loop = SendingLoop()
    loop.close()
    with pytest.raises(QuietbellError, match="stopping"):
        loop.run(running())


def test_closing_twice_or_without_a_start_is_fine_and_leaves_no_thread() -> None:
    loop = SendingLoop()
    loop.run(running())
    loop.close()
    loop.close()
    assert "sending" not in {thread.name for thread in threading.enumerate()}


def test_what_still_runs_when_the_loop_ends_is_given_up() -> None:
    loop, begun = SendingLoop(), threading.Event()

    async def for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(loop.run, for_ever())
        begun.wait(10)
        loop.close()
        with pytest.raises(CancelledError):
            waiting.result(10)
