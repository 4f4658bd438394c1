"""Publishing from files: first rules, plans that are out of date, and a publish that was cut short."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from jobs import store
from jobs.errors import RefusedError
from jobs.records import jobs
from jobs.states import State
from scheduler.chores import replan, replan_held
from scheduler.processes.first_rules import publish_first_rules
from scheduler.publishing.replanning import finish_replan
from tests.unit.scheduler.processes.rule_desk import NOW, Desk
from tests.walks.installation import PRACTICE, RULES


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    laid = Desk(tmp_path)
    yield laid
    laid.database.dispose()


def test_a_practice_without_a_revision_is_published(desk: Desk) -> None:
    assert publish_first_rules(desk.settings, desk.database) == ["harbour"]
    assert desk.current() is not None


def test_a_published_practice_is_left_as_it_is(desk: Desk) -> None:
    publish_first_rules(desk.settings, desk.database)
    before = desk.current()
    desk.files.write_practice(PRACTICE.replace("Harbour Clinic", "Harbour House"))
    assert publish_first_rules(desk.settings, desk.database) == []
    assert desk.current() == before


def test_rules_with_an_error_are_not_published(desk: Desk) -> None:
    desk.files.write_practice(rules=RULES.replace("template: visit", "template: vist"))
    assert publish_first_rules(desk.settings, desk.database) == []
    assert desk.current() is None


def test_a_plan_made_for_another_revision_is_refused(desk: Desk) -> None:
    first = desk.publish(None)
    desk.files.write_practice(PRACTICE.replace("Harbour Clinic", "Harbour House"))
    with pytest.raises(RefusedError, match="is current, published by pat"):
        desk.publish(None)
    assert desk.current() == first
    assert desk.publish(first) != first


def test_the_jobs_of_first_rules_are_soon_in_line(desk: Desk) -> None:
    publish_first_rules(desk.settings, desk.database)
    assert replan.run(desk.context)["ended"] == 1
    assert not replan.run(desk.context)


def test_planning_again_what_is_in_line_changes_nothing(desk: Desk) -> None:
    desk.publish(None)
    wish = finish_replan(desk.database, "harbour")
    assert wish is not None
    assert not any(wish.changed.counts().values())


def test_a_job_that_a_worker_holds_for_its_rule_is_planned_again(desk: Desk) -> None:
    first = desk.publish(None)
    desk.take_in_a_visit()
    desk.files.write_practice(rules=RULES.replace("10:00", "11:00"))
    desk.publish(first)  # and nothing after it: the job, due in three days, keeps its old hash
    _hold_for_its_rule(desk)

    counts = replan_held.run(desk.context)

    assert counts["moved"] == 1
    with desk.database.read() as connection:
        row = connection.execute(select(jobs.c.state, jobs.c.planned_for)).one()
    assert row.state == State.SCHEDULED
    assert row.planned_for == dt.datetime(2026, 12, 4, 16, 0, tzinfo=dt.UTC)


def test_where_nothing_is_held_there_is_nothing_to_plan_again(desk: Desk) -> None:
    desk.publish(None)
    desk.take_in_a_visit()
    assert not replan_held.run(desk.context)


def _hold_for_its_rule(desk: Desk) -> None:
    """Let a worker claim the one job and hold it, since its rule is another by now."""

    def work(connection: Connection) -> None:
        job_id = connection.execute(select(jobs.c.id)).scalar_one()
        store.enqueue(connection, [job_id], now=NOW)
        job = store.claim(connection, [job_id], worker="w", lease=dt.timedelta(minutes=1), now=NOW)[0]
        until = NOW + dt.timedelta(minutes=1)
        held = store.Withheld(
            id=job.id, fence=job.fence, state=State.HELD, reason="", until=until, being_replanned=True
        )
        store.withhold(connection, [held], now=NOW)

    desk.database.write(work)
