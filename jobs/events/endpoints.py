"""Where a practice's events go: addresses that are posted to, or mailed, and for which kinds.

An endpoint's secret is told once, when it is added. A writer of `endpoints`, in the caller's transaction.
"""

import base64
import datetime as dt
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, text, update

from jobs.errors import InputError, NotFoundError
from jobs.events.kinds import Kind
from jobs.events.noting import forget_wishes
from jobs.records import deliveries, endpoints, new_id
from jobs.records.events import OPEN_DELIVERY_SQL
from jobs.sealing import seal

POST: Final = "post"
MAIL: Final = "mail"
LONGEST_ADDRESS: Final = 2_000
SECRET_BYTES: Final = 32
"""Standard Webhooks asks for 24 to 64 random bytes."""
IS_OPEN: Final = text(OPEN_DELIVERY_SQL)
_MAILTO: Final = "mailto:"
_MAIL_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"\\()\[\]]+@[^\s@<>,;:\"\\()\[\]?&]+")
MAILED: Final = (Kind.TEXT_RECEIVED, Kind.JOB_IN_DOUBT, Kind.OCCASION_UNREACHED, Kind.PROVIDER_CLOSED)
"""What goes to a mail address unless other kinds are named: what needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint to be added; no `kinds`: all of them, to a mail address what needs a person."""

    practice: str
    url: str
    kinds: Sequence[Kind] = ()
    by: str
    may_be_private: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """The id of a new endpoint, and its secret (`whsec_…`), which is told nowhere else."""

    id: uuid.UUID
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint as people may see it."""

    id: uuid.UUID
    practice: str
    channel: str
    url: str
    kinds: tuple[str, ...]
    created_by: str
    created_at: dt.datetime
    disabled_at: dt.datetime | None
    disabled_by: str | None
    disabled_because: str | None
    paused_at: dt.datetime | None = None
    paused_by: str | None = None


def check_address(url: str, *, may_be_private: bool) -> str:
    """Return the channel of an address: POST for https:// (http:// where that is allowed), MAIL for mailto:.

    Raises:
        InputError: it is neither, or says who logs in.

    """
    if len(url) > LONGEST_ADDRESS or not url.isprintable() or any(character.isspace() for character in url):
        message = f"an endpoint's address is one word of at most {LONGEST_ADDRESS} characters"
        raise InputError(message)
    if url.startswith(_MAILTO):
        if not _MAIL_ADDRESS.fullmatch(url.removeprefix(_MAILTO)):
            message = "say one mail address: mailto:desk@example.org"
            raise InputError(message)
        return MAIL
    try:
        parts = urlsplit(url)
        host, has_port = parts.hostname, parts.port != 0
    except ValueError:
        parts, host, has_port = urlsplit(""), None, False
    allowed = {"https", "http"} if may_be_private else {"https"}
    if parts.scheme not in allowed or not host or not has_port:
        message = "an endpoint's address begins with https://, or with mailto:"
        raise InputError(message)
    if parts.username is not None or parts.fragment:
        message = "leave user, password and # out of the address: posts are signed with the endpoint's secret"
        raise InputError(message)
    return POST


def add_endpoint(connection: Connection, new: NewEndpoint, *, now: dt.datetime) -> Added:
    """Add an endpoint; what happens from then on goes there (other processes know of it within five seconds).

    Raises:
        InputError: its address is not fit.

    """
    channel = check_address(new.url, may_be_private=new.may_be_private)
    kinds = new.kinds or (MAILED if channel == MAIL else tuple(Kind))
    added = Added(new_id(), new_secret())
    # Nothing is signed that goes by mail, so that it needs no key.
    sealed = "" if channel == MAIL else seal(connection, added.secret)
    row = {"id": added.id, "secret": sealed, "practice": new.practice, "channel": channel, "url": new.url}
    row |= {"kinds": [kind.value for kind in kinds], "created_by": new.by, "created_at": now}
    connection.execute(insert(endpoints).values(row))
    forget_wishes(connection)
    return added


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes one."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def list_endpoints(connection: Connection, practice: str) -> list[Endpoint]:
    """Return a practice's endpoints, disabled ones too, the oldest first; without their secrets."""
    names = list(Endpoint.__dataclass_fields__)
    query = select(*(endpoints.c[name] for name in names)).where(endpoints.c.practice == practice)
    rows = connection.execute(query.order_by(endpoints.c.created_at, endpoints.c.id)).mappings()
    return [Endpoint(**{**row, "kinds": tuple(row["kinds"])}) for row in rows]


def disable_endpoint(connection: Connection, endpoint_id: uuid.UUID, because: str, *, by: str, now: dt.datetime) -> int:
    """Let nothing more go to an endpoint; what was still to go there is dead. Return how many endpoints that was.

    One that is disabled already stays as it is (0).
    """
    live = update(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.disabled_at.is_(None))
    found = connection.execute(live.values(disabled_at=now, disabled_by=by, disabled_because=because)).rowcount
    if found:
        given_up = update(deliveries).where(deliveries.c.endpoint_id == endpoint_id, IS_OPEN)
        connection.execute(given_up.values(dead_at=now, answer=because))
        forget_wishes(connection)
    return found


def remove_endpoint(connection: Connection, practice: str, endpoint_id: uuid.UUID) -> None:
    """Remove an endpoint of a practice with all its deliveries.

    Raises:
        NotFoundError: the practice has no such endpoint.

    """
    mine = delete(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.practice == practice)
    if not connection.execute(mine).rowcount:
        message = f"{practice} has no endpoint {endpoint_id.hex}"
        raise NotFoundError(message)
    connection.execute(delete(deliveries).where(deliveries.c.endpoint_id == endpoint_id))
    forget_wishes(connection)
