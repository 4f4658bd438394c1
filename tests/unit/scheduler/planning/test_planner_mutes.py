"""What the planner decides where reminders are turned off or a rule is muted."""

from dataclasses import replace

import pytest

from scheduler.planning.decisions import OccasionFacts, Planned, Reason
from scheduler.planning.planner import plan
from tests.unit.scheduler.planning.planning_builders import DAY_STEP, decide, make_occasion, only, reasons, rulebook
from tests.unit.scheduler.planning.worked_case import PEOPLE, WEEK, make_rulebook

OFF = {**PEOPLE, "C1": replace(PEOPLE["C1"], reminders_off=True)}


def test_reminders_off_for_the_occasion_stops_every_step() -> None:
    rules = [{"id": "r", "steps": [DAY_STEP]}, {"id": "q", "steps": [{"id": "booked", "on": "created"}]}]
    decisions = decide(make_rulebook(rules, window=WEEK), make_occasion(reminders_off=True))

    assert reasons(decisions) == [Reason.OCCASION_OFF, Reason.OCCASION_OFF]


def test_reminders_off_for_a_person_leaves_the_others_theirs() -> None:
    occasion = make_occasion(people={"contact": "C1", "payer": "C2"})

    decisions = decide(rulebook(DAY_STEP, to=["contact", "payer"]), occasion, OFF)

    assert reasons(decisions) == [Reason.PERSON_OFF, None]


def test_whose_reminders_are_off_takes_no_text_from_another_of_the_same_phone() -> None:
    people = {**OFF, "C2": replace(OFF["C1"], key="C2", reminders_off=False)}
    occasion = make_occasion(people={"contact": "C1", "payer": "C2"})

    assert reasons(decide(rulebook(DAY_STEP, to=["contact", "payer"]), occasion, people)) == [Reason.PERSON_OFF, None]


def test_a_muted_rule_leaves_the_other_rules() -> None:
    rules = [{"id": "r", "steps": [DAY_STEP]}, {"id": "q", "steps": [{**DAY_STEP, "at": "10:00"}]}]

    decisions = decide(make_rulebook(rules, window=WEEK), make_occasion(muted=frozenset({"r"})))

    assert reasons(decisions) == [Reason.RULE_MUTED, None]


def test_a_rule_is_muted_under_the_id_it_had_before() -> None:
    compiled = rulebook(DAY_STEP, was="old")

    assert only(compiled, make_occasion(muted=frozenset({"old"}))).reason is Reason.RULE_MUTED


def test_a_former_id_that_another_rule_has_now_mutes_that_one_only() -> None:
    rules = [{"id": "r", "was": "q", "steps": [DAY_STEP]}, {"id": "q", "steps": [{**DAY_STEP, "at": "10:00"}]}]

    decisions = decide(make_rulebook(rules, window=WEEK), make_occasion(muted=frozenset({"q"})))

    assert reasons(decisions) == [None, Reason.RULE_MUTED]


def test_a_mute_comes_before_every_other_reason() -> None:
    compiled = rulebook({**DAY_STEP, "only_if": {"mode": "remote"}})

    assert only(compiled, make_occasion(people={"contact": "C3"}, reminders_off=True)).reason is Reason.OCCASION_OFF


@pytest.mark.parametrize(
    "muted", [make_occasion(people={}, reminders_off=True), make_occasion(people={}, muted=frozenset({"r"}))]
)
def test_nobody_is_missed_by_an_occasion_that_would_remind_nobody(muted: OccasionFacts) -> None:
    assert plan(rulebook(DAY_STEP), muted, PEOPLE) == Planned(())
