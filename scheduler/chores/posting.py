"""One event to one endpoint over HTTP: signed by Standard Webhooks; what came of it goes out as a value.

It follows no redirect, reads little of an answer, and asks no private address unless that is allowed.
"""

import asyncio
import datetime as dt
import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp
from standardwebhooks import Webhook
from yarl import URL

from jobs.errors import InputError
from jobs.events import SCHEDULE, Taken, check_address
from jobs.public_hosts import GuardedResolver, PrivateAddressError, may_ask

TOTAL_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
MOST_READ: Final = 1_000
LONGEST_SHOWN: Final = 120
LONGEST_WAIT: Final = SCHEDULE[-1]
"""No endpoint is left alone for longer, whatever it asks."""
_MOST_DIGITS: Final = 9
_PRIVATE: Final = "it leads to a private address, which is not asked (QUIETBELL_EVENTS_ALLOW_PRIVATE)"


class Posted(StrEnum):
    """What came of a post."""

    DELIVERED = "delivered"
    """It has the event."""
    REFUSED = "refused"
    """It answered, and not that it has it."""
    SILENT = "silent"
    """It did not answer, or was not asked."""
    GONE = "gone"
    """It wants no more events."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a post, and in words for people; `wait`: so long the endpoint asks to be left alone."""

    posted: Posted
    words: str
    wait: dt.timedelta | None = None


def body_of(taken: Taken) -> str:
    """Return an event as it goes out: the same words at each attempt."""
    whole = {"type": taken.kind, "timestamp": taken.at.isoformat(), "data": taken.payload}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def headers_of(taken: Taken, body: str, now: dt.datetime) -> dict[str, str]:
    """Return the headers that prove who sent a body and when (Standard Webhooks, section "Signature scheme")."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "quietbell",
        "webhook-id": taken.event_id.hex,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(taken.secret).sign(taken.event_id.hex, now, body),
    }


class Poster:
    """Posts events; a context that is entered inside a running loop. `now` is the moment that posts are signed with."""

    def __init__(self, now: dt.datetime, *, may_be_private: bool) -> None:
        """Open nothing yet."""
        self._now = now
        self._may_be_private = may_be_private
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session: fresh connections, no cookies, no proxy of the environment's."""
        resolver = None if self._may_be_private else GuardedResolver(())
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, force_close=True),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # so that a bomb stays packed
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def post(self, taken: Taken) -> Result:
        """Post one event and return what came of it; it raises nothing but cancellation."""
        refusal = self._refusal(taken.url)
        if refusal is not None:
            return Result(Posted.SILENT, refusal)
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._ask(taken)
        except TimeoutError:
            return Result(Posted.SILENT, f"it did not answer within {TOTAL_SECONDS:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Result(Posted.SILENT, _sentence(error))

    def _refusal(self, url: str) -> str | None:
        """Return why an address is not asked as far as its words say; what a name leads to the resolver judges."""
        try:
            check_address(url, may_be_private=self._may_be_private)
        except InputError as error:
            return str(error)
        if not self._may_be_private and not may_ask(URL(url), ()):
            return _PRIVATE
        return None

    async def _ask(self, taken: Taken) -> Result:
        if self._session is None:
            message = "enter the poster first"
            raise ValueError(message)
        body = body_of(taken)
        headers = headers_of(taken, body, self._now)
        async with self._session.post(
            taken.url, data=body.encode(), headers=headers, allow_redirects=False
        ) as response:
            if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                return Result(Posted.DELIVERED, str(response.status))
            read = await response.content.read(MOST_READ)
            shown = " ".join(read.decode("utf-8", "replace").split())[:LONGEST_SHOWN]
            words = f"it answered {response.status}" + (f": {shown}" if shown else "")
            wait = wait_asked(response.status, response.headers.get("Retry-After"), self._now)
            return Result(Posted.GONE if response.status == HTTPStatus.GONE else Posted.REFUSED, words, wait)


def wait_asked(status: int, retry_after: str | None, now: dt.datetime) -> dt.timedelta | None:
    """Return how long a 429 or 503 asks to wait, at most a day; None: it does not say (RFC 9110, section 10.2.3)."""
    if status not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE} or retry_after is None:
        return None
    said = retry_after.strip()
    if said.isascii() and said.isdecimal():
        return min(LONGEST_WAIT, dt.timedelta(seconds=int(said[:_MOST_DIGITS])))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo is not None else until.replace(tzinfo=dt.UTC)
    return min(LONGEST_WAIT, max(dt.timedelta(), until - now))


def _sentence(error: Exception) -> str:
    """Return what went wrong, for people."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _PRIVATE if isinstance(error.os_error, PrivateAddressError) else "the name of its host is not known"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "it cannot be reached"
    return f"its answer cannot be read ({type(error).__name__})"
