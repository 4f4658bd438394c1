"""How large a body may be and how many calls a key may make: calls come in, 413 and 429 go out, the rest passes.

Rate: one token bucket for each API key (each address, of calls without one), in this process alone; with several
servers behind one address a key has each server's rate. A bucket is known by a hash: no key is kept.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobs.clock import steady_seconds
from scheduler.api.v1.problems import problem

KEYS_KNOWN: Final = 10_000
"""Buckets kept; past that the one used longest ago is forgotten, which is a full one for whom it concerns."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call and one key may ask: bytes of a body (and of a bulk body), calls a second, and how many at once."""

    body_bytes: int = 1024 * 1024
    bulk_bytes: int = 16 * 1024 * 1024
    per_second: float = 100
    at_once: int = 1_000


class Buckets:
    """A token bucket a key: full at first, one token a call, refilled at a steady rate."""

    def __init__(self, per_second: float, at_once: int, seconds: Callable[[], float] = steady_seconds) -> None:
        """Begin with every bucket full; `seconds` is a clock that never jumps."""
        self._per_second = per_second
        self._at_once = at_once
        self._seconds = seconds
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def wait(self, key: bytes) -> float:
        """Take a token and return 0; where none is left return in how many seconds there is one."""
        now = self._seconds()
        left, since = self._left.pop(key, (float(self._at_once), now))
        left = min(self._at_once, left + max(0.0, now - since) * self._per_second)
        is_free = left >= 1
        self._left[key] = (left - is_free, now)
        if len(self._left) > KEYS_KNOWN:
            self._left.popitem(last=False)
        return 0.0 if is_free else (1 - left) / self._per_second


class Limiting:
    """Answers 429 and 413 in the application's place; both as problem+json."""

    def __init__(self, app: ASGIApp, limits: Limits | None = None, seconds: Callable[[], float] | None = None) -> None:
        """Stand before `app`."""
        self._app = app
        self._limits = limits or Limits()
        self._buckets = Buckets(self._limits.per_second, self._limits.at_once, seconds or steady_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call pass, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        wait = self._buckets.wait(_whose(headers, scope))
        most = self._most_bytes(scope["path"])
        length = headers.get(b"content-length", b"0")
        if wait:
            seconds = max(1, math.ceil(wait))
            detail = f"too many calls: {self._limits.per_second:g} a second are allowed; try again in {seconds} s"
            answer = problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(seconds)})
        elif length.isdigit() and int(length[:20]) > most:
            answer = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(most), headers={"Connection": "close"})
        else:
            await self._app(scope, _counted(receive, most), send)
            return
        await answer(scope, receive, send)

    def _most_bytes(self, path: str) -> int:
        return self._limits.bulk_bytes if "/bulk/" in path else self._limits.body_bytes


def too_large(most: int) -> str:
    """Return what is answered to a body of more than `most` bytes."""
    return f"the body is larger than {most:,} bytes: send it in parts"


def _whose(headers: dict[bytes, bytes], scope: Scope) -> bytes:
    """Return the bucket's name: of the key that was given, else of the address."""
    key = headers.get(b"authorization")
    client = scope.get("client")
    name = key if key is not None else str(client[0] if client else "").encode()
    return hashlib.blake2b(name, digest_size=16, person=b"key" if key is not None else b"address").digest()


def _counted(receive: Receive, most: int) -> Receive:
    """Return a `receive` that refuses to read more than `most` bytes, whatever length was announced."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(most), {"Connection": "close"})
        return message

    return counting
