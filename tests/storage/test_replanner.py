"""What a replan does to stored jobs, on both databases: the rules of a job's identity, scenario by scenario."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, select, update

from jobs import store
from jobs.records import jobs, timeline
from jobs.states import State
from jobs.store.values import Change
from tests.storage.intake_practice import Desk, opened

MOVED = "2026-12-08 10:00"
BACK = "2026-12-01 10:00"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def reschedule(desk: Desk, step: str, **later: float) -> dt.datetime:
    """Let a person choose another moment for a job."""
    job, due_at = desk.job(step), desk.clock.now() + dt.timedelta(**later)
    change = Change(id=job.id, due_at=due_at, reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=desk.clock.now()))
    return due_at


def test_a_new_appointment_gets_a_job_per_step(desk: Desk) -> None:
    result = desk.visit()

    assert result.jobs.planned == 2
    assert desk.states() == [("week-before", "scheduled"), ("day-before", "scheduled")]
    job = desk.job("week-before")
    assert job.planned_for.isoformat() == "2026-11-24T15:00:00+00:00"
    assert job.anchor == "2026-12-01T10:00"


def test_a_moved_date_takes_its_unsent_jobs_along(desk: Desk) -> None:
    desk.visit()
    before = {job.id for job in desk.jobs()}

    result = desk.visit(start=MOVED)

    assert result.jobs.moved == 2
    assert {job.id for job in desk.jobs()} == before
    assert {job.anchor for job in desk.jobs()} == {"2026-12-08T10:00"}
    assert desk.job("week-before").planned_for.isoformat() == "2026-12-01T15:00:00+00:00"
    assert desk.job("week-before").reason == "moved to Tue 8 Dec 10:00"


def test_a_moved_date_takes_held_and_claimed_jobs_along(desk: Desk) -> None:
    desk.visit()
    desk.set_job(desk.job("week-before"), state="held")
    desk.set_job(desk.job("day-before"), state="claimed", fence=1)

    desk.visit(start=MOVED)

    assert desk.states() == [("week-before", "scheduled"), ("day-before", "scheduled")]


def test_a_job_that_was_sent_keeps_its_date_and_the_new_date_gets_a_new_job(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))

    desk.visit(start=MOVED)

    sent = desk.job("week-before", State.SENT)
    assert sent.anchor == "2026-12-01T10:00"
    assert desk.job("week-before", State.SCHEDULED).anchor == "2026-12-08T10:00"
    assert desk.job("day-before").anchor == "2026-12-08T10:00"


def test_a_waiting_job_whose_attempt_may_have_been_accepted_is_cancelled_for_a_new_one(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"), "unknown", State.RETRYING)

    desk.visit(start=MOVED)

    assert desk.job("week-before", State.CANCELLED).anchor == "2026-12-01T10:00"
    assert desk.job("week-before", State.SCHEDULED).anchor == "2026-12-08T10:00"


def test_moved_away_and_back_before_a_send_ends_with_the_jobs_it_began_with(desk: Desk) -> None:
    desk.visit()
    before = [(job.id, job.anchor, job.planned_for) for job in desk.jobs()]

    desk.visit(start=MOVED)
    desk.later(hours=1)
    desk.visit(start=BACK)

    assert [(job.id, job.anchor, job.planned_for) for job in desk.jobs()] == before
    assert desk.occasion()["dated_at"] == desk.clock.now()


def test_moved_away_and_back_after_a_send_does_not_send_again_for_the_same_date(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))
    desk.visit(start=MOVED)

    desk.visit(start=BACK)

    assert desk.states() == [("week-before", "sent"), ("day-before", "scheduled"), ("week-before", "cancelled")]
    assert desk.job("week-before", State.CANCELLED).reason == "moved to Tue 1 Dec 10:00"


def test_moved_to_and_fro_after_a_send_reopens_what_the_planner_cancelled(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))
    desk.visit(start=MOVED)
    planned = desk.job("week-before", State.SCHEDULED)
    desk.visit(start=BACK)

    result = desk.visit(start=MOVED)

    assert result.jobs.reopened == 1
    assert desk.job("week-before", State.SCHEDULED).id == planned.id


def test_a_date_moved_to_where_a_job_exists_cancels_the_one_that_would_go_there(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))
    desk.send(desk.job("day-before"))
    desk.visit(start=MOVED)
    later = desk.job("day-before", State.SCHEDULED)

    desk.visit(start=BACK)

    assert desk.job("day-before", State.CANCELLED).id == later.id
    assert len(desk.jobs()) == 4


def test_a_date_moved_too_near_cancels_what_would_be_late(desk: Desk) -> None:
    desk.visit()

    desk.visit(start="2026-11-23 10:00")

    assert desk.job("week-before").state is State.CANCELLED
    assert desk.job("week-before").reason == "moved to Mon 23 Nov 10:00: too late"
    assert desk.job("day-before").state is State.SCHEDULED


def test_cancelled_and_restored_ends_with_the_same_jobs_waiting(desk: Desk) -> None:
    desk.visit()
    before = [(job.id, job.planned_for) for job in desk.jobs()]

    cancelled = desk.visit(status="cancelled")
    reasons = {job.reason for job in desk.jobs()}
    restored = desk.visit(status="booked")

    assert (cancelled.jobs.cancelled, restored.jobs.reopened) == (2, 2)
    assert reasons == {"the appointment was cancelled"}
    assert [(job.id, job.planned_for) for job in desk.jobs()] == before
    assert {job.state for job in desk.jobs()} == {State.SCHEDULED}


def test_cancelled_and_restored_after_a_send_sends_nothing_again(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))

    desk.visit(status="cancelled")
    desk.visit(status="booked")

    assert desk.states() == [("week-before", "sent"), ("day-before", "scheduled")]


def test_done_and_reopened_brings_its_jobs_back(desk: Desk) -> None:
    desk.visit()

    done = desk.visit(status="attended")
    reason = desk.job("day-before").reason
    reopened = desk.visit(status="confirmed")

    assert (done.jobs.cancelled, reopened.jobs.reopened) == (2, 2)
    assert reason == "the appointment is attended"


def test_a_restored_occasion_brings_back_nothing_that_is_useless_by_now(desk: Desk) -> None:
    desk.visit()
    desk.visit(status="cancelled")
    desk.later(days=10, hours=8)

    desk.visit(status="booked")

    assert desk.states() == [("week-before", "cancelled"), ("day-before", "scheduled")]


def test_what_a_person_cancelled_stays_cancelled(desk: Desk) -> None:
    desk.visit()
    desk.set_job(desk.job("week-before"), state="cancelled", moved_by="person:ana")

    desk.visit(status="confirmed")

    assert desk.job("week-before").state is State.CANCELLED


def test_what_is_going_out_is_told_to_stop_and_the_new_date_gets_its_own_job(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"), None, State.SENDING)

    result = desk.visit(start=MOVED)

    assert result.jobs.stopping == 1
    sending = desk.job("week-before", State.SENDING)
    assert (sending.stop_wanted, sending.stop_reason) == (True, "moved to Tue 8 Dec 10:00")
    assert desk.job("week-before", State.SCHEDULED).anchor == "2026-12-08T10:00"


def test_a_job_in_doubt_about_what_was_cancelled_is_told_to_stop_once(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"), "unknown", State.IN_DOUBT)

    first = desk.visit(status="cancelled")
    second = desk.visit(status="no_show")

    assert (first.jobs.stopping, second.jobs.stopping) == (1, 0)
    assert desk.job("week-before").state is State.IN_DOUBT


def test_a_change_that_dates_nothing_leaves_held_and_retrying_jobs_alone(desk: Desk) -> None:
    desk.visit()
    due_at = desk.clock.now() + dt.timedelta(days=6)
    desk.set_job(desk.job("week-before"), state="held", due_at=due_at, reason="quiet hours", fence=3)
    desk.set_job(desk.job("day-before"), state="retrying", due_at=due_at, attempts=2)
    before = desk.jobs()

    desk.visit(status="confirmed", case_ref="M-77", place="12 Main St")

    assert desk.jobs() == before


def test_what_a_person_rescheduled_stays_when_something_else_changes(desk: Desk) -> None:
    desk.visit()
    due_at = reschedule(desk, "week-before", days=5)

    desk.visit(place="12 Main St", status="confirmed")

    assert desk.job("week-before").due_at == due_at
    assert desk.job("week-before").pinned


def test_a_moved_date_takes_a_pinned_job_along_and_unpins_it(desk: Desk) -> None:
    desk.visit()
    reschedule(desk, "week-before", days=5)

    desk.visit(start=MOVED)

    moved = desk.job("week-before")
    assert (moved.anchor, moved.pinned) == ("2026-12-08T10:00", False)
    assert moved.due_at == moved.planned_for


def test_an_occasion_that_is_off_cancels_a_pinned_job(desk: Desk) -> None:
    desk.visit()
    reschedule(desk, "week-before", days=5)

    desk.visit(status="cancelled")

    assert desk.job("week-before").state is State.CANCELLED


def test_a_pinned_job_goes_to_the_contact_that_is_named_now_at_its_own_moment(desk: Desk) -> None:
    desk.visit()
    due_at = reschedule(desk, "week-before", days=5)
    desk.contact("C-2", phone="+15145550002")

    desk.visit(contact="C-2")

    job = desk.job("week-before")
    assert job.contact_id == desk.job("day-before").contact_id
    assert (job.state, job.due_at, job.pinned) == (State.SCHEDULED, due_at, True)


def test_another_contact_gets_the_waiting_jobs(desk: Desk) -> None:
    desk.visit()
    desk.contact("C-2", phone="+15145550002")
    before = {job.contact_id for job in desk.jobs()}

    result = desk.visit(contact="C-2")

    assert result.jobs.moved == 2
    assert {job.contact_id for job in desk.jobs()}.isdisjoint(before)


def test_an_occasion_that_names_nobody_any_more_loses_its_jobs(desk: Desk) -> None:
    desk.visit()

    desk.visit(contact="")

    assert {(job.state, job.reason) for job in desk.jobs()} == {(State.CANCELLED, "it names nobody")}


def test_a_start_that_another_zone_makes_earlier_is_judged_late(desk: Desk) -> None:
    desk.visit(contact="C-1", start="2026-11-28 18:00")
    desk.later(days=7, hours=4, minutes=30)

    desk.visit(timezone="Europe/Paris")

    assert (desk.job("day-before").state, desk.job("day-before").reason) == (State.CANCELLED, "too late")


def test_jobs_that_move_while_they_are_planned_are_read_and_planned_again(desk: Desk) -> None:
    desk.visit()
    stolen: list[str] = []

    def steal(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        """Let a worker hold every job just after the replanner has read them."""
        if "FROM attempts" in statement and not stolen:
            stolen.append(statement)
            connection.execute(update(jobs).values(state="claimed", fence=jobs.c.fence + 1))

    event.listen(desk.database.engine, "after_cursor_execute", steal)
    result = desk.visit(start=MOVED)
    event.remove(desk.database.engine, "after_cursor_execute", steal)

    assert stolen
    assert result.jobs.moved == 2
    assert {(job.anchor, job.state) for job in desk.jobs()} == {("2026-12-08T10:00", State.SCHEDULED)}


def test_every_change_of_a_job_has_its_line_in_the_timeline(desk: Desk) -> None:
    desk.visit()
    desk.visit(start=MOVED)
    desk.visit(status="cancelled")
    desk.visit(status="booked")

    with desk.database.read() as connection:
        chosen = select(timeline.c.verb, timeline.c.by).where(timeline.c.job_id == desk.job("week-before").id)
        lines = connection.execute(chosen.order_by(timeline.c.id)).all()
    assert [line.verb for line in lines] == ["plan", "move", "cancel", "reopen"]
    assert {line.by for line in lines} == {"planner"}
