"""Forms that only our own pages can send: a browser's POST comes in, its fields go out, or it is refused with 403.

Two checks. The form holds a token made from the cookie of the session (before sign-in, of the browser), which no other
site can read or guess; and the browser must not say that another site sent it (`Sec-Fetch-Site`, else `Origin`).
A page writes `<input type="hidden" name="form_token" value="{{ form_token }}">`, its route takes `form: CheckedForm`.
A script sends the same token, from `<meta name="form-token">`, in the header `X-Form-Token`.
"""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, UploadFile

from scheduler.web import cookies

FIELD: Final = "form_token"
HEADER: Final = "x-form-token"
LARGEST: Final = 64 * 1024
"""In bytes; a form with more, or with a file, asks for `checked(largest=…)`."""
MOST_FIELDS: Final = 500
_OWN: Final = frozenset({"same-origin", "none"})
"""`none`: the person themselves, who reloads a page (https://www.w3.org/TR/fetch-metadata/)."""


class ForeignForm(HTTPException):
    """A form that none of our pages sent to this browser, or one that outlived its session."""

    def __init__(self) -> None:
        """Answer 403."""
        super().__init__(HTTPStatus.FORBIDDEN, "this form is not one of ours, or too old")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was checked."""

    data: FormData

    def text(self, name: str) -> str:
        """Return a field as it was written, without spaces around; empty where it is missing."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return a field to the letter: a password may begin with a space."""
        found = self.data.get(name)
        return found if isinstance(found, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return every value of a field: ticked boxes."""
        return [each for each in self.data.getlist(name) if isinstance(each, str)]

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was sent along."""
        found = self.data.get(name)
        return found if isinstance(found, UploadFile) else None


def form_token(request: Request) -> str | None:
    """Return the token of this browser's forms; None where it holds no cookie of ours yet.

    A page without a session calls `cookies.before(request)` first, as the sign-in page does.
    """
    held = cookies.read(request, cookies.SESSION) or getattr(request.state, "before", None)
    return token_of(held or cookies.read(request, cookies.BEFORE))


def token_of(held: str | None) -> str | None:
    """Return the token that is made from a cookie's value."""
    if held is None:
        return None
    return base64.urlsafe_b64encode(hmac.digest(held.encode(), b"form", hashlib.sha256)).rstrip(b"=").decode()


def checked(*, largest: int = LARGEST) -> Callable[[Request], Awaitable[Filled]]:
    """Return the dependency that gives a form of at most so many bytes, checked."""

    async def check(request: Request) -> Filled:
        _refuse_foreign(request)
        _refuse_large(request, largest)
        data = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=largest)
        form = Filled(data)
        _compare(request, request.headers.get(HEADER) or form.text(FIELD))
        return form

    return check


def checked_call(request: Request) -> None:
    """Check a script's call, whose token stands in its header; a dependency for routes that take JSON."""
    _refuse_foreign(request)
    _compare(request, request.headers.get(HEADER, ""))


CheckedForm = Annotated[Filled, Depends(checked())]


def _refuse_foreign(request: Request) -> None:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in _OWN
    else:  # an older browser, or one over plain http
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours:
        raise ForeignForm


def _refuse_large(request: Request, largest: int) -> None:
    """Refuse a body that is too large, or does not say how large it is."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or len(length) > 12 or int(length) > largest:  # noqa: PLR2004 - far beyond any limit
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "this is too much for one form")


def _compare(request: Request, given: str) -> None:
    """Refuse a token that is not this browser's: with a session, the one of the session alone counts."""
    wanted = form_token(request)
    if wanted is None or not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogatepass")):
        raise ForeignForm
