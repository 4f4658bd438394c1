"""Signing in at the identity provider: a link leads there, and the browser comes back with a code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import NotFoundError
from scheduler.identities import oidc
from scheduler.identities.oidc import CameBack, CameIn, ChoosePractice, Leaving, Provider, ProviderError, Refusal
from scheduler.identities.signing_in import TooSoon
from scheduler.web import cookies
from scheduler.web.errors import error_page
from scheduler.web.people import local_path
from scheduler.web.place import Here, WebPlace, address_of
from scheduler.web.showing import show
from scheduler.web.signing.entering import enter, too_soon
from scheduler.web.words import sentence

router = APIRouter()

AGAIN = sentence("This sign-in was begun too long ago, or in another browser. Please begin again.")
UNREACHABLE = sentence(
    "The place where you sign in cannot be reached just now. Try again in a moment, or use a password."
)
DENIED = sentence("You were not signed in there. Please begin again.")
NOT_BELIEVED = sentence(
    "What came back from there cannot be trusted, so nobody was signed in. Please tell whoever runs this."
)
UNVERIFIED = sentence("Your address is not confirmed there. Confirm it, then sign in again.")
NOBODY = sentence("You are not a user here yet. Ask an admin of your practice to add you.")
REFUSED: Final[Mapping[Refusal, str]] = {
    Refusal.STALE: AGAIN,
    Refusal.DENIED: DENIED,
    Refusal.UNREACHABLE: UNREACHABLE,
    Refusal.NOT_BELIEVED: NOT_BELIEVED,
    Refusal.UNVERIFIED: UNVERIFIED,
    Refusal.UNKNOWN: NOBODY,
    Refusal.ANOTHER: NOBODY,
    Refusal.SEVERAL: NOBODY,
}


def provider_of(here: Here) -> Provider:
    """Return the identity provider.

    Raises:
        NotFoundError: none is set up.

    """
    if here.provider is None:
        message = "no identity provider is set up here"
        raise NotFoundError(message)
    return here.provider


Asked = Annotated[Provider, Depends(provider_of)]


@router.get("/sign-in/oidc")
def leave(
    request: Request,
    here: Here,
    provider: Asked,
    next: str = "/",  # noqa: A002 - what the address calls it
    practice: str | None = None,
) -> Response:
    """Send the browser to the identity provider."""
    known = practice if practice and practice.isprintable() else None
    leaving = Leaving(browser=cookies.before(request), practice=known, next=local_path(next))
    try:
        address = oidc.start(here.database, provider, leaving)
    except ProviderError:
        return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, UNREACHABLE)
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    cookies.keep_before(request, answer)
    return answer


@router.get("/sign-in/oidc/callback")
def come_back(request: Request, here: Here, provider: Asked) -> Response:
    """Let in whom the identity provider names, if the practice knows them."""
    browser = cookies.before(request)
    came = CameBack(browser=browser, query=dict(request.query_params), address=address_of(request))
    outcome = oidc.finish(here.database, provider, came)
    if isinstance(outcome, CameIn):
        return enter(request, here, outcome.user, outcome.next)
    if isinstance(outcome, TooSoon):
        return too_soon(request, here, outcome)
    if isinstance(outcome, ChoosePractice):
        return _ask_practice(request, outcome)
    return _refuse(request, here, outcome.why)


def _ask_practice(request: Request, outcome: ChoosePractice) -> Response:
    return show(request, "practices.html.j2", practices=outcome.practices, next=outcome.next)


def _refuse(request: Request, here: WebPlace, why: Refusal) -> Response:
    status = HTTPStatus.SERVICE_UNAVAILABLE if why is Refusal.UNREACHABLE else HTTPStatus.FORBIDDEN
    name = None if here.provider is None else here.provider.setup.name
    return show(request, "refused.html.j2", status=status, words=REFUSED[why], provider=name)
