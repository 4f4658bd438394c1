"""Jobs in a list, and a job by the name that a person types."""

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import store
from jobs.errors import InputError, NotFoundError
from jobs.states import Origin, State
from scheduler.asking.listing import Question
from scheduler.processes.cli.job_rows import find_job, list_jobs, short
from tests.unit.scheduler.processes.rule_desk import NOW, Desk

FIRST = uuid.UUID("01900000-0000-7000-8000-0000aaaaaa01")
SECOND = uuid.UUID("01900000-0000-7000-8000-0000bbaaaa01")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    laid = Desk(tmp_path)
    laid.publish(None)
    laid.take_in_a_visit()
    new = [_one_off(FIRST, NOW + HOUR), _one_off(SECOND, NOW + 2 * HOUR)]
    laid.database.write(lambda connection: store.plan(connection, new, by=store.person("pat"), now=NOW))
    yield laid
    laid.database.dispose()


def _one_off(job_id: uuid.UUID, due: dt.datetime) -> store.NewJob:
    return store.NewJob(
        id=job_id,
        practice="harbour",
        identity=job_id,
        origin=Origin.ONE_OFF,
        sender="main",
        provider="terminal",
        planned_for=due,
        useful_until=due + 24 * HOUR,
        to_number="+14165550101",
        text="Please call us.",
    )


def _listed(desk: Desk, *, most: int = 50, **asked: Any) -> list[str]:
    with desk.database.read() as connection:
        rows, total = list_jobs(connection, Question(practice="harbour", **asked), most=most)
    assert total >= len(rows)
    return [row["occasion"] or short(row["id"]) for row in rows]


def test_jobs_come_soonest_first(desk: Desk) -> None:
    assert _listed(desk) == [short(FIRST), short(SECOND), "A-1"]


def test_a_limit_cuts_the_list_and_tells_the_total(desk: Desk) -> None:
    with desk.database.read() as connection:
        rows, total = list_jobs(connection, Question(practice="harbour"), most=1)
    assert (len(rows), total) == (1, 3)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"contact": "C-1"}, ["A-1"]),
        ({"rule": "visit"}, ["A-1"]),
        ({"rule": "visit/day-before"}, ["A-1"]),
        ({"rule": "visit/other"}, []),
        ({"kind": "payment"}, []),
        ({"occasion": "A-1"}, ["A-1"]),
        ({"states": (State.SENT,)}, []),
        ({"states": (State.SCHEDULED, State.SENT), "most": 1}, [short(FIRST)]),
        ({"due_from": NOW + 2 * HOUR, "due_to": NOW + 3 * HOUR}, [short(SECOND)]),
        ({"due_to": NOW + 2 * HOUR}, [short(FIRST)]),
    ],
)
def test_each_filter_narrows_the_list(desk: Desk, asked: dict[str, Any], found: list[str]) -> None:
    assert _listed(desk, **asked) == found


@pytest.mark.parametrize("name", [str(FIRST), FIRST.hex, FIRST.hex.upper(), "aaaaaa01", "0000aaaaaa01"])
def test_a_job_is_found_by_its_id_or_its_ending(desk: Desk, name: str) -> None:
    with desk.database.read() as connection:
        assert find_job(connection, "harbour", name)["id"] == FIRST


def test_an_ending_that_several_jobs_have_is_refused(desk: Desk) -> None:
    with desk.database.read() as connection, pytest.raises(InputError, match="several jobs"):
        find_job(connection, "harbour", "aaaa01")


@pytest.mark.parametrize("name", ["aaa01", "", "not-an-id", "%%%%%%", "0" * 33])
def test_what_can_be_no_id_is_refused(desk: Desk, name: str) -> None:
    with desk.database.read() as connection, pytest.raises(InputError, match="names no job"):
        find_job(connection, "harbour", name)


@pytest.mark.parametrize(("practice", "name"), [("harbour", "ffffffff"), ("elsewhere", str(FIRST))])
def test_a_job_of_nobody_or_of_another_practice_is_not_found(desk: Desk, practice: str, name: str) -> None:
    with desk.database.read() as connection, pytest.raises(NotFoundError):
        find_job(connection, practice, name)
