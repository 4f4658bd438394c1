"""What a correction supersedes, and what comes back where a superseding text ends unsent; on both databases."""

from collections.abc import Iterator

import pytest

from jobs import store
from jobs.providers.contract import Refused
from jobs.states import State
from jobs.store.values import Pick, person
from tests.storage.correcting import BOOKED, TUESDAY, Office, make_rule, make_rulebook, working

WEEK = {"id": "week-before", "before": "7 days", "at": "10:00", "template": "at_place"}
LATE = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder", "if_late": "send_now"}
NEAR = "2026-11-25 10:00"
"""The day after the week-before text of Tuesday: its own day-before step is late where it is recorded after 16:00."""


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url, make_rulebook(make_rule(steps=[WEEK, LATE]))) as office:
        office.told_on_tuesday()
        office.go_to("2026-11-24 16:30")
        yield office


def cancel(office: Office, step: str) -> None:
    """Let a person cancel a step's only waiting job."""
    pick = Pick(id=office.desk.job(step).id, reason="she called")
    office.desk.database.write(
        lambda connection: store.cancel(connection, [pick], by=person("ana"), now=office.desk.clock.now())
    )


def test_a_move_to_tomorrow_is_told_once_by_the_correction(office: Office) -> None:
    office.desk.visit(start=NEAR)

    assert office.work() == ["0001 Not December 1 10:00 a.m.: November 25 10:00 a.m."]
    office.replan()
    office.desk.later(hours=1)
    office.desk.visit(start=NEAR, case_ref="M-7")
    assert office.work() == []


def test_moved_twice_at_night_no_late_text_follows_the_correction(office: Office) -> None:
    office.go_to("2026-11-24 21:00")
    office.desk.visit(start="2026-11-26 10:00")
    office.go_to("2026-11-24 22:00")
    office.desk.visit(start="2026-11-25 16:00")

    assert office.work_at("2026-11-25 09:00") == ["0001 Not December 1 10:00 a.m.: November 25 4:00 p.m."]
    office.desk.visit(start="2026-11-25 16:00", case_ref="M-7")
    assert office.work() == []


def test_where_the_correction_fails_the_late_text_goes_after_all(office: Office) -> None:
    office.desk.visit(start=NEAR)
    office.work(Refused("unknown error"))

    office.plan_fallen()

    assert office.work() == ["0001 See you November 25 at 10:00 a.m."]


def test_a_fall_is_taken_up_once(office: Office) -> None:
    office.desk.visit(start=NEAR)
    office.work(Refused("unknown error"))
    office.plan_fallen()
    before = [(job.id, job.updated_at) for job in office.desk.jobs()]

    office.desk.later(minutes=1)
    office.plan_fallen()

    assert [(job.id, job.updated_at) for job in office.desk.jobs()] == before


def test_a_crash_before_a_fall_is_taken_up_loses_nothing(office: Office) -> None:
    office.desk.visit(start=NEAR)
    office.work(Refused("unknown error"))

    def crash(connection: object) -> None:
        assert store.take_fallen(connection, "northlight", 10)  # type: ignore[arg-type]  # a connection
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        office.desk.database.write(crash)
    office.plan_fallen()

    assert len(office.work()) == 1


def test_where_a_person_cancels_what_superseded_a_late_text_that_one_is_planned_again(database_url: str) -> None:
    with working(database_url, make_rulebook(make_rule(steps=[BOOKED, LATE]))) as office:
        office.go_to("2026-11-24 20:30")
        office.desk.visit(contact="C-1", start=NEAR)
        assert office.desk.states() == [("booked", "scheduled")]
        cancel(office, "booked")

        office.plan_fallen()

        assert office.work_at("2026-11-25 09:00") == ["0001 See you November 25 at 10:00 a.m."]


def test_what_planning_cancels_asks_for_no_planning(office: Office) -> None:
    office.desk.visit(status="cancelled")
    office.work()

    with office.desk.database.read() as connection:
        assert store.practices_with_fallen(connection) == []


def test_a_step_within_the_hour_after_the_correction_gives_way_to_it(database_url: str) -> None:
    soon = {"id": "soon", "before": "2 hours", "template": "reminder"}
    with working(database_url, make_rulebook(make_rule(steps=[WEEK, soon]))) as office:
        office.told_on_tuesday()

        office.desk.visit(start="2026-11-24 12:30")

        assert office.work() == ["0001 Not December 1 10:00 a.m.: November 24 12:30 p.m."]
        assert office.work_at("2026-11-24 10:30") == []


def test_a_sent_reminder_is_left_as_it_is_by_a_later_correction(office: Office) -> None:
    office.desk.visit(start=TUESDAY, place="Elm St")

    assert office.work() == ["0001 Now Elm St, not Main St."]
    assert office.desk.job("week-before").state is State.SENT
    assert office.work_at("2026-11-30 16:00") == ["0001 See you December 1 at 10:00 a.m."]
