"""What a publish does to stored jobs once they are planned again, on both databases: it makes nothing late."""

import datetime as dt
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Connection

from jobs import store
from jobs.states import State
from jobs.store.values import Change
from scheduler.planning.basis import Occurrence, Replanned, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import load_current
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

MOVED = "2026-12-08 10:00"
BACK = "2026-12-01 10:00"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def replanned_after(desk: Desk, *steps: Mapping[str, object], rule: Mapping[str, object] | None = None) -> Replanned:
    """Publish other steps and plan all over again, as the chore does."""
    desk.publish(make_rulebook(steps=steps or (WEEK_BEFORE, DAY_BEFORE), rule=rule))

    occasion_id = desk.occasion_id()

    def work(connection: Connection) -> Replanned:
        current = load_current(connection, "northlight")
        basis = basis_of(current.revision, current.rulebook, current.plan)
        occurrence = Occurrence(desk.clock.now(), cause=Cause.PUBLISHING)
        return replan(connection, basis, [occasion_id], occurrence)

    return desk.database.write(work)


def reschedule(desk: Desk, step: str, **later: float) -> dt.datetime:
    """Let a person choose another moment for a job."""
    job, due_at = desk.job(step), desk.clock.now() + dt.timedelta(**later)
    change = Change(id=job.id, due_at=due_at, reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=desk.clock.now()))
    return due_at


def test_a_rule_that_is_gone_cancels_its_jobs_even_pinned_ones(desk: Desk) -> None:
    desk.visit()
    reschedule(desk, "week-before", days=5)

    result = replanned_after(desk, DAY_BEFORE)

    assert result.cancelled == 1
    assert desk.job("week-before").state is State.CANCELLED
    assert desk.job("week-before").reason == "the step 'week-before' of the rule 'visit' is gone"


def test_a_rule_that_comes_back_reopens_its_jobs(desk: Desk) -> None:
    desk.visit()
    replanned_after(desk, DAY_BEFORE)

    result = replanned_after(desk)

    assert result.reopened == 1
    assert desk.states() == [("week-before", "scheduled"), ("day-before", "scheduled")]


def test_a_rule_that_comes_back_after_its_moment_makes_nothing_late(desk: Desk) -> None:
    desk.visit()
    replanned_after(desk, DAY_BEFORE)
    desk.later(days=5)

    replanned_after(desk)

    assert desk.job("week-before").state is State.CANCELLED


def test_a_publish_that_puts_a_moment_into_the_past_leaves_the_unsent_job_its_old_one(desk: Desk) -> None:
    desk.visit()
    old = desk.job("week-before")

    result = replanned_after(desk, {**WEEK_BEFORE, "before": "12 days"}, DAY_BEFORE)

    new = desk.job("week-before")
    assert result.refreshed == 1
    assert (new.planned_for, new.due_at, new.useful_until) == (old.planned_for, old.due_at, old.useful_until)
    assert new.plan_hash != old.plan_hash


def test_a_job_that_kept_its_moment_keeps_it_when_the_occasion_is_planned_again(desk: Desk) -> None:
    desk.visit()
    replanned_after(desk, {**WEEK_BEFORE, "before": "12 days"}, DAY_BEFORE)
    before = desk.jobs()

    desk.visit(place="12 Main St")

    assert desk.jobs() == before


def test_a_moment_that_a_publish_puts_between_the_booking_and_now_leaves_the_job_its_old_one(desk: Desk) -> None:
    desk.visit()
    old = desk.job("week-before")
    desk.later(days=2)

    replanned_after(desk, {**WEEK_BEFORE, "before": "10 days"}, DAY_BEFORE)
    desk.visit(place="12 Main St")

    assert desk.job("week-before").planned_for == old.planned_for


def test_a_publish_that_moves_a_moment_ahead_moves_the_job(desk: Desk) -> None:
    desk.visit()

    result = replanned_after(desk, {**WEEK_BEFORE, "at": "11:00"}, DAY_BEFORE)

    assert result.moved == 1
    assert desk.job("week-before").planned_for.isoformat() == "2026-11-24T16:00:00+00:00"


def test_a_new_step_whose_moment_has_passed_gets_no_job(desk: Desk) -> None:
    desk.visit()
    desk.later(days=1)

    result = replanned_after(desk, {**WEEK_BEFORE, "id": "early", "before": "11 days"}, WEEK_BEFORE, DAY_BEFORE)

    assert result.planned == 0


def test_another_template_is_refreshed_in_place_and_disturbs_no_hold(desk: Desk) -> None:
    desk.visit()
    due_at = desk.clock.now() + dt.timedelta(days=6)
    desk.set_job(desk.job("week-before"), state="held", due_at=due_at)

    result = replanned_after(desk, {**WEEK_BEFORE, "template": "other"}, DAY_BEFORE)

    assert result.refreshed == 1
    job = desk.job("week-before")
    assert (job.template, job.state, job.due_at) == ("other", State.HELD, due_at)


def test_a_replan_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    desk.visit()
    before = desk.rows()

    result = replanned_after(desk)

    assert result == Replanned()
    assert desk.rows() == before
