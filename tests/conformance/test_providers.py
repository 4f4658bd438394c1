"""One table that every provider passes: what it answers, what it writes, and nothing past the deadline."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SteppingClock
from jobs.providers import PROVIDERS
from jobs.providers.contract import Accepted, NotWritten, Outcome, Provider, Refused, SendRequest
from jobs.providers.terminal import TerminalProvider

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Rig:
    """A provider with what lies behind it: `written` returns the bodies that reached the other side."""

    provider: Provider
    written: Callable[[], list[str]]


def terminal(_folder: Path) -> Rig:
    lines: list[str] = []
    return Rig(TerminalProvider(lines.append, SteppingClock(NOW)), lambda: [line.split("  ", 1)[1] for line in lines])


RIGS: dict[str, Callable[[Path], Rig]] = {"terminal": terminal}


@pytest.fixture(params=sorted(PROVIDERS))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    return RIGS[request.param](tmp_path)


def make_request(**changes: Any) -> SendRequest:
    values: dict[str, Any] = {"attempt_id": uuid.uuid4(), "job_id": uuid.uuid4(), "from_number": "+15145550100"}
    values |= {"to_number": "+15145550101", "body": "See you on Friday.", "valid_for": dt.timedelta(hours=1)}
    return SendRequest(**(values | changes))


def send(rig: Rig, *requests: SendRequest) -> list[Outcome]:
    async def all_at_once() -> list[Outcome]:
        return list(await asyncio.gather(*(rig.provider.send(request) for request in requests)))

    return asyncio.run(all_at_once())


def test_every_provider_has_a_rig() -> None:
    assert sorted(RIGS) == sorted(PROVIDERS)


def test_a_provider_is_known_by_its_name(rig: Rig) -> None:
    assert PROVIDERS[rig.provider.id] is type(rig.provider)


def test_a_text_is_written_once_and_accepted_under_an_id(rig: Rig) -> None:
    [outcome] = send(rig, make_request())
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    assert rig.written() == ["See you on Friday."]


def test_texts_at_once_get_ids_of_their_own(rig: Rig) -> None:
    outcomes = send(rig, *(make_request(body=f"Text {number}") for number in range(rig.provider.capabilities.at_once)))
    ids = {outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)}
    assert len(ids) == rig.provider.capabilities.at_once == len(rig.written())


def test_nothing_is_written_past_the_deadline(rig: Rig) -> None:
    assert send(rig, make_request(may_write=lambda: False)) == [NotWritten()]
    assert rig.written() == []


def test_the_deadline_is_asked_exactly_once(rig: Rig) -> None:
    asked: list[bool] = []

    def may_write() -> bool:
        asked.append(True)
        return True

    send(rig, make_request(may_write=may_write))
    assert len(asked) == 1


@pytest.mark.parametrize("changes", [{"body": ""}, {"to_number": ""}])
def test_what_cannot_be_sent_is_refused_with_a_reason(rig: Rig, changes: dict[str, str]) -> None:
    [outcome] = send(rig, make_request(**changes))
    assert isinstance(outcome, Refused)
    assert outcome.reason
    assert rig.written() == []


def test_a_request_ends_well_before_a_lease_does(rig: Rig) -> None:
    assert rig.provider.capabilities.timeout <= dt.timedelta(seconds=10)
