"""`quietbell users`: who may sign in, in which role. A password is asked for or made, and shown once, never a default.

Each order is noted in the audit log.
"""

from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy import Connection

from scheduler.asking.named_roles import named_roles
from scheduler.identities import codes, passwords, users
from scheduler.identities.audit import Signed
from scheduler.identities.users import NewUser, User
from scheduler.processes.cli.desk import JsonOption, PracticeOption, look, opened
from scheduler.processes.cli.key_orders import AuthorOption, signature
from scheduler.processes.cli.screen import Column, can_ask, moment, remark, say, show_json, show_list, toned, zone_line

COLUMNS = (Column("user"), Column("role"), Column("signs in by"), Column("since"), Column("standing", grows=True))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
GenerateOption = Annotated[bool, typer.Option("--generate", help="Make a password and show it, instead of asking.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    group = typer.Typer(no_args_is_help=True, help="Say who may sign in, and in which role.")
    group.command("add")(add)
    group.command("list")(list_them)
    group.command("role")(change_role)
    group.command("disable")(disable)
    group.command("enable")(enable)
    group.command("password")(set_password)
    app.add_typer(group, name="users")


def add(  # noqa: PLR0913 - a command has as many parameters as options
    name: NameArgument,
    *,
    role: Annotated[str, typer.Option(help="admin, staff, ops, viewer, or one of the practice's own.")],
    email: Annotated[str | None, typer.Option(help="Where mail about texts goes.")] = None,
    generate: GenerateOption = False,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Add a user; the first admin comes in this way."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        password, is_made = _new_password(name, generate=generate or json)
        kept = passwords.hashed(password, name)
        wanted = NewUser(name=name, role=role, email=email, password_hash=kept, must_change=is_made)

        def work(connection: Connection) -> User:
            signed = signature(database, connection, place.practice, author)
            return users.add(connection, wanted, signed, named_roles=named_roles(connection, place.practice))

        user = database.write(work)
    shown = password if is_made else None
    if json:
        show_json({**_facts(user), "password": shown})
        return
    say(f"{user.name} may sign in to {user.practice} as {user.role}.")
    _show_password(shown)


def list_them(*, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """List users by name, disabled ones too."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        found = users.list_users(connection, place.practice)
    if json:
        show_json({"practice": place.practice, "users": [_facts(user) for user in found]})
        return
    if not found:
        say("There are no users yet: `quietbell users add NAME --role admin` makes the first.")
        return
    rows = [
        [
            user.name,
            user.role,
            _way_in(user),
            moment(user.created_at, place.zone, place.now),
            toned("disabled", "calm") if user.disabled_at is not None else "",
        ]
        for user in found
    ]
    show_list(COLUMNS, rows)
    say(zone_line(place.zone), "calm")


def change_role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The new role.")],
    *,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Give a user another role; it holds at once."""

    def work(connection: Connection, signed: Signed) -> User:
        named = named_roles(connection, signed.practice)
        return users.change_role(connection, name, role, signed, named_roles=named)

    user = _carry_out(work, practice, author)
    _tell(user, f"{user.name} is {user.role} now.", json=json)


def disable(
    name: NameArgument, *, author: AuthorOption = None, practice: PracticeOption = None, json: JsonOption = False
) -> None:
    """Let a user in no more, and end their sessions."""
    user = _carry_out(lambda connection, signed: users.disable(connection, name, signed), practice, author)
    _tell(user, f"{user.name} may sign in no more; their sessions have ended.", json=json)


def enable(
    name: NameArgument, *, author: AuthorOption = None, practice: PracticeOption = None, json: JsonOption = False
) -> None:
    """Let a disabled user in again."""
    user = _carry_out(lambda connection, signed: users.enable(connection, name, signed), practice, author)
    _tell(user, f"{user.name} may sign in again.", json=json)


def set_password(  # noqa: PLR0913 - a command has as many parameters as options
    name: NameArgument,
    *,
    generate: GenerateOption = False,
    drop_code: Annotated[bool, typer.Option("--drop-code", help="Ask for no code either: the phone is lost.")] = False,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Give a user a new password, and end their sessions."""
    password, is_made = _new_password(name, generate=generate or json)
    kept = passwords.hashed(password, name)

    def work(connection: Connection, signed: Signed) -> User:
        user = users.set_password(connection, name, kept, signed, must_change=is_made)
        if drop_code:
            codes.drop(connection, user, signed)
        return users.find(connection, signed.practice, name)

    user = _carry_out(work, practice, author)
    shown = password if is_made else None
    if json:
        show_json({**_facts(user), "password": shown})
        return
    say(f"{user.name} has a new password; their sessions have ended.")
    _show_password(shown)


def _carry_out(work: Callable[[Connection, Signed], User], practice: str | None, author: str | None) -> User:
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        return database.write(
            lambda connection: work(connection, signature(database, connection, place.practice, author))
        )


def _new_password(name: str, *, generate: bool) -> tuple[str, bool]:
    """Return a password, and whether it was made here: asked for twice where a person is there to answer."""
    if generate or not can_ask():
        return passwords.generated(), True
    given: str = typer.prompt(f"Password for {name}", hide_input=True, confirmation_prompt="Once more", err=True)
    return given, False


def _show_password(password: str | None) -> None:
    if password is not None:
        say(f"    {password}", "strong")
        remark("This password is shown once; it is to be changed at the first sign-in.")


def _tell(user: User, sentence: str, *, json: bool) -> None:
    if json:
        show_json(_facts(user))
    else:
        say(sentence)


def _way_in(user: User) -> str:
    if not user.has_password:
        return "identity provider"
    return "password and code" if user.asks_code else "password"


def _facts(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "practice": user.practice,
        "role": user.role,
        "email": user.email,
        "has_password": user.has_password,
        "asks_code": user.asks_code,
        "must_change": user.must_change,
        "disabled_at": user.disabled_at,
        "created_at": user.created_at,
        "created_by": user.created_by,
    }
