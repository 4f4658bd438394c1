"""The gates of corrections: what they wait for, end for, and must say. Facts in, verdicts out."""

import datetime as dt
from typing import Any

import pytest

from jobs.drafts import Facts, Told
from jobs.gates import GATES, caps, judge
from jobs.gates.contract import Block, End, Hold, Pass
from jobs.states import Origin, State
from jobs.terms import KindTerms, RuleTerms
from jobs.windows import SendingWindow
from tests.unit.jobs.facts_builders import (
    NOW,
    at,
    make_about,
    make_draft,
    make_facts,
    make_job,
    make_person,
    make_terms,
)

OLD, NEW = "2026-12-01T09:30", "2026-12-02T14:00"
RULE = RuleTerms(
    id="consultation",
    kind="appointment",
    moved="moved",
    cancelled="cancelled",
    changed="changed",
    changed_of=("place",),
)
KIND = KindTerms(fields={"place": "text"}, live=("booked",), off=("cancelled",))
MOVED = "Not Tuesday, December 1 at 9:30 a.m. but Wednesday, December 2 at 2:00 p.m."


def make_correction(what: str = "moved", **changes: Any) -> Facts:
    """Return the facts of a correction: told Tuesday, and it is Wednesday now."""
    job = make_job(origin=Origin.CORRECTION, rule_step=f"consultation/{what}", plan_hash="", template=what)
    values: dict[str, Any] = {
        "job": job,
        "terms": make_terms(kinds={"appointment": KIND}, rules=(RULE,)),
        "occasion": make_about(start=NEW, status="booked", fields={"place": "Elm St"}),
        "told": Told(OLD, {"place": "Elm St"}),
    }
    return make_facts(**(values | changes))


def test_a_move_that_is_told_with_both_times_goes() -> None:
    assert judge(make_draft(MOVED), make_correction(), NOW) == Pass()


def test_a_move_must_say_the_new_time() -> None:
    verdict = judge(make_draft("It is not Tuesday, December 1 at 9:30 a.m. any more."), make_correction(), NOW)

    assert isinstance(verdict, Block)
    assert verdict.reason.endswith("the appointment is Wednesday December 2 14:00")


@pytest.mark.parametrize(
    ("words", "goes"),
    [
        ("Not tomorrow at 9:30 but Wednesday, December 2 at 14:00.", True),
        ("Not Tuesday but tomorrow at 14:00.", False),
        ("Not today but Wednesday, December 2 at 14:00.", False),
        ("Now on Thursday, December 2 at 14:00.", False),
    ],
)
def test_relative_days_may_be_those_of_the_old_and_the_new_start(words: str, *, goes: bool) -> None:
    assert isinstance(judge(make_draft(words), make_correction(), at("2026-11-30 14:00")), Pass) is goes


def test_a_cancellation_need_not_say_when_and_says_nothing_false() -> None:
    facts = make_correction("cancelled", occasion=make_about(start=NEW, status="cancelled"))

    assert isinstance(judge(make_draft("Your appointment is cancelled."), facts, NOW), Pass)
    assert isinstance(judge(make_draft("Tuesday, December 1 is cancelled."), facts, NOW), Pass)
    assert isinstance(judge(make_draft("Tomorrow is cancelled."), facts, NOW), Block)
    assert isinstance(judge(make_draft("Monday, December 1 is cancelled."), facts, NOW), Block)


def test_a_change_need_not_say_when() -> None:
    facts = make_correction("changed", occasion=make_about(status="booked", fields={"place": "Oak"}))

    assert isinstance(judge(make_draft("Now at Oak."), facts, NOW), Pass)


def test_while_another_text_about_it_goes_out_a_correction_waits() -> None:
    verdict = judge(make_draft(MOVED), make_correction(being_told=True), NOW)

    assert verdict == Hold(
        NOW + dt.timedelta(seconds=30), "another text about it is going out to this person right now"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"told": None}, "this person was told nothing that could be corrected"),
        ({"told": Told(NEW)}, "all that this person was told is so"),
        ({"contact": make_person(gone=True)}, "the contact is gone"),
        ({"occasion": None}, "the occasion is gone"),
    ],
)
def test_a_correction_that_corrects_nothing_ends(changes: dict[str, Any], reason: str) -> None:
    assert judge(make_draft(MOVED), make_correction(**changes), NOW) == End(State.CANCELLED, reason)


def test_a_correction_of_something_else_is_planned_again() -> None:
    verdict = judge(make_draft(MOVED), make_correction("changed"), NOW)

    assert isinstance(verdict, Hold)
    assert verdict.being_replanned


def test_a_rule_without_that_text_is_planned_again() -> None:
    terms = make_terms(kinds={"appointment": KIND}, rules=(RULE.model_copy(update={"moved": None}),))

    verdict = judge(make_draft(MOVED), make_correction(terms=terms), NOW)

    assert isinstance(verdict, Hold)
    assert verdict.being_replanned


def test_a_muted_rule_still_corrects_what_it_told() -> None:
    about = make_about(start=NEW, status="booked", muted_rules=("consultation",))

    assert judge(make_draft(MOVED), make_correction(occasion=about), NOW) == Pass()


def test_reminders_that_are_off_stop_corrections_too() -> None:
    about = make_about(start=NEW, status="booked", reminders_off=True)

    verdict = judge(make_draft(MOVED), make_correction(occasion=about), NOW)

    assert isinstance(verdict, End)
    assert verdict.reason == "reminders are turned off for this occasion"


def test_no_cap_stops_a_correction() -> None:
    assert caps.gate not in GATES[Origin.CORRECTION]


def test_an_opt_out_stops_a_correction() -> None:
    assert isinstance(judge(make_draft(MOVED), make_correction(opted_out="by text"), NOW), Block)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-30 21:30", "2026-11-30 21:30"),
        ("2026-11-30 23:30", "2026-12-01 07:00"),
        ("2026-11-29 21:30", "2026-11-30 09:00"),
    ],
)
def test_within_a_day_of_the_start_the_corrections_window_applies(now: str, opening: str) -> None:
    job = make_job(origin=Origin.CORRECTION, rule_step="consultation/moved", useful_until=at("2026-12-01 09:30"))
    facts = make_correction(job=job, corrections_window=SendingWindow.every_day("07:00-22:00"))

    verdict = judge(make_draft(MOVED), facts, at(now))

    assert (verdict.until if isinstance(verdict, Hold) else at(now)) == at(opening)


def test_a_text_for_a_change_need_not_say_when_and_is_of_its_date() -> None:
    thanks = make_facts(job=make_job(anchor="3"))

    assert isinstance(judge(make_draft("Thank you."), thanks, NOW), Pass)
    assert isinstance(judge(make_draft("See you tomorrow."), thanks, NOW), Block)
