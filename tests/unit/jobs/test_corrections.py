"""What of the things told is no longer so, which rule corrects it, and until when: values in, values out."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.corrections import Present, Untrue, What, ahead, choose, present_of, untrue
from jobs.drafts import Told
from jobs.terms import KindTerms, RuleTerms
from tests.unit.jobs.facts_builders import at, make_about

TUESDAY = "2026-12-01T10:00"
KIND = KindTerms(live=("booked",), done=("attended",), off=("cancelled",))


def make_present(**changes: Any) -> Present:
    """Return a live appointment on Tuesday at its place."""
    values: dict[str, Any] = {"start": TUESDAY, "fields": {"place": "Main St"}, "is_off": False, "is_live": True}
    return Present(**(values | {"zone": ZoneInfo("America/Toronto")} | changes))


def make_rule(rule_id: str = "visit", **changes: Any) -> RuleTerms:
    """Return a rule that has a text for everything."""
    texts = {"moved": "m", "cancelled": "c", "changed": "x", "changed_of": ("place",)}
    return RuleTerms(**({"id": rule_id, "kind": "appointment"} | texts | changes))


@pytest.mark.parametrize(
    ("told", "present", "found"),
    [
        (Told(TUESDAY, {"place": "Main St"}), {}, ()),
        (Told(TUESDAY), {"fields": {"place": "Elm St"}}, ()),
        (Told(TUESDAY, {"place": "Main St"}), {"fields": {"place": "Elm St"}}, (What.CHANGED,)),
        (Told(TUESDAY, {"place": "Main St"}), {"fields": {}}, (What.CHANGED,)),
        (Told(TUESDAY, {"place": "Oak"}), {"start": "2026-12-02T10:00"}, (What.MOVED, What.CHANGED)),
        (Told("2026-12-01T10:00:00-05:00"), {}, ()),
        (Told("2026-12-01T15:00Z"), {}, ()),
        (Told(TUESDAY), {"is_off": True, "is_live": False, "start": "2026-12-02T10:00"}, (What.CANCELLED,)),
        (Told(TUESDAY, {"status": "cancelled"}), {"is_off": True, "is_live": False}, ()),
        (Told(TUESDAY, {"status": "cancelled"}), {}, (What.MOVED,)),
        (Told(TUESDAY), {"is_live": False, "start": "2026-12-02T10:00"}, ()),
    ],
)
def test_what_is_no_longer_so(told: Told, present: dict[str, Any], found: tuple[What, ...]) -> None:
    assert untrue(told, make_present(**present)).whats() == found


@pytest.mark.parametrize(
    ("about", "is_off", "is_live"),
    [
        ({"status": "booked"}, False, True),
        ({"status": "cancelled"}, True, False),
        ({"status": "attended"}, False, False),
        ({"status": "booked", "gone": True}, True, False),
    ],
)
def test_an_occasion_is_on_off_or_over(about: dict[str, Any], is_off: bool, is_live: bool) -> None:  # noqa: FBT001
    present = present_of(make_about(**about), KIND, "America/Toronto")

    assert (present.is_off, present.is_live) == (is_off, is_live)


def test_the_first_rule_with_a_text_for_the_first_thing_tells_it() -> None:
    silent, mover, both = make_rule("a", moved=None, cancelled=None), make_rule("b"), make_rule("c")

    assert choose(Untrue(is_moved=True, fields=frozenset({"place"})), (silent, mover, both)) == (What.MOVED, mover)
    assert choose(Untrue(is_cancelled=True), (silent,)) is None


def test_where_nobody_has_a_text_for_the_move_the_change_is_told() -> None:
    rule = make_rule(moved=None)

    assert choose(Untrue(is_moved=True, fields=frozenset({"place"})), (rule,)) == (What.CHANGED, rule)
    assert choose(Untrue(is_moved=True, fields=frozenset({"mode"})), (rule,)) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-30 09:00", "2026-12-01 10:00"),
        ("2026-12-01 10:00", "2026-12-02 10:00"),
        ("2026-12-02 10:00", None),
    ],
)
def test_it_is_of_use_until_the_earlier_start_still_ahead(now: str, until: str | None) -> None:
    found = ahead(Told(TUESDAY), make_present(start="2026-12-02T10:00"), at(now))

    assert (None if found is None else found.until) == (None if until is None else at(until))


def test_by_day_it_is_about_the_days_midnight_and_of_use_to_its_end() -> None:
    found = ahead(Told("2026-12-10"), make_present(start="2026-12-12"), at("2026-12-10 09:00"))

    assert found is not None
    assert (found.start, found.until) == (at("2026-12-10 00:00"), at("2026-12-11 00:00"))
