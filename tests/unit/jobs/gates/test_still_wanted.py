"""A job goes only while somebody wants it, it is useful, and it is dated by the rule in force."""

import datetime as dt

import pytest

from jobs.gates import still_wanted
from jobs.gates.contract import End, Hold, Pass, Verdict
from jobs.states import Origin, State
from tests.unit.jobs.facts_builders import NOW, START, make_about, make_facts, make_job, make_person


def verdict(**changes: object) -> Verdict:
    return still_wanted.gate(None, make_facts(**changes), NOW)


def test_a_job_that_is_wanted_passes() -> None:
    assert verdict(job=make_job(anchor=START)) == Pass()


def test_a_job_past_its_use_expires_at_that_very_moment() -> None:
    assert verdict(job=make_job(useful_until=NOW)) == End(State.EXPIRED, "it was useful until 2026-11-29 20:00 UTC")


def test_a_job_asked_to_stop_is_cancelled() -> None:
    assert verdict(job=make_job(stop_wanted=True)) == End(State.CANCELLED, "it was asked to stop")


@pytest.mark.parametrize("job", [{"plan_hash": "h0"}, {"rule_step": "gone/day-before"}])
def test_a_job_of_another_revision_of_its_rule_waits_for_planning(job: dict[str, str]) -> None:
    held = verdict(job=make_job(**job))
    assert isinstance(held, Hold)
    assert (held.being_replanned, held.until) == (True, NOW + dt.timedelta(minutes=1))


@pytest.mark.parametrize(
    ("occasion", "contact", "reason"),
    [
        ({"gone": True}, {}, "the occasion is gone"),
        ({}, {"gone": True}, "the contact is gone"),
        ({}, {"reminders_off": True}, "reminders are turned off for this contact"),
        ({"reminders_off": True}, {}, "reminders are turned off for this occasion"),
        ({"muted_rules": ("consultation",)}, {}, "this rule is muted for this occasion"),
    ],
)
def test_a_reminder_that_nobody_is_to_get_is_cancelled(
    occasion: dict[str, object], contact: dict[str, object], reason: str
) -> None:
    assert verdict(occasion=make_about(**occasion), contact=make_person(**contact)) == End(State.CANCELLED, reason)


def test_a_reminder_of_an_earlier_date_waits_for_planning() -> None:
    held = verdict(job=make_job(anchor="2026-11-30T09:30"))
    assert isinstance(held, Hold)
    assert held.reason == "its occasion moved and it is being planned again"


@pytest.mark.parametrize("start", ["2026-12-01T09:30:00", "2026-12-01T14:30Z", "2026-12-01T09:30-05:00"])
def test_the_same_start_written_otherwise_is_no_move(start: str) -> None:
    assert verdict(job=make_job(anchor=START), occasion=make_about(start=start)) == Pass()


def test_a_step_may_be_dated_by_a_field() -> None:
    about = make_about(fields={"expires": "2027-01-05"})
    assert verdict(job=make_job(anchor="2027-01-05"), occasion=about) == Pass()


def test_a_reminder_whose_sender_was_removed_waits_for_planning() -> None:
    held = verdict(job=make_job(sender="urgent", anchor=START))
    assert isinstance(held, Hold)
    assert held.reason == "its sender is gone and it is being planned again"


def test_a_one_off_has_no_rule_and_no_occasion_to_lose() -> None:
    job = make_job(origin=Origin.ONE_OFF, rule_step=None, plan_hash="")
    assert verdict(job=job, occasion=None, contact=None) == Pass()
