"""Signing in: a name, a password and perhaps a code come in; a user, a further question or a refusal goes out.

Who does not exist, is disabled, has no password, or gave a wrong one gets the same answer after the same time.
It begins no session (`sessions.begin` does) and never locks anybody out for good.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from jobs.database import Database
from jobs.records import users
from jobs.store.values import person
from scheduler.identities import backing_off, codes, passwords
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.identities.users import User, by_name, spelt, user_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody gave to sign in; `address` is where they call from."""

    practice: str
    name: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """It is this user; `failures` is how often somebody failed under this name since the last time."""

    user: User
    failures: int


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password is right; ask for the code that the phone shows, and try again with both."""


@dataclass(frozen=True, slots=True)
class WrongSignIn:
    """The name, the password or the code is wrong: which, nobody is told."""


@dataclass(frozen=True, slots=True)
class TooSoon:
    """There were too many failures: nothing was looked at; the next attempt may come at `until`."""

    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Code:
    """The code that somebody gave whose password was right shortly before."""

    user_id: uuid.UUID
    code: str = field(repr=False)
    address: str | None = None


Outcome = SignedIn | NeedsCode | WrongSignIn | TooSoon


def sign_in(database: Database, given: Attempt) -> Outcome:
    """Return what becomes of an attempt. The slow comparison holds no transaction."""
    begun = database.write(lambda connection: _begin(connection, given, database.moment(connection)))
    if isinstance(begun, TooSoon):
        return begun
    if not passwords.matches(begun, given.password) or begun is None:
        return WrongSignIn()
    fresh = passwords.rehashed(given.password) if passwords.is_outdated(begun) else begun
    return database.write(
        lambda connection: _finish(connection, given, _Hashes(begun, fresh), database.moment(connection))
    )


def enter_code(database: Database, given: Code) -> SignedIn | WrongSignIn | TooSoon:
    """Return what becomes of a code; whoever asks has seen the password be right, for this user, minutes ago."""
    return database.write(lambda connection: _enter(connection, given, database.moment(connection)))


def _enter(connection: Connection, given: Code, now: dt.datetime) -> SignedIn | WrongSignIn | TooSoon:
    row = connection.execute(select(users).where(users.c.id == given.user_id).with_for_update()).one_or_none()
    if row is None or row.disabled_at is not None:
        return WrongSignIn()
    user = user_of(row)
    until = backing_off.begin(connection, _counters_of(user, given.address), now)
    if until is not None:
        return TooSoon(until)
    if user.asks_code and not codes.take(connection, user, given.code, now):
        return WrongSignIn()
    return _let_in(connection, user, given.address, now)


def is_theirs(database: Database, user: User, password: str, address: str | None) -> bool | TooSoon:
    """Tell whether a password is that of a user who is signed in already; wrong ones count as they do at the door."""

    def begin(connection: Connection) -> str | TooSoon | None:
        until = backing_off.begin(connection, _counters_of(user, address), database.moment(connection))
        kept = connection.execute(select(users.c.password_hash).where(users.c.id == user.id)).scalar()
        return kept if until is None else TooSoon(until)

    begun = database.write(begin)
    if isinstance(begun, TooSoon):
        return begun
    if not passwords.matches(begun, password):
        return False
    counted = _counters_of(user, address)
    database.write(lambda connection: backing_off.give_back(connection, counted, database.moment(connection)))
    return True


@dataclass(frozen=True, slots=True)
class _Hashes:
    """The hash that a password matched, and the one to keep of it from now on."""

    matched: str
    fresh: str


def _begin(connection: Connection, given: Attempt, now: dt.datetime) -> str | TooSoon | None:
    """Count the attempt, and return the hash to compare with: None where nobody may come in by that name."""
    until = backing_off.begin(connection, _counters(given), now)
    row = connection.execute(by_name(given.practice, given.name)).one_or_none()
    if until is not None:
        return TooSoon(until)
    if row is None or row.disabled_at is not None:
        return None
    kept: str | None = row.password_hash
    return kept


def _finish(connection: Connection, given: Attempt, hashes: _Hashes, now: dt.datetime) -> Outcome:
    """Ask for the code where there is one, and let them in; they may have been disabled meanwhile."""
    row = connection.execute(by_name(given.practice, given.name).with_for_update()).one_or_none()
    if row is None or row.disabled_at is not None or row.password_hash != hashes.matched:
        return WrongSignIn()
    user = user_of(row)
    if user.asks_code and not given.code:
        backing_off.give_back(connection, _counters(given), now)
        return NeedsCode()
    if user.asks_code and not codes.take(connection, user, given.code or "", now):
        return WrongSignIn()
    if hashes.fresh != hashes.matched:
        connection.execute(update(users).where(users.c.id == user.id).values(password_hash=hashes.fresh))
    return _let_in(connection, user, given.address, now)


def _let_in(connection: Connection, user: User, address: str | None, now: dt.datetime) -> SignedIn:
    backing_off.give_back(connection, _counters_of(user, address), now)
    failures = backing_off.clear(connection, user.practice, user.name)
    signed = Signed(user.practice, person(user.name), now, address)
    note(connection, Act(signed, "user.signed_in", Subject("user", user.name), None, {"failures_before": failures}))
    return SignedIn(user, failures)


def _counters(given: Attempt) -> list[backing_off.Counter]:
    return backing_off.counters(given.practice, spelt(given.name), given.address)


def _counters_of(user: User, address: str | None) -> list[backing_off.Counter]:
    return backing_off.counters(user.practice, user.name, address)
