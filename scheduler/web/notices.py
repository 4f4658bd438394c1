"""What the next page tells of what was just done: one sentence, kept by the browser until it is shown once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from scheduler.web import cookies

COOKIE: Final = "quietbell-notice"
SECONDS: Final = 60
LONGEST: Final = 1500


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence as `t` takes it, its values, and how it went: `good`, `warning` or `problem`."""

    english: str
    values: Mapping[str, str] = field(default_factory=dict)
    tone: str = "good"


def go_on(request: Request, path: str, notice: Notice | None = None) -> Response:
    """Send the browser to a page of ours after a form, and tell there what was done."""
    answer = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    if notice is not None:
        leave(request, answer, notice)
    return answer


def leave(request: Request, answer: Response, notice: Notice) -> None:
    """Have the next page tell it."""
    written = json.dumps([notice.tone, notice.english, dict(notice.values)], ensure_ascii=True)
    cookies.put_long(request, answer, COOKIE, written[:LONGEST], seconds=SECONDS)


def left(request: Request) -> Notice | None:
    """Return what is to be told now; whatever else a browser sends under that name is nothing."""
    written = cookies.read_long(request, COOKIE)
    if written is None:
        return None
    try:
        tone, english, values = json.loads(written)
        return Notice(str(english), {str(name): str(value) for name, value in values.items()}, str(tone))
    except (ValueError, TypeError, AttributeError):
        return None


def clear(request: Request, answer: Response) -> None:
    """Tell it no more."""
    cookies.drop(request, answer, COOKIE)
