"""Sign-ins that are under way: begun in one browser, taken up once by the same one within minutes.

What the browser holds is the key, of which only a hash is kept: a row opens nothing to whoever reads it.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from jobs.records import sign_in_steps


class Kind(StrEnum):
    """What a sign-in waits for."""

    CODE = "code"
    OIDC = "oidc"


LIVES: Final[Mapping[Kind, dt.timedelta]] = {Kind.CODE: dt.timedelta(minutes=5), Kind.OIDC: dt.timedelta(minutes=10)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A sign-in under way: whose password was right (CODE), which practice was asked for, and the page they wanted."""

    kind: Kind
    next: str
    user_id: uuid.UUID | None = None
    practice: str | None = None


def begin(connection: Connection, held: str, step: Step, now: dt.datetime) -> None:
    """Keep a step for the browser that holds `held`; what is over is cleared away, an earlier one replaced."""
    key = _key(step.kind, held)
    connection.execute(delete(sign_in_steps).where(sign_in_steps.c.expires_at <= now))
    connection.execute(delete(sign_in_steps).where(sign_in_steps.c.key == key))
    connection.execute(
        insert(sign_in_steps).values(
            key=key,
            kind=step.kind.value,
            user_id=step.user_id,
            practice=step.practice,
            next=step.next,
            expires_at=now + LIVES[step.kind],
        )
    )


def find(connection: Connection, kind: Kind, held: str, now: dt.datetime) -> Step | None:
    """Return the step of a browser that waits, and leave it."""
    query = select(sign_in_steps).where(sign_in_steps.c.key == _key(kind, held), sign_in_steps.c.expires_at > now)
    row = connection.execute(query).one_or_none()
    return None if row is None else Step(kind=kind, next=row.next, user_id=row.user_id, practice=row.practice)


def take(connection: Connection, kind: Kind, held: str, now: dt.datetime) -> Step | None:
    """Return the step of a browser, once: of two that ask at the same moment one gets it."""
    found = find(connection, kind, held, now)
    gone = connection.execute(delete(sign_in_steps).where(sign_in_steps.c.key == _key(kind, held))).rowcount
    return found if gone else None


def end_all(connection: Connection, user_id: uuid.UUID) -> None:
    """End what is under way for a user: they have another password, or may come in no more."""
    connection.execute(delete(sign_in_steps).where(sign_in_steps.c.user_id == user_id))


def _key(kind: Kind, held: str) -> bytes:
    return hashlib.sha256(f"{kind.value}\0{held}".encode("utf-8", "surrogatepass")).digest()
