"""What a person moved or cancelled stays so through uploads and publishes until its date moves, on both databases."""

import datetime as dt
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Connection

from jobs import store
from jobs.states import State
from jobs.store.values import Change, Pick
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import load_current
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

MOVED = "2026-12-08 10:00"
BACK = "2026-12-01 10:00"
LATER_STEP: Mapping[str, object] = {**WEEK_BEFORE, "at": "11:00"}
VISIT = {"contact": "C-1", "start": BACK, "status": "booked"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        desk.visit()
        yield desk


def reschedule(desk: Desk, **later: float) -> dt.datetime:
    """Let a person choose another moment for the week-before text."""
    job, due_at = desk.job("week-before"), desk.clock.now() + dt.timedelta(**later)
    change = Change(id=job.id, due_at=due_at, reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=desk.clock.now()))
    return due_at


def cancel(desk: Desk) -> None:
    """Let a person cancel the week-before text."""
    pick = Pick(id=desk.job("week-before").id, reason="she knows")
    desk.database.write(lambda c: store.cancel(c, [pick], by="person:ana", now=desk.clock.now()))


def publish(desk: Desk, *steps: Mapping[str, object], **rule: object) -> None:
    """Publish other steps and plan all over again, as the chore does."""
    desk.publish(make_rulebook(steps=steps, rule=rule))
    occasion_id = desk.occasion_id()

    def work(connection: Connection) -> None:
        current = load_current(connection, "northlight")
        basis = basis_of(current.revision, current.rulebook, current.plan)
        replan(connection, basis, [occasion_id], Occurrence(desk.clock.now(), cause=Cause.PUBLISHING))

    desk.database.write(work)


def pinned(desk: Desk) -> tuple[State, bool, dt.datetime]:
    """Return how the week-before text stands, and when it goes."""
    job = desk.job("week-before")
    return job.state, job.pinned, job.due_at


def test_a_moved_job_stays_through_the_same_upload(desk: Desk) -> None:
    due_at = reschedule(desk, days=5)

    desk.visit(**VISIT, place="12 Main St")

    assert pinned(desk) == (State.SCHEDULED, True, due_at)


def test_a_moved_job_stays_through_a_publish_of_its_step_and_goes_under_the_new_rule(desk: Desk) -> None:
    due_at, before = reschedule(desk, days=5), desk.job("week-before")

    publish(desk, LATER_STEP, DAY_BEFORE)

    assert pinned(desk) == (State.SCHEDULED, True, due_at)
    assert desk.job("week-before").plan_hash != before.plan_hash


def test_a_moved_job_whose_rule_no_longer_asks_for_it_stays_and_is_not_held_for_planning_for_ever(desk: Desk) -> None:
    due_at, before = reschedule(desk, days=5), desk.job("week-before")

    publish(desk, WEEK_BEFORE, DAY_BEFORE, only_if={"mode": ["video"]})

    assert pinned(desk) == (State.SCHEDULED, True, due_at)
    assert desk.job("week-before").plan_hash != before.plan_hash
    assert desk.job("day-before").state is State.CANCELLED


def test_a_publish_that_removes_the_step_cancels_a_moved_job_and_one_that_brings_it_back_keeps_its_moment(
    desk: Desk,
) -> None:
    due_at = reschedule(desk, days=5)

    publish(desk, DAY_BEFORE)
    gone = desk.job("week-before").state
    publish(desk, WEEK_BEFORE, DAY_BEFORE)

    assert gone is State.CANCELLED
    assert pinned(desk) == (State.SCHEDULED, True, due_at)


def test_a_moved_job_follows_a_moved_date_and_is_free_again(desk: Desk) -> None:
    reschedule(desk, days=5)

    desk.visit(start=MOVED)
    desk.visit(start=BACK)

    job = desk.job("week-before")
    assert pinned(desk) == (State.SCHEDULED, False, job.planned_for)


def test_an_occasion_that_is_off_cancels_a_moved_job_and_restored_it_goes_at_the_chosen_moment(desk: Desk) -> None:
    due_at = reschedule(desk, days=5)

    desk.visit(status="cancelled")
    off = desk.job("week-before").state
    desk.visit(status="booked")

    assert off is State.CANCELLED
    assert pinned(desk) == (State.SCHEDULED, True, due_at)


def test_a_restored_job_keeps_a_chosen_moment_that_the_rule_would_find_useless(desk: Desk) -> None:
    job, now = desk.job("week-before"), desk.clock.now()
    due_at = now + dt.timedelta(days=10, hours=12)
    change = Change(id=job.id, due_at=due_at, useful_until=due_at + dt.timedelta(hours=2), reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=now))
    desk.visit(status="cancelled")
    desk.later(days=10, hours=8)

    desk.visit(status="booked")

    assert pinned(desk) == (State.SCHEDULED, True, due_at)
    assert desk.job("week-before").useful_until == change.useful_until


def test_a_cancelled_job_stays_cancelled_through_uploads_and_publishes(desk: Desk) -> None:
    cancel(desk)

    desk.visit(**VISIT, place="12 Main St")
    publish(desk, LATER_STEP, DAY_BEFORE)
    publish(desk, DAY_BEFORE)
    publish(desk, WEEK_BEFORE, DAY_BEFORE)

    job = desk.job("week-before")
    assert (job.state, job.moved_by, job.reason) == (State.CANCELLED, "person:ana", "she knows")


def test_a_cancelled_job_stays_cancelled_when_its_occasion_was_off_and_is_on_again(desk: Desk) -> None:
    cancel(desk)

    desk.visit(status="cancelled")
    desk.visit(status="booked")

    assert desk.states() == [("week-before", "cancelled"), ("day-before", "scheduled")]


def test_a_moved_date_gets_its_own_text_in_place_of_a_cancelled_one(desk: Desk) -> None:
    cancel(desk)

    desk.visit(start=MOVED)

    assert desk.job("week-before", State.CANCELLED).anchor == "2026-12-01T10:00"
    assert desk.job("week-before", State.SCHEDULED).anchor == "2026-12-08T10:00"


def test_moved_away_and_back_what_a_person_cancelled_for_that_date_stays_cancelled(desk: Desk) -> None:
    cancel(desk)

    desk.visit(start=MOVED)
    desk.visit(start=BACK)

    assert {(job.anchor, job.state) for job in desk.jobs() if job.step == "week-before"} == {
        ("2026-12-01T10:00", State.CANCELLED),
        ("2026-12-08T10:00", State.CANCELLED),
    }
