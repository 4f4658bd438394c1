"""What a condition holds for, and how it is said in words."""

import datetime as dt
from decimal import Decimal

import pytest

from scheduler.planning.conditions import StepCondition, compile_step_condition
from scheduler.rulebook.schema import Rule


def make_condition(
    only_if: object = None,
    unless: object = None,
    *,
    step_only_if: object = None,
    step_unless: object = None,
    on_status: str | None = None,
) -> StepCondition:
    """Compile the conditions of a rule and its step, for a kind whose live words are booked and confirmed."""
    step = {"id": "s", "before": "1 day", "template": "t", "only_if": step_only_if, "unless": step_unless}
    rule = Rule.model_validate({"id": "r", "for": "appointment", "only_if": only_if, "unless": unless, "steps": [step]})
    return compile_step_condition(
        only_if=(rule.only_if, rule.steps[0].only_if),
        unless=(rule.unless, rule.steps[0].unless),
        live=("booked", "confirmed"),
        on_status=on_status,
    )


def holds(
    condition: StepCondition, *, status: str = "booked", contact: dict[str, object] | None = None, **fields: object
) -> bool:
    return condition.holds({"answer": "none", **fields, "status": status}, contact or {})


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("hearing", "hearing", True),
        ("hearing", "Hearing", False),
        ("hearing", None, False),
        ("hearing", "", False),
        (["hearing", "biometrics"], "biometrics", True),
        ({"not": "hearing"}, None, True),
        ({"not": "hearing"}, "hearing", False),
        ({"not": ["hearing", "visit"]}, "visit", False),
        ({"under": 5}, Decimal("4.99"), True),
        ({"under": 5}, "4.99", True),
        ({"under": 5}, 5, False),
        ({"under": 5}, None, False),
        ({"under": 5}, "many", False),
        ({"over": 0, "under": 10}, 10, False),
        ({"over": 0, "under": 10}, 9, True),
        ({"over": 0, "not": 7}, 7, False),
        ({"over": 0, "not": 7}, None, False),
        (5, Decimal("5.00"), True),
        (5, "5", True),
        (True, True, True),
        (True, None, False),
        (False, None, False),
        (1, True, False),
        ("vip", ["new", "vip"], True),
        ({"not": "vip"}, ["new", "vip"], False),
        ({"not": "vip"}, [], True),
        ("2026-12-01", dt.date(2026, 12, 1), True),
    ],
)
def test_a_value_passes_its_test(test: object, value: object, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert holds(make_condition({"field": test}), field=value) is expected


def test_an_answer_that_nobody_gave_is_none() -> None:
    assert holds(make_condition({"answer": "none"}))


def test_a_contacts_field_is_looked_up_with_the_contact() -> None:
    condition = make_condition({"contact.tags": ["vip"]})
    assert holds(condition, contact={"tags": ["vip"]})
    assert not holds(condition, tags=["vip"])


def test_without_a_named_status_a_step_is_for_live_ones() -> None:
    assert holds(make_condition(), status="confirmed")
    assert not holds(make_condition(), status="attended")


def test_a_step_on_a_status_is_for_that_status() -> None:
    condition = make_condition(on_status="attended")
    assert holds(condition, status="attended")
    assert not holds(condition, status="booked")


@pytest.mark.parametrize("status", ["attended", ["attended", "no_show"]])
def test_a_word_or_a_list_of_words_names_the_status(status: object) -> None:
    assert holds(make_condition({"status": status}), status="attended")
    assert not holds(make_condition({"status": status}), status="booked")


def test_a_status_named_by_the_step_counts_for_the_rules_mappings_too() -> None:
    assert holds(
        make_condition({"type": "hearing"}, step_only_if={"status": "attended"}), status="attended", type="hearing"
    )


def test_a_mapping_that_names_no_status_stays_with_live_ones() -> None:
    condition = make_condition([{"status": "attended", "type": "visit"}, {"type": "hearing"}])
    assert not holds(condition, status="attended", type="hearing")
    assert holds(condition, status="booked", type="hearing")


def test_a_status_under_unless_only_narrows() -> None:
    condition = make_condition(unless={"status": "confirmed"})
    assert not holds(condition, status="confirmed")
    assert not holds(condition, status="attended")


def test_the_rules_and_the_steps_unless_each_withhold() -> None:
    condition = make_condition(unless={"mode": "remote"}, step_unless={"answer": "confirmed"})
    assert not holds(condition, mode="remote")
    assert not holds(condition, answer="confirmed")
    assert holds(condition, mode="in_person")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (make_condition(), "for live ones (booked or confirmed)"),
        (make_condition({"type": ["a", "b", "c"]}), "only if type is a, b or c, for live ones (booked or confirmed)"),
        (
            make_condition(unless={"type": "hearing", "mode": "remote"}),
            "not if type is hearing and mode is remote, for live ones (booked or confirmed)",
        ),
        (
            make_condition([{"type": "a", "urgent": True}, {"balance": {"over": 0, "not": 7}}], on_status="paid"),
            "only if (type is a and urgent is yes), or balance is not 7 and is over 0, for paid",
        ),
        (
            make_condition({"status": "attended"}, step_only_if={"contact.tags": "vip"}),
            "only if status is attended, only if the contact's tags is vip",
        ),
    ],
)
def test_a_condition_is_said_back_in_words(condition: StepCondition, said: str) -> None:
    assert str(condition) == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (make_condition(), "the status is attended, and the step is for live ones (booked or confirmed)"),
        (make_condition({"type": "hearing"}), "only if type is hearing"),
        (make_condition(unless={"type": "visit"}), "withheld since type is visit"),
        (make_condition(step_only_if={"status": "no_show"}), "only if status is no_show"),
        (make_condition({"status": "attended"}), ""),
    ],
)
def test_it_says_why_a_step_is_not_for_an_occasion(condition: StepCondition, said: str) -> None:
    assert condition.why_not({"status": "attended", "type": "visit", "answer": "none"}, {}) == said
