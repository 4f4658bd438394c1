"""Signing out, and the choice of a language."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import NotFoundError
from scheduler.identities import sessions
from scheduler.web import cookies
from scheduler.web.forms import CheckedForm
from scheduler.web.people import local_path
from scheduler.web.place import Here
from scheduler.web.words import LANGUAGES

router = APIRouter()


@router.post("/sign-out")
def sign_out(request: Request, here: Here, _form: CheckedForm) -> Response:
    """End the session, here and on the server."""
    token = cookies.read(request, cookies.SESSION)
    if token is not None:
        here.database.write(lambda connection: sessions.end(connection, token))
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    cookies.drop(request, answer, cookies.SESSION)
    return answer


@router.get("/language/{tag}")
def choose_language(request: Request, tag: str, next: str = "/") -> Response:  # noqa: A002 - what the address calls it
    """Show pages in this language from now on.

    Raises:
        NotFoundError: no page speaks it.

    """
    if tag not in LANGUAGES:
        message = f"no page speaks {tag[:20]!r}"
        raise NotFoundError(message)
    path = "/sign-in" if next == "/sign-in" else local_path(next)
    answer = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    cookies.put(request, answer, cookies.LANGUAGE, tag, seconds=cookies.A_YEAR)
    return answer
