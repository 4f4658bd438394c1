"""The cookies that browsers hold for us: the session, what stands for one before it, and the language."""

import base64
import secrets
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from scheduler.web.place import is_secure

SESSION: Final = "quietbell"
BEFORE: Final = "quietbell-before"
"""A browser's own secret before sign-in: forms and the way to the identity provider are bound to it."""
LANGUAGE: Final = "quietbell-language"
TOKEN_BYTES: Final = 32
A_YEAR: Final = 365 * 24 * 60 * 60
LONGEST: Final = 200
LONGEST_TEXT: Final = 3000


def before(request: Request) -> str:
    """Return the browser's own secret before sign-in, a new one where it has none; `keep_before` sends it along."""
    held = getattr(request.state, "before", None) or read(request, BEFORE)
    request.state.before = held or secrets.token_urlsafe(TOKEN_BYTES)
    made: str = request.state.before
    return made


def keep_before(request: Request, answer: Response) -> None:
    """Give the browser its secret, where it has none yet."""
    if read(request, BEFORE) is None:
        put(request, answer, BEFORE, before(request))


def read(request: Request, name: str) -> str | None:
    """Return a cookie's value, None where there is none or it is none of ours."""
    value = request.cookies.get(_full(request, name), "")
    return value if 0 < len(value) <= LONGEST and value.isascii() and value.isprintable() else None


def read_long(request: Request, name: str) -> str | None:
    """Return the value of a cookie that holds more than a name or a secret, as `put_long` wrote it."""
    value = request.cookies.get(_full(request, name), "")
    try:
        return base64.urlsafe_b64decode(value).decode() if 0 < len(value) <= LONGEST_TEXT else None
    except ValueError:
        return None


def put_long(request: Request, answer: Response, name: str, value: str, *, seconds: int) -> None:
    """Give the browser a cookie that may hold any text."""
    put(request, answer, name, base64.urlsafe_b64encode(value.encode()).decode(), seconds=seconds)


def put(request: Request, answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Give the browser a cookie, out of every script's reach; `seconds` None: until the browser is closed."""
    answer.set_cookie(
        _full(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop(request: Request, answer: Response, name: str) -> None:
    """Take a cookie away."""
    answer.delete_cookie(_full(request, name), path="/", secure=is_secure(request), httponly=True, samesite="lax")


def _full(request: Request, name: str) -> str:
    """Return a cookie's whole name: over https no other host and no plain http can put it (`__Host-`, RFC 6265bis)."""
    return f"__Host-{name}" if is_secure(request) else name
