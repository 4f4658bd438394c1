"""The control door: mishaps, inbound texts and receipts on command, over HTTP or called directly. For tests only."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobs.errors import InputError
from scheduler.carrier.addresses import is_address
from scheduler.carrier.asking import body_of
from scheduler.carrier.dialects import Step
from scheduler.carrier.exchange import Exchange
from scheduler.carrier.inbound import take_in, written_of
from scheduler.carrier.messagebird.checks import read_object
from scheduler.carrier.mishaps import Mishap, mishap_of
from scheduler.carrier.receipts import Receipts
from scheduler.carrier.texts import OUT
from scheduler.carrier.wire import Answer

_KNOWN = frozenset({"mishaps", "clear", "receipts", "receipt_seconds", "inbound_url"})
_MOST_SECONDS = 3600.0
_PROVIDER = "{provider}"


class Control:
    """Commands to one exchange."""

    def __init__(self, exchange: Exchange, receipts: Receipts) -> None:
        """Keep what is commanded."""
        self._exchange = exchange
        self._receipts = receipts

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/control", self._state, methods=["GET"]),
            Route("/control", self._command, methods=["POST"]),
            Route("/control/inbound", self._inbound, methods=["POST"]),
            Route("/control/advance", self._advance, methods=["POST"]),
            Route("/control/accepted", self._accepted, methods=["GET"]),
        ]

    def change(self, said: Mapping[str, Any]) -> list[int]:
        """Obey one command and return the numbers of its mishaps; nothing of it happens where a part cannot be read.

        `mishaps` is a list of them, each with its `kind`; `clear` is true for all, or one's number; `receipts` is auto
        or manual; `receipt_seconds` lie between a text's statuses; `inbound_url` is where inbound texts go, its
        `{provider}` being twilio or messagebird.

        Raises:
            InputError: it cannot be read.

        """
        unknown = set(said) - _KNOWN
        if unknown:
            message = f"control: {', '.join(sorted(unknown))}: not known; there are {', '.join(sorted(_KNOWN))}"
            raise InputError(message)
        commanded = [mishap_of(**_named(each)) for each in _listed(said.get("mishaps", []))]
        seconds = _seconds(said.get("receipt_seconds", self._exchange.receipt_seconds))
        way = said.get("receipts", "manual" if self._exchange.is_manual else "auto")
        if way not in ("auto", "manual"):
            message = "control: receipts is auto or manual"
            raise InputError(message)
        url = said.get("inbound_url")
        if url is not None and not (isinstance(url, str) and is_address(url.replace(_PROVIDER, "any"))):
            message = f"control: inbound_url {url!r} is no address"
            raise InputError(message)
        clear = said.get("clear", False)
        if not isinstance(clear, bool | int):
            message = "control: clear is true, or the number of a mishap"
            raise InputError(message)
        if clear is not False:
            self._exchange.mishaps.clear(clear if type(clear) is int else None)
        self._exchange.receipt_seconds, self._exchange.is_manual = seconds, way == "manual"
        if url is not None:
            self._exchange.inbound_urls.update(
                {each.id: url.replace(_PROVIDER, each.provider) for each in self._exchange.accounts}
            )
        self._exchange.ledger.write("control", said=dict(said))
        return [self.add(mishap) for mishap in commanded]

    def add(self, mishap: Mishap) -> int:
        """Put a mishap in force and return its number."""
        self._exchange.ledger.write("commanded", mishap=asdict(mishap))
        return self._exchange.mishaps.add(mishap)

    def accepted(self) -> list[dict[str, object]]:
        """Return every text that was accepted for sending, the oldest first."""
        texts = (text for text in self._exchange.book.all() if text.direction == OUT)
        return [text.as_row() for text in sorted(texts, key=lambda text: text.created_at)]

    async def inbound(self, said: Mapping[str, Any]) -> tuple[str, int | None]:
        """Have a person write; return the text's id and what the inbound address answered.

        Raises:
            InputError: it cannot be read.

        """
        text, answered = await take_in(self._exchange, self._receipts, written_of(self._exchange, said))
        return text.id, answered

    async def advance(self, said: Mapping[str, Any]) -> int:
        """Bring texts (`id` or `to` say which) to their next status, or to `status` with `code`; count the moved.

        Raises:
            InputError: a status is not text, or a code is no number.

        """
        status, code = said.get("status"), said.get("code")
        if not isinstance(status, str | None) or type(code) not in {int, type(None)}:
            message = "control: status is text, code a number"
            raise InputError(message)
        step = None if status is None else Step(status, code)
        wanted = [
            text
            for text in list(self._exchange.book.all())
            if text.direction == OUT
            and said.get("id", text.batch) == text.batch
            and said.get("to", text.to_number) == text.to_number
        ]
        return sum([await self._receipts.advance(text, step) for text in wanted])

    async def _state(self, request: Request) -> Response:
        del request
        return Answer(
            200,
            {
                "mishaps": self._exchange.mishaps.in_force(),
                "accepted": sum(text.direction == OUT for text in self._exchange.book.all()),
                "receipts": "manual" if self._exchange.is_manual else "auto",
                "receipt_seconds": self._exchange.receipt_seconds,
            },
        ).response()

    async def _command(self, request: Request) -> Response:
        said = await _said(request)
        try:
            return Answer(200, {"mishaps": self.change(said)}).response() if said is not None else _unread()
        except InputError as problem:
            return _refused(problem)

    async def _inbound(self, request: Request) -> Response:
        said = await _said(request)
        try:
            if said is None:
                return _unread()
            made, answered = await self.inbound(said)
        except InputError as problem:
            return _refused(problem)
        return Answer(200, {"id": made, "answered": answered}).response()

    async def _advance(self, request: Request) -> Response:
        said = await _said(request)
        try:
            return _unread() if said is None else Answer(200, {"moved": await self.advance(said)}).response()
        except InputError as problem:
            return _refused(problem)

    async def _accepted(self, request: Request) -> Response:
        del request
        return Answer(200, {"texts": self.accepted()}).response()


def _named(each: object) -> dict[str, Any]:
    return each if isinstance(each, dict) and "kind" in each else {"kind": None}


def _listed(given: object) -> list[object]:
    if not isinstance(given, list):
        message = "control: mishaps is a list"
        raise InputError(message)
    return given


def _seconds(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= _MOST_SECONDS:
        message = "control: receipt_seconds is a number from 0 to 3600"
        raise InputError(message)
    return float(given)


async def _said(request: Request) -> dict[str, Any] | None:
    body = await body_of(request)
    return None if body is None else read_object(body or b"{}")


def _unread() -> Response:
    return Answer(400, {"error": "the body must be a JSON object"}).response()


def _refused(problem: InputError) -> Response:
    return Answer(400, {"error": str(problem)}).response()
