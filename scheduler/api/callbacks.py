"""`/callbacks/<provider>/…`: delivery reports and inbound texts, each verified by its adapter before it is read.

Adapters and what takes their values come in, a Starlette application's routes go out. Forged is 403, malformed 400, too
large 413, too slow 408, unknown 404; nothing of those changes anything. The address of what is signed is the public
one, whatever balancers made of it. MessageBird's legacy API reports by GET, all others by POST.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from jobs.providers.contract import Callback, CallbackReader, Forged, Inbound, Malformed, Provider, Receipt
from scheduler.api.storable import storable

LARGEST_BODY: Final = 64 * 1024
"""Bytes. A long text with media addresses and every parameter of a provider stays far below."""
SLOWEST_BODY_SECONDS: Final = 15.0
"""How long a body may take to come; no provider waits longer for its answer."""
RECEIPT, INBOUND = "receipt", "inbound"
NOTHING_TO_SAY: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""What Twilio takes for: send no answer. Others look at the status alone."""

log = structlog.get_logger(__name__)

Read: TypeAlias = Receipt | Inbound | Forged | Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Takers:
    """What is done with a verified callback, by a provider's id; each may block and is called on a thread."""

    receipt: Callable[[str, Receipt], object]
    inbound: Callable[[str, Inbound], object]


@dataclass(frozen=True, slots=True)
class CallbackDoor:
    """The routes of all providers that call back. `public_url`: how the world reaches us; None: as a request says."""

    providers: Mapping[str, Provider]
    takers: Takers
    clock: Callable[[], dt.datetime]
    public_url: str | None = None
    slowest_body_seconds: float = SLOWEST_BODY_SECONDS

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/callbacks/{provider}/{what}", self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """Verify, read, and take in one callback."""
        name: str = request.path_params["provider"]
        provider: object = self.providers.get(name)
        what = request.path_params["what"]
        if not isinstance(provider, CallbackReader) or what not in {RECEIPT, INBOUND}:
            return Response(status_code=404)
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        callback = Callback(method=request.method, url=self._address(request), headers=dict(request.headers), body=body)
        read = self._read(provider, what, callback)
        if isinstance(read, Forged | Malformed):
            status = 403 if isinstance(read, Forged) else 400
            log.warning("callback refused", provider=name, what=what, status=status, reason=read.reason)
            return Response(status_code=status)
        await run_in_threadpool(self._take, name, read)
        return Response(NOTHING_TO_SAY, media_type="text/xml") if what == INBOUND else Response(status_code=204)

    def _read(self, provider: CallbackReader, what: str, callback: Callback) -> Read:
        now = self.clock()
        read = provider.receipt(callback, now) if what == RECEIPT else provider.inbound(callback, now)
        return storable(read) if isinstance(read, Receipt | Inbound) else read

    def _take(self, name: str, read: Receipt | Inbound) -> None:
        if isinstance(read, Receipt):
            self.takers.receipt(name, read)
        else:
            self.takers.inbound(name, read)

    def _address(self, request: Request) -> str:
        """Return the address that was asked for, as it was written; made of the bytes of the request line alone."""
        scope = request.scope
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        base = self.public_url or f"{scope['scheme']}://{request.headers.get('host', '')}"
        return f"{base}{path.decode('latin-1')}{'?' if query else ''}{query.decode('latin-1')}"

    async def _body(self, request: Request) -> bytes | Response:
        """Return the body, or the refusal of one that is too large, too slow, or never ends."""
        if _announced(request) > LARGEST_BODY:
            return Response(status_code=413)
        try:
            async with asyncio.timeout(self.slowest_body_seconds):
                body = await _whole_body(request)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408, headers={"connection": "close"})
        return Response(status_code=413) if body is None else body


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0  # noqa: PLR2004 - far beyond


async def _whole_body(request: Request) -> bytes | None:
    """Return the body, or None where it is larger than any callback is; what is too large is not read to its end."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
