"""Rules and templates: a draft that is kept and checked, planned, published over what is current; and the way back."""

import pytest

from jobs.database import Database
from scheduler.identities import passwords, users
from scheduler.identities.audit import Search, search
from scheduler.identities.users import NewUser
from scheduler.publishing.revisions import current_revision
from tests.storage.identifying import PASSWORD, add_practice, add_user, signed
from tests.web.rules_room import (
    PAYMENTS,
    REMINDER,
    SETTINGS,
    change,
    keep,
    press,
    publish_shipped,
    shipped_desk,
    value_of,
)
from tests.web.web_room import Browser, WebRoom, token_in

TEN, ELEVEN = 'before: 3 business days, at: "10:00"', 'before: 3 business days, at: "11:00"'


@pytest.fixture
def published(database: Database) -> str:
    return publish_shipped(database)


@pytest.fixture
def maya(browser: Browser, published: str) -> Browser:
    assert published
    browser.enter()
    return browser


def current(database: Database) -> str | None:
    with database.read() as connection:
        return current_revision(connection, "northlight")


def test_the_files_and_texts_of_the_practice_are_listed(maya: Browser) -> None:
    page = maya.get("/rules").text
    for said in ("practice.yaml", "payments.yaml", "payment, payment-thanks", "appointment_reminder", "en, fr"):
        assert said in page
    assert "You have a draft" not in page


def test_a_practice_without_rules_begins_with_a_small_one_that_is_right(browser: Browser) -> None:
    browser.enter()
    assert press(browser, "/rules", "/rules/begin").headers["location"] == "/rules"
    assert "appointments.yaml" in browser.get("/rules").text
    assert "0 errors" not in browser.get("/rules/changes").text
    assert "The check finds nothing wrong." in browser.get("/rules/changes").text


def test_what_is_typed_is_kept_as_a_draft_and_publishes_nothing(
    maya: Browser, database: Database, published: str
) -> None:
    assert change(maya, PAYMENTS, TEN, ELEVEN).status_code == 303
    assert "11:00" in maya.get(f"/rules/files/{PAYMENTS}").text
    assert "1 file differs" in maya.get("/rules").text
    assert current(database) == published


def test_a_draft_opens_again_in_another_browser(room: WebRoom, maya: Browser) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    other = room.browser()
    other.enter()
    assert "11:00" in other.get(f"/rules/files/{PAYMENTS}").text


def test_line_ends_of_a_form_do_not_change_a_file(maya: Browser) -> None:
    keep(maya, PAYMENTS, shipped_desk().files[PAYMENTS].replace("\n", "\r\n"))
    assert "0 files differ" in maya.get("/rules").text or "You have a draft" not in maya.get("/rules").text


def test_an_error_stands_beside_the_text_with_its_place(maya: Browser) -> None:
    change(maya, PAYMENTS, "template: payment_due", "templat: payment_due")
    page = maya.get(f"/rules/files/{PAYMENTS}").text
    assert "payments.yaml:7:" in page
    assert "Did you mean `template`?" in page


def test_a_draft_with_an_error_is_not_planned(maya: Browser) -> None:
    change(maya, PAYMENTS, "template: payment_due", "templat: payment_due")
    refused = press(maya, "/rules", "/rules/plan")
    assert (refused.status_code, "mend the errors first" in refused.text) == (422, True)


def test_a_draft_is_planned_then_published_by_the_plans_id(maya: Browser, database: Database, published: str) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    plan = press(maya, "/rules", "/rules/plan").headers["location"]
    assert plan.startswith("/rules/plans/p-")
    page = maya.get(plan)
    assert published in page.text
    assert press(maya, plan, plan, note="later in the day").headers["location"] == "/rules"
    assert current(database) != published
    listed = maya.get("/rules/revisions").text
    assert "later in the day" in listed
    assert "person:maya" in listed
    assert "You have a draft" not in maya.get("/rules").text
    with database.read() as connection:
        acts = search(connection, "northlight", Search()).acts
    assert any(each.act.action == "rulebook.published" for each in acts)


def test_a_draft_that_says_nothing_new_is_not_planned(maya: Browser) -> None:
    change(maya, PAYMENTS, "# instalments", "# our instalments")
    assert press(maya, "/rules", "/rules/plan").headers["location"] == "/rules/changes"


def test_what_another_admin_published_is_shown_and_nothing_is_lost(
    maya: Browser, database: Database, published: str
) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    theirs = publish_shipped(database, {SETTINGS: ("confirm_above: 500", "confirm_above: 400")}, by="person:ines")
    assert "Somebody published" in maya.get("/rules").text
    assert press(maya, "/rules", "/rules/plan").headers["location"] == "/rules/merge"
    page = maya.get("/rules/merge")
    for said in (published, theirs, "person:ines", "confirm_above: 400", SETTINGS, PAYMENTS):
        assert said in page.text
    press(maya, "/rules/merge", "/rules/merge", onto=theirs)
    assert "11:00" in maya.get(f"/rules/files/{PAYMENTS}").text
    assert "confirm_above: 400" in maya.get(f"/rules/files/{SETTINGS}").text
    assert "Somebody published" not in maya.get("/rules").text


@pytest.mark.parametrize(("side", "stands"), [("mine", "11:00"), ("theirs", "12:00")])
def test_of_a_file_that_both_changed_the_chosen_side_stands(
    maya: Browser, database: Database, side: str, stands: str
) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    theirs = publish_shipped(database, {PAYMENTS: (TEN, TEN.replace("10:00", "12:00"))})
    undecided = press(maya, "/rules/merge", "/rules/merge", onto=theirs)
    assert (undecided.status_code, "Choose a side." in undecided.text) == (422, True)
    mine = shipped_desk().files[PAYMENTS].replace(TEN, ELEVEN)
    press(maya, "/rules/merge", "/rules/merge", onto=theirs, **{f"side:{PAYMENTS}": side, f"text:{PAYMENTS}": mine})
    assert stands in maya.get(f"/rules/files/{PAYMENTS}").text


def test_an_earlier_revision_comes_back_by_a_plan(maya: Browser, database: Database, published: str) -> None:
    publish_shipped(database, {PAYMENTS: (TEN, ELEVEN)})
    back = press(maya, "/rules/revisions", f"/rules/revisions/{published}/return").headers["location"]
    assert f"return to {published}" in maya.get(back).text
    press(maya, back, back.partition("?")[0], note="back")
    assert current(database) == published


def test_a_revision_shows_how_it_differs(maya: Browser, database: Database, published: str) -> None:
    other = publish_shipped(database, {PAYMENTS: (TEN, ELEVEN)})
    page = maya.get(f"/rules/revisions/{other}?to={published}").text
    assert ('class="line added"' in page, 'class="line removed"' in page, "11:00" in page) == (True, True, True)


def test_a_file_that_was_changed_in_another_window_is_not_overwritten(maya: Browser) -> None:
    page = maya.get(f"/rules/files/{PAYMENTS}")
    change(maya, PAYMENTS, TEN, ELEVEN)
    late = {"form_token": token_in(page), "seen": value_of(page, "seen"), "text": "rules: []", "do": "keep"}
    answer = maya.post(f"/rules/files/{PAYMENTS}", late)
    assert "changed in another window" in answer.text
    assert "11:00" in answer.text
    assert "rules: []" in answer.text
    assert "11:00" in maya.get(f"/rules/files/{PAYMENTS}").text


def test_typing_is_kept_and_checked_by_a_script(maya: Browser) -> None:
    page = maya.get(f"/rules/files/{PAYMENTS}")
    text = shipped_desk().files[PAYMENTS].replace("template: payment_due", "templat: payment_due")
    form = {"form_token": token_in(page), "path": PAYMENTS, "text": text}
    problems = maya.post("/rules/check", form).json()["problems"]
    assert next((each["file"], each["line"]) for each in problems if each["severity"] == "error") == (PAYMENTS, 7)
    assert "You have a draft" not in maya.get("/rules").text
    kept = maya.post("/rules/draft", form | {"seen": value_of(page, "seen")})
    assert kept.json()["behind"] is False
    stale = maya.post("/rules/draft", form | {"text": "x", "seen": value_of(page, "seen")})
    assert (stale.status_code, stale.json()["text"]) == (409, text)


def test_a_text_is_shown_in_every_language_with_its_bill(maya: Browser) -> None:
    page = maya.get("/rules/templates/appointment_reminder").text
    for said in ("Text in en", "Text in fr", "contact.first_name", "Northlight: Ana", "1 segment", "At its longest"):
        assert said in page


def test_the_character_that_forces_ucs2_is_shown(maya: Browser) -> None:
    change(maya, REMINDER, "{{ contact.first_name }}", "☺ {{ contact.first_name }}")
    page = maya.get("/rules/templates/appointment_reminder").text
    assert "<mark>☺</mark>" in page
    assert "U+263A" in page


def test_the_next_reminders_and_the_schema_are_given_to_the_editor(maya: Browser) -> None:
    assert "Nothing would be sent in the next 14 days." in maya.get("/rules/upcoming").text
    assert "Practice" in maya.get("/rules/schema.json").json()["$defs"]
    assert "payment_due" in maya.get(f"/rules/preview?file={PAYMENTS}").text


def test_a_file_is_added_and_taken_out(maya: Browser) -> None:
    press(maya, "/rules", "/rules/new", what="rules", name="follow-ups")
    assert "follow-ups.yaml" in maya.get("/rules").text
    press(maya, "/rules", "/rules/new", what="text", name="see_you")
    assert "Text in fr" in maya.get("/rules/templates/see_you").text
    path = "rules/northlight/follow-ups.yaml"
    press(maya, f"/rules/files/{path}", f"/rules/files/{path}", do="remove")
    maya.get("/rules")  # tells it once
    assert "follow-ups" not in maya.get("/rules").text


@pytest.mark.parametrize("name", ["", "../x", "A B", "é"])
def test_a_file_needs_a_plain_name(maya: Browser, name: str) -> None:
    assert press(maya, "/rules", "/rules/new", what="rules", name=name).status_code == 422


def test_a_draft_is_discarded(maya: Browser) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    press(maya, "/rules", "/rules/discard")
    assert "11:00" not in maya.get(f"/rules/files/{PAYMENTS}").text


def test_staff_see_rules_and_change_none(room: WebRoom, maya: Browser, database: Database) -> None:
    add_user(database, "sam", role="staff")
    staff = room.browser()
    staff.enter("sam")
    page = staff.get(f"/rules/files/{PAYMENTS}")
    assert ("readonly" in page.text, "Keep and check" in page.text) == (True, False)
    form = {"form_token": token_in(page), "path": PAYMENTS, "text": "x", "seen": ""}
    for path in (f"/rules/files/{PAYMENTS}", "/rules/plan", "/rules/draft", "/rules/check", "/rules/merge"):
        assert staff.post(path, form).status_code == 403
    assert staff.get("/rules/changes").status_code == 403
    assert maya.post("/rules/plan", {"form_token": "forged"}).status_code == 403


def test_another_practices_plans_and_revisions_are_not_there(
    room: WebRoom, maya: Browser, database: Database, published: str
) -> None:
    change(maya, PAYMENTS, TEN, ELEVEN)
    plan = press(maya, "/rules", "/rules/plan").headers["location"]
    add_practice(database, "riverside", 2)
    ines = NewUser(name="ines", role="admin", password_hash=passwords.hashed(PASSWORD, "ines"))
    database.write(lambda connection: users.add(connection, ines, signed("riverside")))
    other = room.browser()
    other.enter("ines", practice="riverside")
    for path in (plan, f"/rules/revisions/{published}", f"/rules/files/{PAYMENTS}", "/rules/templates/payment_due"):
        assert other.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/rules/plans/p-1", "/rules/revisions/r-1", "/rules/files/x", "/rules/templates/x"])
def test_what_is_not_there_is_said(maya: Browser, path: str) -> None:
    assert maya.get(path).status_code == 404
