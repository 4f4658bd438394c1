"""Who calls, and what a call needs of the process: both stand on the application, and each route names its right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from jobs.clock import Clock
from jobs.database import Database
from jobs.providers.contract import Provider
from scheduler.api.v1.problems import Trouble
from scheduler.identities.rights import Caller, Right
from scheduler.intake.entry import Intake

_bearer = HTTPBearer(auto_error=False, description="An API key, as `quietbell keys add` printed it once.")


@dataclass(frozen=True, slots=True)
class Place:
    """What the routes work with; `whose(key)` is the caller of an API key, None where it is none, or no more.

    `events_allow_private`: endpoints may lead to private addresses, by `http://` too. `providers` are asked for media.
    """

    database: Database
    clock: Clock
    intake: Intake
    whose: Callable[[str], Caller | None]
    events_allow_private: bool = False
    providers: Mapping[str, Provider] = field(default_factory=dict)


def place_of(request: Request) -> Place:
    """Return what the process gave the application."""
    place: Place = request.app.state.place
    return place


def caller_of(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
) -> Caller:
    """Return whose key came with the call, and from where: the other end of the connection.

    The server puts `X-Forwarded-For` in its place where a proxy on this machine, or one that it was told of, sent it.

    Raises:
        Trouble: none did, or it opens nothing.

    """
    caller = None if given is None else place_of(request).whose(given.credentials)
    if caller is None:
        detail = "give an API key: `Authorization: Bearer …`" if given is None else "this API key opens nothing"
        raise Trouble(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
    return caller if request.client is None else replace(caller, address=request.client.host)


def needs(right: Right) -> Any:  # noqa: ANN401 - what Depends returns
    """Return the dependency that lets only callers with that right through, and gives the caller."""

    def allowed(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not caller.may(right):
            raise Trouble(HTTPStatus.FORBIDDEN, f"this key lacks the scope `{right.value}`")
        return caller

    return Depends(allowed)


Here = Annotated[Place, Depends(place_of)]
