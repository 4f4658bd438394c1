"""Is a person unreached, and why: by what was told, what ended and what was decided."""

import datetime as dt
import uuid
import zoneinfo
from dataclasses import replace

import pytest

from jobs.drafts import Told
from jobs.states import State
from scheduler.planning.decisions import Decision, Reason
from scheduler.unreached.judging import (
    Cause,
    Ended,
    Heard,
    at_once,
    has_heard,
    of_corrections,
    of_decisions,
    of_ended,
    together,
)
from tests.unit.scheduler.planning.planning_builders import DAY_STEP, make_occasion, only, rulebook
from tests.unit.scheduler.planning.worked_case import local

NOW = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TORONTO = zoneinfo.ZoneInfo("America/Toronto")
START = "2026-12-02T10:00"


def make_ended(state: State = State.FAILED, *, due: dt.datetime = NOW - HOUR, at: dt.datetime = NOW - HOUR) -> Ended:
    return Ended(uuid.UUID(int=1), "r/s", state, due, at, "why")


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (None, False),
        (Told(START), True),
        (Told("2026-12-03T10:00"), False),
        (Told(START, {"status": "cancelled"}), False),
        (Told("2026-12-02T15:00+00:00"), True),
    ],
)
def test_who_was_last_told_the_present_start_has_heard(told: Told | None, *, heard: bool) -> None:
    assert has_heard(told, START, TORONTO) is heard


def test_a_text_that_ended_is_told_with_its_reason() -> None:
    assert of_ended([make_ended()], NOW) == Cause("r/s failed: why", NOW - HOUR, NOW - HOUR, uuid.UUID(int=1))


def test_a_text_that_is_not_due_yet_is_no_cause() -> None:
    assert of_ended([make_ended(State.BLOCKED, due=NOW + HOUR)], NOW) is None


@pytest.mark.parametrize(("heard_at", "counts"), [(NOW - 2 * HOUR, True), (NOW, False)])
def test_a_correction_that_failed_after_the_last_text_arrived_counts(heard_at: dt.datetime, *, counts: bool) -> None:
    failed = replace(make_ended(), is_correction=True)

    cause = of_corrections([failed], Heard(Told(START), heard_at), NOW)

    assert (cause is not None) is counts


def test_a_reminder_that_failed_after_another_arrived_is_no_cause() -> None:
    assert of_corrections([make_ended()], Heard(Told(START), NOW - 2 * HOUR), NOW) is None


def test_a_text_that_was_cancelled_is_no_cause() -> None:
    assert of_ended([make_ended(State.CANCELLED)], NOW) is None


def test_the_last_end_is_told_since_the_first() -> None:
    first, last = make_ended(State.EXPIRED, at=NOW - 3 * HOUR, due=NOW - 4 * HOUR), make_ended(State.UNDELIVERED)

    cause = of_ended([last, first], NOW)

    assert cause is not None
    assert (cause.why, cause.since) == ("r/s did not arrive: why", NOW - 3 * HOUR)


def phoneless() -> Decision:
    """Return the decision for somebody without a phone, the day before at 16:00."""
    decision = only(rulebook(DAY_STEP), make_occasion(people={"contact": "C3"}))
    assert decision.reason is Reason.NO_PHONE
    return decision


def test_a_text_without_a_phone_is_a_cause_once_it_came_due() -> None:
    due, dated_at = local("2026-11-30T16:00"), local("2026-11-20T10:00")

    assert of_decisions([phoneless()], dated_at, due - HOUR) is None
    assert of_decisions([phoneless()], dated_at, due, "is too short") == Cause(
        "r/day had no phone: the number given is too short", due, due
    )


def test_of_several_causes_the_latest_is_told_since_the_earliest() -> None:
    early, late = at_once("early", NOW - HOUR), at_once("late", NOW)

    assert together([early, None, late]) == Cause("late", NOW, NOW - HOUR)
    assert together([None]) is None
