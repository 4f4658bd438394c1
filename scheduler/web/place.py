"""What the pages need of the process: it stands on the application, and routes ask for it as `here: Here`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from jobs.clock import Clock
from jobs.database import Database
from scheduler.identities.oidc import Provider
from scheduler.intake.entry import Intake

SECURE: str = "https"
CheckProviders: TypeAlias = Callable[[Collection[str]], Sequence[tuple[str, str, str, str]]]
"""Names of providers in; for each finding its level (ok, warn, fail), what it is of, what was found, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPlace:
    """What the pages work with.

    `public_url` is how browsers reach this installation (None: by whatever address they came); `practice` is the one
    that a sign-in is to (None: the only one with users, else it is asked); `provider` is where people may sign in
    besides by password; `events_allow_private`: endpoints may lead to private addresses; `check_providers` looks at
    what the process knows of providers (None: it cannot tell).
    """

    database: Database
    clock: Clock
    intake: Intake
    public_url: str | None = None
    practice: str | None = None
    provider: Provider | None = None
    events_allow_private: bool = False
    check_providers: CheckProviders | None = None


def place_of(request: Request) -> WebPlace:
    """Return what the process gave the application."""
    place: WebPlace = request.app.state.place
    return place


def is_secure(request: Request) -> bool:
    """Tell whether the browser speaks https with us, or with the proxy in front of us."""
    public_url = place_of(request).public_url
    return request.url.scheme == SECURE or (public_url or "").startswith(f"{SECURE}:")


def address_of(request: Request) -> str | None:
    """Return where the browser calls from: the other end, or whom a proxy that the server was told of names."""
    return None if request.client is None else request.client.host


Here = Annotated[WebPlace, Depends(place_of)]
