"""After an unclear text reminders wait; after what may be an opt-out nothing of a rule goes until staff have looked."""

import datetime as dt

import pytest

from jobs.gates import unclear
from jobs.gates.contract import Hold, Pass, Verdict
from jobs.states import Origin
from tests.unit.jobs.facts_builders import NOW, make_draft, make_facts, make_job

MINUTE = dt.timedelta(minutes=1)


def verdict(**changes: object) -> Verdict:
    return unclear.gate(make_draft(), make_facts(**changes), NOW)


def until(found: Verdict) -> dt.datetime:
    assert isinstance(found, Hold), found
    return found.until


def test_nothing_waits_for_a_number_that_wrote_nothing_unclear() -> None:
    assert verdict() == Pass()


def test_a_reminder_waits_half_an_hour_after_an_unclear_text() -> None:
    assert until(verdict(unclear_at=NOW - 10 * MINUTE)) == NOW + 20 * MINUTE


def test_after_half_an_hour_it_goes() -> None:
    assert verdict(unclear_at=NOW - 30 * MINUTE) == Pass()


def test_a_reminder_that_would_be_useless_by_then_goes_while_it_is_of_use() -> None:
    job = make_job(useful_until=NOW + 15 * MINUTE)
    assert until(verdict(unclear_at=NOW, job=job)) == NOW + 10 * MINUTE
    assert verdict(unclear_at=NOW, job=make_job(useful_until=NOW + 4 * MINUTE)) == Pass()


@pytest.mark.parametrize("origin", [Origin.CORRECTION, Origin.ONE_OFF, Origin.ACKNOWLEDGEMENT])
def test_only_reminders_wait_after_an_unclear_text(origin: Origin) -> None:
    assert verdict(unclear_at=NOW, job=make_job(origin=origin)) == Pass()


@pytest.mark.parametrize("origin", [Origin.REMINDER, Origin.CORRECTION])
def test_rules_texts_wait_for_staff_after_what_may_be_an_opt_out(origin: Origin) -> None:
    assert until(verdict(perhaps_opted_out=True, job=make_job(origin=origin))) == NOW + 30 * MINUTE


def test_what_a_person_sends_goes_all_the_same() -> None:
    assert verdict(perhaps_opted_out=True, job=make_job(origin=Origin.ONE_OFF)) == Pass()
