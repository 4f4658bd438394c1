"""Users of a practice: added, given another role, disabled and enabled, given a password. All of it is audited.

Roles that the practice names itself come in as a parameter. Passwords come in hashed (`passwords.hashed`), because a
transaction may run twice. Whoever does it has been asked for the right before.
"""

import datetime as dt
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import new_id, users
from jobs.store.values import person
from scheduler.identities import sessions
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.identities.rights import Caller
from scheduler.identities.roles import known_roles, rights_of

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.@+-]{0,99}")
EMAIL: Final = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,190}")
ADMIN: Final = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to add; `password_hash` None: no password opens, only the practice's identity provider."""

    name: str
    role: str
    password_hash: str | None = None
    must_change: bool = False
    email: str | None = None
    oidc_subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as they are kept, without what they sign in with; `must_change`: somebody else made their password."""

    id: uuid.UUID
    practice: str
    name: str
    role: str
    email: str | None
    must_change: bool
    has_password: bool
    asks_code: bool
    disabled_at: dt.datetime | None
    created_at: dt.datetime
    created_by: str

    def as_caller(self, named_roles: Collection[str] = ()) -> Caller:
        """Return them as a caller, with what their role may do in a practice that names these roles."""
        rights = frozenset() if self.disabled_at is not None else rights_of(self.role, named_roles)
        return Caller(self.practice, person(self.name), rights, self.role)


def spelt(name: str) -> str:
    """Return a user's name as it is kept: in small letters, without spaces around."""
    return name.strip().lower()


def add(connection: Connection, wanted: NewUser, signed: Signed, *, named_roles: Collection[str] = ()) -> User:
    """Add a user.

    Raises:
        InputError: their name or role is not as it should be.
        RefusedError: there is one of this name, or for this subject.

    """
    name = spelt(wanted.name)
    if not NAME.fullmatch(name):
        message = f"{wanted.name!r} cannot be a user's name: write letters, digits, - . _ + or @, at most 100"
        raise InputError(message)
    if wanted.email is not None and not EMAIL.fullmatch(wanted.email):
        message = f"{wanted.email!r} is no address for mail"
        raise InputError(message)
    _check_role(wanted.role, named_roles)
    row = {
        "id": new_id(),
        "practice": signed.practice,
        "name": name,
        "role": wanted.role,
        "email": wanted.email,
        "password_hash": wanted.password_hash,
        "must_change": wanted.must_change,
        "oidc_subject": wanted.oidc_subject,
        "created_at": signed.at,
        "created_by": signed.by,
    }
    try:
        connection.execute(insert(users).values(row))
    except IntegrityError as error:
        message = f"there is a user {name!r} in practice {signed.practice} already"
        raise RefusedError(message) from error
    note(connection, Act(signed, "user.added", _subject(name), None, {"role": wanted.role, "email": wanted.email}))
    return find(connection, signed.practice, name)


def change_role(
    connection: Connection, name: str, role: str, signed: Signed, *, named_roles: Collection[str] = ()
) -> User:
    """Give a user another role; their sessions go on with it.

    Raises:
        InputError: the practice has no such role.
        NotFoundError: there is no such user.
        RefusedError: they are the last admin who can sign in.

    """
    _check_role(role, named_roles)
    user = _hold(connection, signed.practice, name)
    if role == user.role:
        return user
    if user.role == ADMIN:
        _keep_an_admin(connection, user)
    _write(connection, user, role=role)
    note(connection, Act(signed, "user.role_changed", _subject(user.name), {"role": user.role}, {"role": role}))
    return find(connection, signed.practice, user.name)


def disable(connection: Connection, name: str, signed: Signed) -> User:
    """Let a user in no more, and end their sessions; what they did keeps their name.

    Raises:
        NotFoundError: there is no such user.
        RefusedError: they are the last admin who can sign in.

    """
    user = _hold(connection, signed.practice, name)
    if user.disabled_at is not None:
        return user
    if user.role == ADMIN:
        _keep_an_admin(connection, user)
    _write(connection, user, disabled_at=signed.at)
    sessions.end_all(connection, user.id)
    note(connection, Act(signed, "user.disabled", _subject(user.name), None, {"disabled_at": signed.at}))
    return find(connection, signed.practice, user.name)


def enable(connection: Connection, name: str, signed: Signed) -> User:
    """Let a disabled user in again.

    Raises:
        NotFoundError: there is no such user.

    """
    user = _hold(connection, signed.practice, name)
    if user.disabled_at is None:
        return user
    _write(connection, user, disabled_at=None)
    note(connection, Act(signed, "user.enabled", _subject(user.name), {"disabled_at": user.disabled_at}, None))
    return find(connection, signed.practice, user.name)


def set_password(
    connection: Connection, name: str, password_hash: str, signed: Signed, *, must_change: bool = False
) -> User:
    """Give a user a password, and end their sessions; `must_change` where somebody else made it.

    Raises:
        NotFoundError: there is no such user.

    """
    user = _hold(connection, signed.practice, name)
    _write(connection, user, password_hash=password_hash, must_change=must_change)
    sessions.end_all(connection, user.id)
    note(connection, Act(signed, "user.password_set", _subject(user.name), None, {"must_change": must_change}))
    return find(connection, signed.practice, user.name)


def find(connection: Connection, practice: str, name: str) -> User:
    """Return a user by name.

    Raises:
        NotFoundError: there is no such user.

    """
    return _found(connection.execute(by_name(practice, name)).one_or_none(), practice, name)


def by_name(practice: str, name: str) -> Select[Any]:
    """Return the query for a user's whole row; what cannot be a name finds nobody, and reaches no database."""
    given = spelt(name)
    known = given if NAME.fullmatch(given) and practice.isprintable() else ""
    return select(users).where(users.c.practice == (practice if known else ""), users.c.name == known)


def find_subject(connection: Connection, practice: str, oidc_subject: str) -> User | None:
    """Return the user whom the practice's identity provider names so and who is not disabled."""
    query = select(users).where(
        users.c.practice == practice, users.c.oidc_subject == oidc_subject, users.c.disabled_at.is_(None)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else user_of(row)


def list_users(connection: Connection, practice: str) -> list[User]:
    """Return every user of a practice by name, disabled ones too."""
    query = select(users).where(users.c.practice == practice).order_by(users.c.name)
    return [user_of(row) for row in connection.execute(query).all()]


def only_practice(connection: Connection, named: str | None = None) -> str | None:
    """Return the practice that a sign-in is to: the one named if it has users, else the only one that has any."""
    known = select(users.c.practice).distinct().limit(2)
    if named is not None:
        known = known.where(users.c.practice == (named if named.isprintable() else ""))
    found = connection.execute(known).scalars().all()
    return found[0] if len(found) == 1 else None


def forget_subject(connection: Connection, name: str, signed: Signed) -> User:
    """Unbind a user from whom the identity provider knew them as; the next sign-in there binds them anew.

    Raises:
        NotFoundError: there is no such user.

    """
    user = _hold(connection, signed.practice, name)
    _write(connection, user, oidc_subject=None)
    sessions.end_all(connection, user.id)
    note(connection, Act(signed, "user.unbound", _subject(user.name)))
    return user


def user_of(row: Row[Any]) -> User:
    """Return a row of the table as a user."""
    return User(
        id=row.id,
        practice=row.practice,
        name=row.name,
        role=row.role,
        email=row.email,
        must_change=row.must_change,
        has_password=row.password_hash is not None,
        asks_code=row.totp_secret is not None,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _hold(connection: Connection, practice: str, name: str) -> User:
    """Return a user whose row is this transaction's until it ends."""
    return _found(connection.execute(by_name(practice, name).with_for_update()).one_or_none(), practice, name)


def _found(row: Row[Any] | None, practice: str, name: str) -> User:
    if row is None:
        message = f"there is no user {name!r} in practice {practice}"
        raise NotFoundError(message)
    return user_of(row)


def _check_role(role: str, named_roles: Collection[str]) -> None:
    known = known_roles(named_roles)
    if role not in known:
        message = f"there is no role {role!r}; there is: {', '.join(known)}"
        raise InputError(message)


def _keep_an_admin(connection: Connection, user: User) -> None:
    """Refuse to leave a practice without an admin; both rows are held, so that two admins cannot end each other."""
    admins = select(users.c.id).where(
        users.c.practice == user.practice, users.c.role == ADMIN, users.c.disabled_at.is_(None)
    )
    held = connection.execute(admins.order_by(users.c.id).with_for_update()).scalars().all()
    if user.disabled_at is None and not set(held) - {user.id}:
        message = f"{user.name} is the only admin left: make somebody else an admin first"
        raise RefusedError(message)


def _write(connection: Connection, user: User, **values: object) -> None:
    connection.execute(update(users).where(users.c.id == user.id).values(values))


def _subject(name: str) -> Subject:
    return Subject("user", name)
