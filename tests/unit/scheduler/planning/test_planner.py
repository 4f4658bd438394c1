"""What the planner decides beyond the worked cases: publishing, changes, texts that fell, dates that are none."""

import datetime as dt
from dataclasses import replace

import pytest

from jobs.errors import InputError
from scheduler.planning.decisions import Change, Identity, Reason, Shift, UsefulBy
from scheduler.planning.planner import plan
from tests.unit.scheduler.planning.planning_builders import (
    ARRIVES,
    BOOKED,
    DAY_STEP,
    WEEK_STEP,
    decide,
    make_occasion,
    only,
    reasons,
    rulebook,
)
from tests.unit.scheduler.planning.worked_case import PEOPLE, WEEK, local, make_rulebook

# What a decision says


def test_a_job_carries_what_the_store_and_why_need() -> None:
    compiled = make_rulebook(
        [{"id": "r", "steps": [DAY_STEP], "sender": "urgent", "purpose": "commercial"}],
        window=WEEK,
    )
    decision = only(compiled, make_occasion("2026-12-07T10:00"))
    assert decision.is_job
    assert (decision.contact, decision.template, decision.sender, decision.purpose) == (
        "C1",
        "t",
        "urgent",
        "commercial",
    )
    assert decision.identity == Identity("r", "day", "contact", "2026-12-07T10:00", 1)
    assert decision.own_moment == local("2026-12-06T16:00")
    assert (decision.planned_for, decision.shift) == (local("2026-12-05T17:30"), Shift.EARLIER)
    assert (decision.useful_until, decision.useful_by) == (local("2026-12-07T10:00"), UsefulBy.START)
    assert decision.plan_hash == compiled.plan_hashes["r/day"]


def test_without_a_sender_of_its_own_a_rule_takes_the_practices_first() -> None:
    senders = [{"id": name, "number": "+15145550100", "provider": "terminal"} for name in ("main", "other")]
    compiled = make_rulebook([{"id": "r", "steps": [DAY_STEP]}], practice={"senders": senders})
    assert only(compiled, make_occasion()).sender == "main"


def test_a_false_condition_says_in_words_why() -> None:
    decision = only(rulebook(DAY_STEP), make_occasion(status="cancelled"))
    assert decision.reason is Reason.CONDITION_FALSE
    assert decision.detail == "the status is cancelled, and the step is for live ones (booked or confirmed)"


def test_a_superseded_decision_names_what_superseded_it() -> None:
    week, day = decide(rulebook(WEEK_STEP, DAY_STEP), make_occasion(dated_at=local("2026-12-01T09:05")))
    assert week.reason is Reason.SUPERSEDED
    assert week.cause == day.identity


def test_decisions_come_in_the_revisions_order_one_per_repeat() -> None:
    repeated = {"id": "again", "after": "1 day", "every": "1 week", "times": 3}
    decisions = decide(rulebook(WEEK_STEP, repeated), make_occasion())
    assert [(decision.step, decision.repeat) for decision in decisions] == [
        ("week", 1),
        ("again", 1),
        ("again", 2),
        ("again", 3),
    ]


def test_repeats_of_a_step_that_does_not_apply_are_each_decided() -> None:
    repeated = {"id": "again", "after": "1 day", "every": "1 week", "times": 2, "only_if": {"mode": "remote"}}
    assert reasons(decide(rulebook(repeated), make_occasion())) == [Reason.CONDITION_FALSE] * 2


# Lateness and publishing


def test_a_step_published_after_its_moment_gets_no_job_even_if_it_says_send_now() -> None:
    compiled = rulebook(WEEK_STEP, first_published=local("2026-11-25T09:00"))
    assert only(compiled, make_occasion()).reason is Reason.TOO_LATE


def test_a_step_published_before_its_moment_has_its_job() -> None:
    compiled = rulebook(WEEK_STEP, first_published=local("2026-11-24T09:59"))
    assert only(compiled, make_occasion()).is_job


def test_an_occasion_recorded_after_the_publishing_may_be_late_and_sent() -> None:
    compiled = rulebook(WEEK_STEP, first_published=local("2026-11-25T09:00"))
    late = only(compiled, make_occasion(dated_at=local("2026-11-26T12:00")))
    assert late.is_job
    assert late.planned_for == local("2026-11-26T12:00")
    assert late.late


def test_nothing_is_drawn_before_its_step_was_published() -> None:
    compiled = rulebook(DAY_STEP, first_published=local("2026-12-05T19:00"))
    assert only(compiled, make_occasion("2026-12-07T10:00")).planned_for == local("2026-12-07T09:00")


def test_a_created_text_needs_a_rule_that_was_published_before() -> None:
    compiled = rulebook(BOOKED, first_published=local("2026-11-20T12:01"))
    assert only(compiled, make_occasion()).reason is Reason.NO_SUCH_CHANGE


def test_a_text_past_by_minutes_whose_use_ended_meanwhile_has_no_job() -> None:
    compiled = rulebook({"id": "s", "before": "2 minutes"})
    assert only(compiled, make_occasion(dated_at=local("2026-12-01T10:01"))).reason is Reason.NO_OPEN_HOUR


def test_of_a_late_text_and_one_just_past_the_later_goes() -> None:
    week, day = decide(rulebook(WEEK_STEP, DAY_STEP), make_occasion(dated_at=local("2026-11-30T16:03")))
    assert week.reason is Reason.SUPERSEDED
    assert day.is_job
    assert not day.late


# Changes


def test_the_anchor_of_a_created_text_is_the_count_of_its_change() -> None:
    occasion = make_occasion(changes=(Change("created", ARRIVES, 4),))
    assert only(rulebook(BOOKED), occasion).anchor == "4"


def test_of_several_changes_to_a_status_the_latest_fires() -> None:
    compiled = rulebook({"id": "s", "on": {"status": "attended"}})
    changes = (
        Change("status", local("2026-11-23T10:00"), 2, "attended"),
        Change("status", local("2026-11-24T10:00"), 4, "attended"),
    )
    decision = only(compiled, make_occasion(status="attended", changes=changes))
    assert (decision.anchor, decision.planned_for) == ("4", local("2026-11-24T10:00"))


def test_a_change_to_another_status_fires_nothing() -> None:
    compiled = rulebook({"id": "s", "on": {"status": "attended"}})
    changes = (Change("status", ARRIVES, 2, "confirmed"),)
    assert only(compiled, make_occasion(status="confirmed", changes=changes)).reason is Reason.NO_SUCH_CHANGE


def test_a_status_that_went_on_withholds_the_text_of_the_change() -> None:
    compiled = rulebook({"id": "s", "on": {"status": "confirmed"}})
    changes = (Change("status", ARRIVES, 2, "confirmed"),)
    assert only(compiled, make_occasion(status="booked", changes=changes)).reason is Reason.CONDITION_FALSE


def test_an_occasion_created_dead_fires_nothing_when_it_comes_alive() -> None:
    changes = (Change("created", ARRIVES, 1, "cancelled"),)
    assert only(rulebook(BOOKED), make_occasion(changes=changes)).reason is Reason.NO_SUCH_CHANGE


def test_a_created_text_waits_in_elapsed_hours() -> None:
    compiled = rulebook({**BOOKED, "wait": "2 hours"})
    assert only(compiled, make_occasion()).planned_for == local("2026-11-20T14:00")


def test_a_created_text_is_not_late_after_its_occasion_moved() -> None:
    moved = make_occasion("2026-12-08T10:00", dated_at=local("2026-11-25T12:00"))
    decision = only(rulebook(BOOKED), moved)
    assert decision.is_job
    assert decision.planned_for == ARRIVES


def test_a_created_text_sent_before_a_move_silences_nothing_of_the_new_date() -> None:
    moved = make_occasion("2026-11-21T13:00", dated_at=local("2026-11-20T12:50"))
    booked, day = decide(rulebook(BOOKED, {"id": "day", "before": "1 day"}), moved)
    assert booked.is_job
    assert day.is_job


@pytest.mark.parametrize(("wait", "reminder"), [("10 minutes", Reason.SUPERSEDED), ("2 hours", None)])
def test_who_books_late_gets_one_text_where_the_created_one_goes_within_the_hour(
    wait: str, reminder: Reason | None
) -> None:
    occasion = make_occasion(
        dated_at=local("2026-11-30T16:30"), changes=(Change("created", local("2026-11-30T16:30")),)
    )
    compiled = rulebook({**BOOKED, "wait": wait}, DAY_STEP)
    assert reasons(decide(compiled, occasion)) == [None, reminder]


def test_a_correction_silences_late_texts() -> None:
    occasion = make_occasion(dated_at=local("2026-12-01T09:05"), corrections={"C1": local("2026-12-01T09:05")})
    decision = only(rulebook(DAY_STEP), occasion)
    assert decision.reason is Reason.SUPERSEDED
    assert decision.detail == "superseded by a correction"


def test_a_correction_supersedes_a_before_step_within_the_hour_after_it() -> None:
    occasion = make_occasion(corrections={"C1": local("2026-11-30T15:00")})
    assert only(rulebook(DAY_STEP), occasion).reason is Reason.SUPERSEDED


def test_a_correction_to_another_person_supersedes_nothing() -> None:
    assert only(rulebook(DAY_STEP), make_occasion(corrections={"C7": local("2026-11-30T15:30")})).is_job


# Superseding texts that did not tell anybody


def test_the_next_late_text_is_planned_again_when_the_superseding_one_fell() -> None:
    occasion = make_occasion(dated_at=local("2026-12-01T09:05"))
    compiled = rulebook(WEEK_STEP, DAY_STEP)
    fallen = frozenset({Identity("r", "day", "contact", "2026-12-01T10:00", 1)})
    week, day = decide(compiled, replace(occasion, fallen=fallen))
    assert week.is_job
    assert day.is_job


def test_a_before_text_is_planned_again_when_the_created_one_fell() -> None:
    occasion = make_occasion(
        dated_at=local("2026-11-30T15:30"), changes=(Change("created", local("2026-11-30T15:30")),)
    )
    compiled = rulebook(BOOKED, {**DAY_STEP, "if_late": "skip"})
    assert reasons(decide(compiled, occasion)) == [None, Reason.SUPERSEDED]
    fallen = frozenset({Identity("r", "booked", "contact", "1", 1)})
    assert reasons(decide(compiled, replace(occasion, fallen=fallen))) == [None, None]


def test_a_text_superseded_within_the_hour_supersedes_nothing_itself() -> None:
    steps = [{"id": name, "before": f"{minutes} minutes"} for name, minutes in (("a", 225), ("b", 180), ("c", 135))]
    assert reasons(decide(rulebook(*steps), make_occasion("2026-12-01T14:00"))) == [None, Reason.SUPERSEDED, None]


def test_a_text_that_no_longer_ends_at_a_superseded_one_is_useful_longer() -> None:
    steps = [
        {"id": "early", "before": "5 hours"},
        {"id": "b", "before": "3 hours"},
        {"id": "c", "before": "150 minutes"},
    ]
    early, b, c = decide(rulebook(*steps), make_occasion("2026-12-01T16:00"))
    assert b.reason is Reason.SUPERSEDED
    assert early.useful_until == c.planned_for


# Dates


def test_an_occasion_without_a_date_dates_nothing() -> None:
    decision = only(rulebook(DAY_STEP), make_occasion(None))
    assert decision.reason is Reason.NO_DATE
    assert decision.anchor == ""


def test_an_occasion_before_effective_from_is_ignored() -> None:
    compiled = rulebook(DAY_STEP, effective_from="2026-12-02")
    decision = only(compiled, make_occasion())
    assert decision.reason is Reason.BEFORE_EFFECTIVE_FROM
    assert decision.detail == "the rule is for what is dated 2026-12-02 or later"


def test_the_date_of_an_occasion_is_that_of_its_own_zone() -> None:
    compiled = rulebook(DAY_STEP, effective_from="2026-12-02")
    assert only(compiled, make_occasion("2026-12-01T23:00-05:00", timezone="Europe/Paris")).is_job


@pytest.mark.parametrize("date", ["9999-12-31T10:00", "0001-01-01T10:00", "2900-06-01T10:00"])
def test_a_placeholder_of_a_date_dates_nothing(date: str) -> None:
    assert only(rulebook(DAY_STEP), make_occasion(date)).reason is Reason.NO_DATE


@pytest.mark.parametrize("duration", ["99999 months", "99999 weeks", "99999 days"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_an_absurd_duration_is_no_error(side: str, duration: str) -> None:
    step = {"id": "s", side: duration, "at": "10:00", "useful_until": f"{duration} {side}"}
    assert not only(rulebook(step), make_occasion()).is_job


def test_an_absurd_useful_until_is_capped_or_useless() -> None:
    assert (
        only(rulebook({**DAY_STEP, "useful_until": "99999 months after"}), make_occasion()).useful_by is UsefulBy.START
    )
    useless = only(rulebook({**DAY_STEP, "useful_until": "99999 months before"}), make_occasion())
    assert useless.reason is Reason.NO_OPEN_HOUR


def test_a_start_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError, match="start: 'soon' is not a local time"):
        plan(rulebook(DAY_STEP), make_occasion("soon"), PEOPLE)


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="no kind 'party'"):
        plan(rulebook(DAY_STEP), make_occasion(kind="party"), PEOPLE)


def test_a_zone_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="'Mars/Olympus' is not known"):
        plan(rulebook(DAY_STEP), make_occasion(timezone="Mars/Olympus"), PEOPLE)


@pytest.mark.parametrize("value", ["2027-01-15", dt.date(2027, 1, 15)])
def test_a_date_field_may_come_as_text_or_as_a_date(value: object) -> None:
    kinds = {"appointment": {"fields": {"expires": "day"}}}
    step = {"id": "s", "before": "1 month", "from": "expires", "at": "10:00"}
    compiled = make_rulebook([{"id": "r", "steps": [step]}], practice={"kinds": kinds})
    decision = only(compiled, make_occasion(fields={"expires": value}))
    assert (decision.anchor, decision.planned_for) == ("2027-01-15", local("2026-12-15T10:00"))


def test_a_moment_field_has_its_own_time() -> None:
    kinds = {"appointment": {"fields": {"call": "moment"}}}
    step = {"id": "s", "after": "1 day", "from": "call"}
    compiled = make_rulebook([{"id": "r", "steps": [step]}], practice={"kinds": kinds})
    decision = only(compiled, make_occasion(fields={"call": "2026-12-03T11:15"}))
    assert (decision.anchor, decision.planned_for) == ("2026-12-03T11:15", local("2026-12-04T11:15"))
