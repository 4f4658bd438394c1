"""Fetches what came with a text at Twilio: an address of its media in, the content or why not out. Nothing is kept.

The account's credentials go to the account's own addresses only. Twilio sends on to its store (mms.twiliocdn.com, or
s3-external-1.amazonaws.com: its support article on HTTP basic authentication of media); that hop is made without them.
"""

import asyncio
import datetime as dt
import re
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from jobs.providers.contract import MOST_MEDIA_BYTES, Fetched, Gone, Media, NotFetched, NotTheirs, TooLarge
from jobs.public_hosts import HTTPS_PORT, GuardedResolver, PrivateAddressError, may_ask

MOST_HOPS: Final = 3
CONNECT_SECONDS: Final = 4.0
UNKNOWN_KIND: Final = "application/octet-stream"
_TWILIO: Final = "https://api.twilio.com"
_KIND: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,99}", re.ASCII)
_IDS: Final = "/Messages/[A-Za-z0-9]{1,64}/Media/[A-Za-z0-9]{1,64}"
_ONWARDS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_TOO_LARGE: Final = TooLarge(f"it is larger than {MOST_MEDIA_BYTES // 1024**2} MB, the most that is fetched")
_UNSAFE: Final = NotFetched("Twilio sent us on to an address that is not public or has no TLS, which is not asked")


class MediaStore:
    """The media of one account, at the base URL that it is set up with."""

    def __init__(self, base_url: str, account_sid: str, basic: str, patience: dt.timedelta) -> None:
        """Keep whose it is; `basic` is the account's credentials, encoded, `patience` the longest in all."""
        self._home = URL(base_url).origin()
        self._basic = basic
        self._patience = patience.total_seconds()
        hosts = "|".join(re.escape(each) for each in _hosts(base_url, self._home))
        self._ours = re.compile(f"(?:{hosts})/2010-04-01/Accounts/{re.escape(account_sid)}{_IDS}", re.ASCII)

    async def fetch(self, address: str) -> Fetched:
        """Return what an address leads to, over at most three redirects; it raises nothing."""
        if not self._ours.fullmatch(address):
            return NotTheirs("its address is none of this Twilio account's")
        try:
            async with asyncio.timeout(self._patience), self._session() as session:
                return await self._follow(session, URL(address))
        except TimeoutError:
            return NotFetched(f"it did not come within {self._patience:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            if isinstance(problem, aiohttp.ClientConnectorError) and isinstance(problem.os_error, PrivateAddressError):
                return _UNSAFE
            return NotFetched(f"the connection failed ({type(problem).__name__})")

    async def _follow(self, session: aiohttp.ClientSession, url: URL) -> Fetched:
        headers = {"Authorization": f"Basic {self._basic}"}
        for _ in range(MOST_HOPS + 1):
            if not self._may_ask(url):
                return _UNSAFE
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in _ONWARDS:
                    return await _read(response)
                if "Location" not in response.headers:
                    return NotFetched(f"Twilio answered {response.status} and did not say where to")
                url, headers = url.join(URL(response.headers["Location"])), {}
        return NotFetched(f"Twilio sent us on more than {MOST_HOPS} times")

    def _may_ask(self, url: URL) -> bool:
        """Tell whether a host may be asked by its name; what a name leads to is the resolver's to judge."""
        if url.host is None or url.user is not None:
            return False
        if url.origin() == self._home:
            return True
        return url.scheme == "https" and may_ask(url, ())

    def _session(self) -> aiohttp.ClientSession:
        # Of this fetch alone: it is rare, and no connection of it may serve another host or a text on its way out.
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver({(self._home.host or "", self._home.port or HTTPS_PORT)}), force_close=True
            ),
            timeout=aiohttp.ClientTimeout(total=self._patience, sock_connect=CONNECT_SECONDS),
            headers={"Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )


def _hosts(base_url: str, home: URL) -> set[str]:
    """Return before which paths media of the account lie: its base URL and, for one of Twilio's regions, the API."""
    is_twilios = home.scheme == "https" and (home.host or "").endswith(".twilio.com")
    return {base_url, _TWILIO} if is_twilios else {base_url}


async def _read(response: aiohttp.ClientResponse) -> Fetched:
    if response.status != HTTPStatus.OK:
        return _unfetched(response.status)
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return NotFetched("it came compressed, which was not asked for")
    if (response.content_length or 0) > MOST_MEDIA_BYTES:
        return _TOO_LARGE
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > MOST_MEDIA_BYTES:
            return _TOO_LARGE
    return Media(bytes(read), kind_of(response.headers.get("Content-Type", "")))


def _unfetched(status: int) -> Fetched:
    if status in _GONE:
        return Gone(f"Twilio has it no more (it answered {status})")
    if status in _REFUSED:
        return NotFetched(f"Twilio refused it to this account (it answered {status})")
    return NotFetched(f"Twilio answered {status}")


def kind_of(header: str) -> str:
    """Return the type that a Content-Type header names, without parameters; bytes of no type where it names none."""
    kind = header.partition(";")[0].strip().lower()
    return kind if _KIND.fullmatch(kind) else UNKNOWN_KIND
