"""A tiny HTTP server that does what its script says, one step a request, and keeps every byte that it was sent."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs


class Way(StrEnum):
    """How a request ends."""

    ANSWER = "answer"
    HANG = "hang"
    """Read, never answered."""
    RESET = "reset"
    """Read, then the connection is torn down."""
    CLOSE = "close"
    """Read, then closed without a byte."""
    HALF = "half"
    """The head and half the body, then closed."""
    STALL = "stall"
    """The head and half the body, then nothing more."""
    GARBAGE = "garbage"
    """Something that is no HTTP."""
    ENDLESS = "endless"
    """A body without an end."""
    LAST = "last"
    """Answered, and the connection closed afterwards."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the server does with one request."""

    way: Way = Way.ANSWER
    status: int = 200
    body: str = "{}"
    headers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the server read whole."""

    line: str
    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        """The body's fields, of JSON or a form."""
        if self.headers.get("content-type", "").startswith("application/json"):
            read: dict[str, str] = json.loads(self.body)
            return read
        return {name: values[-1] for name, values in parse_qs(self.body, keep_blank_values=True).items()}


@dataclass(slots=True)
class ScriptedServer:
    """Listens on a free port; `steps` are taken in order, the last one again and again."""

    steps: Sequence[Step]
    asked: list[Asked] = field(default_factory=list)
    heard: int = 0
    """Requests of which at least one byte came."""
    url: str = ""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request after request."""
        try:
            while (asked := await self._read(reader)) is not None:
                self.asked.append(asked)
                step = self.steps[min(len(self.asked), len(self.steps)) - 1]
                if not await self._do(step, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        first = await reader.read(1)
        if not first:
            return None
        self.heard += len(first)
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(line, headers, body.decode())

    async def _do(self, step: Step, writer: asyncio.StreamWriter) -> bool:
        """Take one step; return whether the connection goes on."""
        body = step.body.encode()
        match step.way:
            case Way.ANSWER | Way.LAST:
                writer.write(_head(step, len(body)) + body)
                await writer.drain()
                return step.way is Way.ANSWER
            case Way.HALF | Way.STALL:
                writer.write(_head(step, len(body) + 10) + body[: len(body) // 2])
                await writer.drain()
            case Way.GARBAGE:
                writer.write(b"\x00\x01 no HTTP at all\r\n\r\n")
                await writer.drain()
            case Way.ENDLESS:
                writer.write(_head(step, 10**12))
                await self._pour(writer)
            case Way.RESET:
                _tear_down(writer)
            case _:
                pass
        if step.way in {Way.HANG, Way.STALL}:
            await self._ended.wait()
        return False

    async def _pour(self, writer: asyncio.StreamWriter) -> None:
        while not self._ended.is_set():
            writer.write(b" " * 65_536)
            await writer.drain()

    def end(self) -> None:
        """Let go of every connection that hangs."""
        self._ended.set()


@asynccontextmanager
async def serving(*steps: Step) -> AsyncIterator[ScriptedServer]:
    """Serve while the block runs."""
    scripted = ScriptedServer(steps)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        scripted.end()
        server.close()
        await server.wait_closed()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _head(step: Step, length: int) -> bytes:
    lines = [f"HTTP/1.1 {step.status} Said", f"Content-Length: {length}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in step.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _tear_down(writer: asyncio.StreamWriter) -> None:
    """Close with a reset: what lingers for no time at all is torn down."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
