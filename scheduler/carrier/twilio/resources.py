"""A text as Twilio shows it, and pages of them. Pure.

Sources: twilio.com/docs/messaging/api/message-resource; DateSent is by day in GMT; pages of 50, at most 1,000.
"""

import datetime as dt
import email.utils
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from scheduler.carrier.texts import IN, Text
from scheduler.carrier.twilio.errors import WORDS, error
from scheduler.carrier.wire import Answer

VERSION: Final = "2010-04-01"
PAGE_SIZE: Final = 50
MOST_PAGE_SIZE: Final = 1000
_PAGING: Final = frozenset({"PageSize", "Page", "PageToken"})


def shown(text: Text) -> dict[str, object]:
    """Return the resource of a text."""
    uri = f"/{VERSION}/Accounts/{text.account}/Messages/{text.batch}"
    is_unsegmented = text.service is not None and text.sent_at is None
    hides_body = text.redacted or not text.keeps_body
    return {
        "sid": text.batch,
        "account_sid": text.account,
        "api_version": VERSION,
        "messaging_service_sid": text.service,
        "direction": text.direction,
        "status": text.status,
        "from": None if is_unsegmented else text.from_number,
        "to": text.to_number if text.keeps_number else _obfuscated(text.to_number),
        "body": "" if hides_body else text.body,
        "num_segments": "0" if is_unsegmented else str(text.segments),
        "num_media": str(len(text.media)),
        "price": None if text.price is None else f"-{text.price:.5f}",
        "price_unit": "USD",
        "error_code": text.code,
        "error_message": None if text.code is None else text.reason or WORDS.get(text.code),
        "date_created": _written(text.created_at),
        "date_updated": _written(text.updated_at),
        "date_sent": _written(text.created_at if text.direction == IN else text.sent_at),
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def page(account: str, texts: Iterable[Text], query: Sequence[tuple[str, str]]) -> Answer:
    """Return the page of a listing that a query asks for; `texts` are the account's, the newest first."""
    asked = dict(query)
    size = _whole(asked.get("PageSize", str(PAGE_SIZE)))
    if size is None or size < 1:
        return error(20001, "The 'PageSize' is not valid.")
    size = min(size, MOST_PAGE_SIZE)
    fits = _filter(asked)
    if isinstance(fits, Answer):
        return fits
    token = asked.get("PageToken")
    rest = itertools.dropwhile(lambda text: text.id != token, filter(fits, texts)) if token else filter(fits, texts)
    found = list(itertools.islice(itertools.islice(rest, 1 if token else 0, None), size + 1))
    return Answer(200, _listing(account, found, size, asked))


def _listing(account: str, found: Sequence[Text], size: int, asked: dict[str, str]) -> dict[str, object]:
    number = _whole(asked.get("Page", "0")) or 0
    kept = [(name, value) for name, value in asked.items() if name not in _PAGING]
    base = f"/{VERSION}/Accounts/{account}/Messages.json"

    def link(page_number: int, token: str | None) -> str:
        paging = [("PageSize", str(size)), ("Page", str(page_number))]
        return f"{base}?{urlencode([*kept, *paging, *([('PageToken', token)] if token else [])])}"

    has_more = len(found) > size
    return {
        "messages": [shown(text) for text in found[:size]],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, min(len(found), size) - 1),
        "uri": link(number, asked.get("PageToken")),
        "first_page_uri": link(0, None),
        "previous_page_uri": None,
        "next_page_uri": link(number + 1, found[size - 1].id) if has_more else None,
    }


def _filter(asked: dict[str, str]) -> Callable[[Text], bool] | Answer:
    """Return what keeps the texts that a query asks for, or the error where a date of it cannot be read."""
    days: dict[str, dt.date] = {}
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if name in asked:
            day = _day(asked[name])
            if day is None:
                return error(20001, f"The '{name}' is not valid.")
            days[name] = day

    def fits(text: Text) -> bool:
        if asked.get("To") and (text.to_number != asked["To"] or not text.keeps_number):
            return False
        if asked.get("From") and text.from_number != asked["From"]:
            return False
        return not days or _is_of_days(text, days)

    return fits


def _is_of_days(text: Text, days: dict[str, dt.date]) -> bool:
    """Tell whether a text went out on such days (both ends included); one that has not gone out never did."""
    sent = text.created_at if text.direction == IN else text.sent_at
    if sent is None:
        return False
    day = sent.astimezone(dt.UTC).date()
    return days.get("DateSent", day) == day and day <= days.get("DateSent<", day) and day >= days.get("DateSent>", day)


def _day(written: str) -> dt.date | None:
    try:
        moment = dt.datetime.fromisoformat(written)
        return moment.date() if moment.tzinfo is None else moment.astimezone(dt.UTC).date()
    except (ValueError, OverflowError):
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - 9 digits do


def _written(moment: dt.datetime | None) -> str | None:
    """Return a moment as RFC 2822 writes it, in UTC, which Twilio writes +0000."""
    return None if moment is None else email.utils.format_datetime(moment.astimezone(dt.UTC))


def _obfuscated(number: str) -> str:
    return number[:-4] + "XXXX"
