"""What a new owner of a database file puts right before it begins."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from jobs import store
from jobs.clock import SteppingClock
from jobs.records import jobs
from jobs.states import State
from scheduler.processes.all_in_one import owned, running
from scheduler.processes.ownership import OwnedElsewhereError
from scheduler.settings import Settings
from scheduler.wiring import assemble
from tests.unit.scheduler.processes.rule_desk import NOW, Desk


def _settings(folder: Path) -> Settings:
    desk = Desk(folder)
    desk.publish(None)
    desk.take_in_a_visit()
    desk.database.dispose()
    return desk.settings


def _states(settings: Settings) -> list[str]:
    with owned(settings) as parts, parts.database.read() as connection:
        return list(connection.execute(select(jobs.c.state)).scalars())


def test_what_a_dead_owner_held_is_released_at_once(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    parts = assemble(settings)

    def claim(connection: Connection) -> None:
        job_id = connection.execute(select(jobs.c.id)).scalar_one()
        store.enqueue(connection, [job_id], now=NOW)
        store.claim(connection, [job_id], worker="dead", lease=dt.timedelta(hours=1), now=NOW)

    parts.database.write(claim)
    parts.close()
    assert _states(settings) == [State.SCHEDULED]


def test_a_new_file_gets_its_tables_and_the_first_rules(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.database.dispose()
    (tmp_path / "q.db").unlink()
    assert _states(desk.settings) == []
    assert desk.current() is not None
    desk.database.dispose()


def test_only_one_process_owns_a_file(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    with owned(settings), pytest.raises(OwnedElsewhereError), owned(settings):
        pass


def test_a_job_that_is_due_goes_out_through_ticker_and_worker(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    printed: list[str] = []
    went = threading.Event()

    def sink(line: str) -> None:
        printed.append(line)
        went.set()

    clock = SteppingClock(NOW + dt.timedelta(days=3))  # 4 December, 10:00 in Toronto: the day before the visit
    parts = assemble(settings, clock=clock, sink=sink)
    with running(parts):
        assert went.wait(20)
    parts.close()
    assert printed == ["+14165550100  Pat, your visit is on December 5 at 10:00 a.m."]
    assert settings.ledger_file is not None
    assert "December 5" in settings.ledger_file.read_text(encoding="utf-8")
