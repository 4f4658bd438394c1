"""Fetches a feed over HTTP(S): an address in, its bytes or why there are none out. Reads no more than it must.

The address is a secret: no sentence, log line or error of this module repeats it.
"""

import datetime as dt
import zlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias

import aiohttp
from yarl import URL

from jobs.public_hosts import GuardedResolver, Host, PrivateAddressError, may_ask, trusted_hosts
from scheduler.intake.calendars.events import MOST_BYTES, Unread
from scheduler.intake.calendars.guard import WEB_PAGE

MOST_REDIRECTS: Final = 5
LONGEST_WAIT: Final = dt.timedelta(days=1)
LONGEST_TAG: Final = 1_000
_CHUNK: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REFUSALS: Final = {
    HTTPStatus.UNAUTHORIZED: "the server refuses it (401): has its address been renewed?",
    HTTPStatus.FORBIDDEN: "the server refuses it (403): has its address been renewed?",
    HTTPStatus.NOT_FOUND: "the server knows no such calendar (404): has its address been renewed?",
    HTTPStatus.GONE: "the server says that the calendar is gone (410)",
}
_GZIP: Final = 16 + zlib.MAX_WBITS
_CUT_SHORT: Final = "the answer ends in the middle"
_PRIVATE: Final = "the server sends us on to a private address, which is not followed"


@dataclass(frozen=True, slots=True)
class Known:
    """What the server said of the calendar as it was last read whole (RFC 9110 sections 8.8.2 and 8.8.3)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer, and what its server said of it."""

    body: bytes
    known: Known


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The calendar is still what was last read."""


Answer: TypeAlias = Fetched | Unchanged | Unread


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take in all, to connect, and between two pieces; how much it may send. Seconds, bytes."""

    total: float = 30
    connect: float = 10
    silence: float = 15
    most_bytes: int = MOST_BYTES


async def fetch(address: str, known: Known = Known(), patience: Patience = Patience()) -> Answer:
    """Return the feed's bytes, or that it is unchanged, or why it could not be read."""
    try:
        return await _ask(URL(address), known, patience)
    except TimeoutError:
        return Unread(f"the server did not answer whole within {patience.total:g} seconds")
    except (aiohttp.ClientError, ValueError) as error:
        return Unread(_sentence(error))


async def _ask(url: URL, known: Known, patience: Patience) -> Answer:
    timeout = aiohttp.ClientTimeout(total=patience.total, sock_connect=patience.connect, sock_read=patience.silence)
    trusted = trusted_hosts(url)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=GuardedResolver(trusted), force_close=True),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # so that a bomb is unpacked no further than is allowed
    ) as session:
        return await _follow(session, url, trusted, (known, patience))


def _sentence(error: Exception) -> str:
    """Return what went wrong, without the words of a library: they may repeat the address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _PRIVATE if isinstance(error.os_error, PrivateAddressError) else "the name of the server is not known"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "the server's certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "the server cannot be reached"
    if isinstance(error, aiohttp.ClientPayloadError):
        return _CUT_SHORT
    return f"the server's answer cannot be read ({type(error).__name__})"


async def _follow(
    session: aiohttp.ClientSession, url: URL, trusted: Collection[Host], asked: tuple[Known, Patience]
) -> Answer:
    known, patience = asked
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(url, headers=_headers(known), allow_redirects=False) as response:
            if response.status not in _REDIRECTS:
                return await _read(response, known, patience)
            target = url.join(URL(response.headers.get("Location", "")))
        if target.scheme not in {"http", "https"} or (url.scheme == "https" and target.scheme == "http"):
            return Unread("the server sends us on to an address without HTTPS, which is not followed")
        if not may_ask(target, trusted):
            return Unread(_PRIVATE)
        url = target
    return Unread(f"the server sends us on more than {MOST_REDIRECTS} times")


def _headers(known: Known) -> dict[str, str]:
    headers = {"Accept": "text/calendar, */*;q=0.5", "Accept-Encoding": "gzip", "User-Agent": "quietbell"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


async def _read(response: aiohttp.ClientResponse, known: Known, patience: Patience) -> Answer:
    if response.status == HTTPStatus.NOT_MODIFIED and known != Known():
        return Unchanged()
    if response.status != HTTPStatus.OK:
        return _refused(response)
    if "html" in response.content_type:
        return Unread(WEB_PAGE)
    body = await _body(response, patience.most_bytes)
    if isinstance(body, Unread):
        return body
    headers = (response.headers.get(name, "")[:LONGEST_TAG] or None for name in ("ETag", "Last-Modified"))
    return Fetched(body, Known(*headers))


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes | Unread:
    body = bytearray()
    try:
        async for piece in _unpacked(response, most):
            body += piece
            if len(body) > most:
                return Unread(f"the server sends more than {most / 2**20:.0f} MB: let it offer less")
    except zlib.error:
        return Unread("the answer is not packed as the server says")
    except EOFError:
        return Unread(_CUT_SHORT)
    return bytes(body)


def _refused(response: aiohttp.ClientResponse) -> Unread:
    sentence = _REFUSALS.get(HTTPStatus(response.status)) if response.status in set(HTTPStatus) else None
    seconds = response.headers.get("Retry-After", "")
    wait = dt.timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < len("100000") + 1 else None
    return Unread(sentence or f"the server answers {response.status}", wait and min(wait, LONGEST_WAIT))


async def _unpacked(response: aiohttp.ClientResponse, most: int) -> AsyncIterator[bytes]:
    """Yield the body, unpacked where it came as gzip, at most a byte more than `most` of each piece.

    Raises:
        EOFError: it came as gzip and ends in the middle.

    """
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    unpacker = zlib.decompressobj(_GZIP) if coding in {"gzip", "x-gzip"} else None
    if unpacker is None and coding not in {"", "identity"}:
        message = f"unknown packing {coding[:20]!r}"
        raise zlib.error(message)
    async for piece in response.content.iter_chunked(_CHUNK):
        yield piece if unpacker is None else unpacker.decompress(piece, most + 1)
    if unpacker is not None and not unpacker.eof:
        raise EOFError
