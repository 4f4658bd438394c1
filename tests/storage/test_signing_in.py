"""Signing in: right and wrong passwords, waits, codes, and the sessions that follow."""

import datetime as dt

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import sign_ins
from jobs.records import users as user_rows
from scheduler.identities import backing_off, codes, passwords, sessions, users
from scheduler.identities.sessions import Whence
from scheduler.identities.signing_in import NeedsCode, SignedIn, TooSoon, WrongSignIn
from tests.storage.identifying import PASSWORD, actions, add_practice, add_user, attempt, later, signed


@pytest.fixture
def room(database: Database) -> Database:
    """Give a practice whose only user is maya, an admin."""
    add_practice(database)
    add_user(database)
    return database


def begun(room: Database, clock: SteppingClock) -> str:
    """Begin a session of maya's."""
    with room.read() as connection:
        maya = users.find(connection, "northlight", "maya")
    return room.write(lambda connection: sessions.begin(connection, maya.id, Whence("192.0.2.1", "a\0b"), clock.now()))


def test_the_right_password_lets_in_and_is_noted_with_the_failures_before_it(room: Database) -> None:
    attempt(room, "wrong")
    attempt(room, "wrong")
    outcome = attempt(room, name=" Maya ")
    assert isinstance(outcome, SignedIn)
    assert (outcome.user.name, outcome.failures) == ("maya", 2)
    with room.read() as connection:
        assert actions(connection) == ["user.added", "user.signed_in"]


@pytest.mark.parametrize(
    "changes",
    [{"name": "nobody"}, {"name": "\0\ud800"}, {"practice": "elsewhere"}, {"practice": "\0\ud800"}, {"name": ""}],
)
def test_who_does_not_exist_gets_the_answer_of_a_wrong_password(room: Database, changes: dict[str, str]) -> None:
    assert attempt(room, **changes) == attempt(room, "wrong") == WrongSignIn()


def test_a_disabled_user_gets_it_too(room: Database) -> None:
    add_user(room, "kim", role="staff")
    room.write(lambda connection: users.disable(connection, "kim", signed()))
    assert attempt(room, name="kim") == WrongSignIn()


@pytest.mark.parametrize("name", ["maya", "nobody"])
def test_after_five_failures_each_attempt_waits_twice_as_long_and_the_right_password_too(
    room: Database, clock: SteppingClock, name: str
) -> None:
    for number in range(6):
        assert attempt(room, "wrong", name=name, address=f"192.0.2.{number}") == WrongSignIn()
    assert attempt(room, name=name, address="192.0.2.99") == TooSoon(clock.now() + dt.timedelta(seconds=1))
    later(clock, seconds=1)
    attempt(room, "wrong", name=name)
    assert attempt(room, name=name) == TooSoon(clock.now() + dt.timedelta(seconds=2))


def test_nobody_is_locked_out_for_good(room: Database, clock: SteppingClock) -> None:
    counted = backing_off.counters("northlight", "maya", None)
    for _ in range(100):
        assert room.write(lambda connection: backing_off.begin(connection, counted, clock.now())) is None
        later(clock, minutes=15)
    assert isinstance(attempt(room), SignedIn)


def test_an_address_that_tries_many_names_waits(room: Database, clock: SteppingClock) -> None:
    counted = [backing_off.counters("northlight", f"name-{number}", "192.0.2.7") for number in range(31)]
    for each in counted:
        room.write(lambda connection, each=each: backing_off.begin(connection, each, clock.now()))  # type: ignore[misc]  # bound now
    assert isinstance(attempt(room, address="192.0.2.7"), TooSoon)
    assert isinstance(attempt(room, address="192.0.2.8"), SignedIn)


def test_no_name_as_typed_is_kept_with_a_failure_and_old_ones_are_swept(room: Database, clock: SteppingClock) -> None:
    attempt(room, "wrong", name="my-password-by-mistake")
    with room.read() as connection:
        assert "mistake" not in repr(connection.execute(select(sign_ins)).all())
    later(clock, days=1)
    assert room.write(lambda connection: backing_off.sweep(connection, clock.now())) == 2


def test_a_hash_of_old_parameters_is_made_anew_at_the_next_sign_in(room: Database) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    room.write(lambda connection: users.set_password(connection, "maya", old, signed()))
    assert isinstance(attempt(room), SignedIn)
    with room.read() as connection:
        kept = connection.execute(select(user_rows.c.password_hash)).scalar_one()
    assert kept != old
    assert not passwords.is_outdated(kept)
    assert isinstance(attempt(room), SignedIn)


def enrolled(room: Database, clock: SteppingClock) -> pyotp.TOTP:
    with room.read() as connection:
        maya = users.find(connection, "northlight", "maya")
    fresh = codes.begin(maya)
    phone = pyotp.TOTP(fresh.secret)
    code = phone.at(clock.now())
    room.write(lambda connection: codes.confirm(connection, maya, fresh.secret, code, signed(at=clock.now())))
    return phone


def test_a_code_is_asked_for_once_one_was_confirmed_and_none_is_taken_twice(
    room: Database, clock: SteppingClock
) -> None:
    phone = enrolled(room, clock)
    assert attempt(room) == NeedsCode()
    assert attempt(room, code=phone.at(clock.now())) == WrongSignIn()  # it confirmed
    later(clock, seconds=30)
    code = phone.at(clock.now())
    assert isinstance(attempt(room, code=f"{code[:3]} {code[3:]}"), SignedIn)
    assert attempt(room, code=code) == WrongSignIn()


def test_asking_for_the_code_clears_no_failures_of_codes(room: Database, clock: SteppingClock) -> None:
    enrolled(room, clock)
    for _ in range(6):
        assert attempt(room) == NeedsCode()
        assert attempt(room, code="000000x") == WrongSignIn()
    assert isinstance(attempt(room), TooSoon)


def test_a_wrong_code_confirms_nothing(room: Database, clock: SteppingClock) -> None:
    with room.read() as connection:
        maya = users.find(connection, "northlight", "maya")
    secret = codes.begin(maya).secret
    wrong = "000000" if pyotp.TOTP(secret).at(clock.now()) != "000000" else "000001"
    with pytest.raises(InputError, match="not right"):
        room.write(lambda connection: codes.confirm(connection, maya, secret, wrong[::-1] + "9", signed()))
    assert isinstance(attempt(room), SignedIn)


def test_a_session_is_found_by_its_token_until_it_lies_idle(room: Database, clock: SteppingClock) -> None:
    token = begun(room, clock)
    for _ in range(3):
        later(clock, hours=1, minutes=59)
        found = sessions.find(room, token)
        assert found is not None
        assert users.user_of(found.user_row).name == "maya"
    later(clock, hours=2)
    assert sessions.find(room, token) is None


def test_a_session_ends_after_a_days_work_however_busy(room: Database, clock: SteppingClock) -> None:
    token = begun(room, clock)
    for _ in range(11):
        later(clock, hours=1)
        assert sessions.find(room, token) is not None
    later(clock, hours=1)
    assert sessions.find(room, token) is None
    assert room.write(lambda connection: sessions.sweep(connection, clock.now())) == 1


def test_a_session_ends_by_its_token_and_the_others_go_on(room: Database, clock: SteppingClock) -> None:
    first, second = begun(room, clock), begun(room, clock)
    assert room.write(lambda connection: sessions.end(connection, first))
    assert sessions.find(room, first) is None
    assert sessions.find(room, second) is not None
    assert sessions.find(room, "\ud800") is None


def test_a_new_password_and_disabling_end_every_session(room: Database, clock: SteppingClock) -> None:
    token = begun(room, clock)
    fresh = passwords.hashed("another long password", "maya")
    room.write(lambda connection: users.set_password(connection, "maya", fresh, signed()))
    assert sessions.find(room, token) is None
    add_user(room, "kim")
    token = begun(room, clock)
    room.write(lambda connection: users.disable(connection, "maya", signed()))
    assert sessions.find(room, token) is None


def test_the_last_admin_stays_one(room: Database) -> None:
    add_user(room, "kim", role="staff")
    with pytest.raises(RefusedError, match="only admin left"):
        room.write(lambda connection: users.disable(connection, "maya", signed()))
    with pytest.raises(RefusedError, match="only admin left"):
        room.write(lambda connection: users.change_role(connection, "maya", "viewer", signed()))


def test_a_role_of_the_practices_own_is_taken_and_an_unknown_one_refused(room: Database) -> None:
    with pytest.raises(InputError, match="there is: admin, staff, ops, viewer"):
        add_user(room, "kim", role="reception")
    add_user(room, "kim", role="staff")
    kim = room.write(
        lambda connection: users.change_role(connection, "kim", "reception", signed(), named_roles={"reception"})
    )
    assert "texts:send" in kim.as_caller({"reception"}).rights
    assert kim.as_caller().rights == frozenset()
    assert kim.as_caller().name == "person:kim"


def test_a_name_is_borne_once_in_a_practice_and_found_only_there(room: Database) -> None:
    with pytest.raises(RefusedError, match="already"):
        add_user(room, "MAYA")
    with room.read() as connection, pytest.raises(NotFoundError):
        users.find(connection, "elsewhere", "maya")
