"""Providers' delivery reports on both databases: kept once, never moving a job backwards, whatever their order."""

import datetime as dt
import itertools
import uuid

import pytest
from sqlalchemy import func, select

from jobs import consent, senders, store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Fault, Receipt, Status
from jobs.receipts import record_receipts
from jobs.records import number_faults, receipts
from jobs.states import State
from jobs.store.values import Ending
from tests.storage.builders import NOW, accepted, add_practice, make_result, outcome, plan, read, record, send

NUMBER = "+15145550101"


def receipt(intent: store.Intent, status: Status = Status.DELIVERED, **changes: object) -> Receipt:
    values = {"provider_id": "P-1", "status": status, "attempt_id": intent.attempt_id, "raw": {"To": NUMBER}} | changes
    return Receipt(**values)  # type: ignore[arg-type]  # any of its fields by name


def take(database: Database, *given: Receipt, provider: str = "terminal") -> list[store.Moved]:
    return database.write(lambda connection: record_receipts(connection, provider, given, now=NOW))


@pytest.fixture
def sending(database: Database) -> store.Intent:
    """Commit one intent."""
    database.write(add_practice)
    [intent] = send(database, plan(database))
    return intent


def state(database: Database, intent: store.Intent) -> State:
    return read(database, intent.job_id).state


def kept(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(receipts)).scalar_one()


def test_a_receipt_before_the_answer_to_the_request_settles_it(database: Database, sending: store.Intent) -> None:
    take(database, receipt(sending))
    assert state(database, sending) is State.DELIVERED
    assert outcome(database, sending.attempt_id) == "accepted"
    record(database, accepted(sending, provider_id="P-1"))
    assert state(database, sending) is State.DELIVERED


def test_a_receipt_settles_what_is_in_doubt(database: Database, sending: store.Intent) -> None:
    record(database, make_result(sending, State.IN_DOUBT, Ending.UNKNOWN))
    take(database, receipt(sending, Status.ACCEPTED))
    assert state(database, sending) is State.SENT


def test_a_receipt_without_our_address_is_known_by_the_providers_id(database: Database, sending: store.Intent) -> None:
    record(database, accepted(sending, provider_id="P-1"))
    take(database, receipt(sending, attempt_id=None))
    assert state(database, sending) is State.DELIVERED


def test_the_same_receipt_again_changes_nothing(database: Database, sending: store.Intent) -> None:
    assert take(database, receipt(sending))
    assert take(database, receipt(sending), receipt(sending)) == []
    assert kept(database) == 1


@pytest.mark.parametrize("order", list(itertools.permutations([Status.ACCEPTED, Status.UNDELIVERED, Status.DELIVERED])))
def test_in_whatever_order_they_come_what_arrived_has_arrived(
    database: Database, sending: store.Intent, order: tuple[Status, ...]
) -> None:
    for status in order:
        take(database, receipt(sending, status))
    assert state(database, sending) is State.DELIVERED


@pytest.mark.parametrize("status", [Status.UNDELIVERED, Status.FAILED])
def test_what_did_not_arrive_is_undelivered_and_never_sent_again(
    database: Database, sending: store.Intent, status: Status
) -> None:
    take(database, receipt(sending, status, code="30003", reason="the handset is unreachable"))
    job = read(database, sending.job_id)
    assert (job.state, job.reason) == (State.UNDELIVERED, "the handset is unreachable")
    take(database, receipt(sending, Status.ACCEPTED))
    assert state(database, sending) is State.UNDELIVERED


def test_what_belongs_to_nobody_is_kept_and_changes_nothing(database: Database, sending: store.Intent) -> None:
    assert take(database, receipt(sending, attempt_id=uuid.uuid4())) == []
    assert kept(database) == 1
    assert state(database, sending) is State.SENDING


def test_another_providers_receipt_is_of_none_of_our_attempts(database: Database, sending: store.Intent) -> None:
    assert take(database, receipt(sending), provider="twilio") == []
    assert state(database, sending) is State.SENDING


def test_a_number_that_can_never_be_texted_is_marked(database: Database, sending: store.Intent) -> None:
    take(database, receipt(sending, Status.UNDELIVERED, code="30006", reason="a landline", fault=Fault.NUMBER))
    with database.read() as connection:
        [row] = connection.execute(select(number_faults)).all()
    assert (row.practice, row.number, row.reason, row.error_code) == ("northlight", NUMBER, "a landline", "30006")


def test_the_newest_reason_why_a_number_cannot_be_texted_stands(database: Database, sending: store.Intent) -> None:
    take(database, receipt(sending, Status.UNDELIVERED, reason="a landline", fault=Fault.NUMBER))
    take(database, receipt(sending, Status.FAILED, reason="unknown", fault=Fault.NUMBER))
    with database.read() as connection:
        assert connection.execute(select(number_faults.c.reason)).scalars().all() == ["unknown"]


def test_a_carriers_word_that_a_person_opted_out_is_an_opt_out(database: Database, sending: store.Intent) -> None:
    take(database, receipt(sending, Status.UNDELIVERED, code="21610", fault=Fault.OPTED_OUT))
    with database.read() as connection:
        found = consent.standings(connection, [("northlight", NUMBER)], NOW)
    assert found["northlight", NUMBER].opted_out is not None


@pytest.mark.parametrize(("fault", "scope"), [(Fault.SENDER, senders.SENDER), (Fault.ACCOUNT, senders.PROVIDER)])
def test_a_closed_sender_or_account_is_paused_once(
    database: Database, sending: store.Intent, fault: Fault, scope: str
) -> None:
    take(database, receipt(sending, Status.UNDELIVERED, fault=fault, reason="not registered"))
    take(database, receipt(sending, Status.FAILED, fault=fault, reason="not registered"))
    with database.read() as connection:
        [found] = senders.active_pauses(connection, ["northlight"], NOW)
    assert (found.scope, found.reason) == (scope, f"the {fault.value} is closed: not registered")


def test_a_hundred_receipts_at_once_are_kept_once_each(database: Database, clock: SteppingClock) -> None:
    database.write(add_practice)
    jobs = [send(database, plan(database), to_number=f"+1514555{number:04}")[0] for number in range(20)]
    given = [receipt(intent, provider_id=f"P-{place}") for place, intent in enumerate(jobs)] * 5
    clock.jump_to(NOW + dt.timedelta(minutes=1))
    take(database, *given)
    assert kept(database) == 20
    assert {state(database, intent) for intent in jobs} == {State.DELIVERED}
