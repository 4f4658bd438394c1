"""A job's page and what is ordered there, of one and of many; pauses and the red stop."""

import re
import uuid
from collections.abc import Mapping

import pytest

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.states import State
from tests.storage.builders import DAY, NOW, make_job, plan, read
from tests.storage.identifying import actions
from tests.web.jobs_room import as_role, job_elsewhere, job_in, jobs_browser, send
from tests.web.web_room import Browser

__all__ = ["jobs_browser"]


def order(browser: Browser, job_id: uuid.UUID, name: str, **form: str) -> int:
    """Order something of a job on its page; return the answer's status."""
    page = f"/jobs/{job_id.hex}"
    return send(browser, page, f"{page}/{name}", {"reason": "asked by phone", **form}).status_code


@pytest.mark.parametrize(
    ("state", "orders"),
    [
        (State.SCHEDULED, {"retry", "reschedule", "cancel"}),
        (State.SENDING, {"cancel"}),
        (State.SENT, set()),
        (State.IN_DOUBT, {"settle", "cancel"}),
        (State.BLOCKED, {"retry", "reopen"}),
        (State.CANCELLED, {"reopen"}),
    ],
)
def test_a_job_offers_what_its_state_allows(
    jobs_browser: Browser, database: Database, state: State, orders: set[str]
) -> None:
    page = jobs_browser.get(f"/jobs/{job_in(database, state).hex}").text
    assert set(re.findall(r'id="order-(\w+)"', page)) == orders


def test_a_page_tells_the_life_and_what_comes_next(jobs_browser: Browser, database: Database) -> None:
    page = jobs_browser.get(f"/jobs/{job_in(database, State.FAILED).hex}").text
    assert "Asked terminal to send it" in page
    assert "quietbell jobs" not in page
    assert "Hello." not in page


@pytest.mark.parametrize(
    ("begins", "name", "form", "ends"),
    [
        (State.SCHEDULED, "cancel", {}, State.CANCELLED),
        (State.SCHEDULED, "retry", {}, State.SCHEDULED),
        (State.SCHEDULED, "reschedule", {"at": "2026-03-02T14:00"}, State.SCHEDULED),
        (State.CANCELLED, "reopen", {}, State.SCHEDULED),
        (State.IN_DOUBT, "settle", {"finding": "sent"}, State.SENT),
    ],
)
def test_an_order_is_carried_out_and_noted(  # noqa: PLR0913 - as many as a case has
    jobs_browser: Browser, database: Database, *, begins: State, name: str, form: dict[str, str], ends: State
) -> None:
    job_id = job_in(database, begins)
    assert order(jobs_browser, job_id, name, **form) == 303
    assert (read(database, job_id).state, read(database, job_id).moved_by) == (ends, "person:maya")
    with database.read() as connection:
        assert actions(connection)[-1].startswith("job.")


@pytest.mark.parametrize(
    ("name", "form", "status"),
    [
        ("cancel", {"reason": " "}, 422),
        ("reschedule", {}, 422),
        ("reschedule", {"at": "soon"}, 422),
        ("reschedule", {"at": "2026-03-20T10:00"}, 422),
        ("reopen", {}, 409),
        ("settle", {"finding": "perhaps"}, 422),
        ("explode", {}, 404),
    ],
)
def test_an_order_that_is_wrong_changes_nothing_and_says_why(
    jobs_browser: Browser, database: Database, name: str, form: dict[str, str], status: int
) -> None:
    job_id = job_in(database, State.SCHEDULED)
    assert order(jobs_browser, job_id, name, **form) == status
    assert read(database, job_id).fence == 0


def test_what_was_typed_is_kept(jobs_browser: Browser, database: Database) -> None:
    page = f"/jobs/{job_in(database, State.SCHEDULED).hex}"
    answer = send(jobs_browser, page, f"{page}/reschedule", {"reason": "they asked", "at": "2026-03-20T10:00"})
    assert 'value="they asked"' in answer.text
    assert 'value="2026-03-20T10:00"' in answer.text


def test_another_practices_job_is_not_there(jobs_browser: Browser, database: Database) -> None:
    job_id = job_elsewhere(database)
    assert jobs_browser.get(f"/jobs/{job_id.hex}").status_code == 404
    assert send(jobs_browser, "/jobs", f"/jobs/{job_id.hex}/cancel", {"reason": "mine"}).status_code == 404
    assert send(jobs_browser, "/jobs", f"/jobs/{job_id.hex}/reveal", {}).status_code == 404
    assert read(database, job_id).state is State.SCHEDULED


def test_a_form_that_is_not_ours_is_refused(jobs_browser: Browser, database: Database) -> None:
    job_id = job_in(database, State.SCHEDULED)
    assert jobs_browser.post(f"/jobs/{job_id.hex}/cancel", {"reason": "x"}).status_code == 403


def test_words_are_shown_on_request_and_that_is_noted(
    jobs_browser: Browser, database: Database, clock: SteppingClock
) -> None:
    page = f"/jobs/{job_in(database, State.SENT).hex}"
    assert "Hello." in send(jobs_browser, page, f"{page}/reveal", {}).text
    with database.read() as connection:
        assert actions(connection)[-1] == "job.revealed"
    assert send(as_role(database, clock, "ops"), page, f"{page}/reveal", {}).status_code == 403


def begin_many(browser: Browser, form: Mapping[str, object]) -> str:
    """Have an order of many counted; return its page."""
    answer = send(browser, "/jobs", "/jobs/bulk/count", {"reason": "the office moves", **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_all_that_match_are_counted_cancelled_in_parts_and_brought_back(
    jobs_browser: Browser, database: Database
) -> None:
    ids = plan(database, *(make_job(planned_for=NOW + DAY, useful_until=NOW + 2 * DAY) for _ in range(260)))
    page = begin_many(jobs_browser, {"whom": "all", "query": "state=scheduled", "did": "cancel"})
    assert '<strong id="meant">260</strong>' in jobs_browser.get(page).text
    assert read(database, ids[0]).state is State.SCHEDULED
    send(jobs_browser, page, f"{page}/go", {})
    assert 'max="260" value="250"' in jobs_browser.get(page).text
    send(jobs_browser, page, f"{page}/go", {})
    assert {read(database, each).state for each in ids} == {State.CANCELLED}
    send(jobs_browser, page, f"{page}/undo", {})
    send(jobs_browser, page, f"{page}/go", {})
    assert {(read(database, each).state, read(database, each).due_at) for each in ids} == {(State.SCHEDULED, NOW + DAY)}


def test_undoing_leaves_what_has_gone_on(jobs_browser: Browser, database: Database) -> None:
    ids = plan(database, *(make_job(planned_for=NOW + DAY, useful_until=NOW + 2 * DAY) for _ in range(2)))
    form = {"whom": "ticked", "job": [each.hex for each in ids], "did": "reschedule", "at": "2026-03-03T12:00"}
    page = begin_many(jobs_browser, form)
    send(jobs_browser, page, f"{page}/go", {})
    order(jobs_browser, ids[0], "cancel")
    send(jobs_browser, page, f"{page}/undo", {})
    assert [(read(database, each).state, read(database, each).due_at == NOW + DAY) for each in ids] == [
        (State.CANCELLED, False),
        (State.SCHEDULED, True),
    ]


def test_ticked_jobs_of_another_practice_are_none(jobs_browser: Browser, database: Database) -> None:
    page = begin_many(jobs_browser, {"whom": "ticked", "job": [job_elsewhere(database).hex], "did": "cancel"})
    assert '<strong id="matched">0</strong>' in jobs_browser.get(page).text


@pytest.mark.parametrize(
    "form",
    [
        {"whom": "ticked", "did": "cancel"},
        {"whom": "all", "did": "explode"},
        {"whom": "all", "did": "reschedule"},
        {"whom": "all", "did": "cancel", "reason": ""},
        {"whom": "all", "did": "cancel", "query": "number=12"},
    ],
)
def test_an_order_of_many_that_is_wrong_is_not_counted(jobs_browser: Browser, form: dict[str, str]) -> None:
    answer = send(jobs_browser, "/jobs", "/jobs/bulk/count", {"reason": "why not", **form})
    assert answer.status_code == 422


def test_the_red_stop_pauses_the_practice_and_is_lifted(jobs_browser: Browser, database: Database) -> None:
    job_id = job_in(database, State.SCHEDULED)
    send(jobs_browser, "/pauses", "/pauses", {"what": "practice", "reason": "fire alarm"})
    assert "fire alarm" in jobs_browser.get("/jobs").text
    assert "fire alarm" in jobs_browser.get(f"/jobs/{job_id.hex}").text
    send(jobs_browser, "/pauses", "/pauses/lift", {"what": "practice"})
    assert "Nothing is paused" in jobs_browser.get("/pauses").text
    with database.read() as connection:
        assert actions(connection)[-2:] == ["pause.set", "pause.lifted"]


def test_a_rule_is_paused_until_a_moment(jobs_browser: Browser) -> None:
    form = {"what": "rule/consultation", "reason": "wrong words", "until": "2026-03-03T10:00"}
    assert send(jobs_browser, "/pauses", "/pauses", form).status_code == 303
    assert "Rule consultation" in jobs_browser.get("/pauses").text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"what": "rule/consultation", "reason": ""}, 422),
        ({"what": "rule/consultation", "reason": "x", "until": "2026-03-01T10:00"}, 422),
        ({"what": "all", "reason": "x"}, 422),
        ({"what": "rule/none", "reason": "x"}, 404),
    ],
)
def test_a_pause_that_is_wrong_is_not_set(jobs_browser: Browser, form: dict[str, str], status: int) -> None:
    assert send(jobs_browser, "/pauses", "/pauses", form).status_code == status
    assert "Nothing is paused" in jobs_browser.get("/pauses").text


@pytest.mark.usefixtures("jobs_browser")
def test_staff_see_pauses_and_set_none(database: Database, clock: SteppingClock) -> None:
    staff = as_role(database, clock, "staff")
    assert "Stop everything" not in staff.get("/pauses").text
    assert send(staff, "/jobs", "/pauses", {"what": "practice", "reason": "x"}).status_code == 403
