"""API keys: made, rotated with an overlap, revoked, listed. A secret goes out once, when it is made; its hash stays.

A key reads `qb_<id>_<secret>`. The secret is 256 random bits, so one SHA-256 keeps it as well as a slow hash would.
"""

import datetime as dt
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import api_keys, new_id
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.identities.rights import Right

SECRET_BYTES: Final = 32
OVERLAP: Final = dt.timedelta(days=1)
"""How long a rotated key opens beside the one in its place, unless told otherwise."""
LONGEST_OVERLAP: Final = dt.timedelta(days=90)
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_WRITTEN: Final = re.compile(r"qb_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to make; `expires_at` None: it opens until it is revoked."""

    name: str
    scopes: frozenset[Right]
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept, without its secret."""

    id: uuid.UUID
    practice: str
    name: str
    scopes: frozenset[Right]
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None
    replaces: uuid.UUID | None
    replaced_at: dt.datetime | None
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None

    def opens(self, now: dt.datetime) -> bool:
        """Tell whether it lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def standing(self, now: dt.datetime) -> str:
        """Return in a word how it stands: open, ending (another took its place), expired, revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if not self.opens(now):
            return "expired"
        return "open" if self.replaced_at is None else "ending"


@dataclass(frozen=True, slots=True)
class Made:
    """A key just made, with what to present: shown once, kept nowhere."""

    key: ApiKey
    secret: str


def read_scopes(words: Iterable[str]) -> frozenset[Right]:
    """Return the rights that scopes name.

    Raises:
        InputError: one is unknown, or there is none.

    """
    known = {right.value: right for right in Right}
    found = [word.strip() for word in words if word.strip()]
    for word in found:
        if word not in known:
            message = f"unknown scope {word!r}: there is {', '.join(known)}"
            raise InputError(message)
    if not found:
        message = "a key needs a scope: name what it may do, such as records:write"
        raise InputError(message)
    return frozenset(known[word] for word in found)


def add(connection: Connection, wanted: NewKey, signed: Signed) -> Made:
    """Make a key.

    Raises:
        InputError: its name, scopes or end are not as they should be.
        RefusedError: a key of this name is in use.

    """
    _check(wanted, signed.at)
    current = _current(connection, signed.practice, wanted.name)
    if current is not None:
        message = f"there is a key {wanted.name!r} already: rotate it, or revoke it first"
        raise RefusedError(message)
    made = _make(connection, wanted, None, signed)
    after = {"name": wanted.name, "scopes": wanted.scopes, "expires_at": wanted.expires_at}
    note(connection, Act(signed, "key.added", _subject(made.key), None, after))
    return made


def rotate(
    connection: Connection,
    name: str,
    signed: Signed,
    *,
    overlap: dt.timedelta = OVERLAP,
    end: dt.datetime | None = None,
) -> Made:
    """Make a key in place of the one of that name, with its scopes; the old one opens for `overlap` more.

    `end` None: the new one lives as long as the old one was meant to.

    Raises:
        InputError: the overlap or end is not as it should be.
        NotFoundError: no key of this name is in use.

    """
    if not dt.timedelta() <= overlap <= LONGEST_OVERLAP:
        message = f"the overlap is between 0 and {LONGEST_OVERLAP.days} days"
        raise InputError(message)
    old = _current(connection, signed.practice, name)
    if old is None:
        message = f"there is no key {name!r} in practice {signed.practice} to rotate"
        raise NotFoundError(message)
    if end is None and old.expires_at is not None:
        end = signed.at + (old.expires_at - old.created_at)
    wanted = NewKey(name, old.scopes, end)
    _check(wanted, signed.at)
    last = signed.at + overlap if old.expires_at is None else min(old.expires_at, signed.at + overlap)
    connection.execute(update(api_keys).where(api_keys.c.id == old.id).values(replaced_at=signed.at, expires_at=last))
    made = _make(connection, wanted, old.id, signed)
    before = {"id": old.id.hex, "expires_at": old.expires_at}
    after = {"replaces": old.id.hex, "old_opens_until": last, "expires_at": end}
    note(connection, Act(signed, "key.rotated", _subject(made.key), before, after))
    return made


def revoke(connection: Connection, name_or_id: str, signed: Signed) -> list[ApiKey]:
    """End every key of a name that still opens, or the one of an id; return those ended now.

    Other processes may let it in for as long as they remember it: a few seconds.

    Raises:
        NotFoundError: there is no such key.

    """
    known = list_keys(connection, signed.practice)
    meant = [key for key in known if key.name == name_or_id] or [key for key in known if key.id.hex == name_or_id]
    if not meant:
        message = f"there is no key {name_or_id!r} in practice {signed.practice}"
        raise NotFoundError(message)
    ended = [key for key in meant if key.revoked_at is None]
    for key in ended:
        gone = update(api_keys).where(api_keys.c.id == key.id, api_keys.c.revoked_at.is_(None))
        connection.execute(gone.values(revoked_at=signed.at, revoked_by=signed.by))
        note(connection, Act(signed, "key.revoked", _subject(key), {"name": key.name}, {"revoked_at": signed.at}))
    return ended


def list_keys(connection: Connection, practice: str) -> list[ApiKey]:
    """Return every key of a practice, those that have ended too, by name and newest first."""
    query = select(api_keys).where(api_keys.c.practice == practice)
    found = [_key(row) for row in connection.execute(query).all()]
    return sorted(found, key=lambda key: (key.name, -key.created_at.timestamp(), key.id), reverse=False)


def read_written(written: str) -> tuple[uuid.UUID, bytes] | None:
    """Return the id and the secret's SHA-256 of a key as it is presented; None where it is not written like one."""
    parts = _WRITTEN.fullmatch(written)
    return None if parts is None else (uuid.UUID(parts[1]), _hash(parts[2]))


def find(connection: Connection, key_id: uuid.UUID) -> tuple[ApiKey, bytes] | None:
    """Return a key by id, of whichever practice, with its secret's hash."""
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    return None if row is None else (_key(row), row.secret_hash)


def _check(wanted: NewKey, now: dt.datetime) -> None:
    if not NAME.fullmatch(wanted.name):
        message = f"{wanted.name!r} names no key: write small letters, digits, - . or _, at most 60"
        raise InputError(message)
    if not wanted.scopes:
        message = "a key needs a scope: name what it may do, such as records:write"
        raise InputError(message)
    if wanted.expires_at is not None and wanted.expires_at <= now:
        message = "the key would have expired already: name a moment ahead"
        raise InputError(message)


def _current(connection: Connection, practice: str, name: str) -> ApiKey | None:
    """Return the key of a name that is neither revoked nor replaced; it may have expired."""
    query = select(api_keys).where(
        api_keys.c.practice == practice,
        api_keys.c.name == name,
        api_keys.c.revoked_at.is_(None),
        api_keys.c.replaced_at.is_(None),
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    return None if row is None else _key(row)


def _make(connection: Connection, wanted: NewKey, replaces: uuid.UUID | None, signed: Signed) -> Made:
    secret, key_id = secrets.token_urlsafe(SECRET_BYTES), new_id()
    row = {
        "id": key_id,
        "practice": signed.practice,
        "name": wanted.name,
        "secret_hash": _hash(secret),
        "scopes": sorted(right.value for right in wanted.scopes),
        "created_at": signed.at,
        "created_by": signed.by,
        "expires_at": wanted.expires_at,
        "replaces": replaces,
    }
    try:
        connection.execute(insert(api_keys).values(row))
    except IntegrityError as error:
        message = f"somebody else made a key {wanted.name!r} at the same moment"
        raise RefusedError(message) from error
    found = find(connection, key_id)
    if found is None:
        message = f"the key {wanted.name!r} was not kept"
        raise NotFoundError(message)
    return Made(found[0], f"qb_{key_id.hex}_{secret}")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _subject(key: ApiKey) -> Subject:
    return Subject("api_key", key.id.hex)


def _key(row: Row[Any]) -> ApiKey:
    known = {right.value: right for right in Right}
    return ApiKey(
        id=row.id,
        practice=row.practice,
        name=row.name,
        # A scope of another version of Quietbell gives nothing.
        scopes=frozenset(known[scope] for scope in row.scopes if scope in known),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        replaces=row.replaces,
        replaced_at=row.replaced_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
