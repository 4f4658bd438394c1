"""Users: who may sign in and in which role; added, given another role, let in no more and again, a new password.

A password that is made here is shown once, on the page that answers; nobody gives rights that they do not have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.errors import InputError, RefusedError
from scheduler.asking.named_roles import named_roles
from scheduler.identities import codes, passwords, users
from scheduler.identities.audit import Signed
from scheduler.identities.rights import Right
from scheduler.identities.roles import known_roles, rights_of
from scheduler.identities.users import NewUser, User
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.settings.frame import carried_out, must_have, settings_page
from scheduler.web.settings.saying import RIGHTS
from scheduler.web.words import sentence

router = APIRouter()

Allowed = Annotated[Person, signed_in(Right.MANAGE_IDENTITIES)]
PATH: Final = "/settings/users"
ROLE: Final = sentence("{name} has the role {role} now.")
DISABLED: Final = sentence("{name} may sign in no more; their sessions have ended.")
ENABLED: Final = sentence("{name} may sign in again.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides the list: a password made just now, what is wrong, what was typed."""

    fresh: tuple[str, str] | None = None
    problem: str = ""
    typed: dict[str, str] | None = None


@router.get(PATH)
def list_them(request: Request, here: Here, person: Allowed) -> HTMLResponse:
    """List users, disabled ones too, and what each role may do."""
    return _page(request, here, person, Shown())


@router.post(f"{PATH}/add")
def add(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Add a user; the password that is made is shown in the answer."""
    typed = {name: form.text(name) for name in ("name", "role", "email", "elsewhere")}
    name = users.spelt(typed["name"])
    password = None if typed["elsewhere"] else passwords.generated()
    kept = None if password is None else passwords.hashed(password, name)

    def work(connection: Connection, signed: Signed) -> User:
        named = named_roles(connection, person.practice)
        must_have(person, rights_of(typed["role"], named))
        wanted = NewUser(
            name=name,
            role=typed["role"],
            password_hash=kept,
            must_change=password is not None,
            email=typed["email"] or None,
        )
        return users.add(connection, wanted, signed, named_roles=named)

    try:
        added = carried_out(here, person, work)
    except (InputError, RefusedError) as error:
        return _page(request, here, person, Shown(problem=str(error), typed=typed))
    return _page(request, here, person, Shown(fresh=(added.name, password or "")))


@router.post(f"{PATH}/role")
def change_role(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Give a user another role."""
    role = form.text("role")

    def work(connection: Connection, signed: Signed) -> User:
        named = named_roles(connection, person.practice)
        must_have(person, rights_of(role, named))
        return users.change_role(connection, form.text("name"), role, signed, named_roles=named)

    return _told(request, (here, person), work, ROLE)


@router.post(f"{PATH}/disable")
def disable(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Let a user in no more, and end their sessions."""
    return _told(
        request,
        (here, person),
        lambda connection, signed: users.disable(connection, form.text("name"), signed),
        DISABLED,
    )


@router.post(f"{PATH}/enable")
def enable(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Let a disabled user in again, with the role they had."""

    def work(connection: Connection, signed: Signed) -> User:
        user = users.find(connection, person.practice, form.text("name"))
        must_have(person, rights_of(user.role, named_roles(connection, person.practice)))
        return users.enable(connection, user.name, signed)

    return _told(request, (here, person), work, ENABLED)


@router.post(f"{PATH}/password")
def new_password(form: CheckedForm, request: Request, here: Here, person: Allowed) -> Response:
    """Make a user a new password, to be changed at the next sign-in; their codes end too if that is asked for."""
    try:
        name, password = _renewed(here, person, form)
    except (InputError, RefusedError) as error:
        return _page(request, here, person, Shown(problem=str(error)))
    return _page(request, here, person, Shown(fresh=(name, password)))


def _renewed(here: WebPlace, person: Person, form: Filled) -> tuple[str, str]:
    password, name = passwords.generated(), users.spelt(form.text("name"))
    kept = passwords.hashed(password, name)

    def work(connection: Connection, signed: Signed) -> User:
        role = users.find(connection, person.practice, name).role
        must_have(person, rights_of(role, named_roles(connection, person.practice)))
        user = users.set_password(connection, name, kept, signed, must_change=True)
        if form.text("drop_code") and user.asks_code:
            codes.drop(connection, user, signed)
        return user

    return carried_out(here, person, work).name, password


def _told(
    request: Request,
    where: tuple[WebPlace, Person],
    work: Callable[[Connection, Signed], User],
    english: str,
) -> Response:
    here, person = where
    try:
        user = carried_out(here, person, work)
    except (InputError, RefusedError) as error:
        return _page(request, here, person, Shown(problem=str(error)))
    return go_on(request, PATH, Notice(english, {"name": user.name, "role": user.role}))


def _page(request: Request, here: WebPlace, person: Person, shown: Shown) -> HTMLResponse:
    with here.database.read() as connection:
        found = users.list_users(connection, person.practice)
        named = named_roles(connection, person.practice)
    roles = known_roles(named)
    return settings_page(
        request,
        person,
        "users.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if shown.problem else HTTPStatus.OK,
        users=found,
        roles=roles,
        matrix=[(right, meaning, [right in rights_of(role, named) for role in roles]) for right, meaning in _MEANT],
        shown=shown,
        typed=shown.typed or {},
    )


_MEANT: Final = tuple(RIGHTS.items())
