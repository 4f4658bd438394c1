"""Asks the identity provider over HTTP: an address comes in, a JSON object goes out, bounded in time and size.

It follows no redirect, keeps nothing, and repeats no answer in an error: an answer may hold tokens.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from jobs.errors import QuietbellError
from scheduler.settings import LOOPBACK

SECONDS: Final = 10
MOST_BYTES: Final = 512 * 1024
_OK: Final = 200
_CHUNK: Final = 16_384


class ProviderError(QuietbellError):
    """The identity provider cannot be reached, or answers what cannot be used; the message holds no secret."""


def is_safe(address: str, issuer: str) -> bool:
    """Tell whether an address may be asked: https, or this machine itself where the issuer is on it too."""
    try:
        parts, home = urlsplit(address), urlsplit(issuer)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK and home.hostname in LOOPBACK)


async def ask(
    method: str, address: str, *, headers: Mapping[str, str] | None = None, body: str | None = None
) -> dict[str, object]:
    """Return the JSON object that an address answers with 200.

    Raises:
        ProviderError: it cannot be reached in time, or answers something else.

    """
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    what = urlsplit(address)._replace(query="", fragment="").geturl()
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
            session.request(
                method,
                address,
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
                data=body,
                allow_redirects=False,
            ) as response,
        ):
            if response.status != _OK:
                message = f"{what} answered {response.status}"
                raise ProviderError(message)
            content = await _read(response, what)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        message = f"{what} cannot be reached: {type(error).__name__}"
        raise ProviderError(message) from error
    return _object(content, what)


async def _read(response: aiohttp.ClientResponse, what: str) -> bytes:
    found = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        found += chunk
        if len(found) > MOST_BYTES:
            message = f"{what} answered more than {MOST_BYTES} bytes"
            raise ProviderError(message)
    return bytes(found)


def _object(content: bytes, what: str) -> dict[str, object]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = f"{what} answered no JSON"
        raise ProviderError(message) from error
    if not isinstance(found, dict):
        message = f"{what} answered no JSON object"
        raise ProviderError(message)
    return found
