"""The replan after a publish, on both databases: in parts, nearest first, finished by whoever comes after a crash."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select

from jobs.database import Database, practice_lock
from jobs.records import jobs, occasions, replans
from jobs.states import State
from scheduler.chores import CHORES, replan, run_chore
from scheduler.chores.context import Context
from scheduler.publishing.applying import publish_draft
from scheduler.publishing.keeping import Draft
from scheduler.publishing.pacing import FIRST_AT_ONCE
from scheduler.publishing.replanning import finish_replan, unfinished_replans, wish_of
from scheduler.publishing.replans import Wish, hold_wish
from scheduler.publishing.revisions import Signature, current_revision, refresh_terms
from scheduler.publishing.upgrading import refresh_all_terms
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened
from tests.storage.test_publishing import spoil_terms

TWO_DAYS = {"id": "two-days", "before": "2 days", "at": "11:00", "template": "reminder"}
WITH_TWO_DAYS = make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE))
PRACTICE = "northlight"


class CutShortError(Exception):
    """Ends a replan as a crash does, between two of its transactions."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        finish_replan(desk.database, PRACTICE)
        yield desk


def publish(desk: Desk, rulebook: Rulebook = WITH_TWO_DAYS) -> dict[str, int]:
    """Publish over whatever is current and return what was planned with it."""
    with desk.database.read() as connection:
        base = current_revision(connection, PRACTICE)
    _, soon = publish_draft(desk.database, Draft(rulebook, {}, base, "ana"), Signature("ana"), base=base)
    return soon.counts()


def take_in(desk: Desk, count: int) -> None:
    """Take in visits A-0, A-1, …, the first the farthest, and let time pass until they are of the coming week."""
    first = dt.datetime(2026, 11, 29, 10, 0, tzinfo=dt.UTC)
    for place in range(count):
        start = first + dt.timedelta(hours=count - place)
        desk.visit(f"A-{place}", contact="C-1", start=f"{start:%Y-%m-%d %H:%M}")
    desk.clock.jump_to(dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC))


def cut_short(desk: Desk) -> None:
    """Let a replan end after its first part."""

    def tell(_done: int, _total: int) -> None:
        raise CutShortError

    with pytest.raises(CutShortError):
        finish_replan(desk.database, PRACTICE, tell)


def planned_steps(desk: Desk, step: str) -> list[str]:
    """Return the refs of the visits that have a waiting job of a step, nearest first."""
    query = (
        select(occasions.c.ref)
        .join(jobs, jobs.c.occasion_id == occasions.c.id)
        .where(jobs.c.step == step, jobs.c.state == State.SCHEDULED.value)
        .order_by(occasions.c.starts_at)
    )
    with desk.database.read() as connection:
        return list(connection.execute(query).scalars())


def wish(desk: Desk) -> Wish:
    found = wish_of(desk.database, PRACTICE)
    assert found is not None
    return found


def test_a_publish_asks_for_a_replan_that_brings_all_jobs_in_line(desk: Desk) -> None:
    take_in(desk, 3)
    publish(desk)
    assert unfinished_replans(desk.database) == [PRACTICE]
    done = finish_replan(desk.database, PRACTICE)
    assert done is not None
    assert (done.is_ended, done.done, done.total, done.changed.planned) == (True, 3, 3, 3)
    assert len(planned_steps(desk, "two-days")) == 3
    assert not unfinished_replans(desk.database)


def test_the_nearest_come_first_and_the_rest_after_a_crash(desk: Desk) -> None:
    take_in(desk, FIRST_AT_ONCE + 5)
    publish(desk)
    cut_short(desk)
    assert planned_steps(desk, "two-days") == [f"A-{place}" for place in range(FIRST_AT_ONCE + 4, 4, -1)]
    counts = replan.run(Context(desk.database, lambda _entry: None))
    assert (counts["ended"], counts["planned"]) == (1, FIRST_AT_ONCE + 5)
    assert len(planned_steps(desk, "two-days")) == FIRST_AT_ONCE + 5


def test_what_was_planned_before_a_crash_is_not_planned_twice(desk: Desk) -> None:
    take_in(desk, FIRST_AT_ONCE + 5)
    publish(desk)
    cut_short(desk)
    told: list[int] = []
    finish_replan(desk.database, PRACTICE, lambda done, _total: told.append(done))
    assert told[0] == FIRST_AT_ONCE + 5
    assert told[-1] == FIRST_AT_ONCE + 5


def test_a_publish_of_which_nothing_followed_heals_by_the_chore(desk: Desk) -> None:
    take_in(desk, 2)
    publish(desk)
    chore = next(chore for chore in CHORES if chore.name == "replan")
    assert run_chore(chore, Context(desk.database, lambda _entry: None))["planned"] == 2
    assert len(planned_steps(desk, "two-days")) == 2


def test_a_later_publish_begins_from_the_front(desk: Desk) -> None:
    take_in(desk, FIRST_AT_ONCE + 5)
    publish(desk)
    cut_short(desk)
    publish(desk, make_rulebook())  # back to the first rules: half of the jobs are of the others
    assert wish(desk).position is None
    finish_replan(desk.database, PRACTICE)
    assert planned_steps(desk, "two-days") == []


def test_an_appointment_taken_in_meanwhile_is_planned_by_the_new_rules(desk: Desk) -> None:
    take_in(desk, FIRST_AT_ONCE + 5)
    publish(desk)
    cut_short(desk)
    desk.visit("B-1", contact="C-1", start="2027-02-02 10:00")
    assert "B-1" in planned_steps(desk, "two-days")
    finish_replan(desk.database, PRACTICE)
    assert len(planned_steps(desk, "two-days")) == FIRST_AT_ONCE + 6


def test_what_is_due_within_the_hour_is_planned_with_the_publish(desk: Desk) -> None:
    desk.visit()
    desk.clock.jump_to(dt.datetime(2026, 11, 24, 14, 30, tzinfo=dt.UTC))  # half an hour before the first reminder
    soon = publish(desk, make_rulebook(steps=({**WEEK_BEFORE, "at": "11:00"}, DAY_BEFORE)))
    assert soon["moved"] == 1
    assert desk.job("week-before").planned_for == dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)
    assert wish(desk).changed.moved == 1


def test_a_replan_that_another_process_is_at_is_left_to_it(desk: Desk) -> None:
    take_in(desk, 1)
    publish(desk)
    if desk.database.is_sqlite:  # whoever writes is alone there
        return

    def while_held(connection: Connection) -> Wish | None:
        practice_lock(connection, PRACTICE, exclusive=False)
        hold_wish(connection, wish(desk), wait=True)
        return finish_replan(desk.database, PRACTICE, wait=False)

    found = desk.database.write(while_held)
    assert found is not None
    assert not found.is_ended


def test_it_tells_how_far_it_is(desk: Desk) -> None:
    take_in(desk, FIRST_AT_ONCE + 1)
    publish(desk)
    told: list[tuple[int, int]] = []
    finish_replan(desk.database, PRACTICE, lambda done, total: told.append((done, total)))
    assert told[0] == (FIRST_AT_ONCE, FIRST_AT_ONCE + 1)
    assert told[-1] == (FIRST_AT_ONCE + 1, FIRST_AT_ONCE + 1)
    assert wish(desk).changed.planned == FIRST_AT_ONCE + 1


def test_a_replan_without_time_left_goes_on_another_time(desk: Desk) -> None:
    take_in(desk, 1)
    publish(desk)
    assert finish_replan(desk.database, PRACTICE, seconds=0) == wish(desk)
    assert not wish(desk).is_ended


def test_terms_that_another_version_derived_are_refreshed_and_the_jobs_planned_again(desk: Desk) -> None:
    take_in(desk, 1)
    spoil_terms(desk.database)
    assert refresh_all_terms(desk.database) == [PRACTICE]
    assert unfinished_replans(desk.database) == [PRACTICE]
    finish_replan(desk.database, PRACTICE)
    assert refresh_all_terms(desk.database) == []
    assert not unfinished_replans(desk.database)


def test_terms_that_this_version_cannot_read_are_refreshed(desk: Desk) -> None:
    spoil_terms(desk.database, {"nobody": "knows this"})
    assert desk.database.write(lambda connection: refresh_terms(connection, PRACTICE, desk.clock.now()))


def test_there_is_one_wish_a_practice(desk: Desk) -> None:
    publish(desk)
    publish(desk, make_rulebook())
    assert _count(desk.database) == 1


def _count(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(select(replans)).all())
