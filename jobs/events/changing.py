"""Endpoints changed: another address or kinds, paused and resumed, a new secret. Orders in, endpoints as they are out.

A writer of `endpoints`, in the caller's transaction. Nothing that waits for an endpoint is lost by any of it.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, update

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.events.endpoints import MAIL, Endpoint, check_address, list_endpoints, new_secret
from jobs.events.kinds import Kind
from jobs.events.noting import forget_wishes
from jobs.records import endpoints
from jobs.sealing import seal


def find_endpoint(connection: Connection, practice: str, endpoint_id: uuid.UUID) -> Endpoint:
    """Return an endpoint of a practice.

    Raises:
        NotFoundError: it has no such endpoint.

    """
    for each in list_endpoints(connection, practice):
        if each.id == endpoint_id:
            return each
    message = f"{practice} has no endpoint {endpoint_id.hex}"
    raise NotFoundError(message)


def change_endpoint(
    connection: Connection, endpoint: Endpoint, *, url: str | None, kinds: Sequence[Kind] | None, may_be_private: bool
) -> Endpoint:
    """Give an endpoint another address or other kinds; None leaves them. What waits goes to the new address.

    Raises:
        InputError: the address is not fit, or of another sort; or no kind is left.

    """
    if url is not None and check_address(url, may_be_private=may_be_private) != endpoint.channel:
        message = "posts and mail are endpoints of their own: add another, and remove this one"
        raise InputError(message)
    if kinds is not None and not kinds:
        message = "name a kind of event, or pause the endpoint"
        raise InputError(message)
    values: dict[str, object] = {} if url is None else {"url": url}
    if kinds is not None:
        values["kinds"] = [kind.value for kind in dict.fromkeys(kinds)]
    return _write(connection, endpoint, values) if values else endpoint


def pause_endpoint(connection: Connection, endpoint: Endpoint, *, by: str, now: dt.datetime) -> Endpoint:
    """Let nothing go to an endpoint until it is resumed: what happens meanwhile is kept for it."""
    return endpoint if endpoint.paused_at else _write(connection, endpoint, {"paused_at": now, "paused_by": by})


def resume_endpoint(connection: Connection, endpoint: Endpoint) -> Endpoint:
    """Let what waits go on to an endpoint that was paused, or that said it wants no more (410)."""
    lifted = ("paused_at", "paused_by", "disabled_at", "disabled_by", "disabled_because")
    if endpoint.paused_at is None and endpoint.disabled_at is None:
        return endpoint
    return _write(connection, endpoint, dict.fromkeys(lifted))


def rotate_secret(connection: Connection, endpoint: Endpoint) -> str:
    """Give an endpoint a new secret and return it, told nowhere else; the next post is signed with it.

    Raises:
        RefusedError: nothing that goes by mail is signed.

    """
    if endpoint.channel == MAIL:
        message = "mail is not signed: a mail address has no secret"
        raise RefusedError(message)
    secret = new_secret()
    _write(connection, endpoint, {"secret": seal(connection, secret)})
    return secret


def _write(connection: Connection, endpoint: Endpoint, values: dict[str, object]) -> Endpoint:
    connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(values))
    forget_wishes(connection)
    return find_endpoint(connection, endpoint.practice, endpoint.id)
