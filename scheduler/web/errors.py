"""Errors as people see them: a page with a plain sentence. Our own errors and the framework's come in, pages go out."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from jobs.errors import InputError, NotFoundError, QuietbellError, RefusedError
from scheduler.web.forms import ForeignForm
from scheduler.web.people import MustChangeError, NotAllowedError, NotSignedInError
from scheduler.web.showing import show
from scheduler.web.words import sentence

log = structlog.get_logger(__name__)

TEMPLATE: Final = "error.html.j2"
NOT_FOUND: Final = sentence("There is no such page, or nothing of yours at this address.")
FORBIDDEN: Final = sentence("Your role does not allow this.")
FOREIGN: Final = sentence(
    "This form is too old, or did not come from these pages. Go back, load the page again, and retry."
)
ODD: Final = sentence("Something in this address or form is not as it should be.")
LARGE: Final = sentence("This is too much for one form.")
BROKEN: Final = sentence("Something broke here. It has been noted; nothing was half done. Try again in a moment.")
_STATUS: Final[tuple[tuple[type[QuietbellError], HTTPStatus], ...]] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RefusedError, HTTPStatus.CONFLICT),
)
_SENTENCES: Final = {
    HTTPStatus.NOT_FOUND: NOT_FOUND,
    HTTPStatus.FORBIDDEN: FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: LARGE,
}


def show_errors(app: FastAPI) -> None:
    """Answer every error of ours, of the framework and of validation with a page."""
    app.add_exception_handler(QuietbellError, _ours)
    app.add_exception_handler(HTTPException, _frameworks)
    app.add_exception_handler(RequestValidationError, _invalid)


async def broken(request: Request) -> Response:
    """Return the page for what nobody foresaw; it says nothing of it."""
    try:
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN)
    except Exception:
        log.exception("the page of errors broke")
        return PlainTextResponse(BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR)


def error_page(request: Request, status: HTTPStatus, words: str, detail: str | None = None) -> HTMLResponse:
    """Return a page that says a sentence, in the reader's language, and `detail` as it is."""
    return show(request, TEMPLATE, status=status, words=words, detail=detail)


async def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedInError):
        return _to_sign_in(request, error)
    if isinstance(error, MustChangeError):
        return RedirectResponse("/password", HTTPStatus.SEE_OTHER)
    if isinstance(error, NotAllowedError):
        return error_page(request, HTTPStatus.FORBIDDEN, FORBIDDEN)
    status = next((known for kind, known in _STATUS if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        log.error("a page cannot be shown", path=request.url.path, reason=str(error))
        return error_page(request, status, BROKEN)
    return error_page(request, status, _SENTENCES.get(status, ODD), str(error))


async def _frameworks(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    words = FOREIGN if isinstance(error, ForeignForm) else _SENTENCES.get(status, ODD)
    answer = error_page(request, status, words)
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, _error: Exception) -> Response:
    return error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, ODD)


def _to_sign_in(request: Request, error: NotSignedInError) -> Response:
    """Send a person to the sign-in; tell a script, which could not follow, that there is none."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(str(error), HTTPStatus.UNAUTHORIZED)
    query = "" if error.next == "/" else "?" + urlencode({"next": error.next})
    return RedirectResponse(f"/sign-in{query}", HTTPStatus.SEE_OTHER)
