"""Bird's v1 API, MessageBird's successor: plain JSON over our wire, safe to ask again for three hours.

The attempt's id is the `Idempotency-Key` and goes into `metadata`, which every callback echoes. Callbacks go to the one
address that is registered at Bird, so the request's own is left out; so is how long Bird may try, which it refuses
(422: not available yet). Listings are not read: their shape is not established, and asking again settles a doubt.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from jobs.errors import ConfigurationError
from jobs.providers.bird.reading import ID, inbound_of, outcome_of, price_of, receipt_of, words_in
from jobs.providers.bird.signatures import key_of, why_forged
from jobs.providers.contract import (
    Callback,
    Capabilities,
    Forged,
    Inbound,
    Malformed,
    Outcome,
    Price,
    Receipt,
    Refused,
    SendRequest,
)
from jobs.providers.http.answers import outcome_of_silence, read_object
from jobs.providers.http.wire import Answer, Request, Wire
from jobs.providers.setup import Setup, variable

_REGION: Final = re.compile(r"bk_([a-z]{2}\d)_")
"""An access key names its region, and the region its host: bk_eu1_… belongs to eu1.platform.bird.com."""
RETENTION: Final = dt.timedelta(hours=3)
"""How long an idempotency key is kept: three hours by Bird's guide (a page of its marketing says twenty-four)."""
MARGIN: Final = dt.timedelta(minutes=10)
_NO_SECRET: Final = Forged("no webhook secret is set up: see QUIETBELL_BIRD_WEBHOOK_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A workspace at Bird; `webhook_key` is the key that its webhook secret spells."""

    access_key: str = field(repr=False)
    base_url: str
    webhook_key: bytes = field(default=b"", repr=False)


class BirdProvider:
    """One workspace of the v1 API."""

    id = "bird"
    capabilities = Capabilities(idempotent_for=RETENTION - MARGIN, echoes_reference=True)

    def __init__(self, account: Account) -> None:
        """Keep the workspace; nothing is connected to yet."""
        self._account = account
        self._wire = Wire(self.capabilities.timeout, (account.access_key,))

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text; the same attempt with the same words is the same text at Bird."""
        if not request.body or not request.to_number:
            return Refused("there is nothing to send" if not request.body else "there is no number to send to")
        fields = {
            "to": request.to_number,
            "from": request.from_number,
            "text": request.body,
            "category": "transactional",
            "metadata": {"attempt": str(request.attempt_id)},
        }
        key = {"Idempotency-Key": str(request.attempt_id)}
        asked = self._request("POST", "/v1/sms/messages", json.dumps(fields).encode(), key)
        reply = await self._wire.ask(asked, request.may_write)
        if not isinstance(reply, Answer):
            return outcome_of_silence(reply)
        return outcome_of(reply, self._wire.words(words_in(reply)))

    async def price(self, provider_id: str) -> Price:
        """Return what a text cost, as Bird knows it by now."""
        if not ID.fullmatch(provider_id):
            return Price(None, None)
        reply = await self._wire.ask(self._request("GET", f"/v1/sms/messages/{provider_id}"))
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
        if not self._account.webhook_key:
            return _NO_SECRET
        reason = why_forged(callback, self._account.webhook_key, now)
        return None if reason is None else Forged(reason)

    def _request(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> Request:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self._account.access_key}",
            "Content-Type": "application/json",
        }
        url = f"{self._account.base_url}{path}"
        return Request(method=method, url=url, headers=headers | (more or {}), body=body)


def make(setup: Setup) -> BirdProvider:
    """Return the workspace that is set up.

    Raises:
        ConfigurationError: half of it is, or something that is no setting of it.

    """
    setup.only("access_key", "webhook_secret", "base_url")
    key = setup.need("access_key")
    secret = setup.given.get("webhook_secret", "")
    webhook_key = key_of(secret) if secret else b""
    if webhook_key is None:
        message = f"{variable(setup.provider, 'webhook_secret')} is no secret of a webhook: it begins with whsec_"
        raise ConfigurationError(message)
    base_url = setup.address("base_url", _host_of(setup, key))
    return BirdProvider(Account(access_key=key, base_url=base_url, webhook_key=webhook_key))


def _host_of(setup: Setup, key: str) -> str:
    """Return the address of the region that an access key names."""
    found = _REGION.match(key)
    if found is None and not setup.given.get("base_url"):
        named = variable(setup.provider, "access_key")
        message = f"{named} names no region (bk_eu1_…): set {variable(setup.provider, 'base_url')}"
        raise ConfigurationError(message)
    return f"https://{found[1] if found else 'eu1'}.platform.bird.com"
