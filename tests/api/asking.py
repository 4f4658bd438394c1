"""Asks an ASGI application with bytes of one's own choice, as no well-behaved client would, and hears its status."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.types import ASGIApp

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands on the wire: `path` and `query` encoded, the body in pieces."""

    method: str = "POST"
    path: bytes = b"/callbacks/twilio/receipt"
    query: bytes = b""
    headers: Headers = ()
    pieces: Sequence[bytes] = (b"",)
    leaves: bool = False
    """The client goes away before its body has ended."""


@dataclass(slots=True)
class Answered:
    """What came back, and how much of the body was read for it."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    pieces_read: int = 0


def ask(app: ASGIApp, asked: Asked) -> Answered:
    """Return the answer to a request; what the application raises is raised here."""
    return asyncio.run(_ask(app, asked))


async def _ask(app: ASGIApp, asked: Asked) -> Answered:
    answered = Answered()

    async def receive() -> Mapping[str, Any]:
        number = answered.pieces_read
        if number >= len(asked.pieces):
            return {"type": "http.disconnect"}
        answered.pieces_read += 1
        more = asked.leaves or number + 1 < len(asked.pieces)
        return {"type": "http.request", "body": asked.pieces[number], "more_body": more}

    async def send(said: Mapping[str, Any]) -> None:
        answered.status = said.get("status", answered.status)
        answered.body += said.get("body", b"")

    await app(_scope(asked), receive, send)  # type: ignore[arg-type]  # its dictionaries, as mappings
    return answered


def _scope(asked: Asked) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path.decode("latin-1"),
        "raw_path": asked.path,
        "query_string": asked.query,
        "root_path": "",
        "headers": [(b"host", b"sms.example.org"), *asked.headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
