"""What an answer over HTTP means where the provider's own code says nothing more: a status in, an outcome out. Pure.

A 4xx was surely not sent, but for 408 and 409; a 5xx, a 2xx that cannot be read, and silence may have been.
"""

import datetime as dt
import email.utils
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from jobs.providers.contract import Closed, Later, NotWritten, Outcome, Refused, Throttled, Unknown
from jobs.providers.http.wire import Answer, Unanswered, Unsent

_MAYBE_SENT: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT})
_ELSEWHERE: Final = frozenset({301, 302, 307, 308})
_CLOSED: Final = {
    401: "it does not accept our credentials",
    402: "it wants to be paid first",
    403: "it does not allow us to send",
    404: "it knows no such account or address: see its base URL",
    405: "its base URL leads elsewhere",
    407: "a proxy on the way wants credentials",
    410: "this way of sending is closed",
    451: "it may not serve us",
}
_SECONDS: Final = re.compile(r"\d{1,7}(?:\.\d+)?")
LONGEST_CODE: Final = 60


def outcome_of_silence(reply: Unsent | Unanswered | NotWritten) -> Outcome:
    """Return the outcome of a request without an answer."""
    match reply:
        case Unsent(reason):
            return Later(reason)
        case Unanswered(reason):
            return Unknown(reason)
        case NotWritten():
            return reply


def outcome_of_status(answer: Answer, words: str, code: str | None = None) -> Outcome:
    """Return what an answer's status alone says; `words` are the provider's, fit to be shown ("" for none)."""
    status = answer.status
    reason = words or f"it answered {status}{_phrase(status)}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(reason, retry_after(answer), code)
    if status in _CLOSED:
        return Closed("account", f"{_CLOSED[status]} ({status}){f': {words}' if words else ''}", code)
    if status in _ELSEWHERE:
        return Closed("account", f"it sends us to another address ({status}): see its base URL", code)
    if status == HTTPStatus.TOO_EARLY:
        return Later(reason, retry_after(answer), code)
    if is_surely_not_sent(status):
        return Refused(reason, code)
    return Unknown(reason, code)


def is_surely_not_sent(status: int) -> bool:
    """Tell whether an answer of that status proves that nothing was sent, whatever its body says."""
    return 400 <= status < 500 and status not in _MAYBE_SENT  # noqa: PLR2004 - RFC 9110 section 15


def is_success(status: int) -> bool:
    """Tell whether a status is one of success."""
    return 200 <= status < 300  # noqa: PLR2004 - RFC 9110 section 15


def retry_after(answer: Answer) -> dt.timedelta | None:
    """Return how long `Retry-After` asks to wait, in seconds or up to a moment (against the answer's own `Date`)."""
    text = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return dt.timedelta(seconds=float(text))
    until, asked = _moment(text), _moment(answer.headers.get("date", ""))
    return None if until is None or asked is None else max(until - asked, dt.timedelta())


def read_object(text: str) -> Mapping[str, object] | None:
    """Return a JSON object, or None for anything else."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def text_at(read: Mapping[str, object] | None, key: str) -> str | None:
    """Return the text at a key of an object, or None where there is none."""
    value = None if read is None else read.get(key)
    return value if isinstance(value, str) and value else None


def code_of(value: object) -> str | None:
    """Return a provider's code as text, cut; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:LONGEST_CODE] or None


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
