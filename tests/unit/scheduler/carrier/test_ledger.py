"""The ledger: whole lines, read back, whatever a kill has left."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from jobs.clock import SteppingClock
from jobs.errors import ConfigurationError
from scheduler.carrier.ledger import Ledger, read_ledger

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def written(path: Path) -> list[object]:
    return [row.get("what") for row in read_ledger(path)]


def test_a_line_is_there_before_the_ledger_is_closed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", SteppingClock(NOON))
    ledger.write("accepted", id="SM1")
    assert list(read_ledger(tmp_path / "ledger")) == [{"at": NOON.isoformat(), "what": "accepted", "id": "SM1"}]
    ledger.close()


def test_a_torn_line_is_left_out_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text('{"what": "first"}\n{"what": "to', encoding="utf-8")
    ledger = Ledger(path, SteppingClock(NOON))
    ledger.write("third")
    ledger.close()
    assert written(path) == ["first", "third"]


def test_all_who_wait_for_the_disk_are_released(tmp_path: Path) -> None:
    async def write(ledger: Ledger, number: int) -> None:
        ledger.write("accepted", number=number)
        await ledger.safe()

    async def write_all(ledger: Ledger) -> None:
        await asyncio.gather(*(write(ledger, number) for number in range(50)))

    ledger = Ledger(tmp_path / "ledger", SteppingClock(NOON))
    asyncio.run(write_all(ledger))
    ledger.close()
    assert len(written(tmp_path / "ledger")) == 50


def test_without_a_path_nothing_is_written() -> None:
    ledger = Ledger(None, SteppingClock(NOON))
    assert ledger.write("accepted") == 1
    asyncio.run(ledger.safe())
    ledger.close()


def test_a_ledger_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere/ledger cannot be opened"):
        Ledger(tmp_path / "nowhere" / "ledger", SteppingClock(NOON))


def test_there_is_nothing_in_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    assert list(read_ledger(tmp_path / "ledger")) == []
