"""Twilio's dialect as the desk and the receipts speak it. Sources: twilio.com/docs/usage/api, .../webhooks."""

import base64
import binascii
import hmac
import uuid
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urldefrag, urlencode

from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.addresses import with_path
from scheduler.carrier.dialects import Asked, Call, Step
from scheduler.carrier.exchange import Exchange, Order
from scheduler.carrier.mishaps import Mishap
from scheduler.carrier.texts import Text
from scheduler.carrier.twilio import signing
from scheduler.carrier.twilio.checks import order_of
from scheduler.carrier.twilio.errors import WORDS, error, failing
from scheduler.carrier.twilio.resources import VERSION, shown
from scheduler.carrier.wire import Answer

MOST_FIELDS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_RETRIES: Final = 5
# Rejected before a carrier had it; anything else is the carrier's no.
_FAILED_AT_TWILIO: Final = frozenset({30001, 30002, 30010, 30034, 30036})
_AHEAD: Final[Mapping[str, Sequence[str]]] = {
    "accepted": ("queued", "sent", "delivered"),
    "queued": ("sent", "delivered"),
    "sending": ("sent", "delivered"),
    "sent": ("delivered",),
}


class TwilioDialect:
    """The dialect. It keeps nothing."""

    provider = Provider.TWILIO

    def account_of(self, exchange: Exchange, asked: Asked) -> Account | Answer:
        """Return whose id and token the basic authentication holds, if the address is theirs too."""
        account = exchange.account(Provider.TWILIO, asked.account_id)
        name, secret = _basic(asked.headers.get("authorization", ""))
        if account is None or name != account.id or not hmac.compare_digest(secret.encode(), account.secret.encode()):
            return error(20003)
        return account

    def order_of(self, exchange: Exchange, account: Account, asked: Asked) -> Order | Answer:
        """Return what the form orders."""
        form = form_of(asked)
        if form is None:
            return error(20001)
        return order_of(account, exchange.book, form, exchange.clock.now())

    def numbers_of(self, asked: Asked) -> frozenset[str]:
        """Return sender, receiver and Messaging Service of the form or the query."""
        said = {**dict(asked.query), **{name: values[-1] for name, values in (form_of(asked) or {}).items()}}
        return frozenset(said[name] for name in ("To", "From", "MessagingServiceSid") if name in said)

    def created(self, texts: Sequence[Text]) -> Answer:
        """Return the resource."""
        return Answer(201, shown(texts[0]))

    def failing(self, mishap: Mishap) -> Answer:
        """Return the error that a mishap has it answer."""
        return failing(mishap)

    def steps(self, text: Text, failing: Mishap | None) -> Sequence[Step]:
        """Return what lies ahead; a code ends it as `failed` if Twilio itself gave up, else as `undelivered`."""
        ahead = _AHEAD.get(text.status, ())
        if failing is None or not ahead:
            return tuple(map(Step, ahead))
        code = failing.code or 30003
        words = WORDS.get(code, "Unknown error")
        if code in _FAILED_AT_TWILIO:
            return (Step("failed", code, words),)
        return (*map(Step, ahead[:-1]), Step("undelivered", code, words))

    def receipt(self, exchange: Exchange, text: Text, step: Step) -> Call | None:
        """Return the status callback of a step."""
        account = exchange.account(Provider.TWILIO, text.account)
        if text.callback is None or account is None:
            return None
        fields = [
            ("AccountSid", text.account),
            ("ApiVersion", VERSION),
            ("From", text.from_number),
            ("MessageSid", text.batch),
            ("MessageStatus", step.status),
            ("SmsSid", text.batch),
            ("SmsStatus", step.status),
            ("To", text.to_number),
        ]
        if text.service is not None:
            fields.append(("MessagingServiceSid", text.service))
        if step.code is not None:
            fields += [("ErrorCode", str(step.code)), ("ErrorMessage", step.reason or "")]
        return signed_call(account, text.callback, fields)


def signed_call(account: Account, url: str, fields: Sequence[tuple[str, str]]) -> Call:
    """Return a form that is posted and signed, with the retries that the address's fragment asks for.

    Without one: once more, if it could not connect. `#rc=3&rp=all`: three times more, whatever went wrong (Twilio's
    connection overrides; the fragment is neither sent nor signed).
    """
    address, fragment = urldefrag(url)
    address = with_path(address)
    wishes = parse_qs(fragment)
    count = wishes.get("rc", ["1"])[-1]
    headers = {
        "Content-Type": _FORM,
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        signing.HEADER: signing.sign(address, fields, account.secret),
    }
    return Call(
        "POST",
        address,
        headers,
        urlencode(fields, errors="replace").encode(),
        retries=min(int(count), _MOST_RETRIES) if count.isascii() and count.isdecimal() else 1,
        retries_answers=bool({"all", "4xx", "5xx"} & set(wishes.get("rp", ["ct"])[-1].split(","))),
    )


def form_of(asked: Asked) -> dict[str, list[str]] | None:
    """Return the fields of a form, blank ones too; none where it is no form, None where there are too many."""
    kind = asked.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if kind != _FORM:
        return {}
    try:
        pairs = parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def _basic(header: str) -> tuple[str, str]:
    """Return the name and the secret of a basic authentication; blank ones where it cannot be read."""
    kind, _, said = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, secret
