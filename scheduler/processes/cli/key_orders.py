"""`quietbell keys`: API keys of case systems, made, rotated, revoked, listed. What to present is shown once."""

import datetime as dt
from typing import Annotated

import typer
from rich.text import Text
from sqlalchemy import Connection

from jobs.database import Database
from jobs.store.values import person
from scheduler.identities import keys
from scheduler.identities.audit import Signed
from scheduler.identities.keys import ApiKey, Made, NewKey
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, toned, zone_line

COLUMNS = (
    Column("key"),
    Column("standing"),
    Column("opens until"),
    Column("last used"),
    Column("scopes", grows=True),
)
TONES = {"open": "good", "ending": "warn", "expired": "calm", "revoked": "calm"}
FOR_EVER = "never"
A_YEAR = "in 365 days"

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The key's name: that of the case system.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    group = typer.Typer(no_args_is_help=True, help="Make, rotate, revoke and list API keys.")
    group.command("add")(add)
    group.command("list")(list_them)
    group.command("rotate")(rotate)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")


def add(  # noqa: PLR0913 - a command has as many parameters as options
    name: NameArgument,
    *,
    scope: Annotated[list[str], typer.Option(help="What it may do, as docs/roles.md names it; may be repeated.")],
    expires: Annotated[str, typer.Option(help="When it ends: a moment, or never.")] = A_YEAR,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key, and show it once."""
    scopes = keys.read_scopes(word for given in scope for word in given.split(","))
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        wanted = NewKey(name, scopes, _end(expires, place))
        made = database.write(
            lambda connection: keys.add(connection, wanted, signature(database, connection, place.practice, author))
        )
    _show_made(made, place, f"Key {name} opens {place.practice}", json=json)


def rotate(  # noqa: PLR0913 - a command has as many parameters as options
    name: NameArgument,
    *,
    overlap: Annotated[
        int, typer.Option(min=0, max=keys.LONGEST_OVERLAP.days * 24, help="For how many hours the old one opens too.")
    ] = int(keys.OVERLAP / dt.timedelta(hours=1)),
    expires: Annotated[str | None, typer.Option(help="When the new one ends; by default it lives as long.")] = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key in place of another, with its scopes; both open for a while."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        end = None if expires is None else _end(expires, place)

        def work(connection: Connection) -> Made:
            signed = signature(database, connection, place.practice, author)
            return keys.rotate(connection, name, signed, overlap=dt.timedelta(hours=overlap), end=end)

        made = database.write(work)
    _show_made(made, place, f"A new key {name} opens {place.practice}", json=json)
    if not json:
        remark(f"The old one opens for {overlap} more hours: put the new one in its place by then.")


def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="All keys of a name, or one by its id.")],
    *,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """End a key; it opens nothing within seconds."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
        ended = database.write(
            lambda connection: keys.revoke(connection, name, signature(database, connection, place.practice, author))
        )
    if json:
        show_json({"revoked": [key.id.hex for key in ended]})
        return
    count = f"{len(ended)} key{'' if len(ended) == 1 else 's'}"
    say(f"{name}: {count} revoked." if ended else f"{name} was revoked before: nothing changed.")


def list_them(*, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """List keys by name, newest first, those that have ended too."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        found = keys.list_keys(connection, place.practice)
    if json:
        show_json({"practice": place.practice, "keys": [_facts(key, place.now) for key in found]})
        return
    if not found:
        say("There are no keys yet: `quietbell keys add NAME --scope records:write` makes one.")
        return
    show_list(COLUMNS, [_row(key, place) for key in found])
    say(zone_line(place.zone), "calm")


def signature(database: Database, connection: Connection, practice: str, author: str | None) -> Signed:
    """Return who orders something at the command line, now."""
    return Signed(practice, person(asker(author)), database.moment(connection))


def _end(expires: str, place: Place) -> dt.datetime | None:
    if expires.strip().lower() == FOR_EVER:
        return None
    return read_moment(expires, zone=place.zone, now=place.now)


def _show_made(made: Made, place: Place, sentence: str, *, json: bool) -> None:
    if json:
        show_json({**_facts(made.key, place.now), "key": made.secret})
        return
    end = made.key.expires_at
    say(f"{sentence} {'until it is revoked' if end is None else 'until ' + moment(end, place.zone, place.now)}:")
    say(f"    {made.secret}", "strong")
    remark("It is shown once: put it where the case system keeps its secrets.")


def _row(key: ApiKey, place: Place) -> list[str | Text]:
    standing = key.standing(place.now)
    return [
        key.name,
        toned(standing, TONES[standing]),
        moment(key.expires_at, place.zone, place.now),
        moment(key.last_used_at, place.zone, place.now),
        " ".join(sorted(key.scopes)),
    ]


def _facts(key: ApiKey, now: dt.datetime) -> dict[str, object]:
    return {
        "id": key.id.hex,
        "name": key.name,
        "standing": key.standing(now),
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "replaces": None if key.replaces is None else key.replaces.hex,
        "replaced_at": key.replaced_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }
