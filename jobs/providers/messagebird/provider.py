"""MessageBird's legacy REST API, announced to end on 2026-12-31: its SDK builds the requests, our wire writes them.

`reference` is the attempt's id, in listings and receipts. There is no key that would make asking again safe.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from messagebird import Client

from jobs.providers.contract import (
    Callback,
    CannotTell,
    Capabilities,
    Forged,
    Found,
    Inbound,
    Listed,
    Listing,
    Malformed,
    Outcome,
    Price,
    Receipt,
    Refused,
    Search,
    SendRequest,
)
from jobs.providers.http.answers import outcome_of_silence, read_object
from jobs.providers.http.wire import Answer, Reply, Request, Wire
from jobs.providers.messagebird.reading import (
    ID,
    inbound_of,
    listed,
    outcome_of,
    price_of,
    receipt_of,
    words_in,
)
from jobs.providers.messagebird.signatures import why_forged
from jobs.providers.setup import Setup

BASE_URL: Final = "https://rest.messagebird.com"
PAGE_SIZE: Final = 100
MOST_PAGES: Final = 25
_NO_KEY: Final = Forged("no signing key is set up: see QUIETBELL_MESSAGEBIRD_SIGNING_KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at MessageBird; its signing key is another than its access key."""

    access_key: str = field(repr=False)
    signing_key: str = field(default="", repr=False)
    base_url: str = BASE_URL


class MessageBirdProvider:
    """One account of the legacy API."""

    id = "messagebird"
    # Not in MessageBird's documents: how soon a listing shows a text. Five minutes are a guess on the safe side.
    capabilities = Capabilities(echoes_reference=True, absent_after=dt.timedelta(minutes=5))

    def __init__(self, account: Account) -> None:
        """Keep the account; nothing is connected to yet."""
        self._account = account
        self._wire = Wire(self.capabilities.timeout, (account.access_key, account.signing_key))

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text once."""
        if not request.body or not request.to_number:
            return Refused("there is nothing to send" if not request.body else "there is no number to send to")
        # The SDK writes into the parameters that it is given.
        originator, recipients, fields = _digits(request.from_number), [_digits(request.to_number)], _fields(request)
        asked = self._built(lambda client: client.message_create(originator, recipients, request.body, fields))
        reply = await self._wire.ask(asked, request.may_write)
        if not isinstance(reply, Answer):
            return outcome_of_silence(reply)
        return outcome_of(reply, self._wire.words(words_in(reply)))

    async def find(self, search: Search) -> Found:
        """Return the texts to a number that were created in a span, from all pages of its listing."""
        texts: list[Listed] = []
        offset = 0
        for _ in range(MOST_PAGES):
            path = f"messages?{_query(search, offset)}"
            page = _page(await self._wire.ask(self._built(lambda client, path=path: client.request(path))))  # type: ignore[misc]  # the SDK ships no types
            if isinstance(page, CannotTell):
                return page
            items, total = page
            texts += items
            offset += len(items)
            if not items or offset >= total:
                within = (each for each in texts if search.since <= each.created_at <= search.until)
                return Listing(tuple(sorted(within, key=lambda each: (each.created_at, each.provider_id))))
        return CannotTell(f"its listing goes on beyond {MOST_PAGES} pages")

    async def price(self, provider_id: str) -> Price:
        """Return what a text cost, as MessageBird knows it by now."""
        if not ID.fullmatch(provider_id):
            return Price(None, None)
        reply = await self._wire.ask(self._built(lambda client: client.message(provider_id)))
        if not isinstance(reply, Answer) or reply.status != HTTPStatus.OK:
            return Price(None, None)
        return price_of(read_object(reply.text))

    def receipt(self, callback: Callback, now: dt.datetime) -> Receipt | Forged | Malformed:
        """Return the delivery report that a callback is."""
        return self._forged(callback, now) or receipt_of(callback)

    def inbound(self, callback: Callback, now: dt.datetime) -> Inbound | Forged | Malformed:
        """Return the text that a callback brings."""
        return self._forged(callback, now) or inbound_of(callback)

    async def close(self) -> None:
        """Close the running loop's connections."""
        await self._wire.close()

    def _forged(self, callback: Callback, now: dt.datetime) -> Forged | None:
        if not self._account.signing_key:
            return _NO_KEY
        reason = why_forged(callback, self._account.signing_key, now)
        return None if reason is None else Forged(reason)

    def _built(self, call: Callable[[Any], object]) -> Request:
        """Return the request that the SDK builds for a call."""
        kept = _Kept()
        call(Client(self._account.access_key, http_client=kept))
        headers = {
            "Accept": "application/json",
            "Authorization": f"AccessKey {self._account.access_key}",
            "Content-Type": "application/json; charset=UTF-8",
        }
        body = json.dumps(kept.params).encode() if kept.params else None
        url = f"{self._account.base_url}/{kept.path}"
        return Request(method=kept.method, url=url, headers=headers, body=body)


class _Kept:
    """What the SDK asks to write a request: it keeps it, and answers nothing, which the SDK takes for an empty body."""

    method, path = "GET", ""

    def __init__(self) -> None:
        self.params: Mapping[str, object] | None = None

    def request(self, path: str, method: str = "GET", params: Mapping[str, object] | None = None) -> None:
        """Keep one request."""
        self.path, self.method, self.params = path, method, params


def make(setup: Setup) -> MessageBirdProvider:
    """Return the account that is set up.

    Raises:
        ConfigurationError: half of it is, or something that is no setting of it.

    """
    setup.only("access_key", "signing_key", "base_url")
    account = Account(
        access_key=setup.need("access_key"),
        signing_key=setup.given.get("signing_key", ""),
        base_url=setup.address("base_url", BASE_URL),
    )
    return MessageBirdProvider(account)


def _fields(request: SendRequest) -> dict[str, object]:
    # Its default, plain, silently replaces what GSM 03.38 has not.
    fields: dict[str, object] = {"reference": str(request.attempt_id), "datacoding": "auto"}
    fields["validity"] = max(1, int(request.valid_for.total_seconds()))
    if request.callback is not None:
        fields["reportUrl"] = request.callback
    return fields


def _query(search: Search, offset: int) -> str:
    fields = {
        "recipient": _digits(search.to_number),
        "direction": "mt",
        "from": _rfc3339(search.since),
        "until": _rfc3339(search.until + dt.timedelta(seconds=1)),
        "limit": PAGE_SIZE,
        "offset": offset,
    }
    return urlencode(fields)


def _page(reply: Reply) -> tuple[list[Listed], int] | CannotTell:
    """Return the texts of one page of a listing, and how many there are in all."""
    if not isinstance(reply, Answer):
        return CannotTell(reply.reason)
    read = read_object(reply.text)
    if reply.status != HTTPStatus.OK or read is None:
        return CannotTell(f"it answered {reply.status} to a listing")
    items, total = read.get("items"), read.get("totalCount")
    if not isinstance(items, list) or not isinstance(total, int):
        return CannotTell("its listing cannot be read")
    texts = [listed(item) for item in items]
    if None in texts:
        return CannotTell("a text of its listing cannot be read")
    return [each for each in texts if each is not None], total


def _digits(number: str) -> str:
    """Return a number as MessageBird writes it, without its plus."""
    return number.removeprefix("+")


def _rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
