"""Sessions of signed-in users: begun, found by their token, ended. Only a token's hash is kept.

A session ends by itself when it was not used for a while, and at the end of a day's work whatever happened.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from jobs.database import Database
from jobs.records import sessions, users
from scheduler.identities import steps

LONGEST: Final = dt.timedelta(hours=12)
IDLE: Final = dt.timedelta(hours=2)
SEEN: Final = dt.timedelta(minutes=1)
"""A use is written down at most so often."""
TOKEN_BYTES: Final = 32
LONGEST_AGENT: Final = 200


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a session is begun from: the address, and the browser as it calls itself."""

    address: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open, and the row of its user; `id` names it in lists and opens nothing."""

    id: str
    user_row: Row[Any]
    created_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its user sees it."""

    id: str
    whence: Whence
    created_at: dt.datetime
    seen_at: dt.datetime


def begin(connection: Connection, user_id: uuid.UUID, whence: Whence, now: dt.datetime) -> str:
    """Begin a session and return its token, for the cookie; the user's ended ones are cleared away."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id, _ended(now)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    agent = "".join(letter for letter in whence.agent or "" if letter.isprintable())[:LONGEST_AGENT]
    connection.execute(
        insert(sessions).values(
            token_hash=_hash(token),
            user_id=user_id,
            address=whence.address,
            agent=agent or None,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    return token


def find(database: Database, token: str) -> Session | None:
    """Return the session of a token if it is open and its user is not disabled, and note its use."""
    query = (
        select(users, sessions.c.token_hash, sessions.c.created_at.label("begun_at"))
        .add_columns(sessions.c.seen_at, sessions.c.expires_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.token_hash == _hash(token), users.c.disabled_at.is_(None))
    )
    with database.read() as connection:
        now = database.moment(connection)
        row = connection.execute(query.where(~_ended(now))).one_or_none()
    if row is None:
        return None
    if now - row.seen_at >= SEEN:
        seen = update(sessions).where(sessions.c.token_hash == row.token_hash, sessions.c.seen_at < now)
        database.write(lambda connection: connection.execute(seen.values(seen_at=now)))
    return Session(_named(row.token_hash), row, row.begun_at, row.seen_at, row.expires_at)


def list_open(connection: Connection, user_id: uuid.UUID, now: dt.datetime) -> list[Listed]:
    """Return a user's open sessions, the last used first."""
    query = select(sessions).where(sessions.c.user_id == user_id, ~_ended(now)).order_by(sessions.c.seen_at.desc())
    return [
        Listed(_named(row.token_hash), Whence(row.address, row.agent), row.created_at, row.seen_at)
        for row in connection.execute(query).all()
    ]


def end(connection: Connection, token: str) -> bool:
    """End the session of a token; tell whether there was one."""
    return connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token))).rowcount > 0


def end_all(connection: Connection, user_id: uuid.UUID, *, but: str | None = None) -> int:
    """End a user's sessions, all but the one of the token `but`, and sign-ins under way; return how many sessions."""
    steps.end_all(connection, user_id)
    theirs = delete(sessions).where(sessions.c.user_id == user_id)
    if but is not None:
        theirs = theirs.where(sessions.c.token_hash != _hash(but))
    return connection.execute(theirs).rowcount


def sweep(connection: Connection, now: dt.datetime) -> int:
    """Remove what has ended; return how many."""
    return connection.execute(delete(sessions).where(_ended(now))).rowcount


def _ended(now: dt.datetime) -> Any:  # noqa: ANN401 - what SQLAlchemy's operators return
    return or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - IDLE)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _named(token_hash: bytes) -> str:
    return token_hash.hex()[:16]
