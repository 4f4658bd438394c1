"""One request to send, step by step: who asks, what goes wrong first, what is ordered, accepted, answered.

The same for every provider: its dialect says how.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

from starlette.background import BackgroundTask
from starlette.responses import Response

from scheduler.carrier.accounts import Account
from scheduler.carrier.dialects import Asked, Dialect
from scheduler.carrier.exchange import Exchange, Order
from scheduler.carrier.mishaps import AFTER, BEFORE, Kind, Mishap, On, Subject
from scheduler.carrier.receipts import Receipts
from scheduler.carrier.wire import Answer, HalfOpen, Hang, Reset, half_of, unreadable

Answering: TypeAlias = Callable[[Account], Answer]


class Desk:
    """Where the requests of one provider's customers are answered."""

    def __init__(self, exchange: Exchange, dialect: Dialect, receipts: Receipts) -> None:
        """Keep what a request needs."""
        self._exchange = exchange
        self._dialect = dialect
        self._receipts = receipts

    def account_of(self, asked: Asked) -> Account | Answer:
        """Return who asks, or the refusal."""
        return self._dialect.account_of(self._exchange, asked)

    async def send(self, asked: Asked) -> Response:
        """Answer a request to send."""
        number = self._note(asked)
        account = self.account_of(asked)
        if isinstance(account, Answer):
            return self._answer(number, account)
        order = self._dialect.order_of(self._exchange, account, asked)
        # What it says, but for its callback's address, which may hold an id that is another in each run.
        said = asked.body.decode("utf-8", "replace") if isinstance(order, Answer) else order.body
        subject = self._subject(On.SEND, account, asked, said)
        eligible = BEFORE | {Kind.LATENCY} | (frozenset() if isinstance(order, Answer) else AFTER)
        struck = self._exchange.mishaps.strike(subject, eligible)
        await self._dawdle(struck, subject)
        ending = _ending(struck)
        if ending is not None and ending.kind in BEFORE:
            return self._end(number, ending, self._dialect.failing(ending))
        if isinstance(order, Answer):
            return self._answer(number, order)
        return await self._accept(number, account, order, subject, ending)

    async def read(self, asked: Asked, on: On, answer: Answering) -> Response:
        """Answer a request that reads, or changes what is there already: `answer` says what of an account's."""
        number = self._note(asked)
        account = self.account_of(asked)
        if isinstance(account, Answer):
            return self._answer(number, account)
        subject = self._subject(on, account, asked, f"{asked.method} {asked.path} {asked.query} {asked.body!r}")
        struck = self._exchange.mishaps.strike(subject, BEFORE | AFTER | {Kind.LATENCY})
        await self._dawdle(struck, subject)
        ending = _ending(struck)
        if ending is not None and ending.kind in BEFORE:
            return self._end(number, ending, self._dialect.failing(ending))
        said = self._dialect.failing(ending) if ending and ending.kind is Kind.ERROR_AFTER else answer(account)
        return self._answer(number, said) if ending is None else self._end(number, ending, said)

    async def _accept(
        self, number: int, account: Account, order: Order, subject: Subject, ending: Mishap | None
    ) -> Response:
        texts = self._exchange.accept(account, order, subject.key)
        await self._exchange.ledger.safe()
        said = self._dialect.created(texts)
        is_early = bool(self._exchange.mishaps.strike(subject, {Kind.EARLY_RECEIPTS}))
        if self._exchange.is_manual:
            lives = BackgroundTask(_nothing)
        elif is_early:
            await self._receipts.finish(texts)
            lives = BackgroundTask(_nothing)
        else:
            lives = BackgroundTask(self._receipts.start_all, texts)
        if ending is None:
            return self._answer(number, said, lives)
        await lives()
        return self._end(number, ending, self._dialect.failing(ending) if ending.kind is Kind.ERROR_AFTER else said)

    def _note(self, asked: Asked) -> int:
        return self._exchange.ledger.write(
            "request",
            provider=self._dialect.provider,
            method=asked.method,
            path=asked.path,
            query=asked.query,
            body=asked.body.decode("utf-8", "replace"),
        )

    def _subject(self, on: On, account: Account, asked: Asked, said: str) -> Subject:
        numbers = self._dialect.numbers_of(asked)
        key = self._exchange.mishaps.name(on, f"{account.id} {sorted(numbers)} {said}")
        return Subject(on, account.id, numbers, key)

    async def _dawdle(self, struck: Sequence[Mishap], subject: Subject) -> None:
        seconds = self._exchange.mishaps.seconds_of(struck, Kind.LATENCY, subject.key)
        if seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._exchange.stopping.wait(), seconds)

    def _answer(self, number: int, answer: Answer, background: BackgroundTask | None = None) -> Response:
        self._exchange.ledger.write("answered", request=number, status=answer.status)
        return answer.response(background)

    def _end(self, number: int, mishap: Mishap, said: Answer) -> Response:
        """Return how a request ends that a mishap has struck; `said` is what it is, or would have been, answered."""
        self._exchange.ledger.write("mishap", request=number, kind=mishap.kind)
        match mishap.kind:
            case Kind.REFUSE_THEN_HANG | Kind.ACCEPT_THEN_HANG:
                return Hang()
            case Kind.REFUSE_THEN_RESET | Kind.ACCEPT_THEN_RESET:
                return Reset()
            case Kind.REFUSE_HALF_OPEN | Kind.ACCEPT_HALF_OPEN:
                return HalfOpen()
            case Kind.HALF_ANSWER:
                return half_of(said)
            case Kind.UNREADABLE:
                return unreadable()
            case _:
                return self._answer(number, said)


def _ending(struck: Sequence[Mishap]) -> Mishap | None:
    return next((each for each in struck if each.kind is not Kind.LATENCY), None)


async def _nothing() -> None:
    pass
