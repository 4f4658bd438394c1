"""The form changes single values of the same text; comments and order stay."""

import pytest

from jobs.database import Database
from tests.web.rules_room import PAYMENTS, SETTINGS, press, publish_shipped, shipped_desk, value_of
from tests.web.web_room import Browser

AT = "rules/0/steps/0/at"


@pytest.fixture
def maya(browser: Browser, database: Database) -> Browser:
    publish_shipped(database)
    browser.enter()
    return browser


def fill(browser: Browser, path: str, **fields: str) -> str:
    page = f"/rules/form/{path}"
    answer = press(browser, page, page, seen=value_of(browser.get(page), "seen"), **fields)
    return answer.text if answer.status_code != 303 else ""


def test_a_steps_time_changes_in_the_text_and_nothing_else_does(maya: Browser) -> None:
    assert fill(maya, PAYMENTS, **{AT: "11:30"}) == ""
    changes = maya.get("/rules/changes").text
    assert (changes.count('class="line added"'), changes.count('class="line removed"')) == (1, 1)
    assert "# instalments dated earlier were handled on paper" in maya.get(f"/rules/files/{PAYMENTS}").text


def test_the_sending_window_is_a_field_for_each_day(maya: Browser) -> None:
    fill(maya, SETTINGS, **{"sending_window/sat": "10:00-16:00"})
    assert "10:00-16:00" in maya.get(f"/rules/files/{SETTINGS}").text


def test_a_wrong_value_is_said_and_kept_in_its_field(maya: Browser) -> None:
    page = fill(maya, PAYMENTS, **{AT: "25:99"})
    assert ("is not a time of day" in page, 'value="25:99"' in page) == (True, True)
    assert "25:99" not in maya.get(f"/rules/files/{PAYMENTS}").text


def test_what_was_changed_in_another_window_is_not_overwritten(maya: Browser) -> None:
    page = f"/rules/form/{PAYMENTS}"
    old = value_of(maya.get(page), "seen")
    fill(maya, PAYMENTS, **{AT: "11:30"})
    assert "another window" in press(maya, page, page, seen=old, **{AT: "12:30"}).text


def test_a_text_has_no_form(maya: Browser) -> None:
    path = next(each for each in shipped_desk().files if each.endswith(".j2"))
    assert "has no form" in maya.get(f"/rules/form/{path}").text
    assert maya.get("/rules/form/rules/northlight/none.yaml").status_code == 404
