"""What an opt-out reads: the jobs to its number, found by an index whatever else waits, and of its practice alone."""

import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from jobs.clock import SteppingClock
from jobs.consent import OPT_OUT, ConsentWord
from jobs.conversation import opt_in, opt_out
from jobs.database import Database
from jobs.records import jobs
from jobs.states import State
from jobs.store.values import NewJob
from tests.storage.builders import NOW, add_practice, make_job, plan

NUMBER = "+15145550101"


def make_word(what: str = OPT_OUT, practice: str = "northlight") -> ConsentWord:
    return ConsentWord(practice=practice, number=NUMBER, what=what, source="text", by="the person", evidence="STOP")


def make_one_off(practice: str) -> NewJob:
    return make_job(practice=practice, identity=uuid.uuid4(), to_number=NUMBER, text="Your file is ready.")


def plans_read_by(connection: Connection, word: ConsentWord) -> list[str]:
    """Return how SQLite finds the jobs that an opt-out or its end asks for."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if " UNION " in statement and "FROM jobs" in statement:
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", keep)
    act = opt_out if word.what == OPT_OUT else opt_in
    act(connection, word, by="provider", now=NOW)
    event.remove(connection, "before_cursor_execute", keep)
    assert asked
    explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values) for each, values in asked]
    return [row[-1] for rows in explained for row in rows if " jobs" in row[-1]]


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path, clock: SteppingClock) -> Iterator[Database]:
    """Give a database without statistics, as one is that was never analysed."""
    copied = tmp_path / "q.db"
    copied.write_bytes(sqlite_template.read_bytes())
    made = Database(f"sqlite:///{copied}", clock, trust_clock=True)
    try:
        yield made
    finally:
        made.dispose()


def test_the_jobs_to_a_number_are_found_by_their_contact_or_by_the_number(sqlite: Database) -> None:
    sqlite.write(add_practice)
    plan(sqlite, make_one_off("northlight"))
    found = sqlite.write(lambda connection: plans_read_by(connection, make_word()))
    found += sqlite.write(lambda connection: plans_read_by(connection, make_word("opt_in")))
    by = ("ix_jobs_contact_id", "ix_jobs_to_number")
    assert {line.partition(" (")[0] for line in found} == {f"SEARCH jobs USING INDEX {index}" for index in by}


def test_an_opt_out_from_one_practice_leaves_the_number_to_the_others(database: Database) -> None:
    for practice in ("northlight", "harbour"):
        database.write(partial(add_practice, practice=practice))
        plan(database, make_one_off(practice))
    database.write(lambda connection: opt_out(connection, make_word(), by="provider", now=NOW))
    with database.read() as connection:
        found = {row.practice: row.state for row in connection.execute(select(jobs.c.practice, jobs.c.state))}
    assert found == {"northlight": State.BLOCKED.value, "harbour": State.SCHEDULED.value}
