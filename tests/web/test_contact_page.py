"""A contact's page, texts to them and to any number, and the counter of every box."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, update

from jobs.records import contacts, practices
from tests.storage.identifying import actions
from tests.storage.intake_practice import make_rulebook
from tests.web.talking_room import ANA, PRICED, Talks, send, talking

PAGE = "/contacts/C-1"


@pytest.fixture
def talks(database_url: str) -> Iterator[Talks]:
    """Give the pages; Ana has a visit on December 1."""
    book = make_rulebook(practice=PRICED)
    said = {
        **book.templates,
        "hello": {"en": "Hello {{ contact.first_name }}."},
        "internal": {"en": "See {{ occasion.start | date }}."},
    }
    with talking(database_url, book.model_copy(update={"templates": said})) as found:
        found.desk.visit()
        yield found


def occasion(talks: Talks) -> str:
    """Return the id of the visit."""
    return talks.desk.occasion_id().hex


def test_a_contacts_page_shows_what_was_said_what_is_ahead_and_whose_it_is(talks: Talks) -> None:
    page = talks.browser().get(PAGE).text
    for each in (
        "Ana Roy",
        ANA,
        "May I come &lt;later&gt;?",
        "visit/week-before",
        "visit/day-before",
        "appointment A-1",
    ):
        assert each in page


def test_a_viewer_sees_no_words_no_whole_number_and_no_button(talks: Talks) -> None:
    page = talks.browser("vic").get(PAGE).text
    assert "May I come" not in page
    assert "(words not shown to your role)" in page
    assert ANA not in page
    assert "New text" not in page
    assert "Change or cancel" not in page


def test_an_unknown_contact_and_one_of_another_practice_are_not_found(talks: Talks) -> None:
    browser, moment = talks.browser(), talks.desk.clock.now()
    row = insert(practices).values(id="elsewhere", number=2, created_at=moment)
    talks.desk.contact("C-9", phone="+15145550009", first_name="Zed")
    talks.desk.database.write(lambda connection: connection.execute(row))
    moved = update(contacts).where(contacts.c.ref == "C-9").values(practice="elsewhere")
    talks.desk.database.write(lambda connection: connection.execute(moved))
    for path in ("/contacts/C-404", "/contacts/C-9", "/contacts/C-9/new"):
        assert browser.get(path).status_code == 404


def test_an_upcoming_text_is_given_another_moment_or_cancelled_with_a_reason(talks: Talks) -> None:
    browser = talks.browser("sam")
    week, day = talks.desk.job("week-before"), talks.desk.job("day-before")
    form = {"at": "2026-11-25T11:00", "because": "she asked"}
    assert send(browser, PAGE, form, f"{PAGE}/jobs/{week.id.hex}/reschedule").status_code == 303
    assert send(browser, PAGE, {"because": "she knows"}, f"{PAGE}/jobs/{day.id.hex}/cancel").status_code == 303
    assert talks.desk.job("week-before").due_at == dt.datetime(2026, 11, 25, 16, tzinfo=dt.UTC)
    assert talks.desk.job("day-before").state == "cancelled"
    assert "she knows" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("order", "form", "said"),
    [
        ("cancel", {}, "Say why"),
        ("reschedule", {"because": "x", "at": "never"}, "Write the day and the time"),
        ("reschedule", {"because": "x", "at": "2030-01-01T10:00"}, "This was not done"),
    ],
)
def test_an_order_that_cannot_be_is_said_and_changes_nothing(
    talks: Talks, order: str, form: dict[str, str], said: str
) -> None:
    browser, job = talks.browser(), talks.desk.job("day-before")
    assert send(browser, PAGE, form, f"{PAGE}/jobs/{job.id.hex}/{order}").status_code == 303
    assert said in browser.get(PAGE).text
    assert talks.desk.job("day-before") == job


def test_orders_take_the_right_a_form_of_ours_and_a_job_of_that_contact(talks: Talks) -> None:
    job = talks.desk.job("day-before").id.hex
    talks.desk.contact("C-2", phone="+15145550002", first_name="Ben")
    browser = talks.browser()
    assert send(browser, PAGE, {"because": "x"}, f"/contacts/C-2/jobs/{job}/cancel").status_code == 404
    assert send(browser, PAGE, {"because": "x"}, f"{PAGE}/jobs/nothing/cancel").status_code == 404
    assert send(browser, PAGE, {"because": "x"}, f"{PAGE}/jobs/{job}/explode").status_code == 404
    assert browser.post(f"{PAGE}/jobs/{job}/cancel", {"because": "x"}).status_code == 403
    assert send(talks.browser("vic"), PAGE, {"because": "x"}, f"{PAGE}/jobs/{job}/cancel").status_code == 403


def test_a_new_text_to_a_contact_is_planned_and_noted(talks: Talks) -> None:
    browser = talks.browser("sam")
    assert send(browser, f"{PAGE}/new", {"key": "n1", "text": "Your file is ready."}).headers["location"] == PAGE
    assert talks.texts() == ["Your file is ready."]
    assert "Your file is ready." in browser.get(PAGE).text
    with talks.desk.database.read() as connection:
        assert "text.planned" in actions(connection)


def test_a_role_that_may_not_send_finds_the_box_locked_and_learns_who_can_help(talks: Talks) -> None:
    page = talks.browser("vic").get(f"{PAGE}/new").text
    assert "Your role may read here, and not send texts." in page
    assert "Who can help: maya, sam." in page
    assert 'id="box"' not in page


def test_a_contact_without_a_phone_has_a_locked_box_that_says_so(talks: Talks) -> None:
    talks.desk.contact("C-3", first_name="Cleo")
    page = talks.browser().get("/contacts/C-3/new").text
    assert "has no phone that can be texted" in page


def test_a_template_begins_a_text_about_the_appointment_that_was_chosen(talks: Talks) -> None:
    browser = talks.browser()
    assert "Hello Ana." in browser.get(f"{PAGE}/new?template=hello").text
    about = browser.get(f"{PAGE}/new?template=internal&occasion={occasion(talks)}").text
    assert "See " in about
    assert "This template cannot be filled in here." in browser.get(f"{PAGE}/new?template=internal").text
    assert "This template cannot be filled in here." in browser.get(f"{PAGE}/new?template=none").text


def test_a_script_is_answered_a_templates_words_or_why_not(talks: Talks) -> None:
    browser = talks.browser()
    assert browser.get("/texts/words?template=hello&to=C-1").json() == {"text": "Hello Ana."}
    for query in ("template=internal&to=C-1", "template=internal&to=C-1&occasion=no-id", "template=hello&to=C-404"):
        assert browser.get(f"/texts/words?{query}").json().keys() == {"problem"}


def test_a_text_to_any_number_takes_the_right_and_a_number(talks: Talks) -> None:
    browser = talks.browser()
    wrong = send(browser, "/texts/new", {"key": "t1", "to": "12", "text": "Hello."})
    assert (wrong.status_code, "is no contact" in wrong.text, "Hello." in wrong.text) == (422, True, True)
    assert send(browser, "/texts/new", {"key": "t2", "to": "", "text": "Hello."}).status_code == 422
    refused = send(talks.browser("sam"), "/texts/new", {"key": "t3", "to": "514 555 0142", "text": "Hello."})
    assert "may not text a number that is no contact" in refused.text
    assert send(browser, "/texts/new", {"key": "t4", "to": "514 555 0142", "text": "Hello."}).status_code == 303
    assert send(browser, "/texts/new", {"key": "t5", "to": "C-1", "text": "By ref."}).status_code == 303
    assert talks.texts() == ["Hello.", "By ref."]


def test_a_key_that_was_used_with_other_words_sends_nothing(talks: Talks) -> None:
    browser = talks.browser()
    send(browser, f"{PAGE}/new", {"key": "n2", "text": "First."})
    assert send(browser, f"{PAGE}/new", {"key": "n2", "text": "Second."}).status_code == 422
    assert talks.texts() == ["First."]


# What is counted is billed so by 3GPP TS 23.038: 160 septets, 70 units of UCS-2, 67 in each of several parts.
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello", ("5/160", "1 segment", "$0.01")),
        ("x" * 161, ("161/306", "2 segments", "$0.02")),
        ("✓" * 71, ("71/134", "2 segments", "needs the longer alphabet")),
    ],
)
def test_the_counter_tells_units_segments_and_cost(talks: Talks, text: str, shown: tuple[str, ...]) -> None:
    answer = send(talks.browser(), "/texts/new", {"to": "C-1", "text": text}, "/texts/segments")
    assert answer.status_code == 200
    for each in shown:
        assert each in answer.text


def test_the_counter_counts_without_a_recipient_and_warns_of_a_password(talks: Talks) -> None:
    browser = talks.browser()
    assert "5/160" in send(browser, "/texts/new", {"text": "Hello"}, "/texts/segments").text
    warned = send(browser, "/texts/new", {"to": "C-1", "text": "Your password is hunter2x"}, "/texts/segments").text
    assert "warning" in warned
    card = send(browser, "/texts/new", {"to": "C-1", "text": "4111 1111 1111 1111"}, "/texts/segments").text
    assert "It would not go:" in card


def test_at_night_a_card_number_is_refused_at_once_and_not_only_in_the_morning(talks: Talks) -> None:
    talks.desk.later(hours=12)
    form = {"key": "n3", "text": "4111 1111 1111 1111", "anyway": "yes"}
    assert send(talks.browser(), f"{PAGE}/new", form).status_code == 422
    assert talks.texts() == []


def test_the_counter_takes_a_form_of_ours(talks: Talks) -> None:
    assert talks.browser().post("/texts/segments", {"text": "x"}).status_code == 403


def test_what_was_said_is_answered_anew_only_when_it_changed(talks: Talks) -> None:
    browser = talks.browser()
    tag = browser.get(f"{PAGE}/said").headers["etag"]
    assert browser.get(f"{PAGE}/said", headers={"if-none-match": tag}).status_code == 304
    talks.write(ANA, "Hello?", contact_id=talks.contact_id())
    assert "Hello?" in browser.get(f"{PAGE}/said", headers={"if-none-match": tag}).text


def test_a_conversation_is_answered_anew_only_when_it_changed(talks: Talks) -> None:
    browser, lines = talks.browser(), f"/conversations/{ANA}/lines"
    tag = browser.get(lines).headers["etag"]
    assert browser.get(lines, headers={"if-none-match": tag}).status_code == 304
    talks.write(ANA, "Hello?", contact_id=talks.contact_id())
    assert "Hello?" in browser.get(lines, headers={"if-none-match": tag}).text
