"""MessageBird's dialect as the desk and the receipts speak it. Source: developers.messagebird.com."""

import hmac
import uuid
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.addresses import with_path
from scheduler.carrier.dialects import Asked, Call, Step
from scheduler.carrier.exchange import Exchange, Order
from scheduler.carrier.messagebird import signing
from scheduler.carrier.messagebird.checks import bare, order_of, read_object
from scheduler.carrier.messagebird.errors import NOT_ALLOWED, error, failing
from scheduler.carrier.messagebird.resources import shown, written
from scheduler.carrier.mishaps import Mishap
from scheduler.carrier.texts import Text
from scheduler.carrier.wire import Answer

_SCHEME: Final = "accesskey "
_AHEAD: Final = {
    "scheduled": ("sent", "buffered", "delivered"),
    "sent": ("buffered", "delivered"),
    "buffered": ("delivered",),
}


class MessageBirdDialect:
    """The dialect. It keeps nothing but the address that its resources name."""

    provider = Provider.MESSAGEBIRD

    def __init__(self, base_url: str) -> None:
        """Keep the address."""
        self._base_url = base_url

    def account_of(self, exchange: Exchange, asked: Asked) -> Account | Answer:
        """Return whose access key the header holds."""
        said = asked.headers.get("authorization", "")
        key = said[len(_SCHEME) :].strip() if said.lower().startswith(_SCHEME) else ""
        for account in exchange.accounts:
            if account.provider is Provider.MESSAGEBIRD and hmac.compare_digest(key.encode(), account.secret.encode()):
                return account
        return error(NOT_ALLOWED, parameter="access_key")

    def order_of(self, exchange: Exchange, account: Account, asked: Asked) -> Order | Answer:
        """Return what the JSON orders. Nobody is blocked: no document says that STOP is enforced for everyone."""
        del exchange
        order = order_of(asked.body)
        if isinstance(order, Order) and account.numbers and bare(order.sender) not in map(bare, account.numbers):
            return error(NOT_ALLOWED, "Request not allowed (originator)", "originator")
        return order

    def numbers_of(self, asked: Asked) -> frozenset[str]:
        """Return sender and receivers, with and without their plus."""
        order = order_of(asked.body) if asked.body and read_object(asked.body) is not None else None
        said = dict(asked.query)
        named = [said[name] for name in ("originator", "recipient") if name in said]
        if isinstance(order, Order):
            named += [order.sender, *order.people]
        return frozenset({*named, *map(bare, named), *(f"+{bare(each)}" for each in named)})

    def created(self, texts: Sequence[Text]) -> Answer:
        """Return the resource."""
        return Answer(201, shown(texts, self._base_url))

    def failing(self, mishap: Mishap) -> Answer:
        """Return the error that a mishap has it answer."""
        return failing(mishap)

    def steps(self, text: Text, failing: Mishap | None) -> Sequence[Step]:
        """Return what lies ahead; a code ends it as `delivery_failed`."""
        ahead = _AHEAD.get(text.status, ())
        if failing is None or not ahead:
            return tuple(map(Step, ahead))
        return (*map(Step, ahead[:-1]), Step("delivery_failed", failing.code or 1, "unknown subscriber"))

    def receipt(self, exchange: Exchange, text: Text, step: Step) -> Call | None:
        """Return the status report of a step: a GET, and only for a request that had a reference and an address."""
        account = exchange.account(Provider.MESSAGEBIRD, text.account)
        if text.callback is None or text.reference is None or account is None:
            return None
        fields = [
            ("id", text.batch),
            ("mccmnc", "20408"),
            ("ported", "0"),
            ("recipient", bare(text.to_number)),
            ("reference", text.reference),
            ("status", step.status),
            ("statusDatetime", written(text.updated_at)),
        ]
        if step.code is not None:
            fields += [("statusErrorCode", str(step.code)), ("statusReason", step.reason or "")]
        address = with_path(text.callback.partition("#")[0])
        joint = "&" if urlsplit(address).query else "?"
        return signed_call(exchange, account, "GET", f"{address}{joint}{urlencode(fields, errors='replace')}", b"")


def signed_call(exchange: Exchange, account: Account, method: str, url: str, body: bytes) -> Call:
    """Return a signed callback, made once: no document says that it is tried again."""
    url = with_path(url)
    token = signing.sign(url, body, account.signing_key, now=exchange.clock.now(), nonce=str(uuid.uuid4()))
    headers = {signing.HEADER: token}
    if body:
        headers["Content-Type"] = "application/json"
    return Call(method, url, headers, body)
