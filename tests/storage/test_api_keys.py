"""API keys: made once, rotated with an overlap, revoked, found out by what was presented."""

import datetime as dt

import pytest
from sqlalchemy import event

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.errors import InputError, NotFoundError, RefusedError
from scheduler.identities import keys
from scheduler.identities.doorkeeper import whose
from scheduler.identities.keys import Made, NewKey
from scheduler.identities.rights import Caller, Right
from tests.storage.identifying import actions, add_practice, later, signed

SCOPES = frozenset({Right.READ_RECORDS, Right.WRITE_RECORDS})


def add_key(
    database: Database,
    clock: SteppingClock,
    *,
    days: int | None = None,
    practice: str = "northlight",
) -> Made:
    end = None if days is None else clock.now() + dt.timedelta(days=days)
    return database.write(
        lambda connection: keys.add(connection, NewKey("immcase", SCOPES, end), signed(practice, clock.now()))
    )


@pytest.fixture
def room(database: Database) -> Database:
    """Give a database with a practice."""
    add_practice(database)
    return database


def test_a_key_opens_its_practice_with_its_scopes_and_its_secret_is_kept_nowhere(
    room: Database, clock: SteppingClock
) -> None:
    made = add_key(room, clock)
    assert whose(room, clock)(made.secret) == Caller("northlight", "key:immcase", SCOPES)
    with room.read() as connection:
        row = connection.exec_driver_sql("SELECT * FROM api_keys").one()
        assert actions(connection) == ["key.added"]
    assert made.secret.rpartition("_")[2] not in repr(row)


@pytest.mark.parametrize("written", ["", "qb_", "all", "qb_é_ü", "Bearer x", "qb_" + "0" * 32 + "_" + "A" * 43])
def test_what_is_no_key_opens_nothing(room: Database, clock: SteppingClock, written: str) -> None:
    assert whose(room, clock)(written) is None


def test_a_right_id_with_another_secret_opens_nothing(room: Database, clock: SteppingClock) -> None:
    made = add_key(room, clock)
    other = "B" if made.secret[-1] == "A" else "A"
    wrong = made.secret[:40] + ("C" if made.secret[40] != "C" else "D") + made.secret[41:-1] + other
    assert whose(room, clock)(wrong) is None


def test_calls_within_seconds_cost_no_query(room: Database, clock: SteppingClock) -> None:
    made, ask = add_key(room, clock), whose(room, clock)
    ask(made.secret)
    statements: list[str] = []
    event.listen(room.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for _ in range(10):
        ask(made.secret)
    assert statements == []


def test_a_revoked_key_is_forgotten_within_seconds(room: Database, clock: SteppingClock) -> None:
    made, ask = add_key(room, clock), whose(room, clock)
    assert ask(made.secret) is not None
    room.write(lambda connection: keys.revoke(connection, "immcase", signed(at=clock.now())))
    later(clock, seconds=5)
    assert ask(made.secret) is None


def test_a_key_ends_at_its_moment_even_where_it_was_just_remembered(room: Database, clock: SteppingClock) -> None:
    made, ask = add_key(room, clock, days=1), whose(room, clock)
    later(clock, hours=23, minutes=59, seconds=58)
    assert ask(made.secret) is not None
    later(clock, seconds=2)
    assert ask(made.secret) is None


def test_its_last_use_is_noted_once_an_hour(room: Database, clock: SteppingClock) -> None:
    made, ask = add_key(room, clock), whose(room, clock)
    seen = []
    for _ in range(3):
        ask(made.secret)
        with room.read() as connection:
            seen.append(keys.list_keys(connection, "northlight")[0].last_used_at)
        later(clock, minutes=31)
    assert seen == [seen[0], seen[0], clock.now() - dt.timedelta(minutes=31)]


def test_a_rotated_key_opens_beside_the_new_one_for_the_overlap(room: Database, clock: SteppingClock) -> None:
    old = add_key(room, clock, days=30)
    later(clock, days=10)
    new = room.write(
        lambda connection: keys.rotate(connection, "immcase", signed(at=clock.now()), overlap=dt.timedelta(hours=2))
    )
    assert new.key.replaces == old.key.id
    assert new.key.expires_at == clock.now() + dt.timedelta(days=30)
    ask = whose(room, clock)
    assert ask(old.secret) == ask(new.secret) == Caller("northlight", "key:immcase", SCOPES)
    later(clock, hours=2)
    assert ask(old.secret) is None
    assert ask(new.secret) is not None


def test_revoking_by_name_ends_the_rotated_one_too(room: Database, clock: SteppingClock) -> None:
    old = add_key(room, clock)
    new = room.write(lambda connection: keys.rotate(connection, "immcase", signed(at=clock.now())))
    ended = room.write(lambda connection: keys.revoke(connection, "immcase", signed(at=clock.now())))
    again = room.write(lambda connection: keys.revoke(connection, "immcase", signed(at=clock.now())))
    assert {key.id for key in ended} == {old.key.id, new.key.id}
    assert again == []


def test_a_name_in_use_is_refused_and_free_again_once_revoked(room: Database, clock: SteppingClock) -> None:
    add_key(room, clock)
    with pytest.raises(RefusedError, match="rotate it"):
        add_key(room, clock)
    room.write(lambda connection: keys.revoke(connection, "immcase", signed(at=clock.now())))
    assert add_key(room, clock).key.name == "immcase"


def test_another_practices_key_is_not_found(room: Database, clock: SteppingClock) -> None:
    add_practice(room, "elsewhere", 2)
    made = add_key(room, clock, practice="elsewhere")
    for name in ("immcase", made.key.id.hex):
        with pytest.raises(NotFoundError):
            room.write(lambda connection, name=name: keys.revoke(connection, name, signed()))  # type: ignore[misc]  # bound now
    with pytest.raises(NotFoundError):
        room.write(lambda connection: keys.rotate(connection, "immcase", signed()))


def test_an_unknown_scope_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"unknown scope 'record:write': there is records:read"):
        keys.read_scopes(["record:write"])
