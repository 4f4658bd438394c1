"""The time machine: what would be sent from a day on and why, and a draft beside what was sent."""

from pathlib import Path

import pytest

from jobs.database import Database
from tests.storage.identifying import add_user
from tests.storage.simulated_practice import opened, take_in_everything
from tests.web.rules_room import PAYMENTS, change, publish_shipped
from tests.web.web_room import Browser, WebRoom


def test_a_practice_at_work_is_told_day_by_day_with_the_reasons(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as office:
        take_in_everything(office)
        add_user(office.database)
        add_user(office.database, "otto", role="ops")
        room = WebRoom(office.database, office.clock)
        browser, ops = room.browser(), room.browser()
        browser.enter()
        ops.enter("otto")
        page = browser.get("/time-machine?days=3").text
        one = browser.get("/time-machine?days=14&contact=C-101").text
        hidden = ops.get("/time-machine?days=3").text
    assert ('data-state="sent"' in page, "Northlight: " in page, "1 day before the start" in page) == (True, True, True)
    assert ("Rule consultation" in one, "C-102" in one) == (True, False)
    assert ("The words are hidden from your role." in hidden, "Northlight: " in hidden) == (True, False)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2020-01-01", "This day has passed"),
        ("from=x", "This is no day."),
        ("from=9999-12-31", "at most a year"),
        ("contact=nobody", "There is no such contact."),
        ("against=draft&from=2999-01-01", "lies ahead"),
    ],
)
def test_what_cannot_be_asked_is_said(browser: Browser, database: Database, query: str, said: str) -> None:
    publish_shipped(database)
    browser.enter()
    answer = browser.get(f"/time-machine?{query}")
    assert (answer.status_code, said in answer.text) == (200, True)


def test_nothing_stored_means_nothing_sent(browser: Browser, database: Database) -> None:
    publish_shipped(database)
    browser.enter()
    assert "Nothing would be sent in these days." in browser.get("/time-machine").text
    assert "nothing to compare with" in browser.get("/time-machine?against=draft").text


def test_without_rules_it_says_so(browser: Browser) -> None:
    browser.enter()
    assert "Nothing is published yet" in browser.get("/time-machine").text


def test_a_draft_with_errors_is_not_run(browser: Browser, database: Database) -> None:
    publish_shipped(database)
    browser.enter()
    change(browser, PAYMENTS, "template: payment_due", "templat: payment_due")
    assert "Your draft has errors" in browser.get("/time-machine?against=draft").text


def test_another_practices_revision_is_not_there(browser: Browser, database: Database) -> None:
    publish_shipped(database)
    browser.enter()
    assert browser.get("/time-machine?against=r-000000000000").status_code == 404
