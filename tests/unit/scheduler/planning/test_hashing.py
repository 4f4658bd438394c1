"""What of a revision a job's plan_hash depends on."""

import pytest

from tests.unit.scheduler.planning.worked_case import make_rulebook

STEP = {"id": "s", "before": "1 day", "at": "16:00"}
SENDER = {"id": "main", "number": "+15145550100", "provider": "terminal"}


def make_hash(
    step: dict[str, object] | None = None,
    rule: dict[str, object] | None = None,
    practice: dict[str, object] | None = None,
) -> str:
    """Hash one step, with its step, rule and practice changed as asked."""
    rules = [{"id": "r", "steps": [{**STEP, **(step or {})}], **(rule or {})}]
    hashes = make_rulebook(rules, practice=practice).plan_hashes
    assert len(hashes) == 1
    return next(iter(hashes.values()))


@pytest.mark.parametrize(
    "step",
    [
        {"at": "16:01"},
        {"before": "2 days"},
        {"useful_until": "1 hour before"},
        {"in_quiet_hours": "skip"},
        {"if_late": "send_now"},
        {"every": "1 day", "times": 2},
        {"only_if": {"mode": "remote"}},
        {"template": "other"},
    ],
)
def test_what_a_step_says_is_in_its_hash(step: dict[str, object]) -> None:
    assert make_hash(step) != make_hash()


@pytest.mark.parametrize(
    "rule",
    [{"unless": {"mode": "remote"}}, {"to": ["payer"]}, {"effective_from": "2026-12-01"}, {"purpose": "commercial"}],
)
def test_what_a_rule_says_of_its_steps_is_in_their_hash(rule: dict[str, object]) -> None:
    assert make_hash(rule=rule) != make_hash()


@pytest.mark.parametrize(
    "practice",
    [
        {"timezone": "Europe/Paris"},
        {"holidays": ["CA-QC"]},
        {"extra_closed": ["2026-12-24"]},
        {"extra_open": ["2027-03-26"]},
        {"sending_window": {"mon": "09:00-20:00"}},
        {"kinds": {"appointment": {"status": {"live": ["booked"], "done": ["confirmed"]}}}},
        {"senders": [SENDER]},
    ],
)
def test_settings_that_date_or_choose_a_text_are_in_its_hash(practice: dict[str, object]) -> None:
    assert make_hash(practice=practice) != make_hash()


@pytest.mark.parametrize(
    "practice",
    [
        {"name": "Another name"},
        {"corrections_window": "07:00-22:00"},
        {"starts_with": "P: "},
        {"countries": ["CA", "US"]},
        {"confirm_above": 10},
        {"spending": {"currency": "CAD", "monthly_cap": 200}},
        {"kinds": {"appointment": {"fields": {"room": "word"}}}},
        {"kinds": {"appointment": {"status": {"live": ["booked", "confirmed"], "off": ["gone"]}}}},
    ],
)
def test_settings_that_date_nothing_do_not_touch_the_hash(practice: dict[str, object]) -> None:
    assert make_hash(practice=practice) == make_hash()


def test_a_renamed_rule_and_step_keep_their_hash() -> None:
    assert make_hash({"id": "t", "was": "s"}, {"id": "q", "was": "r"}) == make_hash()


def test_the_hash_is_the_same_in_every_process() -> None:
    # It is stored beside each job: if this value changes, every waiting job is held until it is planned again.
    assert make_hash() == "174bcac6d9b7006d"


def test_two_spellings_of_one_value_have_one_hash() -> None:
    assert make_hash({"before": "1  days"}) == make_hash({"before": "1 day"})
    assert make_hash({"only_if": {"type": "a"}}) == make_hash({"only_if": [{"type": "a"}]})
