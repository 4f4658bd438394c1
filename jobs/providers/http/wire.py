"""The wire to one provider: a request in, its answer out, or whether anything was written. It judges no answer.

Pooled, with time-outs on everything, without retries and redirects: what goes out, goes out once.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

import aiohttp

from jobs.providers.contract import NotWritten

CONNECT_SECONDS: Final = 4.0
KEPT_SECONDS: Final = 5.0
"""How long an idle connection is kept: a request on one that the server has just closed stands in doubt for nothing."""
MOST_BYTES: Final = 4 * 1024 * 1024
LONGEST_WORDS: Final = 300
_REASONS: Final[Mapping[type[Exception], str]] = {
    TimeoutError: "no answer in time",
    aiohttp.ServerDisconnectedError: "the connection was closed without an answer",
    aiohttp.ClientPayloadError: "the answer ends in the middle",
    OSError: "the connection broke",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; its headers hold the credentials and are never shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Not a byte of the request went out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Some of the request went out, and no whole answer came back."""

    reason: str


Reply: TypeAlias = Answer | Unsent | Unanswered | NotWritten


class _DeadlinePassedError(Exception):
    """Its deadline passed just before the write."""


class _Guard:
    """What goes with one request to the moment of its write."""

    def __init__(self, may_write: Callable[[], bool]) -> None:
        self._may_write = may_write
        self.is_writing = False

    def check(self) -> None:
        """Ask whether it may be written, once: aiohttp itself repeats a GET on a connection that was closed."""
        if not self.is_writing and not self._may_write():
            raise _DeadlinePassedError
        self.is_writing = True


class Wire:
    """Connections to one provider, a session for each event loop that asks; `close` closes the running loop's."""

    def __init__(self, timeout: dt.timedelta, secrets: Sequence[str] = ()) -> None:
        """Let a request take `timeout` in all; `secrets` are taken out of everything that `words` returns."""
        self._timeout = aiohttp.ClientTimeout(
            total=timeout.total_seconds(), connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
        )
        self._secrets = tuple(sorted((secret for secret in secrets if secret), key=len, reverse=True))
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()

    async def ask(self, request: Request, may_write: Callable[[], bool] = lambda: True) -> Reply:
        """Write one request and return what came of it; `may_write` is asked right before the first byte."""
        guard = _Guard(may_write)
        try:
            return await self._ask(request, guard)
        except _DeadlinePassedError:
            return NotWritten()
        except (aiohttp.ClientError, OSError, ValueError) as problem:  # TimeoutError is an OSError
            reason = self.words(_reason(problem))
            return Unanswered(reason) if guard.is_writing else Unsent(f"it was not reached: {reason}")

    async def close(self) -> None:
        """Close the running loop's connections; the next request opens new ones."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def words(self, text: str) -> str:
        """Return foreign words fit to be shown and kept: on one line, cut, without a secret of ours."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        line = " ".join(text.split())
        return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"

    async def _ask(self, request: Request, guard: _Guard) -> Reply:
        asking = self._session().request(
            request.method,
            request.url,
            headers={"Accept-Encoding": "identity", **request.headers},
            data=request.body,
            allow_redirects=False,
            trace_request_ctx=guard,
        )
        async with asking as response:
            body = await _read(response)
            if body is None:
                return Unanswered("its answer is too long to be read")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, body.decode("utf-8", "replace"))

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_before_write)
            # No limit of connections: whoever asks bounds what is in flight, and a wait in here would eat the time-out.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS)
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                trace_configs=[trace],
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return session


async def _before_write(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """Check the deadline where aiohttp is about to write the headers, despite the signal's name."""
    guard = context.trace_request_ctx
    if isinstance(guard, _Guard):
        guard.check()


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > MOST_BYTES:
            return None
    return bytes(read)


def _reason(problem: Exception) -> str:
    if isinstance(problem, aiohttp.ClientConnectorDNSError):
        return f"the name {problem.host} leads nowhere"
    if isinstance(problem, aiohttp.ClientConnectorError):
        return f"cannot connect to {problem.host}:{problem.port} ({problem.strerror})"
    named = next((reason for kind, reason in _REASONS.items() if isinstance(problem, kind)), None)
    return named or f"{type(problem).__name__}: {problem}"
