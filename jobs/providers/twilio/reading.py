"""Reads what Twilio says: answers to a send, listings, receipts, inbound texts. Text in, values of the contract out.

Pure. Sources: twilio.com/docs/messaging/api/message-resource and guides/outbound-message-status-in-status-callbacks.
"""

import datetime as dt
import email.utils
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from jobs.providers.contract import (
    Accepted,
    Callback,
    Inbound,
    Listed,
    Malformed,
    Outcome,
    Price,
    Receipt,
    Status,
    Unknown,
)
from jobs.providers.http.answers import (
    is_success,
    is_surely_not_sent,
    outcome_of_status,
    read_object,
    retry_after,
    text_at,
)
from jobs.providers.http.callbacks import attempt_in, form_of
from jobs.providers.http.wire import Answer
from jobs.providers.twilio.codes import fault_of, number_of, outcome_of_code, words_of

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may stand in an address as a text's id; Twilio's own are SM or MM and 32 hexadecimal digits."""
MOST_MEDIA: Final = 10

_STATUSES: Final[Mapping[str, Status]] = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.ACCEPTED,
    "partially_delivered": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
_INBOUND: Final = frozenset({"receiving", "received"})
_ARRIVED: Final[Mapping[Status, bool]] = {
    Status.DELIVERED: True,
    Status.UNDELIVERED: False,
    Status.FAILED: False,
}


def outcome_of(answer: Answer, words: str) -> Outcome:
    """Return what an answer to a create means; `words` are Twilio's own, fit to be shown."""
    read = read_object(answer.text)
    if is_success(answer.status):
        found = text_at(read, "sid")
        if found is None or not ID.fullmatch(found):
            return Unknown(f"it answered {answer.status} without an id that can be read")
        return Accepted(found)
    code = number_of(read.get("code")) if read else None
    known = outcome_of_code(code, retry_after(answer)) if is_surely_not_sent(answer.status) else None
    return known or outcome_of_status(answer, words, None if code is None else str(code))


def words_in(answer: Answer) -> str:
    """Return what Twilio says in an error's body, of the older shape or of RFC 9457's; "" where it says nothing."""
    read = read_object(answer.text)
    return text_at(read, "message") or text_at(read, "detail") or text_at(read, "title") or ""


def listed(item: Mapping[str, object]) -> Listed | None:
    """Return one text of a listing, or None where it lacks what a listing must have."""
    found, created = text_at(item, "sid"), _moment(text_at(item, "date_created"))
    if found is None or created is None:
        return None
    code = number_of(item.get("error_code"))
    return Listed(
        provider_id=found,
        created_at=created,
        from_number=text_at(item, "from"),
        body=text_at(item, "body"),
        delivered=_ARRIVED.get(_STATUSES.get(text_at(item, "status") or "", Status.ACCEPTED)),
        code=None if code is None else str(code),
    )


def is_outbound(item: Mapping[str, object]) -> bool:
    """Tell whether a listed text is one that went out."""
    return (text_at(item, "direction") or "outbound").startswith("outbound")


def price_of(read: Mapping[str, object] | None) -> Price:
    """Return what a text cost; Twilio writes what it takes as a negative number, and nothing before it is sent."""
    amount = decimal_of(text_at(read, "price"))
    currency = text_at(read, "price_unit")
    return Price(amount, currency.upper() if currency else None)


def receipt_of(callback: Callback) -> Receipt | Malformed:
    """Return the delivery report that a verified callback is; a status of tomorrow counts as accepted."""
    fields = form_of(callback)
    found = fields.get("MessageSid") or fields.get("SmsSid") or ""
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if not ID.fullmatch(found) or not status:
        return Malformed("it names no text or no status")
    if status in _INBOUND:
        return Malformed("it is no delivery report: an inbound text came to the address for receipts")
    code = number_of(fields.get("ErrorCode"))
    return Receipt(
        provider_id=found,
        status=_STATUSES.get(status, Status.ACCEPTED),
        attempt_id=attempt_in(callback),
        code=None if code is None else str(code),
        reason=words_of(code) or fields.get("ErrorMessage") or None,
        fault=fault_of(code),
        raw=fields,
    )


def inbound_of(callback: Callback) -> Inbound | Malformed:
    """Return the text that a verified callback brings."""
    fields = form_of(callback)
    found = fields.get("MessageSid") or fields.get("SmsSid") or ""
    sender, receiver = fields.get("From", ""), fields.get("To", "")
    if not ID.fullmatch(found) or not sender or not receiver:
        return Malformed("it names no text, or not who wrote to whom")
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if status and status not in _INBOUND:
        return Malformed("it is no inbound text: a delivery report came to the address for texts")
    return Inbound(
        provider_id=found,
        from_number=sender,
        to_number=receiver,
        body=fields.get("Body", ""),
        media=_media(fields),
        stop=_stop(fields.get("OptOutType", "")),
        service=fields.get("MessagingServiceSid") or None,
        raw=fields,
    )


def decimal_of(text: str | None) -> Decimal | None:
    """Return a price as a positive decimal, or None for what is none."""
    try:
        amount = abs(Decimal(text or ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _media(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    count = min(number_of(fields.get("NumMedia", "0").strip()) or 0, MOST_MEDIA)
    found = ((fields.get(f"MediaUrl{n}"), fields.get(f"MediaContentType{n}", "")) for n in range(count))
    return tuple((url, kind) for url, kind in found if url)


def _stop(text: str) -> str | None:
    word = text.strip().lower()
    return word if word in {"stop", "start", "help"} else None


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
