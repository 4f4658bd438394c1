"""What somebody orders of endpoints: add, change, pause, resume, a new secret, remove, send again; each is noted.

In the caller's transaction, with the audit log's row; a secret goes out once and stands in no row of that.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection

from jobs import events
from jobs.errors import InputError
from jobs.events import Added, Endpoint, Kind, NewEndpoint
from scheduler.identities.audit import Act, Signed, Subject, note

Changed: TypeAlias = tuple[Mapping[str, object] | None, Mapping[str, object] | None]
"""What of an endpoint was, and what is."""


def read_kinds(given: Sequence[str]) -> list[Kind]:
    """Return kinds of events as somebody named them, each once.

    Raises:
        InputError: there is no such kind.

    """
    known = {kind.value: kind for kind in Kind}
    unknown = [each for each in given if each not in known]
    if unknown:
        message = f"there is no kind of event {unknown[0]!r}: it is one of {', '.join(known)}"
        raise InputError(message)
    return [known[each] for each in dict.fromkeys(given)]


def add_endpoint(
    connection: Connection, signed: Signed, url: str, kinds: Sequence[Kind], *, may_be_private: bool
) -> Added:
    """Let events go to an address; no kinds: all, to a mail address what needs a person.

    Raises:
        InputError: its address is not fit.

    """
    new = NewEndpoint(practice=signed.practice, url=url, kinds=kinds, by=signed.by, may_be_private=may_be_private)
    added = events.add_endpoint(connection, new, now=signed.at)
    after = {"url": url, "kinds": [each.value for each in kinds] or "all"}
    _note(connection, signed, "added", added.id, (None, after))
    return added


def change_endpoint(
    connection: Connection,
    signed: Signed,
    endpoint: Endpoint,
    wanted: tuple[str | None, Sequence[Kind] | None],
    *,
    may_be_private: bool,
) -> Endpoint:
    """Give an endpoint another address or other kinds, as `wanted` says; None leaves them.

    Raises:
        InputError: the address is not fit, or of another sort; or no kind is left.

    """
    url, kinds = wanted
    changed = events.change_endpoint(connection, endpoint, url=url, kinds=kinds, may_be_private=may_be_private)
    names = [name for name in ("url", "kinds") if getattr(endpoint, name) != getattr(changed, name)]
    if names:
        before, after = ({name: getattr(each, name) for name in names} for each in (endpoint, changed))
        _note(connection, signed, "changed", endpoint.id, (before, after))
    return changed


def pause_endpoint(connection: Connection, signed: Signed, endpoint: Endpoint) -> Endpoint:
    """Let nothing go to an endpoint until it is resumed."""
    paused = events.pause_endpoint(connection, endpoint, by=signed.by, now=signed.at)
    if paused != endpoint:
        _note(connection, signed, "paused", endpoint.id)
    return paused


def resume_endpoint(connection: Connection, signed: Signed, endpoint: Endpoint) -> Endpoint:
    """Let events go to an endpoint again."""
    resumed = events.resume_endpoint(connection, endpoint)
    if resumed != endpoint:
        _note(connection, signed, "resumed", endpoint.id, ({"disabled_because": endpoint.disabled_because}, None))
    return resumed


def rotate_secret(connection: Connection, signed: Signed, endpoint: Endpoint) -> str:
    """Give an endpoint a new secret and return it, shown now and never again.

    Raises:
        RefusedError: nothing that goes by mail is signed.

    """
    secret = events.rotate_secret(connection, endpoint)
    _note(connection, signed, "secret_rotated", endpoint.id)
    return secret


def remove_endpoint(connection: Connection, signed: Signed, endpoint: Endpoint) -> None:
    """Let no more events go to an endpoint; what was not delivered there is forgotten."""
    events.remove_endpoint(connection, signed.practice, endpoint.id)
    _note(connection, signed, "removed", endpoint.id, ({"url": endpoint.url}, None))


def send_again(
    connection: Connection, signed: Signed, event_ids: Collection[uuid.UUID] | None, endpoint_id: uuid.UUID | None
) -> int:
    """Send events again that were given up (None: all of those), or named ones that arrived; count the deliveries.

    Raises:
        NotFoundError: the practice has none of a named event.

    """
    count = events.send_again(connection, signed.practice, event_ids, now=signed.at, endpoint_id=endpoint_id)
    if count:
        subject = Subject("endpoint", "all" if endpoint_id is None else endpoint_id.hex)
        which = "dead" if event_ids is None else [each.hex for each in event_ids]
        note(connection, Act(signed, "endpoint.resent", subject, None, {"events": which, "deliveries": count}))
    return count


def _note(
    connection: Connection, signed: Signed, did: str, endpoint_id: uuid.UUID, changed: Changed = (None, None)
) -> None:
    note(connection, Act(signed, f"endpoint.{did}", Subject("endpoint", endpoint_id.hex), *changed))
