"""The audit log: nothing in it changes or goes, on both databases, however the tables were made; and how it is read."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import metadata
from scheduler.identities.audit import Act, Search, Signed, Subject, note, search
from tests.storage.builders import NOW
from tests.storage.identifying import add_practice

FORBIDDEN = ("UPDATE audit SET action = 'nothing'", "DELETE FROM audit", "UPDATE audit SET id = id + 1")


@pytest.fixture
def made_from_records(empty_database_url: str) -> Iterator[Database]:
    """Give a database whose tables no migration made."""
    made = Database(empty_database_url, SteppingClock(NOW), trust_clock=True)
    metadata.create_all(made.engine)
    yield made
    made.dispose()


def add_acts(database: Database, count: int = 1, **changes: str) -> None:
    values = {"practice": "northlight", "by": "person:maya", "action": "user.added", "kind": "user", "id": "kim"}
    values |= changes
    for number in range(count):
        signed = Signed(values["practice"], values["by"], NOW + dt.timedelta(hours=number), "192.0.2.1")
        act = Act(signed, values["action"], Subject(values["kind"], values["id"]), None, {"role": f"r{number}"})
        database.write(lambda connection, act=act: note(connection, act))  # type: ignore[misc]  # bound now


def refuses_all(database: Database) -> None:
    add_practice(database)
    add_acts(database)
    statements = [*FORBIDDEN]
    if database.is_sqlite:
        statements.append(
            "INSERT OR REPLACE INTO audit (id, practice, at, by, action, subject_kind, subject_id) "
            "SELECT id, practice, at, 'person:eve', action, subject_kind, subject_id FROM audit"
        )
    else:
        statements.append("TRUNCATE audit")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"):
            database.write(lambda connection, statement=statement: connection.execute(text(statement)))  # type: ignore[misc]  # bound now
    with database.read() as connection:
        assert [each.act.signed.by for each in search(connection, "northlight", Search()).acts] == ["person:maya"]


def test_a_migrated_database_refuses_to_change_or_remove_what_was_noted(database: Database) -> None:
    refuses_all(database)


def test_so_does_one_whose_tables_come_from_the_records(made_from_records: Database) -> None:
    refuses_all(made_from_records)


def test_pages_go_from_the_newest_to_the_oldest_without_a_gap(database: Database) -> None:
    add_practice(database)
    add_acts(database, 5)
    seen: list[object] = []
    before = None
    with database.read() as connection:
        while True:
            page = search(connection, "northlight", Search(), before=before, most=2)
            seen += [(each.act.after or {})["role"] for each in page.acts]
            before = page.next_before
            if before is None:
                break
    assert seen == ["r4", "r3", "r2", "r1", "r0"]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Search(by="key:immcase"), 1),
        (Search(action="user."), 2),
        (Search(action="key.added"), 1),
        (Search(subject_kind="user", subject_id="kim"), 2),
        (Search(since=NOW + dt.timedelta(hours=1)), 1),
        (Search(action="user_"), 0),
    ],
)
def test_a_search_finds_what_fits_all_it_was_given(database: Database, wanted: Search, count: int) -> None:
    add_practice(database)
    add_acts(database, 2)
    add_acts(database, by="key:immcase", action="key.added", kind="api_key", id="abc")
    with database.read() as connection:
        assert len(search(connection, "northlight", wanted).acts) == count


def test_another_practices_acts_are_not_found(database: Database) -> None:
    add_practice(database)
    add_practice(database, "elsewhere", 2)
    add_acts(database, practice="elsewhere")
    with database.read() as connection:
        assert search(connection, "northlight", Search()).acts == ()
