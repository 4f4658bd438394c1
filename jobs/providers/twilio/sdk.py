"""Twilio's SDK on our wire: it builds the requests, we write them once and keep the whole answer.

Its own asynchronous client has no time-out that works, repeats a POST on a 500 and loses an error's headers.
"""

import base64
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from jobs.providers.http.wire import Answer, Reply, Request, Unsent, Wire


@dataclass(slots=True)
class Exchange:
    """One request on its way through the SDK, and what came of it."""

    may_write: Callable[[], bool]
    reply: Reply | None = None


_CURRENT: ContextVar[Exchange] = ContextVar("exchange")


class _NoAnswerError(TwilioException):  # type: ignore[misc]  # the SDK ships no types
    """There is no answer for the SDK to read."""


class Sdk:
    """The SDK's client for one account, asked one request at a time by each task."""

    def __init__(self, wire: Wire, account_sid: str, auth_token: str, base_url: str) -> None:
        """Make the client; it connects to nothing yet."""
        # A mapping that holds something: an empty one makes it read the machine's environment.
        client = Client(account_sid, auth_token, http_client=_OnOurWire(wire), environment={"TWILIO": "ours"})
        client.edge = client.region = None
        client.api.base_url = base_url
        self._client = client

    @property
    def messages(self) -> Any:  # noqa: ANN401 - the SDK ships no types
        """The resource of the account's texts."""
        return self._client.api.v2010.account.messages

    async def ask(self, call: Callable[[Any], Awaitable[object]], may_write: Callable[[], bool]) -> Reply:
        """Let `call` make one request of the resource and return what came of it, whatever the SDK makes of it."""
        with _exchange(may_write) as exchange:
            # Whatever it raises over an error, a missing or a strange answer: we read the answer ourselves.
            with contextlib.suppress(Exception):
                await call(self.messages)
            return exchange.reply or Unsent("Twilio's SDK made no request of it")


class _OnOurWire(AsyncHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """What the SDK asks to write a request."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._wire = wire

    async def request(  # noqa: PLR0913, PLR0917 - the SDK's signature
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature; the wire has its own
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the SDK's signature
    ) -> Response:
        """Write one request on our wire; an answer goes back to the SDK, anything else ends its call."""
        del timeout, allow_redirects
        exchange = _CURRENT.get()
        asked = Request(
            method=method,
            url=f"{uri}?{urlencode(params, doseq=True)}" if params else uri,
            headers={**(headers or {}), **_basic(auth)},
            body=urlencode(data, doseq=True).encode() if data else None,
        )
        exchange.reply = await self._wire.ask(asked, exchange.may_write)
        if not isinstance(exchange.reply, Answer):
            raise _NoAnswerError
        return Response(exchange.reply.status, exchange.reply.text, exchange.reply.headers)


@contextlib.contextmanager
def _exchange(may_write: Callable[[], bool]) -> Iterator[Exchange]:
    exchange = Exchange(may_write)
    token = _CURRENT.set(exchange)
    try:
        yield exchange
    finally:
        _CURRENT.reset(token)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    encoded = base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}
