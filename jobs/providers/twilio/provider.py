"""Twilio Programmable Messaging: texts out through its SDK, listings, prices, receipts, inbound texts and media in.

It also speaks to whatever speaks Twilio's API at another base URL (a stand-in, Bird's compatible endpoint).
"""

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from jobs.providers.contract import (
    Callback,
    CannotTell,
    Capabilities,
    Fetched,
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
from jobs.providers.http.answers import is_success, outcome_of_silence, read_object, text_at
from jobs.providers.http.wire import Answer, Reply, Wire
from jobs.providers.setup import Setup
from jobs.providers.twilio.media import MediaStore
from jobs.providers.twilio.reading import (
    ID,
    inbound_of,
    is_outbound,
    listed,
    outcome_of,
    price_of,
    receipt_of,
    words_in,
)
from jobs.providers.twilio.sdk import Sdk
from jobs.providers.twilio.signatures import is_signed

BASE_URL: Final = "https://api.twilio.com"
KEEP_RETRYING: Final = "#rc=3&rp=all"
"""Has Twilio repeat a callback three times whatever went wrong; without it, once and only if it could not connect."""
LONGEST_VALIDITY: Final = dt.timedelta(seconds=36_000)
PAGE_SIZE: Final = 200
MOST_PAGES: Final = 25
MEDIA_PATIENCE: Final = 3
"""How many times as long as a request may a picture take, redirects and all."""
_SERVICE: Final = re.compile(r"MG[0-9a-fA-F]{32}")
_FORGED: Final = Forged("its signature is missing or wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at Twilio; `former_token` still verifies callbacks while a token is being replaced.

    `redacts`: the words of a text are to be deleted there once it has ended.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    former_token: str = field(default="", repr=False)
    base_url: str = BASE_URL
    redacts: bool = False


class TwilioProvider:
    """One account. A sender's number is a number, or the id of a Messaging Service (MG…), which picks one."""

    id = "twilio"
    # Not in Twilio's documents: how soon a listing shows a text. Five minutes are a guess on the safe side.
    capabilities = Capabilities(absent_after=dt.timedelta(minutes=5), answers_stop=True)

    def __init__(self, account: Account) -> None:
        """Keep the account; nothing is connected to yet."""
        basic = base64.b64encode(f"{account.account_sid}:{account.auth_token}".encode()).decode()
        self._wire = Wire(self.capabilities.timeout, (basic, account.auth_token, account.former_token))
        self._sdk = Sdk(self._wire, account.account_sid, account.auth_token, account.base_url)
        self._media = MediaStore(
            account.base_url, account.account_sid, basic, MEDIA_PATIENCE * self.capabilities.timeout
        )
        self._base_url = account.base_url
        self._tokens = (account.auth_token, account.former_token)
        self.redacts = account.redacts

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text once; Twilio has no key that would make asking again safe."""
        if not request.body or not request.to_number:
            return Refused("there is nothing to send" if not request.body else "there is no number to send to")
        fields = request_fields(request)
        reply = await self._sdk.ask(lambda messages: messages.create_async(**fields), request.may_write)
        if not isinstance(reply, Answer):
            return outcome_of_silence(reply)
        return outcome_of(reply, self._wire.words(words_in(reply)))

    async def find(self, search: Search) -> Found:
        """Return the texts to a number that were created in a span.

        Read newest first, page by page, until a whole page is older. Not narrowed by DateSent: a queued text has none.
        """
        texts: list[Listed] = []
        asking = self._first_page(search.to_number)
        for _ in range(MOST_PAGES):
            page = _page(await self._sdk.ask(asking, _always))
            if isinstance(page, CannotTell):
                return page
            items, then = page
            texts += items
            if then is None or (items and all(each.created_at < search.since for each in items)):
                within = (each for each in texts if search.since <= each.created_at <= search.until)
                return Listing(tuple(sorted(within, key=lambda each: (each.created_at, each.provider_id))))
            asking = self._next_page(then)
        return CannotTell(f"its listing goes on beyond {MOST_PAGES} pages")

    async def price(self, provider_id: str) -> Price:
        """Return what a text cost, as Twilio knows it by now."""
        if not ID.fullmatch(provider_id):
            return Price(None, None)
        reply = await self._sdk.ask(lambda messages: messages(provider_id).fetch_async(), _always)
        known = isinstance(reply, Answer) and reply.status == HTTPStatus.OK
        return price_of(read_object(reply.text)) if known and isinstance(reply, Answer) else Price(None, None)

    async def redact(self, provider_id: str) -> bool:
        """Ask for the words of a text to be deleted, which Twilio does to one that has ended."""
        if not ID.fullmatch(provider_id):
            return False
        reply = await self._sdk.ask(lambda messages: messages(provider_id).update_async(body=""), _always)
        return isinstance(reply, Answer) and is_success(reply.status)

    async def media(self, address: str) -> Fetched:
        """Return what came with a text, from the account's own addresses and where Twilio sends on from there."""
        return await self._media.fetch(address)

    def receipt(self, callback: Callback, now: dt.datetime) -> Receipt | Forged | Malformed:
        """Return the delivery report that a callback is; Twilio signs no moment, so `now` decides nothing."""
        del now
        return receipt_of(callback) if is_signed(callback, self._tokens) else _FORGED

    def inbound(self, callback: Callback, now: dt.datetime) -> Inbound | Forged | Malformed:
        """Return the text that a callback brings."""
        del now
        return inbound_of(callback) if is_signed(callback, self._tokens) else _FORGED

    async def close(self) -> None:
        """Close the running loop's connections."""
        await self._wire.close()

    def _first_page(self, to_number: str) -> Callable[[Any], Any]:
        return lambda messages: messages.page_async(to=to_number, page_size=PAGE_SIZE)

    def _next_page(self, uri: str) -> Callable[[Any], Any]:
        return lambda messages: messages.get_page_async(f"{self._base_url}{uri}")


def make(setup: Setup) -> TwilioProvider:
    """Return the account that is set up.

    Raises:
        ConfigurationError: half of it is, or something that is no setting of it.

    """
    setup.only("account_sid", "auth_token", "former_auth_token", "base_url", "redact")
    account = Account(
        account_sid=setup.need("account_sid"),
        auth_token=setup.need("auth_token"),
        former_token=setup.given.get("former_auth_token", ""),
        base_url=setup.address("base_url", BASE_URL),
        redacts=setup.choice("redact"),
    )
    return TwilioProvider(account)


def request_fields(request: SendRequest) -> dict[str, object]:
    """Return what the SDK is told of a text."""
    is_service = _SERVICE.fullmatch(request.from_number) is not None
    fields: dict[str, object] = {
        "to": request.to_number,
        "messaging_service_sid" if is_service else "from_": request.from_number,
        "body": request.body,
        "validity_period": max(1, int(min(request.valid_for, LONGEST_VALIDITY).total_seconds())),
    }
    if request.callback is not None:
        fields["status_callback"] = request.callback + KEEP_RETRYING
    return fields


def _page(reply: Reply) -> tuple[list[Listed], str | None] | CannotTell:
    """Return what went out of one page of a listing, and where the next one is, on the same host."""
    if not isinstance(reply, Answer):
        return CannotTell(reply.reason)
    read = read_object(reply.text)
    if reply.status != HTTPStatus.OK or read is None:
        return CannotTell(f"it answered {reply.status} to a listing")
    then = text_at(read, "next_page_uri")
    items = read.get("messages")
    if not isinstance(items, list) or (then is not None and not then.startswith("/")):
        return CannotTell("its listing cannot be read")
    texts = [listed(item) for item in items if _is_ours(item)]
    if None in texts or not all(isinstance(item, Mapping) for item in items):
        return CannotTell("a text of its listing cannot be read")
    return [each for each in texts if each is not None], then


def _is_ours(item: object) -> bool:
    return isinstance(item, Mapping) and is_outbound(item)


def _always() -> bool:
    return True
