"""Caps of a month's money block or warn; the day's number of texts only delays."""

import datetime as dt
from decimal import Decimal

import pytest

from jobs.drafts import Money
from jobs.gates import caps
from jobs.gates.contract import Block, Hold, Pass, Verdict
from jobs.states import Origin
from jobs.terms import SpendingTerms
from tests.unit.jobs.facts_builders import NOW, at, make_draft, make_facts, make_job, make_terms


def verdict(
    spending: dict[str, object] | None, *, cost: str | None = "1", currency: str = "CAD", **changes: object
) -> Verdict:
    terms = make_terms(spending=None if spending is None else SpendingTerms(**({"currency": "CAD"} | spending)))  # type: ignore[arg-type]  # keywords
    draft = make_draft(cost=None if cost is None else Decimal(cost), currency=currency)
    return caps.gate(draft, make_facts(terms=terms, **changes), NOW)


ONE_OFF = make_job(origin=Origin.ONE_OFF)


def test_without_caps_everything_passes() -> None:
    assert verdict(None, cost=None) == Pass()


def test_the_last_text_under_the_cap_passes_with_a_warning() -> None:
    found = verdict({"monthly_cap": 100}, spent=Money(Decimal(99)))
    assert found == Pass(("the month's spend cap of 100 CAD is nearly reached",))


def test_far_from_the_cap_nothing_is_said() -> None:
    assert verdict({"monthly_cap": 100}, spent=Money(Decimal(10))) == Pass()


def test_a_reminder_over_the_cap_goes_with_a_warning_by_default() -> None:
    found = verdict({"monthly_cap": 100}, spent=Money(Decimal("99.5")))
    assert found == Pass(("the month's spend cap of 100 CAD is reached",))


def test_a_reminder_over_the_cap_is_blocked_where_the_practice_says_so() -> None:
    found = verdict({"monthly_cap": 100, "rules_at_cap": "block"}, spent=Money(Decimal("99.5")))
    assert found == Block(
        "the month's spend cap of 100 CAD is reached: 99.5 CAD are spent or reserved, this text costs 1"
    )


@pytest.mark.parametrize("money", [Money(Decimal(100), Decimal(0)), Money(Decimal(0), Decimal(20))])
def test_a_one_off_is_blocked_by_either_cap(money: Money) -> None:
    assert isinstance(verdict({"monthly_cap": 100, "one_offs_cap": 20}, spent=money, job=ONE_OFF), Block)


def test_the_cap_of_one_offs_does_not_touch_reminders() -> None:
    assert verdict({"one_offs_cap": 20}, spent=Money(Decimal(50), Decimal(20))) == Pass()


def test_a_price_in_another_currency_is_converted_at_the_practices_rate() -> None:
    spending = {"monthly_cap": 100, "rates": {"USD": Decimal("1.5")}, "rules_at_cap": "block"}
    assert isinstance(verdict(spending, currency="USD", spent=Money(Decimal("98.9"))), Block)
    assert isinstance(verdict(spending, currency="USD", spent=Money(Decimal("98.5"))), Pass)


def test_an_unknown_price_is_said_and_blocks_nothing() -> None:
    found = verdict({"monthly_cap": 100}, cost=None)
    assert found == Pass(("its price is unknown, so the month's spend cap cannot count it",))


def test_a_number_with_its_texts_of_the_day_waits_for_the_next_opening() -> None:
    found = verdict({"per_number_per_day": 3}, texts_today=3, job=make_job(useful_until=at("2026-12-01 09:30")))
    assert found == Hold(at("2026-11-30 09:00"), "this number already got 3 texts today, as many as a day may bring")


def test_it_goes_all_the_same_where_tomorrow_is_too_late() -> None:
    assert (
        verdict({"per_number_per_day": 3}, texts_today=3, job=make_job(useful_until=at("2026-11-30 08:00"))) == Pass()
    )


def test_a_one_off_does_not_count_against_the_day() -> None:
    assert verdict({"per_number_per_day": 3}, texts_today=3, job=ONE_OFF) == Pass()


@pytest.mark.parametrize(
    ("zones", "day"), [(("Asia/Tokyo",), "2026-11-30"), (("Asia/Tokyo", "Asia/Seoul"), "2026-11-29")]
)
def test_a_day_is_the_recipients_where_their_zone_is_known(zones: tuple[str, ...], day: str) -> None:
    assert caps.local_day(make_facts(zones=zones), NOW) == dt.date.fromisoformat(day)
