"""Whatever happens to an occasion, its waiting jobs end as those of its final state, and no date is told twice."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.states import UNSENT, State
from jobs.store.values import Job
from tests.storage.intake_practice import Desk, opened

STARTS = ("2026-12-01 10:00", "2026-12-08 10:00", "2026-12-08 15:30", "2027-01-15 09:00")
CHANGES = (
    *({"start": start} for start in STARTS),
    {"status": "cancelled"},
    {"status": "attended"},
    {"status": "booked"},
    {"contact": "C-2"},
    {"contact": "C-1"},
    {"contact": ""},
    {"place": "12 Main St"},
    {"timezone": "America/Vancouver"},
    {"timezone": ""},
)
SENDS = ("sent", "in_doubt", "held", "retrying", "claimed", "queued")

HISTORIES = st.lists(st.sampled_from((*CHANGES, *SENDS)), max_size=9)
numbers = itertools.count()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("histories")
    with opened(f"sqlite:///{folder}/q.db") as desk:
        desk.contact("C-2", phone="+15145550002", timezone="America/Vancouver")
        yield desk


def live(jobs: list[Job]) -> list[tuple[str | None, str | None, object, object]]:
    """Return what of waiting jobs must not depend on their history."""
    waiting = [job for job in jobs if job.state in UNSENT]
    return sorted((job.step, job.anchor, job.planned_for, job.contact_id) for job in waiting)


def jobs_of(desk: Desk, ref: str) -> list[Job]:
    """Return an occasion's jobs."""
    occasion_id = desk.occasion_id(ref)
    return [job for job in desk.jobs() if job.occasion_id == occasion_id]


def happen(desk: Desk, ref: str, what: dict[str, str] | str) -> None:
    """Let the case system change the occasion, or the first unsent job get on."""
    desk.later(seconds=1)
    if isinstance(what, dict):
        desk.visit(ref, **what)
        return
    job = next((job for job in jobs_of(desk, ref) if job.state in UNSENT), None)
    if job is None:
        return
    if what in {"sent", "in_doubt"}:
        desk.send(job, "accepted" if what == "sent" else "unknown", State(what))
    else:
        desk.set_job(job, state=what)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.sampled_from(CHANGES), max_size=9))
def test_without_a_send_the_waiting_jobs_are_those_of_the_final_state(
    desk: Desk, history: list[dict[str, str]]
) -> None:
    ref, fresh = f"A-{next(numbers)}", f"A-{next(numbers)}"
    given_so_far = {"contact": "C-1", "start": STARTS[0], "status": "booked"}
    desk.visit(ref, **given_so_far)
    for change in history:
        happen(desk, ref, change)
        given_so_far |= change

    desk.visit(fresh, **given_so_far)

    assert live(jobs_of(desk, ref)) == live(jobs_of(desk, fresh))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_no_date_is_told_twice_and_planning_again_changes_nothing(
    desk: Desk, history: list[dict[str, str] | str]
) -> None:
    ref = f"A-{next(numbers)}"
    desk.visit(ref, contact="C-1", start=STARTS[0], status="booked")
    for what in history:
        happen(desk, ref, what)

    found = jobs_of(desk, ref)
    for job in found:
        twins = [each for each in found if (each.step, each.anchor) == (job.step, job.anchor)]
        assert twins == [job]
    waiting = [job.step for job in found if job.state in UNSENT]
    assert len(waiting) == len(set(waiting))

    desk.visit(ref, place="elsewhere")
    assert [(job.id, job.fence, job.state) for job in jobs_of(desk, ref)] == [
        (job.id, job.fence, job.state) for job in found
    ]
