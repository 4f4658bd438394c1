"""Reads what MessageBird's legacy API says: answers, listings, receipts, inbound texts, and its closed lists of words.

Pure. Sources: messagebird/openapi-specs sms/openapi.yaml; docs.bird.com, SMS platform extended error codes.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from jobs.providers.contract import (
    Accepted,
    Callback,
    Closed,
    Fault,
    Inbound,
    Listed,
    Malformed,
    Outcome,
    Price,
    Receipt,
    Status,
    Unknown,
)
from jobs.providers.http.answers import code_of, is_success, is_surely_not_sent, outcome_of_status, read_object, text_at
from jobs.providers.http.callbacks import attempt_from, attempt_in, form_of, query_of
from jobs.providers.http.wire import Answer

ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_STATUSES: Final[Mapping[str, Status]] = {
    "scheduled": Status.ACCEPTED,
    "sent": Status.ACCEPTED,
    "buffered": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "expired": Status.UNDELIVERED,
    "delivery_failed": Status.UNDELIVERED,
}
_ARRIVED: Final[Mapping[Status, bool]] = {Status.DELIVERED: True, Status.UNDELIVERED: False}
_UNKNOWN_SUBSCRIBER: Final = frozenset({"1", "2", "3", "5"})
"""Of a delivery, not of a request, whose codes are another list."""
_ACCOUNT: Final[Mapping[str, str]] = {
    "2": "the access key is not accepted",
    "20": "there is nothing at this address: see its base URL",
    "25": "the account has no balance",
}
_INTERNAL: Final = frozenset({"98", "99"})
_SENDER_FIELDS: Final = frozenset({"originator"})
_DIGITS: Final = re.compile(r"\d{7,15}")


def outcome_of(answer: Answer, words: str) -> Outcome:
    """Return what an answer to a create means; `words` are MessageBird's own, fit to be shown."""
    if is_success(answer.status):
        found = text_at(read_object(answer.text), "id")
        if found is None or not ID.fullmatch(found):
            return Unknown(f"it answered {answer.status} without an id that can be read")
        return Accepted(found)
    code, parameter = error_in(answer)
    known = _meaning_of(code, parameter, words) if is_surely_not_sent(answer.status) else None
    return known or outcome_of_status(answer, words, code)


def _meaning_of(code: str | None, parameter: str | None, words: str) -> Outcome | None:
    """Return what the code of a refusal means, or None where its status says as much."""
    if code in _INTERNAL:
        return Unknown(words or "an internal error", code)
    if code is not None and code in _ACCOUNT:
        return Closed("account", _ACCOUNT[code], code)
    if parameter in _SENDER_FIELDS:
        return Closed("sender", words or "its number is not accepted", code)
    return None


def error_in(answer: Answer) -> tuple[str | None, str | None]:
    """Return the code of an answer's first error, and the parameter that it is about."""
    error = _first_error(answer)
    return code_of(error.get("code")), text_at(error, "parameter")


def words_in(answer: Answer) -> str:
    """Return what MessageBird says of an answer's first error; "" where it says nothing."""
    return text_at(_first_error(answer), "description") or ""


def listed(item: object) -> Listed | None:
    """Return one text of a listing, or None where it lacks what a listing must have."""
    if not isinstance(item, Mapping):
        return None
    found, created = text_at(item, "id"), moment_of(text_at(item, "createdDatetime"))
    if found is None or created is None:
        return None
    person = _recipient(item)
    originator = item.get("originator")
    return Listed(
        provider_id=found,
        created_at=created,
        from_number=as_e164(str(originator)) if isinstance(originator, str | int) else None,
        body=text_at(item, "body"),
        reference=attempt_from(text_at(item, "reference")),
        delivered=_ARRIVED.get(_STATUSES.get(text_at(person, "status") or "", Status.ACCEPTED)),
        code=code_of(person.get("statusErrorCode")),
    )


def price_of(read: Mapping[str, object] | None) -> Price:
    """Return what a text cost, where its only recipient has a price."""
    price = _recipient(read or {}).get("price")
    amount = price.get("amount") if isinstance(price, Mapping) else None
    if not isinstance(price, Mapping) or not isinstance(amount, int | float) or isinstance(amount, bool):
        return Price(None, None)
    found = abs(Decimal(str(amount)))
    return Price(found if found.is_finite() else None, text_at(price, "currency"))


def receipt_of(callback: Callback) -> Receipt | Malformed:
    """Return the delivery report that a verified callback is; MessageBird puts it into the query of a GET."""
    fields = query_of(callback)
    found, status = fields.get("id", ""), fields.get("status", "").lower()
    if not ID.fullmatch(found) or not status:
        return Malformed("it names no text or no status")
    code = fields.get("statusErrorCode") or None
    failed = _STATUSES.get(status) is Status.UNDELIVERED
    return Receipt(
        provider_id=found,
        status=_STATUSES.get(status, Status.ACCEPTED),
        attempt_id=attempt_from(fields.get("reference")) or attempt_in(callback),
        code=code_of(code),
        reason=fields.get("statusReason") or None,
        fault=Fault.NUMBER if failed and code in _UNKNOWN_SUBSCRIBER else None,
        raw=fields,
    )


def inbound_of(callback: Callback) -> Inbound | Malformed:
    """Return the text that a verified callback brings, in its query, as a form or as JSON."""
    fields = {**query_of(callback), **_body_of(callback)}
    found, sender, receiver = (fields.get(name, "") for name in ("id", "originator", "recipient"))
    if not ID.fullmatch(found) or not sender or not receiver:
        return Malformed("it names no text, or not who wrote to whom")
    return Inbound(
        provider_id=found,
        from_number=as_e164(sender),
        to_number=as_e164(receiver),
        body=fields.get("body", ""),
        raw=fields,
    )


def as_e164(number: str) -> str:
    """Return a number with its plus, which MessageBird leaves out; a short code or a name stays as it is."""
    return f"+{number}" if _DIGITS.fullmatch(number) else number


def moment_of(text: str | None) -> dt.datetime | None:
    """Return a moment of RFC 3339, or None for what is none."""
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _first_error(answer: Answer) -> Mapping[str, object]:
    errors = (read_object(answer.text) or {}).get("errors")
    first = errors[0] if isinstance(errors, Sequence) and errors else None
    return first if isinstance(first, Mapping) else {}


def _recipient(item: Mapping[str, object]) -> Mapping[str, object]:
    """Return the only recipient of a text; we never ask for more than one."""
    people = item.get("recipients")
    items = people.get("items") if isinstance(people, Mapping) else None
    first = items[0] if isinstance(items, Sequence) and items else None
    return first if isinstance(first, Mapping) else {}


def _body_of(callback: Callback) -> Mapping[str, str]:
    text = callback.body.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        return form_of(callback)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in read.items() if isinstance(value, str | int)}
