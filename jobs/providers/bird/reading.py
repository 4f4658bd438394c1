"""Reads what Bird's v1 API says: answers to a send, receipts, inbound texts, and its closed lists of words. Pure.

Source: bird.com/docs, API reference of SMS and webhooks, as of September 2026.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from jobs.providers.contract import (
    Accepted,
    Callback,
    Closed,
    Fault,
    Inbound,
    Later,
    Malformed,
    Outcome,
    Price,
    Receipt,
    Refused,
    Status,
    Unknown,
)
from jobs.providers.http.answers import (
    code_of,
    is_success,
    is_surely_not_sent,
    outcome_of_status,
    read_object,
    retry_after,
    text_at,
)
from jobs.providers.http.callbacks import attempt_from
from jobs.providers.http.wire import Answer

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
NOT_EXECUTED: Final = "E01033"
"""Of a 503: it was not carried out."""
_EVENTS: Final[Mapping[str, Status]] = {
    "sms.accepted": Status.ACCEPTED,
    "sms.sent": Status.ACCEPTED,
    "sms.delivered": Status.DELIVERED,
    "sms.undelivered": Status.UNDELIVERED,
    "sms.expired": Status.UNDELIVERED,
    "sms.failed": Status.FAILED,
    "sms.rejected": Status.FAILED,
}
_STATES: Final[Mapping[str, Status]] = {name.removeprefix("sms."): status for name, status in _EVENTS.items()}
_RECEIVED: Final = "sms.received"
_FAULTS: Final[Mapping[str, Fault]] = {
    "invalid_destination": Fault.NUMBER,
    "landline_unreachable": Fault.NUMBER,
    "recipient_opted_out": Fault.OPTED_OUT,
    "content_rejected": Fault.CONTENT,
    "sender_unregistered": Fault.SENDER,
    "insufficient_balance": Fault.ACCOUNT,
}


def outcome_of(answer: Answer, words: str) -> Outcome:
    """Return what an answer to a send means; `words` are Bird's own, fit to be shown."""
    if is_success(answer.status):
        return _accepted(answer)
    code = code_in(answer)
    if answer.status == 503 and code == NOT_EXECUTED:  # noqa: PLR2004 - the status that goes with the code
        return Later(words or "it was not carried out", retry_after(answer), code)
    fault = _FAULTS.get(code or "")
    if is_surely_not_sent(answer.status) and fault is not None:
        return _refusal(fault, words or (code or "").replace("_", " "), code)
    return outcome_of_status(answer, words, code)


def code_in(answer: Answer) -> str | None:
    """Return the code of an answer's error, or None where there is none."""
    return code_of(_error_in(answer).get("code"))


def words_in(answer: Answer) -> str:
    """Return what Bird says of an answer's error; "" where it says nothing."""
    error = _error_in(answer)
    return text_at(error, "message") or text_at(error, "detail") or ""


def price_of(read: Mapping[str, object] | None) -> Price:
    """Return what a text cost, where it has a cost by now."""
    cost = (read or {}).get("cost")
    if not isinstance(cost, Mapping):
        return Price(None, None)
    return Price(_decimal(cost.get("amount")), text_at(cost, "currency_code"))


def receipt_of(callback: Callback) -> Receipt | Malformed:
    """Return the delivery report that a verified callback is."""
    event = read_object(callback.body.decode("utf-8", "replace"))
    kind, data = text_at(event, "type"), _object_at(event, "data")
    found = text_at(data, "sms_id") or text_at(data, "id")
    if kind is None or kind not in _EVENTS or found is None or not ID.fullmatch(found):
        return Malformed("it is no delivery report of a text")
    error = _object_at(data, "last_error") or _object_at(data, "error")
    code, price, segments = code_of(error.get("code")), price_of(data), _object_at(data, "segments").get("count")
    return Receipt(
        provider_id=found,
        status=_EVENTS[kind],
        attempt_id=attempt_from(text_at(_object_at(data, "metadata"), "attempt")),
        code=code,
        reason=text_at(error, "message") or (code.replace("_", " ") if code else None),
        fault=_FAULTS.get(code or ""),
        price=price.amount,
        currency=price.currency,
        segments=segments if isinstance(segments, int) and not isinstance(segments, bool) else None,
        raw={"type": kind, **_flat(data)},
    )


def inbound_of(callback: Callback) -> Inbound | Malformed:
    """Return the text that a verified callback brings."""
    event = read_object(callback.body.decode("utf-8", "replace"))
    data = _object_at(event, "data")
    found = text_at(data, "sms_id") or text_at(data, "id")
    sender, receiver = text_at(data, "from"), text_at(data, "to")
    if text_at(event, "type") != _RECEIVED or found is None or not ID.fullmatch(found) or not (sender and receiver):
        return Malformed("it brings no text, or not who wrote to whom")
    return Inbound(
        provider_id=found,
        from_number=sender,
        to_number=receiver,
        body=text_at(data, "text") or "",
        raw={"type": _RECEIVED, **_flat(data)},
    )


def _accepted(answer: Answer) -> Outcome:
    """Return the acceptance of a text, which may already have ended: a replayed answer shows where it stands."""
    read = read_object(answer.text)
    found = text_at(read, "id")
    if found is None or not ID.fullmatch(found):
        return Unknown(f"it answered {answer.status} without an id that can be read")
    if _STATES.get(text_at(read, "status") or "") is not Status.FAILED:
        return Accepted(found)
    error = _object_at(read, "last_error")
    code = code_of(error.get("code"))
    fault = _FAULTS.get(code or "")
    words = (code or "rejected").replace("_", " ")
    return Refused(words, code) if fault is None else _refusal(fault, words, code)


def _refusal(fault: Fault, words: str, code: str | None) -> Outcome:
    match fault:
        case Fault.SENDER | Fault.ACCOUNT:
            return Closed(fault.value, words, code)
        case _:
            return Refused(words, code, opted_out=fault is Fault.OPTED_OUT, fault=fault)


def _error_in(answer: Answer) -> Mapping[str, object]:
    return _object_at(read_object(answer.text), "error")


def _object_at(read: Mapping[str, object] | None, key: str) -> Mapping[str, object]:
    value = None if read is None else read.get(key)
    return value if isinstance(value, Mapping) else {}


def _flat(data: Mapping[str, object]) -> Mapping[str, str]:
    """Return an event's data as text, parts of parts as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        amount = abs(Decimal(str(value)))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
