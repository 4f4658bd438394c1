"""Moves accepted texts through their statuses and tells of it by signed callbacks, with what befalls them."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final

import aiohttp
import yarl

from scheduler.carrier.dialects import Call, Dialect, Step
from scheduler.carrier.exchange import Exchange, subject_of
from scheduler.carrier.mishaps import RECEIPTS, Kind, Mishap
from scheduler.carrier.texts import Text

ANSWER_SECONDS: Final = 15
"""How long a callback may take (Twilio's limit for a webhook)."""
_MOST_CONNECTIONS: Final = 64
_DONE: Final = frozenset({"delivered", "undelivered", "failed", "canceled", "expired", "delivery_failed", "received"})


class Receipts:
    """Runs the callbacks of one carrier on its loop."""

    def __init__(self, exchange: Exchange, dialects: Mapping[str, Dialect]) -> None:
        """Keep what it needs; nothing is connected to yet."""
        self._exchange = exchange
        self._dialects = dialects
        self._running: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start_all(self, texts: Sequence[Text]) -> None:
        """Let texts live on by themselves."""
        for text in texts:
            self.start(self._life(text))

    async def finish(self, texts: Sequence[Text]) -> None:
        """Return once texts have lived to their end and it was told."""
        await asyncio.gather(*(self._life(text) for text in texts))

    def start(self, life: Coroutine[Any, Any, None]) -> None:
        """Run something beside everything else."""
        running = asyncio.create_task(life)
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def quiet(self) -> None:
        """Return once nothing runs any more."""
        while self._running:
            await asyncio.wait(list(self._running))

    async def advance(self, text: Text, step: Step | None = None) -> bool:
        """Bring a text to its next status, or to the given one, and tell of it; False where it has ended already."""
        if step is None:
            steps = () if text.status in _DONE else self._dialects[text.provider].steps(text, None)
            if not steps:
                return False
            step = steps[0]
        self._exchange.move(text, step.status, step.code, step.reason)
        await self._tell(text, [step], ())
        return True

    async def call(self, text: Text, call: Call, says: str) -> int | None:
        """Make the callback that tells of a status, again where its provider does; return the last answer's status."""
        status: int | None = None
        for again in range(call.retries + 1):
            status, failure = await self._call_once(call)
            self._exchange.ledger.write(
                "callback",
                id=text.id,
                to=call.url,
                says=says,
                attempt=again + 1,
                answered=status,
                failed=failure,
            )
            is_received = status is not None and (status < 400 or not call.retries_answers)  # noqa: PLR2004 - HTTP
            if is_received:
                break
        return status

    async def close(self) -> None:
        """End what runs and close the connections."""
        for running in list(self._running):
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _life(self, text: Text) -> Coroutine[Any, Any, None]:
        """Return the rest of a text's life, to be run; what befalls its receipts is decided now."""
        struck = self._exchange.mishaps.strike(subject_of(text), RECEIPTS - {Kind.EARLY_RECEIPTS})
        return self._live(text, struck)

    async def _live(self, text: Text, struck: Sequence[Mishap]) -> None:
        failing = next((each for each in struck if each.kind is Kind.ERROR_RECEIPT), None)
        kinds = {each.kind for each in struck}
        untold: list[Step] = []
        for step in self._dialects[text.provider].steps(text, failing):
            await asyncio.sleep(self._exchange.receipt_seconds)
            if text.status in _DONE:
                return
            self._exchange.move(text, step.status, step.code, step.reason)
            untold.append(step)
            if Kind.REORDER_RECEIPTS not in kinds:
                await self._tell(text, untold, struck)
                untold = []
        await self._tell(text, untold[::-1], struck)

    async def _tell(self, text: Text, steps: Sequence[Step], struck: Sequence[Mishap]) -> None:
        late = self._exchange.mishaps.seconds_of(struck, Kind.LATE_RECEIPTS, text.key)
        if late and steps:
            # Its own way: what comes after it is not held up.
            self.start(
                self._tell_late(text, steps, [each for each in struck if each.kind is not Kind.LATE_RECEIPTS], late)
            )
            return
        kinds = {each.kind for each in struck}
        for step in steps:
            call = self._dialects[text.provider].receipt(self._exchange, text, step)
            if call is None:
                continue
            if Kind.LOSE_RECEIPTS in kinds:
                self._exchange.ledger.write("callback_lost", id=text.id, to=call.url, says=step.status)
                continue
            for _ in range(2 if Kind.DOUBLE_RECEIPTS in kinds else 1):
                await self.call(text, call, step.status)

    async def _tell_late(self, text: Text, steps: Sequence[Step], struck: Sequence[Mishap], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._tell(text, steps, struck)

    async def _call_once(self, call: Call) -> tuple[int | None, str | None]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            )
        try:
            # As it is written, since the signature is over the address as it is written.
            address = yarl.URL(call.url, encoded=True)
            async with self._session.request(
                call.method, address, data=call.body or None, headers=call.headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status, None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            return None, f"{type(problem).__name__}: {problem}"
