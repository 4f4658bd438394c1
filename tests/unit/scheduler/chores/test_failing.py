"""What is logged of a chore that fails at every tick: once whole, then a line a minute, and its end."""

from collections import Counter
from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from jobs.clock import SystemClock
from jobs.database import Database
from scheduler.chores import Chore, run_chore
from scheduler.chores.context import Context
from scheduler.chores.failing import Failing


class Moody:
    """A chore that fails while it is told to."""

    def __init__(self) -> None:
        """Fail at first."""
        self.fails = True

    def __call__(self, _context: Context) -> Mapping[str, int]:
        """Fail, or do one thing."""
        if self.fails:
            message = "the database is away"
            raise ConnectionError(message)
        return Counter(done=1)


@pytest.fixture
def context() -> Context:
    return Context(Database("sqlite://", SystemClock()), lambda _entry: None)


def run(context: Context, moody: Moody, times: int) -> list[EventDict]:
    chore = Chore("take_due", 0.25, moody)
    with capture_logs() as logs:
        for _ in range(times):
            run_chore(chore, context)
    return logs


def test_the_first_failure_has_its_traceback_and_the_next_are_silent(context: Context) -> None:
    logs = run(context, Moody(), 200)
    assert [each["event"] for each in logs] == ["chore failed"]
    assert isinstance(logs[0]["exc_info"], ConnectionError)


def test_when_it_works_again_it_says_how_often_it_failed(context: Context) -> None:
    moody = Moody()
    run(context, moody, 3)
    moody.fails = False
    logs = run(context, moody, 2)
    assert [each["event"] for each in logs] == ["chore works again", "chore done", "chore done"]
    assert logs[0]["failures"] == 3


def test_a_new_failure_after_it_worked_has_its_traceback_again(context: Context) -> None:
    moody = Moody()
    run(context, moody, 2)
    moody.fails = False
    run(context, moody, 1)
    moody.fails = True
    assert [each["event"] for each in run(context, moody, 2)] == ["chore failed"]


def test_a_failure_that_lasts_is_spoken_of_once_a_minute_with_its_count() -> None:
    failing = Failing()
    spoken = [
        (now, streak.failures) for now in range(0, 200, 10) for streak, is_due in [failing.failed("x", now)] if is_due
    ]
    assert spoken == [(0, 1), (60, 7), (120, 13), (180, 19)]


def test_each_chore_has_a_streak_of_its_own() -> None:
    failing = Failing()
    failing.failed("x", 0)
    assert failing.worked("y") is None
    assert failing.failed("y", 1)[0].failures == 1
    streak = failing.worked("x")
    assert streak is not None
    assert (streak.failures, streak.seconds(9.0)) == (1, 9.0)
    assert failing.worked("x") is None
