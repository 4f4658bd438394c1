"""Users and API keys of a practice: listed, added, changed, ended. What opens something is shown once, when it is made.

Nobody gives rights that they do not have: neither in a role, nor in a key, nor by rotating one.
"""

import datetime as dt
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.plain import Body, Moment, Name
from scheduler.api.v1.problems import FieldProblem, Trouble
from scheduler.asking.named_roles import named_roles
from scheduler.identities import keys, passwords, users
from scheduler.identities.audit import Signed, signed_by
from scheduler.identities.keys import ApiKey, NewKey
from scheduler.identities.rights import Caller, Right
from scheduler.identities.roles import rights_of
from scheduler.identities.users import NewUser, User

router = APIRouter(tags=["identities"])

T = TypeVar("T")
A_YEAR: Final = dt.timedelta(days=365)
Managing = Annotated[Caller, needs(Right.MANAGE_IDENTITIES)]
UserName = Annotated[str, Path(max_length=100, description="A user's name.")]
KeyName = Annotated[str, Path(max_length=60, description="A key's name.")]
Scopes = Annotated[list[Right], Field(min_length=1, max_length=len(Right))]


class UserToAdd(Body):
    """A user to be added."""

    name: Name
    role: Name = Field(description="admin, staff, ops, viewer, or one that the practice names.", examples=["staff"])
    email: Name | None = Field(default=None, description="Where mail about texts goes.")
    signs_in_elsewhere: bool = Field(default=False, description="By the practice's identity provider: no password.")


class RoleToGive(Body):
    """Another role."""

    role: Name


class UserAnswer(BaseModel):
    """A user, without what they sign in with."""

    name: str
    role: str
    email: str | None
    has_password: bool
    asks_code: bool
    must_change: bool = Field(description="Their password is to be changed at the next sign-in.")
    disabled_at: dt.datetime | None
    created_at: dt.datetime
    created_by: str


class AddedUser(UserAnswer):
    """A new user."""

    password: str | None = Field(description="Shown only now; to be changed at the first sign-in.")


class Users(BaseModel):
    """A practice's users by name."""

    items: list[UserAnswer]


class KeyToMake(Body):
    """A key to be made."""

    name: Name = Field(description="That of the case system.", examples=["immcase"])
    scopes: Scopes = Field(description="What it may do.")
    expires_at: Moment | None = Field(default=None, description="When it ends; left out: in a year; null: never.")


class Rotation(Body):
    """How a key is replaced."""

    overlap_hours: int = Field(
        default=int(keys.OVERLAP / dt.timedelta(hours=1)),
        ge=0,
        le=keys.LONGEST_OVERLAP.days * 24,
        description="For how many hours the old one opens too.",
    )
    expires_at: Moment | None = Field(default=None, description="When the new one ends; left out: it lives as long.")


class KeyAnswer(BaseModel):
    """A key, without what to present."""

    id: str
    name: str
    standing: str = Field(description="open, ending (another took its place), expired or revoked.")
    scopes: list[Right]
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None
    replaced_at: dt.datetime | None
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


class MadeKey(KeyAnswer):
    """A new key."""

    key: str = Field(description="What to present, shown only now.")


class Keys(BaseModel):
    """A practice's keys by name, those that have ended too."""

    items: list[KeyAnswer]


@router.get("/users", summary="Who may sign in")
def list_users(here: Here, caller: Managing) -> Users:
    """List users, disabled ones too."""
    with here.database.read() as connection:
        return Users(items=[_user(each) for each in users.list_users(connection, caller.practice)])


@router.post("/users", status_code=HTTPStatus.CREATED, summary="Add a user")
def add_user(asked: UserToAdd, here: Here, caller: Managing) -> AddedUser:
    """Add a user; their password is made, and shown once."""
    name = users.spelt(asked.name)
    password = None if asked.signs_in_elsewhere else passwords.generated()
    wanted = NewUser(
        name=name,
        role=asked.role,
        password_hash=None if password is None else passwords.hashed(password, name),
        must_change=password is not None,
        email=asked.email,
    )

    def work(connection: Connection, signed: Signed) -> AddedUser:
        named = named_roles(connection, caller.practice)
        _must_have(caller, rights_of(asked.role, named), "role")
        added = users.add(connection, wanted, signed, named_roles=named)
        return AddedUser(**_user(added).model_dump(), password=password)

    return _done(here, caller, work)


@router.post("/users/{name}/role", summary="Give a user another role")
def change_role(name: UserName, asked: RoleToGive, here: Here, caller: Managing) -> UserAnswer:
    """Give a user another role; their sessions go on with it."""

    def work(connection: Connection, signed: Signed) -> UserAnswer:
        named = named_roles(connection, caller.practice)
        _must_have(caller, rights_of(asked.role, named), "role")
        return _user(users.change_role(connection, name, asked.role, signed, named_roles=named))

    return _done(here, caller, work)


@router.post("/users/{name}/disable", summary="Let a user in no more")
def disable_user(name: UserName, here: Here, caller: Managing) -> UserAnswer:
    """Let a user in no more, and end their sessions."""
    return _done(here, caller, lambda connection, signed: _user(users.disable(connection, name, signed)))


@router.post("/users/{name}/enable", summary="Let a disabled user in again")
def enable_user(name: UserName, here: Here, caller: Managing) -> UserAnswer:
    """Let a disabled user in again, with the role they had."""

    def work(connection: Connection, signed: Signed) -> UserAnswer:
        role = users.find(connection, caller.practice, name).role
        _must_have(caller, rights_of(role, named_roles(connection, caller.practice)), "name")
        return _user(users.enable(connection, name, signed))

    return _done(here, caller, work)


@router.get("/keys", summary="API keys")
def list_keys(here: Here, caller: Managing) -> Keys:
    """List keys, those that have ended too."""
    with here.database.read() as connection:
        now = here.database.moment(connection)
        return Keys(items=[_key(each, now) for each in keys.list_keys(connection, caller.practice)])


@router.post("/keys", status_code=HTTPStatus.CREATED, summary="Make a key")
def add_key(asked: KeyToMake, here: Here, caller: Managing) -> MadeKey:
    """Make a key; what to present is shown now and never again."""
    _must_have(caller, asked.scopes, "scopes")

    def work(connection: Connection, signed: Signed) -> MadeKey:
        is_told = "expires_at" in asked.model_fields_set
        end = asked.expires_at if is_told else signed.at + A_YEAR
        made = keys.add(connection, NewKey(asked.name, frozenset(asked.scopes), end), signed)
        return MadeKey(**_key(made.key, signed.at).model_dump(), key=made.secret)

    return _done(here, caller, work)


@router.post("/keys/{name}/rotate", status_code=HTTPStatus.CREATED, summary="Make a key in place of another")
def rotate_key(name: KeyName, asked: Rotation, here: Here, caller: Managing) -> MadeKey:
    """Make a key with the scopes of the one of that name; both open for a while."""

    def work(connection: Connection, signed: Signed) -> MadeKey:
        overlap = dt.timedelta(hours=asked.overlap_hours)
        made = keys.rotate(connection, name, signed, overlap=overlap, end=asked.expires_at)
        _must_have(caller, made.key.scopes, "name")
        return MadeKey(**_key(made.key, signed.at).model_dump(), key=made.secret)

    return _done(here, caller, work)


@router.post("/keys/{name}/revoke", summary="End a key")
def revoke_key(name: KeyName, here: Here, caller: Managing) -> Keys:
    """End every key of a name (or the one of an id); it opens nothing within seconds. Those ended now come back."""

    def work(connection: Connection, signed: Signed) -> Keys:
        ended = {key.id for key in keys.revoke(connection, name, signed)}
        known = keys.list_keys(connection, caller.practice)
        return Keys(items=[_key(each, signed.at) for each in known if each.id in ended])

    return _done(here, caller, work)


def _done(here: Place, caller: Caller, work: Callable[[Connection, Signed], T]) -> T:
    return here.database.write(lambda connection: work(connection, signed_by(caller, here.database.moment(connection))))


def _must_have(caller: Caller, given: Collection[Right], field: str) -> None:
    """Refuse to give what the caller does not have; whatever was done in the transaction is undone.

    Raises:
        Trouble: 403.

    """
    lacks = sorted(set(given) - caller.rights)
    if lacks:
        wrong = FieldProblem(field=field, detail=f"gives {', '.join(lacks)}")
        raise Trouble(HTTPStatus.FORBIDDEN, "nobody gives rights that they do not have", [wrong])


def _user(each: User) -> UserAnswer:
    return UserAnswer(**{name: getattr(each, name) for name in UserAnswer.model_fields})


def _key(each: ApiKey, now: dt.datetime) -> KeyAnswer:
    names = KeyAnswer.model_fields.keys() - {"id", "standing", "scopes"}
    given = {name: getattr(each, name) for name in names}
    return KeyAnswer(id=each.id.hex, standing=each.standing(now), scopes=sorted(each.scopes), **given)
