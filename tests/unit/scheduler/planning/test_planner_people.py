"""Whom the planner texts: people without a phone, in several roles, in several possible zones, nobody at all."""

from dataclasses import replace

from scheduler.planning.decisions import Person, Planned, Reason, Unreached
from scheduler.planning.planner import plan
from tests.unit.scheduler.planning.planning_builders import (
    DAY_STEP,
    WEEK_STEP,
    decide,
    make_occasion,
    only,
    reasons,
    rulebook,
)
from tests.unit.scheduler.planning.worked_case import PEOPLE, WEEK, local, make_rulebook


def test_a_named_person_without_a_phone_is_no_phone() -> None:
    decision = only(rulebook(DAY_STEP), make_occasion(people={"contact": "C3"}))
    assert decision.reason is Reason.NO_PHONE
    assert decision.own_moment == local("2026-11-30T16:00")


def test_a_false_condition_comes_before_a_missing_phone() -> None:
    compiled = rulebook({**DAY_STEP, "only_if": {"mode": "remote"}})
    assert only(compiled, make_occasion(people={"contact": "C3"})).reason is Reason.CONDITION_FALSE


def test_texts_that_nobody_can_get_supersede_nothing() -> None:
    occasion = make_occasion(dated_at=local("2026-12-01T09:05"), people={"contact": "C3"})
    assert reasons(decide(rulebook(WEEK_STEP, DAY_STEP), occasion)) == [Reason.NO_PHONE] * 2


def test_a_person_that_nobody_handed_in_has_no_phone() -> None:
    assert only(rulebook(DAY_STEP), make_occasion(people={"contact": "C99"})).reason is Reason.NO_PHONE


def test_one_person_in_two_roles_gets_one_text() -> None:
    occasion = make_occasion(people={"contact": "C1", "payer": "C1"})
    assert reasons(decide(rulebook(DAY_STEP, to=["contact", "payer"]), occasion)) == [None, Reason.SAME_PHONE]


def test_one_person_in_two_roles_is_superseded_in_both() -> None:
    occasion = make_occasion(dated_at=local("2026-12-01T09:05"), people={"contact": "C1", "payer": "C1"})
    decisions = decide(rulebook(WEEK_STEP, DAY_STEP, to=["contact", "payer"]), occasion)
    assert reasons(decisions) == [Reason.SUPERSEDED, None, Reason.SUPERSEDED, Reason.SAME_PHONE]


def test_a_person_in_one_role_of_one_rule_and_another_of_another_is_one_person() -> None:
    rules = [{"id": "r", "steps": [WEEK_STEP]}, {"id": "q", "to": ["payer"], "steps": [DAY_STEP]}]
    occasion = make_occasion(dated_at=local("2026-12-01T09:05"), people={"contact": "C1", "payer": "C1"})
    assert reasons(decide(make_rulebook(rules, window=WEEK), occasion)) == [Reason.SUPERSEDED, None]


def test_with_several_possible_zones_a_text_waits_until_all_are_inside() -> None:
    people = {"C1": Person("C1", "+18005550100", ("America/Toronto", "America/Vancouver"))}
    compiled = rulebook({"id": "s", "before": "1 day", "in_quiet_hours": "later"})
    assert only(compiled, make_occasion(), people).planned_for == local("2026-11-30T12:00")


def test_possible_zones_that_share_no_hour_leave_the_occasion_unreached() -> None:
    people = {"C1": Person("C1", "+15145550001", ("America/Toronto", "Asia/Tokyo"))}
    compiled = make_rulebook([{"id": "r", "steps": [DAY_STEP]}], window={"mon-fri": "09:00-17:00"})
    planned = plan(compiled, make_occasion(), people)
    assert planned.unreached is Unreached.NO_COMMON_HOUR
    assert reasons(list(planned.decisions)) == [Reason.NO_OPEN_HOUR]


def test_an_occasion_that_names_nobody_is_unreached_only_while_it_is_live() -> None:
    compiled = rulebook(DAY_STEP)
    nobody = make_occasion(people={"contact": ""})
    assert plan(compiled, nobody, PEOPLE) == Planned((), Unreached.NOBODY)
    assert plan(compiled, replace(nobody, status="cancelled"), PEOPLE) == Planned(())
