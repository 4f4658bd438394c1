"""The overview: what needs a person, numbers that lead to their rows, parts that come by themselves, calls noted."""

import datetime as dt
import re
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Table, insert, text, update

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import jobs, new_id, notes, pauses, providers, texts
from jobs.states import State
from scheduler.asking.overview import ahead, health, pace, pressing, standing
from scheduler.publishing.revisions import load_current
from scheduler.web.overview.figures import PARTS
from tests.storage.builders import NOW, add_contact, add_occasion, make_job, plan, put_in
from tests.storage.identifying import actions
from tests.web.jobs_room import as_role, job_elsewhere, job_in, jobs_browser, send
from tests.web.web_room import Browser

__all__ = ["jobs_browser"]


def lay(database: Database, table: Table, **values: Any) -> None:
    """Lay a row."""
    database.write(lambda connection: connection.execute(insert(table).values(**values)))


def lay_text(database: Database, number: str = "+15145550177", **changes: Any) -> None:
    """Lay an inbound text."""
    given = {"practice": "northlight", "number": number, "direction": "in", "at": NOW, "body": "hm"}
    lay(database, texts, id=new_id(), **(given | changes))


def due(database: Database, *moments: dt.datetime) -> None:
    """Plan a job for each moment."""
    for moment in moments:
        plan(database, make_job(planned_for=moment, due_at=moment, useful_until=moment + dt.timedelta(hours=1)))


def test_a_practice_without_rules_is_told_how_to_begin(browser: Browser) -> None:
    browser.enter()
    page = browser.get("/")
    assert 'href="/rules"' in page.text
    assert 'href="/settings/me"' in page.text


def test_jobs_are_counted_by_state_and_lead_to_their_rows(jobs_browser: Browser, database: Database) -> None:
    job_in(database, State.SCHEDULED)
    job_in(database, State.FAILED)
    job_elsewhere(database)
    page = jobs_browser.get("/?all=1").text
    counts = dict(re.findall(r'data-state-count="(\w+)" href="[^"]*"><strong>(\d+)<', page))
    assert (counts["scheduled"], counts["failed"], counts["sent"]) == ("1", "1", "0")
    assert 'data-state-count="failed" href="/jobs?state=failed"' in page


def test_what_is_doubtful_leads_to_it(jobs_browser: Browser, database: Database) -> None:
    put_in(database, State.IN_DOUBT)
    assert 'id="in-doubt" href="/jobs?state=in_doubt"' in jobs_browser.get("/").text


def test_an_ambiguous_opt_out_and_an_unknown_number_are_shown(jobs_browser: Browser, database: Database) -> None:
    lay_text(database, meaning="ambiguous", flagged=True)
    page = jobs_browser.get("/").text
    assert 'id="ambiguous" href="/conversations?show=asks"' in page
    assert 'id="unclaimed" href="/conversations?show=unclaimed"' in page


def test_who_reads_no_conversations_sees_none_counted(
    jobs_browser: Browser, database: Database, clock: SteppingClock
) -> None:
    del jobs_browser
    lay_text(database, meaning="ambiguous", flagged=True)
    assert 'id="ambiguous"' not in as_role(database, clock, "ops").get("/").text


def test_a_sender_that_its_provider_closed_is_shown_with_why(jobs_browser: Browser, database: Database) -> None:
    named = {"scope": "sender", "practice": "northlight", "target": "main", "by": "worker"}
    lay(database, pauses, id=new_id(), reason="21610 <closed>", since=NOW, **named)
    page = jobs_browser.get("/").text
    assert 'data-closed="main"' in page
    assert "21610 &lt;closed&gt;" in page


def test_texts_blocked_for_their_content_are_counted_and_no_others(database: Database) -> None:
    for reason in ("the text holds a card number", "opted out"):
        job = put_in(database, State.BLOCKED)[0]
        database.write(
            lambda connection, job=job, reason=reason: connection.execute(  # type: ignore[misc] # bound at once
                update(jobs).where(jobs.c.id == job).values(reason=reason, due_at=NOW)
            )
        )
    with database.read() as connection:
        assert pressing.pressing(connection, "northlight", NOW).blocked == 1


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_comes_by_itself_and_says_when_nothing_changed(jobs_browser: Browser, part: str) -> None:
    first = jobs_browser.get(f"/overview/{part}")
    assert first.status_code == HTTPStatus.OK
    again = jobs_browser.get(f"/overview/{part}", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


def test_there_is_no_other_part(jobs_browser: Browser) -> None:
    assert jobs_browser.get("/overview/other").status_code == HTTPStatus.NOT_FOUND


def test_the_hours_ahead_tell_what_is_due_and_when_it_is_quiet(jobs_browser: Browser, database: Database) -> None:
    del jobs_browser
    due(database, NOW + dt.timedelta(minutes=5), NOW + dt.timedelta(minutes=30), NOW + dt.timedelta(hours=14))
    with database.read() as connection:
        current = load_current(connection, "northlight")
        zone = current.terms.timezone
        hours = ahead.hours_ahead(connection, "northlight", current.plan.window, zone, NOW)
    assert [each.due for each in hours][:1] == [2]
    assert hours[14].due == 1
    assert (hours[0].is_quiet, hours[14].is_quiet) == (False, True)
    assert hours[0].capacity > 0


def test_a_paused_practice_can_send_nothing_until_the_pause_ends(jobs_browser: Browser, database: Database) -> None:
    del jobs_browser
    until = NOW + dt.timedelta(hours=2)
    named = {"scope": "practice", "practice": "northlight", "by": "person:maya", "reason": "a test"}
    lay(database, pauses, id=new_id(), since=NOW, until=until, **named)
    with database.read() as connection:
        current = load_current(connection, "northlight")
        hours = ahead.hours_ahead(connection, "northlight", current.plan.window, current.terms.timezone, NOW)
    assert [each.capacity > 0 for each in hours[:3]] == [False, False, True]


def test_a_silent_provider_tells_whom_it_keeps_until_the_next_half_hours(
    jobs_browser: Browser, database: Database
) -> None:
    due(database, NOW + dt.timedelta(minutes=10), NOW + dt.timedelta(minutes=50))
    with database.read() as connection:
        provider = connection.execute(text("SELECT provider FROM senders WHERE id = 'main'")).scalar_one()
    opened = update(providers).where(providers.c.id == provider).values(breaker="open", since=NOW)
    database.write(lambda connection: connection.execute(opened))
    page = jobs_browser.get("/overview/health").text
    assert f'data-silent="{provider}"' in page
    assert page.count("If this lasts until") == 3
    with database.read() as connection:
        current = load_current(connection, "northlight")
        kept = health.if_it_lasts(connection, "northlight", provider, ZoneInfo(current.terms.timezone), NOW)
    assert [each.until - NOW for each in kept] == [dt.timedelta(minutes=minutes) for minutes in (30, 60, 120)]


def test_lateness_is_told_of_the_texts_that_went(database: Database) -> None:
    put_in(database, State.SENT)
    with database.read() as connection:
        found = pace.lateness(connection, "northlight", NOW + dt.timedelta(minutes=10))
    assert found is not None
    assert found.texts == 1
    assert found.p50 <= found.p99


def test_the_oldest_that_is_due_is_told(database: Database) -> None:
    with database.read() as connection:
        assert standing.standing(connection, "northlight", NOW).oldest_due is None
    lay_sender = "INSERT INTO senders (practice, id, number, provider, segments_per_second, gone)"
    values = "VALUES ('northlight', 'main', '+15145550100', 'terminal', 1, false)"
    database.write(lambda connection: connection.execute(text(f"{lay_sender} {values}")))
    due(database, NOW - dt.timedelta(minutes=20), NOW - dt.timedelta(minutes=5), NOW + dt.timedelta(minutes=5))
    with database.read() as connection:
        found = standing.standing(connection, "northlight", NOW)
    assert (found.overdue, found.oldest_due) == (2, NOW - dt.timedelta(minutes=20))


def phoned_form(database: Database) -> dict[str, str]:
    """Lay an occasion with a contact, and return the form of a call about it."""
    contact = database.write(lambda connection: add_contact(connection, ref="C-1", name="Ana Roy"))
    starts = NOW + dt.timedelta(days=3)
    occasion = database.write(
        lambda connection: add_occasion(connection, kind="appointment", ref="A-1", starts_at=starts)
    )
    database.write(
        lambda connection: connection.execute(
            text("INSERT INTO occasion_people (occasion_id, role, contact_id) VALUES (:o, 'contact', :c)").bindparams(
                o=occasion.bytes if connection.dialect.name == "sqlite" else occasion,
                c=contact.bytes if connection.dialect.name == "sqlite" else contact,
            )
        )
    )
    return {"kind": "appointment", "ref": "A-1", "contact": "C-1", "name": "Ana Roy"}


def test_a_call_is_kept_and_noted_in_the_audit_log(jobs_browser: Browser, database: Database) -> None:
    form = phoned_form(database)
    answer = send(jobs_browser, "/unreached", "/unreached/phoned", {**form, "note": "will come"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        row = connection.execute(notes.select()).one()
        assert (row.note, row.by, row.did) == ("will come", "person:maya", "phoned")
        assert "occasion.phoned" in actions(connection)


def test_a_call_without_words_is_not_kept(jobs_browser: Browser, database: Database) -> None:
    answer = send(jobs_browser, "/unreached", "/unreached/phoned", {**phoned_form(database), "note": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_call_about_nothing_of_ours_is_not_found(jobs_browser: Browser) -> None:
    form = {"kind": "appointment", "ref": "A-9", "note": "x"}
    assert send(jobs_browser, "/unreached", "/unreached/phoned", form).status_code == HTTPStatus.NOT_FOUND


def test_who_may_not_write_records_notes_no_call(
    jobs_browser: Browser, database: Database, clock: SteppingClock
) -> None:
    del jobs_browser
    viewer = as_role(database, clock, "viewer")
    answer = send(viewer, "/unreached", "/unreached/phoned", {"ref": "A-1", "note": "x"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_forged_call_is_refused(jobs_browser: Browser) -> None:
    answer = jobs_browser.post("/unreached/phoned", {"ref": "A-1", "note": "x"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_nobody_signed_in_sees_no_part(browser: Browser) -> None:
    assert browser.get("/overview/standing").status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED}
