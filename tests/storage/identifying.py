"""A practice with users and keys, for tests of who comes in."""

import datetime as dt
import functools
from typing import Any

from sqlalchemy import Connection, insert

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import practices
from scheduler.identities import passwords, users
from scheduler.identities.audit import Search, Signed, search
from scheduler.identities.signing_in import Attempt, Outcome, sign_in
from scheduler.identities.users import NewUser, User
from tests.storage.builders import NOW

PASSWORD = "correct horse battery"  # noqa: S105 - of a user that only tests have


def add_practice(database: Database, practice: str = "northlight", number: int = 1) -> None:
    """Lay a practice."""
    row = insert(practices).values(id=practice, number=number, created_at=NOW)
    database.write(lambda connection: connection.execute(row))


def signed(practice: str = "northlight", at: dt.datetime = NOW) -> Signed:
    """Return the signature of an admin at work."""
    return Signed(practice, "person:root", at, "192.0.2.9")


def add_user(database: Database, name: str = "maya", **changes: Any) -> User:
    """Add a user, an admin with the password of all of them unless told otherwise."""
    values: dict[str, Any] = {"name": name, "role": "admin", "password_hash": _kept()}
    return database.write(lambda connection: users.add(connection, NewUser(**(values | changes)), signed()))


def attempt(database: Database, password: str = PASSWORD, **changes: Any) -> Outcome:
    """Try to sign in as maya."""
    values: dict[str, Any] = {"practice": "northlight", "name": "maya", "address": "192.0.2.1"}
    return sign_in(database, Attempt(password=password, **(values | changes)))


def actions(connection: Connection, practice: str = "northlight") -> list[str]:
    """Return what was done, oldest first."""
    return [each.act.action for each in reversed(search(connection, practice, Search()).acts)]


def later(clock: SteppingClock, **time: float) -> None:
    """Let time pass."""
    clock.jump_to(clock.now() + dt.timedelta(**time))


@functools.cache
def _kept() -> str:
    """Return the password's hash, made once: it takes a tenth of a second and 64 MiB."""
    return passwords.hashed(PASSWORD, "maya")
