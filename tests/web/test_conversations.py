"""The inbox and a conversation: what they show, and each thing that can be done there, wrong input and no right too."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, update

from jobs import consent
from jobs.consent import OPT_OUT, ConsentWord
from jobs.records import practices, texts
from tests.storage.identifying import actions
from tests.web.talking_room import ANA, UNKNOWN, Talks, send, talking

TALK = f"/conversations/{ANA}"


@pytest.fixture
def talks(database_url: str) -> Iterator[Talks]:
    """Give the pages."""
    with talking(database_url) as found:
        yield found


def opt_out(talks: Talks, number: str = ANA) -> None:
    """Let a number opt out."""
    word = ConsentWord(practice="northlight", number=number, what=OPT_OUT, source="text", by="person")
    talks.desk.database.write(lambda connection: consent.record(connection, [word], now=talks.desk.clock.now()))


def noted(talks: Talks) -> list[str]:
    """Return what the audit log tells of conversations."""
    with talks.desk.database.read() as connection:
        return [each for each in actions(connection) if each.startswith(("conversation.", "text."))]


def test_the_inbox_shows_names_words_and_what_waits(talks: Talks) -> None:
    page = talks.browser().get("/conversations").text
    assert page.index("Who is this?") < page.index("Ana Roy")
    assert "May I come &lt;later&gt;?" in page
    assert "waits for an answer" in page


@pytest.mark.parametrize(
    ("folder", "who"),
    [
        ("inbox", {ANA, UNKNOWN}),
        ("asks", {ANA}),
        ("unread", {ANA, UNKNOWN}),
        ("unclaimed", {UNKNOWN}),
        ("mine", {ANA}),
        ("snoozed", set()),
    ],
)
def test_each_folder_holds_what_its_name_says(talks: Talks, folder: str, who: set[str]) -> None:
    page = talks.browser("sam").get(f"/conversations?show={folder}").text
    assert {number for number in (ANA, UNKNOWN) if f'data-number="{number}"' in page} == who


def test_one_finds_by_part_of_a_name_or_number(talks: Talks) -> None:
    browser = talks.browser()
    assert "Who is this?" not in browser.get("/conversations?find=ana").text
    assert "Ana Roy" not in browser.get("/conversations?find=0077").text


def test_rows_are_answered_once_and_then_not_again_until_they_change(talks: Talks) -> None:
    browser = talks.browser()
    tag = browser.get("/conversations/rows").headers["etag"]
    assert browser.get("/conversations/rows", headers={"if-none-match": tag}).status_code == 304
    talks.write(UNKNOWN, "Hello?")
    assert browser.get("/conversations/rows", headers={"if-none-match": tag}).status_code == 200


def test_an_address_that_begins_nowhere_is_a_calm_error(talks: Talks) -> None:
    assert talks.browser().get("/conversations?before=now~x").status_code == 422


def test_new_texts_are_counted_until_they_are_read(talks: Talks) -> None:
    browser = talks.browser()
    assert browser.get("/conversations/new").json()["texts"] == 2
    assert send(browser, TALK, {}, f"{TALK}/read").status_code == 303
    assert browser.get("/conversations/new").json()["texts"] == 1


def test_a_conversation_shows_its_texts_and_lets_one_answer(talks: Talks) -> None:
    page = talks.browser().get(TALK).text
    assert "May I come &lt;later&gt;?" in page
    assert f'action="/conversations/{ANA.replace("+", "%2B")}/reply"' in page
    assert "0/160" in page


def test_an_answer_is_planned_once_however_often_it_is_sent_and_settles_what_was_asked(talks: Talks) -> None:
    browser = talks.browser("sam")
    form = {"key": "k1", "text": "Yes, at 11.", "to": "C-1"}
    assert [send(browser, TALK, form, f"{TALK}/reply").status_code for _ in range(2)] == [303, 303]
    assert talks.texts() == ["Yes, at 11."]
    page = browser.get(TALK).text
    assert "waits for an answer" not in page
    assert "Yes, at 11." in page
    assert noted(talks) == ["text.planned"]


def test_an_unknown_number_that_wrote_may_be_answered_by_staff(talks: Talks) -> None:
    address = f"/conversations/{UNKNOWN}"
    assert (
        send(talks.browser("sam"), address, {"key": "k2", "text": "Northlight."}, f"{address}/reply").status_code == 303
    )
    assert talks.texts() == ["Northlight."]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": " "}, "Write something first."),
        ({"text": "Yes.", "at": "soon"}, "Write a day and a time"),
        ({"text": "Yes.", "at": "2020-01-01T10:00"}, "This moment has passed"),
        ({"text": "Yes.", "any_hour": "yes"}, "Say why it must go now"),
        ({"text": "x" * 1601}, "It was not sent."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    talks: Talks, form: dict[str, str], said: str
) -> None:
    answer = send(talks.browser(), TALK, {"key": "k3", **form}, f"{TALK}/reply")
    assert said in answer.text
    assert form["text"].strip() in answer.text
    assert talks.texts() == []


def test_words_that_give_a_password_away_go_only_when_somebody_says_so(talks: Talks) -> None:
    browser, form = talks.browser(), {"key": "k4", "text": "Your password is hunter2x"}
    warned = send(browser, TALK, form, f"{TALK}/reply")
    assert (warned.status_code, "send it all the same" in warned.text, talks.texts()) == (422, True, [])
    assert send(browser, TALK, {**form, "anyway": "yes"}, f"{TALK}/reply").status_code == 303


def test_staff_may_not_send_a_password_even_then(talks: Talks) -> None:
    form = {"key": "k5", "text": "Your password is hunter2x", "anyway": "yes"}
    answer = send(talks.browser("sam"), TALK, form, f"{TALK}/reply")
    assert "may not send sensitive content" in answer.text
    assert talks.texts() == []


def test_at_night_the_box_says_when_it_will_go_and_only_some_may_send_now(talks: Talks) -> None:
    talks.desk.later(hours=12)
    page = talks.browser().get(TALK).text
    assert "Quiet hours: it will go" in page
    assert 'name="any_hour"' in page
    assert 'name="any_hour"' not in talks.browser("sam").get(TALK).text
    refused = send(
        talks.browser("sam"), TALK, {"key": "k6", "text": "Now.", "any_hour": "yes", "because": "x"}, f"{TALK}/reply"
    )
    assert "Your role may not send in quiet hours." in refused.text
    form = {"key": "k7", "text": "Now.", "any_hour": "yes", "because": "the door is shut"}
    assert send(talks.browser(), TALK, form, f"{TALK}/reply").status_code == 303
    (job,) = (each for each in talks.desk.jobs() if each.text == "Now.")
    assert (job.ignore_quiet_hours, job.reason) == (True, "at any hour: the door is shut")


def test_a_text_may_go_later_on_the_practices_clock(talks: Talks) -> None:
    form = {"key": "k8", "text": "Later.", "at": "2026-11-23T10:30"}
    assert send(talks.browser(), TALK, form, f"{TALK}/reply").status_code == 303
    (job,) = (each for each in talks.desk.jobs() if each.text == "Later.")
    assert job.due_at == dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC)  # Toronto is five hours behind in November


def test_an_opt_out_closes_the_box_and_refuses_what_is_sent_all_the_same(talks: Talks) -> None:
    opt_out(talks)
    browser = talks.browser()
    page = browser.get(TALK).text
    assert "This person wants no texts" in page
    assert 'id="box"' not in page
    assert send(browser, TALK, {"key": "k9", "text": "Hello."}, f"{TALK}/reply").status_code == 422
    assert talks.texts() == []


def test_people_of_one_number_are_chosen_between(talks: Talks) -> None:
    talks.desk.contact("C-2", phone=ANA, first_name="Ben", name="Ben Roy")
    browser = talks.browser()
    page = browser.get(f"{TALK}?to=C-2").text
    assert "?to=C-1" in page
    assert '<option value="C-2" selected>' in page
    assert send(browser, TALK, {"key": "k10", "text": "For Ben.", "to": "C-2"}, f"{TALK}/reply").status_code == 303
    (job,) = (each for each in talks.desk.jobs() if each.text == "For Ben.")
    assert job.contact_id == talks.contact_id("C-2")


def test_a_conversation_is_assigned_noted_linked_and_settled_and_each_is_logged(talks: Talks) -> None:
    browser = talks.browser()
    for what, form in (
        ("assign", {"to": "sam"}),
        ("note", {"note": "Phones at noon"}),
        ("link", {"case_ref": "NL-9"}),
        ("settle", {}),
    ):
        assert send(browser, TALK, form, f"{TALK}/{what}").status_code == 303
    page = browser.get(TALK).text
    assert "Phones at noon" in page
    assert "NL-9" in page
    assert noted(talks) == [f"conversation.{did}" for did in ("assigned", "noted", "linked", "settled")]


def test_an_unknown_number_is_linked_to_a_contact_and_to_no_unknown_one(talks: Talks) -> None:
    browser, address = talks.browser(), f"/conversations/{UNKNOWN}"
    send(browser, address, {"contact": "C-404"}, f"{address}/link")
    assert "There is no contact C-404." in browser.get(address).text
    send(browser, address, {"contact": "C-1"}, f"{address}/link")
    assert 'href="/contacts/C-1"' in browser.get(address).text


@pytest.mark.parametrize(
    ("what", "form", "said"),
    [
        ("assign", {"to": "nobody-here"}, "There is no such person here."),
        ("note", {"note": ""}, "A note has 1 to 2,000 characters."),
        ("link", {}, "Give a contact"),
        ("snooze", {"for": "", "at": "yesterday"}, "Choose a moment ahead"),
        ("snooze", {"at": "2020-01-01T10:00"}, "Choose a moment ahead"),
    ],
)
def test_what_cannot_be_done_is_said(talks: Talks, what: str, form: dict[str, str], said: str) -> None:
    browser = talks.browser()
    assert send(browser, TALK, form, f"{TALK}/{what}").status_code == 303
    assert said in browser.get(TALK).text
    assert noted(talks) == []


def test_a_snoozed_conversation_leaves_the_inbox_until_its_time(talks: Talks) -> None:
    browser = talks.browser()
    send(browser, TALK, {"for": "morning"}, f"{TALK}/snooze")
    assert "Ana Roy" not in browser.get("/conversations").text
    assert "Ana Roy" in browser.get("/conversations?show=snoozed").text
    talks.desk.later(hours=21)
    assert "Ana Roy" in talks.browser().get("/conversations").text


def test_a_snoozed_conversation_comes_back_when_they_write_or_somebody_wakes_it(talks: Talks) -> None:
    browser = talks.browser()
    send(browser, TALK, {"for": "week"}, f"{TALK}/snooze")
    send(browser, TALK, {"for": "wake"}, f"{TALK}/snooze")
    assert "Ana Roy" in browser.get("/conversations").text
    send(browser, TALK, {"for": "week"}, f"{TALK}/snooze")
    talks.desk.later(minutes=1)
    talks.write(ANA, "Hello?", contact_id=talks.contact_id())
    assert "Ana Roy" in browser.get("/conversations").text


def test_who_may_not_read_conversations_sees_none(talks: Talks) -> None:
    for name in ("vic", "ops"):
        browser = talks.browser(name)
        assert [browser.get(path).status_code for path in ("/conversations", "/conversations/new", TALK)] == [403] * 3


def test_a_forged_form_changes_nothing(talks: Talks) -> None:
    browser = talks.browser()
    for what in ("reply", "read", "settle", "assign", "snooze", "note", "link"):
        assert browser.post(f"{TALK}/{what}", {"form_token": "forged", "text": "x"}).status_code == 403
    assert (talks.texts(), noted(talks)) == ([], [])


def test_another_practices_conversation_is_not_found(talks: Talks) -> None:
    def move(connection: object) -> None:
        row = insert(practices).values(id="elsewhere", number=2, created_at=talks.desk.clock.now())
        connection.execute(row)  # type: ignore[attr-defined] # a connection
        moved = update(texts).where(texts.c.number == UNKNOWN).values(practice="elsewhere")
        connection.execute(moved)  # type: ignore[attr-defined] # a connection

    talks.desk.database.write(move)
    browser = talks.browser()
    assert browser.get(f"/conversations/{UNKNOWN}").status_code == 404
    assert send(browser, TALK, {"note": "x"}, f"/conversations/{UNKNOWN}/note").status_code == 404
    assert UNKNOWN not in browser.get("/conversations").text


def test_the_pages_speak_french(talks: Talks) -> None:
    browser = talks.browser()
    browser.headers["accept-language"] = "fr-CA"
    assert "attend une réponse" in browser.get("/conversations").text
    assert "Qui s’en occupe" in browser.get(TALK).text
