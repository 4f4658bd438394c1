"""The list of jobs: filters in the address, pages, views, CSV, failures, and rows that answer 304."""

import datetime as dt
import re

import pytest

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.states import State
from tests.storage.builders import DAY, NOW, add_contact, make_job, make_result, plan, record
from tests.storage.builders import send as commit
from tests.web.jobs_room import as_role, job_elsewhere, job_in, jobs_browser, listed, send
from tests.web.web_room import Browser

__all__ = ["jobs_browser"]


def test_the_list_shows_todays_jobs_and_those_ahead(jobs_browser: Browser, database: Database) -> None:
    ahead, past = plan(
        database,
        make_job(planned_for=NOW + DAY, useful_until=NOW + 2 * DAY),
        make_job(planned_for=NOW - 3 * DAY, useful_until=NOW + DAY),
    )
    assert listed(jobs_browser.get("/jobs")) == {ahead.hex}
    assert listed(jobs_browser.get("/jobs?when=past")) == {past.hex}


def test_an_empty_list_says_what_to_do(jobs_browser: Browser) -> None:
    assert "Take a filter away" in jobs_browser.get("/jobs").text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("state=failed", True),
        ("state=held", False),
        ("number=514-555-0101", True),
        ("number=514-555-0199", False),
        ("sender=main", True),
        ("sender=other", False),
        ("error=30005", True),
        ("error=30006", False),
        ("reason=in%20USE", True),
        ("reason=100%25", False),
        ("due_from=2026-03-02&due_to=2026-03-02", True),
        ("due_from=2026-03-03", False),
        ("due_to=2026-03-02T09:59", False),
        ("rule=consultation", False),
    ],
)
def test_each_filter_finds_what_it_names(jobs_browser: Browser, database: Database, query: str, is_found: bool) -> None:  # noqa: FBT001 - a case's value
    failed_with_a_code(database)
    assert len(listed(jobs_browser.get(f"/jobs?{query}"))) == is_found


def test_a_filter_that_cannot_be_read_says_so_and_is_kept(jobs_browser: Browser) -> None:
    page = jobs_browser.get("/jobs?number=12&due_from=soon").text
    assert 'value="soon"' in page
    assert page.count('aria-invalid="true"') == 2


def test_the_next_page_begins_after_the_last_row(jobs_browser: Browser, database: Database) -> None:
    ids = plan(database, *(make_job(planned_for=NOW + DAY, useful_until=NOW + 2 * DAY) for _ in range(60)))
    first = jobs_browser.get("/jobs")
    following = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(listed(first)) == 50
    assert listed(first) | listed(jobs_browser.get(following)) == {each.hex for each in ids}


def test_a_place_that_no_page_gave_is_an_error_page(jobs_browser: Browser) -> None:
    assert jobs_browser.get("/jobs?after=nonsense").status_code == 422


def test_rows_that_have_not_changed_are_not_sent_again(jobs_browser: Browser, database: Database) -> None:
    plan(database, make_job())
    first = jobs_browser.get("/jobs/rows")
    assert jobs_browser.get("/jobs/rows", headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_another_practices_jobs_are_not_listed(jobs_browser: Browser, database: Database) -> None:
    job_elsewhere(database)
    assert listed(jobs_browser.get("/jobs?when=any")) == set()


def test_the_file_holds_all_that_match_with_masked_numbers_and_no_formula(
    jobs_browser: Browser, database: Database
) -> None:
    plan(database, make_job(to_number="+15145550155", reason="=1+1"), make_job())
    lines = jobs_browser.get("/jobs.csv").text.splitlines()
    assert len(lines) == 3
    assert "+15145550155" not in "".join(lines)
    assert any(line.endswith(",'=1+1") for line in lines)


def test_a_view_is_kept_without_a_number_and_removed(jobs_browser: Browser) -> None:
    send(jobs_browser, "/jobs", "/jobs/views", {"name": "Mine", "query": "state=held&number=514-555-0101"})
    page = jobs_browser.get("/jobs").text
    assert 'href="/jobs?state=held" data-view="Mine"' in page
    [path] = re.findall(r'action="(/jobs/views/[^"]+)"', page)
    send(jobs_browser, "/jobs", path, {})
    assert "data-view" not in jobs_browser.get("/jobs").text


def test_nobody_sees_anothers_views(jobs_browser: Browser, database: Database, clock: SteppingClock) -> None:
    send(jobs_browser, "/jobs", "/jobs/views", {"name": "Mine", "query": "state=held"})
    assert "data-view" not in as_role(database, clock, "viewer").get("/jobs").text


def test_failures_stand_together_by_cause_with_the_way_to_them(jobs_browser: Browser, database: Database) -> None:
    failed_with_a_code(database)
    failed_with_a_code(database)
    page = jobs_browser.get("/jobs/errors").text
    way = page.partition('href="/jobs?state=failed')[2].partition('"')[0].replace("&amp;", "&")
    assert len(listed(jobs_browser.get(f"/jobs?state=failed{way}"))) == 2


@pytest.mark.usefixtures("jobs_browser")
def test_a_viewer_sees_the_list_and_nothing_to_change(database: Database, clock: SteppingClock) -> None:
    plan(database, make_job())
    viewer = as_role(database, clock, "viewer")
    assert len(listed(viewer.get("/jobs"))) == 1
    assert "Change all that match" not in viewer.get("/jobs").text
    assert viewer.get("/jobs/bulk").status_code == 403


def failed_with_a_code(database: Database) -> None:
    """Let a job fail with a provider's code, due a minute before NOW on the practice's clock."""
    contact = database.write(add_contact)
    moment = NOW - dt.timedelta(minutes=1)
    [job_id] = plan(database, make_job(contact_id=contact, planned_for=moment))
    [intent] = commit(database, [job_id])
    result = {"error_code": "30005", "reason": "the number is no longer in use"}
    record(database, make_result(intent, State.FAILED, store.Ending.REFUSED, **result))


def test_a_failed_jobs_row_leads_to_its_page(jobs_browser: Browser, database: Database) -> None:
    job_id = job_in(database, State.FAILED)
    assert f'href="/jobs/{job_id.hex}"' in jobs_browser.get("/jobs?state=failed").text
