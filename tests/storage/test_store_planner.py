"""Planning, moving, refreshing, reopening: what an upload or a publish may do to jobs, and what it must leave alone."""

import uuid

import pytest
from sqlalchemy import select

from jobs import store
from jobs.database import Database
from jobs.records import jobs, timeline
from jobs.states import Origin, State
from tests.storage.builders import (
    DAY,
    HOUR,
    NOW,
    add_contact,
    add_practice,
    claim,
    make_job,
    plan,
    put_in,
    read,
    verbs,
    withhold,
)

ADA = store.person("ada")


@pytest.fixture(autouse=True)
def practice(database: Database) -> None:
    """Lay a practice."""
    database.write(add_practice)


def move(database: Database, job_id: uuid.UUID, by: str = store.PLANNER, **values: object) -> list[store.Moved]:
    change = store.Change(id=job_id, **values)  # type: ignore[arg-type]  # named by the test
    return database.write(lambda c: store.move(c, [change], by=by, now=NOW))


def refresh(database: Database, job_id: uuid.UUID, **values: object) -> list[store.Moved]:
    change = store.Change(id=job_id, **values)  # type: ignore[arg-type]  # named by the test
    return database.write(lambda c: store.refresh(c, [change], by=store.PLANNER, now=NOW))


def reopen(database: Database, job_id: uuid.UUID, by: str, **values: object) -> list[store.Moved]:
    change = store.Change(id=job_id, **values)  # type: ignore[arg-type]  # named by the test
    return database.write(lambda c: store.reopen(c, [change], by=by, now=NOW))


def reschedule(database: Database, job_id: uuid.UUID, **values: object) -> list[store.Moved]:
    change = store.Change(id=job_id, **values)  # type: ignore[arg-type]  # named by the test
    return database.write(lambda c: store.reschedule(c, [change], by=ADA, now=NOW))


def cancel(database: Database, job_id: uuid.UUID, by: str) -> None:
    pick = store.Pick(id=job_id, reason="no longer wanted")
    database.write(lambda c: store.cancel(c, [pick], by=by, now=NOW))


def test_every_value_of_a_new_job_comes_back(database: Database) -> None:
    contact = database.write(add_contact)
    new = make_job(
        origin=Origin.REMINDER,
        rule="appointment",
        step="day-before",
        role="contact",
        anchor="2026-03-10T10:00",
        repeat=2,
        contact_id=contact,
        template="appointment_reminder",
        text="tab\tback\\slash\nline « é » 😀 \\N",
        variables={"balance": "12.50", "quoted": 'a "b"\n\\'},
        due_at=NOW + HOUR,
        urgency=1,
        pinned=True,
        plan_hash="abc",
        sent_by={"user": "ada"},
        reason="because",
    )
    plan(database, new)
    job = read(database, new.id)
    names = [name for name in store.NewJob.__dataclass_fields__ if name != "in_doubt"]
    assert {name: getattr(job, name) for name in names} == {name: getattr(new, name) for name in names}
    assert (job.state, job.fence, job.moved_by, job.created_at) == (State.SCHEDULED, 0, "planner", NOW)


@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_plan_writes_jobs_and_their_timelines_whatever_their_number(database: Database, count: int) -> None:
    new = [make_job(text="tab\tback\\slash\nline 😀", variables={"a": [1, None]}, reason="x\ty") for _ in range(count)]
    assert plan(database, *new) == [job.id for job in new]
    with database.read() as connection:
        rows = store.read_jobs(connection, [job.id for job in new])
        reasons = connection.execute(select(timeline.c.reason)).scalars().all()
    assert [(job.text, job.variables) for job in rows] == [(new[0].text, new[0].variables)] * count
    assert reasons == [new[0].reason] * count


@pytest.mark.parametrize("count", [2, 200])
def test_an_identity_that_exists_is_not_planned_again(database: Database, count: int) -> None:
    old = [make_job() for _ in range(count)]
    plan(database, *old)
    again = [make_job(identity=job.identity) for job in old]
    new = [make_job() for _ in range(count)]
    assert plan(database, *again, *new) == [job.id for job in new]


def test_one_identity_twice_in_a_set_is_planned_once(database: Database) -> None:
    first, second = make_job(), make_job()
    twin = make_job(identity=first.identity)
    assert plan(database, first, second, twin) == [first.id, second.id]


def test_a_job_inside_a_restored_gap_is_planned_in_doubt(database: Database) -> None:
    [job_id] = plan(database, make_job(in_doubt=True))
    assert read(database, job_id).state is State.IN_DOUBT


def test_a_refresh_leaves_a_hold_its_moment_and_its_reason(database: Database) -> None:
    job_id, _ = put_in(database, State.RETRYING)
    before = read(database, job_id)
    refresh(database, job_id, plan_hash="new", template="other")
    after = read(database, job_id)
    assert (after.plan_hash, after.template) == ("new", "other")
    assert (after.state, after.due_at, after.reason, after.fence) == (
        before.state,
        before.due_at,
        before.reason,
        before.fence,
    )


def test_a_refresh_takes_a_claimed_job_from_its_worker(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    refresh(database, job_id, plan_hash="new")
    assert withhold(database, job, State.BLOCKED) == []
    after = read(database, job_id)
    assert (after.state, after.fence, after.worker) == (State.SCHEDULED, job.fence + 1, None)


def test_a_job_held_for_its_plan_hash_is_due_at_once_when_refreshed(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    withhold(database, job, State.HELD, until=NOW + HOUR, being_replanned=True)
    refresh(database, job_id, plan_hash="new")
    after = read(database, job_id)
    assert (after.state, after.due_at) == (State.SCHEDULED, NOW)


def test_a_job_held_for_quiet_hours_stays_held_when_refreshed(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    withhold(database, job, State.HELD, until=NOW + HOUR, reason="quiet hours")
    refresh(database, job_id, plan_hash="new")
    after = read(database, job_id)
    assert (after.state, after.due_at) == (State.HELD, NOW + HOUR)


def test_a_move_dates_anew_and_rewrites_anchor_and_identity_together(database: Database) -> None:
    [job_id] = plan(database, make_job(anchor="2026-03-10T10:00"))
    identity = uuid.uuid4()
    move(
        database,
        job_id,
        planned_for=NOW + DAY,
        useful_until=NOW + 2 * DAY,
        anchor="2026-03-11T10:00",
        identity=identity,
    )
    job = read(database, job_id)
    assert (job.planned_for, job.due_at, job.useful_until) == (NOW + DAY, NOW + DAY, NOW + 2 * DAY)
    assert (job.anchor, job.identity, job.fence) == ("2026-03-11T10:00", identity, 1)


def test_a_move_takes_a_claimed_job_from_its_worker(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    move(database, job_id, planned_for=NOW + HOUR)
    assert withhold(database, job, State.HELD) == []


def test_a_pinned_job_is_moved_only_when_its_anchor_changes(database: Database) -> None:
    [job_id] = plan(database, make_job(anchor="2026-03-10T10:00"))
    reschedule(database, job_id, due_at=NOW + HOUR)
    assert move(database, job_id, planned_for=NOW + 2 * HOUR, anchor="2026-03-10T10:00") == []
    assert read(database, job_id).due_at == NOW + HOUR
    assert move(database, job_id, planned_for=NOW + 2 * HOUR, anchor="2026-03-11T10:00", identity=uuid.uuid4())
    job = read(database, job_id)
    assert (job.due_at, job.pinned) == (NOW + 2 * HOUR, False)


def test_a_job_keeps_its_anchor_once_an_attempt_may_have_been_accepted(database: Database) -> None:
    job_id, _ = put_in(database, State.IN_DOUBT, anchor="2026-03-10T10:00")
    settled = store.Settlement(id=job_id, finding=store.Finding.RESEND, reason="risk it")
    database.write(lambda c: store.settle(c, [settled], by=ADA, now=NOW))
    assert move(database, job_id, anchor="2026-03-11T10:00", identity=uuid.uuid4(), planned_for=NOW + DAY) == []
    assert read(database, job_id).anchor == "2026-03-10T10:00"


def test_a_job_whose_attempts_were_surely_not_sent_follows_a_moved_date(database: Database) -> None:
    job_id, _ = put_in(database, State.RETRYING, anchor="2026-03-10T10:00")
    assert move(database, job_id, anchor="2026-03-11T10:00", identity=uuid.uuid4(), planned_for=NOW + DAY)
    assert read(database, job_id).state is State.SCHEDULED


def test_a_move_onto_the_identity_of_another_job_moves_nothing(database: Database) -> None:
    other = make_job(anchor="2026-03-11T10:00")
    [job_id, _] = plan(database, make_job(anchor="2026-03-10T10:00"), other)
    assert move(database, job_id, anchor="2026-03-11T10:00", identity=other.identity) == []


def test_a_change_under_an_old_fence_is_lost(database: Database) -> None:
    [job_id] = plan(database)
    claim(database, [job_id])
    assert move(database, job_id, fence=0, planned_for=NOW + DAY) == []
    assert refresh(database, job_id, fence=0, plan_hash="new") == []


def test_a_reschedule_pins_and_send_now_is_due_now(database: Database) -> None:
    [job_id] = plan(database, make_job(planned_for=NOW + HOUR))
    reschedule(database, job_id)
    job = read(database, job_id)
    assert (job.due_at, job.planned_for, job.pinned, job.moved_by) == (NOW, NOW + HOUR, True, ADA)


def test_a_reschedule_to_where_the_text_is_useless_needs_a_new_useful_until(database: Database) -> None:
    [job_id] = plan(database)
    assert reschedule(database, job_id, due_at=NOW + 2 * DAY) == []
    assert reschedule(database, job_id, due_at=NOW + 2 * DAY, useful_until=NOW + 3 * DAY)


def test_the_planner_reopens_what_the_planner_cancelled_and_not_what_a_person_cancelled(database: Database) -> None:
    mine, theirs = plan(database, make_job(), make_job())
    cancel(database, mine, store.PLANNER)
    cancel(database, theirs, ADA)
    assert reopen(database, mine, store.PLANNER)
    assert reopen(database, theirs, store.PLANNER) == []
    assert reopen(database, theirs, ADA)
    assert verbs(database, theirs) == ["plan", "cancel", "reopen"]


def test_a_start_reply_reopens_what_an_opt_out_blocked_and_not_what_someone_cancelled(database: Database) -> None:
    blocked, _ = put_in(database, State.BLOCKED)
    cancelled, _ = put_in(database, State.CANCELLED)
    assert reopen(database, blocked, "contact")
    assert reopen(database, cancelled, "contact") == []


def test_only_a_person_reopens_a_job_that_may_have_been_sent(database: Database) -> None:
    job_id, _ = put_in(database, State.IN_DOUBT)
    given_up = store.Settlement(id=job_id, finding=store.Finding.GIVE_UP, reason="nobody can tell")
    database.write(lambda c: store.settle(c, [given_up], by=ADA, now=NOW))
    assert reopen(database, job_id, store.PLANNER) == []
    assert reopen(database, job_id, ADA)


def test_an_expired_job_is_reopened_only_with_a_new_useful_until(database: Database) -> None:
    [job_id] = plan(database, make_job(useful_until=NOW))
    database.write(lambda c: store.expire_useless(c, now=NOW))
    assert reopen(database, job_id, ADA) == []
    assert reopen(database, job_id, ADA, useful_until=NOW + DAY)


def test_a_reopened_job_counts_its_attempts_anew(database: Database) -> None:
    job_id, _ = put_in(database, State.FAILED)
    assert read(database, job_id).attempts == 1
    reopen(database, job_id, ADA)
    assert read(database, job_id).attempts == 0


def test_the_fields_of_a_job_are_the_columns_of_its_table() -> None:
    assert set(store.Job.__dataclass_fields__) == {column.name for column in jobs.c}
