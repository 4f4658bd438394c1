"""A request's texts as MessageBird shows them, one resource for all of its recipients, and listings. Pure.

Source: messagebird/openapi-specs sms/openapi.yaml.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from scheduler.carrier.messagebird.checks import bare
from scheduler.carrier.messagebird.errors import INVALID, error
from scheduler.carrier.texts import IN, Text
from scheduler.carrier.wire import Answer

LIMIT: Final = 20
MOST_LIMIT: Final = 200
_FAILED: Final = frozenset({"delivery_failed", "expired"})
_UNSENT: Final = frozenset({"scheduled"})


def shown(texts: Sequence[Text], base_url: str) -> dict[str, object]:
    """Return the resource of the texts that one request brought."""
    first = texts[0]
    form = first.form
    return {
        "id": first.batch,
        "href": f"{base_url}/messages/{first.batch}",
        "direction": "mo" if first.direction == IN else "mt",
        "type": form.get("type") or "sms",
        "originator": bare(first.from_number),
        "body": first.body,
        "reference": first.reference,
        "reportUrl": first.callback,
        "validity": form.get("validity"),
        "gateway": form.get("gateway") or 10,
        "typeDetails": form.get("typeDetails") or {},
        "datacoding": form.get("datacoding") or "plain",
        "mclass": form.get("mclass") or 1,
        "scheduledDatetime": form.get("scheduledDatetime"),
        "createdDatetime": written(first.created_at),
        "recipients": {
            "totalCount": len(texts),
            "totalSentCount": sum(text.status not in _UNSENT for text in texts),
            "totalDeliveredCount": sum(text.status == "delivered" for text in texts),
            "totalDeliveryFailedCount": sum(text.status in _FAILED for text in texts),
            "items": [_recipient(text) for text in texts],
        },
    }


def listing(batches: Iterable[Sequence[Text]], query: Sequence[tuple[str, str]], base_url: str) -> Answer:
    """Return the part of a listing that a query asks for; `batches` are the account's, the newest first."""
    asked = dict(query)
    limit, offset = _whole(asked.get("limit", str(LIMIT))), _whole(asked.get("offset", "0"))
    if limit is None or not 1 <= limit <= MOST_LIMIT:
        return error(INVALID, "limit is invalid", "limit")
    if offset is None:
        return error(INVALID, "offset is invalid", "offset")
    fits = _filter(asked)
    if isinstance(fits, Answer):
        return fits
    found = [texts for texts in batches if fits(texts)]
    items = [shown(texts, base_url) for texts in itertools.islice(found, offset, offset + limit)]

    def link(start: int) -> str:
        kept = {**asked, "limit": str(limit), "offset": str(start)}
        return f"{base_url}/messages?{urlencode(kept)}"

    return Answer(
        200,
        {
            "offset": offset,
            "limit": limit,
            "count": len(items),
            "totalCount": len(found),
            "links": {
                "first": link(0),
                "previous": link(max(0, offset - limit)) if offset else None,
                "next": link(offset + limit) if offset + limit < len(found) else None,
                "last": link(max(0, (len(found) - 1) // limit * limit)),
            },
            "items": items,
        },
    )


def written(moment: dt.datetime) -> str:
    """Return a moment as MessageBird writes it: RFC 3339 to the second."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _recipient(text: Text) -> dict[str, object]:
    item: dict[str, object] = {
        "recipient": int(bare(text.to_number)),
        "status": text.status,
        "statusDatetime": written(text.updated_at),
        "messagePartCount": text.segments,
        "recipientCountry": None,
        "recipientOperator": "",
        "messageLength": len(text.body),
        "statusErrorCode": text.code,
        "statusReason": text.reason or ("successfully delivered" if text.status == "delivered" else None),
    }
    if text.price is not None:
        item["price"] = {"amount": float(text.price), "currency": "EUR"}
    return item


def _filter(asked: dict[str, str]) -> Callable[[Sequence[Text]], bool] | Answer:
    spans: dict[str, dt.datetime] = {}
    for name in ("from", "until"):
        if asked.get(name):
            moment = _moment(asked[name])
            if moment is None:
                return error(INVALID, f"{name} is invalid", name)
            spans[name] = moment
    wanted = {name: value for name, value in asked.items() if value}

    def fits(texts: Sequence[Text]) -> bool:
        first = texts[0]
        # Its listings show whole seconds, and are asked for by them.
        created = first.created_at.replace(microsecond=0)
        return (
            bare(wanted.get("originator", first.from_number)) == bare(first.from_number)
            and ("recipient" not in wanted or any(bare(text.to_number) == bare(wanted["recipient"]) for text in texts))
            and wanted.get("direction", _direction(first)) == _direction(first)
            and ("status" not in wanted or any(text.status == wanted["status"] for text in texts))
            and wanted.get("searchterm", "").lower() in first.body.lower()
            and spans.get("from", created) <= created <= spans.get("until", created)
        )

    return fits


def _direction(text: Text) -> str:
    return "mo" if text.direction == IN else "mt"


def _moment(text: str) -> dt.datetime | None:
    # A plus that was not escaped arrives as a space.
    try:
        read = dt.datetime.fromisoformat(text.replace(" ", "+"))
        return (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - 9 digits do
