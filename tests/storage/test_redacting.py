"""The words of a text are deleted at its provider once it has ended: asked for until done, and once; both databases."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Accepted, Receipt, Status
from jobs.providers.loop import SendingLoop
from jobs.providers.twilio import Account, TwilioProvider
from jobs.receipts import record_receipts
from scheduler.chores import redact
from scheduler.chores.context import Context
from tests.carriers import RunningCarrier, read_ledger, running_carrier
from tests.conformance.rigs import make_request
from tests.storage.builders import MINUTE, NOW, accepted, add_practice, make_job, plan, record, send
from tests.storage.delivering import ScriptedProvider, attempts_of


class Forgetful(ScriptedProvider):
    """A provider that deletes words, after it has failed to as often as it is told."""

    redacts = True

    def __init__(self, *failures: Exception | bool) -> None:
        """Answer with these first."""
        super().__init__()
        self.asked_for: list[str] = []
        self._failures = list(failures)

    async def redact(self, provider_id: str) -> bool:
        """Delete, or fail."""
        self.asked_for.append(provider_id)
        failure = self._failures.pop(0) if self._failures else True
        if isinstance(failure, Exception):
            raise failure
        return failure


def sent(database: Database, provider_id: str = "P-1", provider: str = "terminal") -> store.Intent:
    [intent] = send(database, plan(database, make_job(provider=provider)))
    record(database, accepted(intent, provider_id=provider_id))
    return intent


def report(
    database: Database, intent: store.Intent, status: Status = Status.DELIVERED, *, redacts: bool = True, **changes: Any
) -> None:
    """Let a receipt of an attempt come."""
    values: dict[str, Any] = {"provider_id": "P-1", "status": status, "attempt_id": intent.attempt_id} | changes
    given = [Receipt(**values)]
    database.write(lambda c: record_receipts(c, intent.provider, given, now=database.moment(c), redacts=redacts))


def run(database: Database, clock: SteppingClock, provider: Any, after: dt.timedelta = MINUTE) -> dict[str, int]:
    clock.jump_to(NOW + after)
    context = Context(database, lambda _entry: None, providers={provider.id: provider}, run_coroutine=asyncio.run)
    return dict(redact.run(context))


def redacted_at(database: Database, intent: store.Intent) -> dt.datetime | None:
    [row] = attempts_of(database, [intent.job_id])
    found: dt.datetime | None = row["redacted_at"]
    return found


@pytest.fixture
def practice(database: Database) -> Database:
    database.write(add_practice)
    return database


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.UNDELIVERED, Status.FAILED])
def test_what_has_ended_is_redacted_once(practice: Database, clock: SteppingClock, status: Status) -> None:
    intent, provider = sent(practice), Forgetful()
    report(practice, intent, status)
    assert run(practice, clock, provider) == {"asked": 1, "redacted": 1}
    assert redacted_at(practice, intent) == NOW + MINUTE
    report(practice, intent, Status.DELIVERED, provider_id="P-1")
    assert run(practice, clock, provider, 9 * MINUTE) == {}
    assert provider.asked_for == ["P-1"]


def test_what_is_still_under_way_is_left(practice: Database, clock: SteppingClock) -> None:
    report(practice, sent(practice), Status.ACCEPTED)
    assert run(practice, clock, Forgetful()) == {}


@pytest.mark.parametrize("failures", [(False,), (ConnectionError("reset"),)])
def test_it_is_asked_for_again_until_it_is_done(
    practice: Database, clock: SteppingClock, failures: tuple[Exception | bool, ...]
) -> None:
    intent, provider = sent(practice), Forgetful(*failures)
    report(practice, intent)
    assert run(practice, clock, provider) == {"asked": 1, "redacted": 0}
    assert run(practice, clock, provider, 1.5 * MINUTE) == {}
    assert run(practice, clock, provider, 3 * MINUTE) == {"asked": 1, "redacted": 1}
    assert redacted_at(practice, intent) == NOW + 3 * MINUTE


def test_where_it_is_not_set_up_nothing_is_asked(practice: Database, clock: SteppingClock) -> None:
    intent = sent(practice)
    report(practice, intent, redacts=False)
    assert run(practice, clock, Forgetful()) == {}
    idle = Forgetful()
    idle.redacts = False
    report(practice, intent, Status.UNDELIVERED)
    assert run(practice, clock, idle) == {}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "carrier.jsonl"


@pytest.fixture
def carrier(ledger: Path) -> Iterator[RunningCarrier]:
    with running_carrier(seed=1, ledger=ledger) as running:
        yield running


def test_the_words_are_gone_from_twilio_over_a_real_socket(
    practice: Database, clock: SteppingClock, carrier: RunningCarrier, ledger: Path
) -> None:
    account = Account(
        account_sid=carrier.account_sid, auth_token=carrier.auth_token, base_url=carrier.url.rstrip("/"), redacts=True
    )
    carrier.set_receipts(manual=True)
    provider = TwilioProvider(account)
    loop = SendingLoop()
    outcome = loop.run(provider.send(make_request()))
    assert isinstance(outcome, Accepted)
    intent = sent(practice, outcome.provider_id, "twilio")
    report(practice, intent, provider_id=outcome.provider_id)
    clock.jump_to(NOW + MINUTE)
    context = Context(practice, lambda _entry: None, providers={"twilio": provider}, run_coroutine=loop.run)

    assert redact.run(context) == {"asked": 1, "redacted": 0}  # the carrier refuses while it is under way there
    carrier.advance(id=outcome.provider_id, status="delivered")
    clock.jump_to(NOW + 9 * MINUTE)
    assert redact.run(context) == {"asked": 1, "redacted": 1}
    loop.run(provider.close())
    loop.close()
    assert [row["id"] for row in read_ledger(ledger) if row["what"] == "redacted"] == [outcome.provider_id]
    assert redacted_at(practice, intent) == NOW + 9 * MINUTE
