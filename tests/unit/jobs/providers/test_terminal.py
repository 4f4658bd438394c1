"""The provider that prints: its line, and the ledger that proves what went out."""

import asyncio
import datetime as dt
import json
import uuid
from pathlib import Path

import pytest

from jobs.clock import SteppingClock
from jobs.providers.contract import SendRequest
from jobs.providers.terminal import TerminalProvider

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


def make_request(body: str = "See you on Friday.") -> SendRequest:
    return SendRequest(
        attempt_id=uuid.UUID(int=1),
        job_id=uuid.UUID(int=2),
        from_number="+15145550100",
        to_number="+15145550101",
        body=body,
        valid_for=dt.timedelta(hours=1),
    )


def test_a_text_is_one_calm_line() -> None:
    lines: list[str] = []
    asyncio.run(TerminalProvider(lines.append, SteppingClock(NOW)).send(make_request("One\ntwo.")))
    assert lines == ["+15145550101  One two."]


def test_the_ledger_has_a_line_a_text(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    provider = TerminalProvider(lambda _line: None, SteppingClock(NOW), ledger)
    asyncio.run(provider.send(make_request("Un été\nà Québec.")))
    asyncio.run(provider.send(make_request()))
    written = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    assert written[0] == {
        "attempt_id": str(uuid.UUID(int=1)),
        "job_id": str(uuid.UUID(int=2)),
        "from": "+15145550100",
        "to": "+15145550101",
        "body": "Un été\nà Québec.",
        "at": "2026-03-02T15:00:00+00:00",
    }
    assert len(written) == 2


def test_a_text_that_cannot_be_kept_is_not_printed(tmp_path: Path) -> None:
    lines: list[str] = []
    provider = TerminalProvider(lines.append, SteppingClock(NOW), tmp_path / "no" / "folder.jsonl")
    with pytest.raises(FileNotFoundError):
        asyncio.run(provider.send(make_request()))
    assert lines == []
