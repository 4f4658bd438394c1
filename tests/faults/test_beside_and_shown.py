"""One process owns a SQLite file, commands work beside it, and what a crash left in doubt is shown with its reason."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.states import State
from scheduler.intake.entry import FileRequest, Imported, Intake
from scheduler.migrations import upgrade
from scheduler.processes.first_rules import publish_first_rules
from scheduler.settings import Settings
from tests.faults.checking import look, what_is_wrong
from tests.faults.orders import COMMAND, FREEZE
from tests.faults.starting import Victim, wait_until
from tests.faults.victim import is_settled
from tests.faults.worlds import World
from tests.walks.installation import Installation, soon

HOLD_SECONDS = 1.0
VISITS = 40
PORT = "18471"


def command(world: World, *words: str) -> Victim:
    """Start the command `quietbell` with these words."""
    return world.start(act=COMMAND, words=words)


def test_a_second_process_on_the_same_file_is_refused_until_the_first_is_dead(world: World) -> None:
    first = world.start(at="claimed", signal=FREEZE)
    first.wait_for_frost()
    second = world.start()
    assert second.wait() == 1
    assert f"is already run by process {first.pid}" in second.said()
    first.kill()
    after = world.settle()
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()


def test_what_is_in_doubt_is_shown_with_its_reason(world: World) -> None:
    world.start(at="intended").wait_for_death()
    in_doubt = world.settle().of(State.IN_DOUBT)
    shown = command(world, "jobs", "--state", "in_doubt", "--json")
    assert shown.wait() == 0, shown.said()
    listed = {each["id"]: each["reason"] for each in json.loads(shown.said())["jobs"]}
    assert len(listed) == len(in_doubt)
    assert all("may have gone or not" in reason for reason in listed.values())
    told = command(world, "why", next(iter(listed)))
    assert told.wait() == 0, told.said()
    assert "may have gone or not" in " ".join(told.said().split())


def test_commands_wait_for_a_writer_and_work_beside_the_running_process(world: World) -> None:
    running = world.start(until_settled=False)
    running.wait_for_word("running")
    waiting = sorted(world.look().of(State.SCHEDULED) - world.due)
    with sqlite_writer(world):
        ordered = [
            command(world, "jobs", "cancel", str(waiting[0]), "--because", "the person called"),
            command(world, "jobs", "--json"),
        ]
        threading.Event().wait(HOLD_SECONDS)
    for victim in ordered:
        assert victim.wait() == 0, victim.said()
    wait_until(
        lambda: is_settled(world.database, world.clock.now()), lambda: f"all settled: {world.look().standings()}"
    )
    after = world.check()
    assert after.jobs[waiting[0]].state == State.CANCELLED
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()
    assert "locked" not in running.said()


@contextmanager
def sqlite_writer(world: World) -> Iterator[None]:
    """Hold the file's write lock, as a long transaction of another process would."""
    connection = sqlite3.connect(world.folder / "quietbell.db", isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[tuple[Installation, Database]]:
    """Give a small practice whose visits are so near that their reminders go at once, and its database."""
    installation = Installation(tmp_path)
    installation.write_practice()
    contacts = installation.write_contacts(VISITS)
    visits = installation.write_visits([soon()] * VISITS)
    database = Database(f"sqlite:///{tmp_path}/quietbell.db", SystemClock())
    try:
        upgrade(database.engine)
        settings = Settings(rules=tmp_path / "rules", templates=tmp_path / "templates_sms")
        assert publish_first_rules(settings, database) == ["harbour"]
        for what, path in (("contacts", contacts), ("appointments", visits)):
            came = Intake(database).import_file(FileRequest(practice="harbour", what=what, path=path, by="test"))
            assert isinstance(came, Imported), came
        yield installation, database
    finally:
        database.dispose()


def test_quietbell_serve_is_killed_while_it_sends_and_started_again(clinic: tuple[Installation, Database]) -> None:
    installation, database = clinic
    ledger = installation.folder / "quietbell.db.ledger.jsonl"
    clock = SystemClock()
    running = installation.start("serve", QUIETBELL_PORT=PORT)
    try:
        wait_until(ledger.exists, lambda: f"a text in the ledger:\n{running.said()[-3000:]}")
    finally:
        running.process.kill()
        running.process.wait()
    in_doubt_or_sending = look(database, ledger).of(State.SENDING, State.IN_DOUBT)
    again = installation.start("serve", QUIETBELL_PORT=PORT)
    try:
        wait_until(lambda: is_settled(database, clock.now()), lambda: f"all settled:\n{again.said()[-3000:]}")
    finally:
        assert again.stop() == 0, again.said()
    after = look(database, ledger)
    assert not what_is_wrong(after, clock.now())
    assert after.of(State.IN_DOUBT) == in_doubt_or_sending, after.standings()
    assert len(after.of(State.SENT) | in_doubt_or_sending) == VISITS, after.standings()
