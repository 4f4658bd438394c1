"""How a request may end on the wire: an answer, half of one, silence, or a reset. It knows nothing of texts."""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT: Final = "transport"
_STOPPING: Final = "stopping"
# On, for zero seconds: closing drops what is unsent and sends RST instead of FIN (Linux socket(7), SO_LINGER).
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
GARBAGE: Final = b'<html><body>{"sid": "SM'


class WireProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with the connection within a request's reach, so that it can be reset or left hanging."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        """Keep the connection where a response finds it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: a status, a value for JSON (None: nothing), and headers."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, background: BackgroundTask | None = None) -> Response:
        """Return it as a response. Letters beyond ASCII are escaped, so that a lone surrogate cannot break it."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        return Response(content, self.status, dict(self.headers), "application/json", background)


class Reset(Response):
    """Resets the connection without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do it, and wait until the server knows that the connection is gone."""
        del send
        _reset(scope)
        await _gone(receive)


class Hang(Response):
    """Says nothing for as long as the client waits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the client to leave or the carrier to stop."""
        del send
        await _first(_gone(receive), scope["state"][_STOPPING].wait())
        _reset(scope)
        await _gone(receive)


class HalfOpen(Response):
    """Leaves a dead connection standing: nothing is read or written any more, not even that the client has left."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stand until the carrier stops."""
        del send
        transport: asyncio.Transport = scope["state"][_TRANSPORT]
        transport.pause_reading()
        await scope["state"][_STOPPING].wait()
        _reset(scope)
        await _gone(receive)


class Half(Response):
    """Promises a whole answer, writes half of it and closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["state"][_TRANSPORT].close()
        await _gone(receive)


def half_of(answer: Answer) -> Response:
    """Return the first half of an answer."""
    whole = answer.response()
    return Half(bytes(whole.body), whole.status_code, media_type="application/json")


def unreadable() -> Response:
    """Return a success that nobody can read."""
    return Response(GARBAGE, HTTPStatus.CREATED, media_type="application/json")


def wire_state(stopping: asyncio.Event) -> dict[str, Any]:
    """Return what the lifespan must put into every request's state."""
    return {_STOPPING: stopping}


def _reset(scope: Scope) -> None:
    transport: asyncio.Transport = scope["state"][_TRANSPORT]
    connection = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _first(*waits: Any) -> None:  # noqa: ANN401 - coroutines of any kind
    waiting = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
