"""`POST /texts`, `GET /may-send` and `POST /segments`: one text once, in somebody's name, or why not."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from jobs import consent
from jobs.consent import OPT_OUT, ConsentWord
from jobs.records import one_off_keys, timeline
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import make_rulebook, opened

MAYA = {"ref": "U-7", "name": "Maya Roy", "role": "staff"}
ADA = {"ref": "U-1", "name": "Ada Blake", "role": "admin"}
KEYS = {
    "named": frozenset({Right.SEND_TEXTS}),
    "system": frozenset({Right.SEND_UNSIGNED}),
    "reader": frozenset({Right.READ_JOBS}),
}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice with contact C-1, on a Friday at noon in Toronto."""
    prices = {"currency": "CAD", "price": {"CA": "0.01"}}
    sender = {"id": "main", "number": "+15145550100", "provider": "terminal", **prices}
    spending = {"currency": "CAD", "monthly_cap": "0.03", "at_cap": {"one_offs": "warn"}}
    with opened(database_url, make_rulebook(practice={"senders": [sender], "spending": spending})) as desk:
        yield room_at(desk, "northlight", KEYS)


def send(room: Room, *, using: str = "all", idempotency: str = "k-1", **values: Any) -> Response:
    """Ask for a text to C-1 by Maya, unless told otherwise; None leaves a name out."""
    body = {"contact": "C-1", "text": "Your papers are here.", "sent_by": MAYA, **values}
    given = {name: value for name, value in body.items() if value is not None}
    return room.call("POST", "/texts", key=using, json=given, headers={"Idempotency-Key": idempotency})


def test_a_text_is_planned_in_somebodys_name(room: Room) -> None:
    answer = send(room)
    assert answer.status_code == 201, answer.text
    planned = answer.json()
    assert (planned["contact"], planned["number"], planned["segments"]) == ("C-1", None, 1)
    assert planned["cost"] == {"amount": "0.01", "currency": "CAD"}
    assert (planned["hold_reason"], planned["goes_at"]) == (None, "2026-11-20T17:01:00Z")
    (job,) = room.desk.jobs()
    assert job.id.hex == planned["job"]
    assert job.sent_by == {**MAYA, "way": "api", "key": "key:all"}
    assert (job.moved_by, job.idempotency_key) == ("person:Maya Roy", "k-1")


def test_the_same_key_and_body_get_the_same_answer_and_plan_nothing_more(room: Room) -> None:
    first = send(room).json()
    room.desk.later(hours=3)
    again = send(room)
    assert (again.status_code, again.json()) == (201, first)
    assert len(room.desk.jobs()) == 1


@pytest.mark.parametrize(
    "other", [{"text": "Other words."}, {"contact": None, "number": "+15145550009", "sent_by": ADA}]
)
def test_the_same_key_with_another_body_is_refused(room: Room, other: dict[str, Any]) -> None:
    send(room)
    answer = send(room, **other)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]
    assert len(room.desk.jobs()) == 1


def test_a_key_whose_text_was_refused_may_be_used_again(room: Room) -> None:
    assert send(room, template="none-such", text=None).status_code == 422
    assert send(room).status_code == 201


def test_what_is_kept_of_an_answer_holds_no_words(room: Room) -> None:
    send(room)
    with room.desk.database.read() as connection:
        (row,) = connection.execute(select(one_off_keys)).mappings().all()
    assert "papers" not in str(dict(row))


def test_without_a_key_of_its_own_no_text_is_planned(room: Room) -> None:
    answer = room.call("POST", "/texts", json={"contact": "C-1", "text": "Hello", "sent_by": MAYA})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_text_in_nobodys_name_needs_its_own_scope(room: Room) -> None:
    refused = send(room, using="named", sent_by=None)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "sent_by")
    assert send(room, using="system", sent_by=None).status_code == 201


def test_a_key_for_texts_in_nobodys_name_signs_for_no_person(room: Room) -> None:
    assert send(room, using="system").status_code == 403


def test_a_role_that_may_not_send_is_refused_by_name(room: Room) -> None:
    answer = send(room, sent_by={**MAYA, "role": "intern"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "the role intern may not send texts")
    assert room.desk.jobs() == []


def test_only_who_may_texts_a_bare_number(room: Room) -> None:
    refused = send(room, contact=None, number="+15145550009")
    assert refused.json()["detail"] == "the role staff may not text a number that is no contact's"
    planned = send(room, contact=None, number="514-555-0009", sent_by=ADA)
    assert planned.status_code == 201, planned.text
    assert planned.json()["number"] != "+15145550009"
    assert room.desk.jobs()[0].to_number == "+15145550009"


def test_a_practice_says_who_may_send(database_url: str) -> None:
    who = {"who_may_send": {"texts": ["admin"]}}
    with opened(database_url, make_rulebook(practice=who)) as desk:
        room = room_at(desk, "northlight")
        assert send(room).status_code == 403
        assert send(room, sent_by=ADA).status_code == 201


def test_sensitive_content_takes_its_own_right(room: Room) -> None:
    words = "Your passport AB123456 is here."
    refused = send(room, text=words)
    assert (refused.status_code, refused.json()["detail"]) == (403, "the role staff may not send sensitive content")
    allowed = send(room, text=words, sent_by=ADA)
    assert allowed.status_code == 201, allowed.text
    assert allowed.json()["warnings"]


def test_a_text_past_the_cap_takes_its_own_right(room: Room) -> None:
    words = "x" * 600
    assert send(room, text=words).json()["detail"] == "the role staff may not send past the spend cap"
    assert send(room, text=words, sent_by=ADA).status_code == 201


def test_a_text_in_quiet_hours_is_held_to_the_opening(room: Room) -> None:
    planned = send(room, send_at="2026-11-21T03:00:00-05:00").json()
    assert planned["due_at"] == "2026-11-21T08:00:00Z"
    assert planned["goes_at"] > planned["due_at"]
    assert planned["hold_reason"].startswith("quiet hours")


def test_a_text_at_any_hour_needs_a_scope_and_a_reason_which_is_kept(room: Room) -> None:
    at_night: dict[str, Any] = {"send_at": "2026-11-21T03:00:00-05:00", "ignore_quiet_hours": True, "sent_by": ADA}
    assert send(room, using="named", reason="the hearing moved", **at_night).status_code == 403
    assert send(room, **at_night).status_code == 422
    planned = send(room, reason="the hearing moved", **at_night)
    assert planned.json()["goes_at"] == planned.json()["due_at"], planned.text
    with room.desk.database.read() as connection:
        assert connection.execute(select(timeline.c.reason)).scalars().all() == ["at any hour: the hearing moved"]


def test_who_opted_out_gets_no_job(room: Room) -> None:
    opt_out(room)
    answer = send(room)
    assert answer.status_code == 409
    assert "opted out" in answer.json()["detail"]
    assert room.desk.jobs() == []


def opt_out(room: Room) -> None:
    """Record that C-1 opted out."""
    word = ConsentWord(practice="northlight", number="+15145550001", what=OPT_OUT, source="text", by="them")
    room.desk.database.write(lambda connection: consent.record(connection, [word], now=room.desk.clock.now()))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"contact": "C-404"}, 404),
        ({"contact": None, "number": "12", "sent_by": ADA}, 422),
        ({"text": "   "}, 422),
        ({"text": "a\0b"}, 422),
        ({"text": "x" * 1700}, 422),
        ({"template": "reminder"}, 422),
        ({"number": "+15145550009"}, 422),
        ({"sender": "none-such"}, 422),
        ({"send_at": "2026-11-01T10:00:00Z"}, 422),
        ({"send_at": "2026-12-01T10:00:00"}, 422),
        ({"send_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({"useful_until": "2026-11-20T10:00:00Z"}, 422),
        ({"variables": {"a\0": "b"}}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_what_cannot_be_sent_is_refused_and_plans_nothing(room: Room, values: dict[str, Any], status: int) -> None:
    answer = send(room, **values)
    assert answer.status_code == status, answer.text
    assert room.desk.jobs() == []


def test_another_practices_contact_is_not_there(room: Room) -> None:
    assert send(room, using="stranger").status_code == 404


def may_send(room: Room, query: str = "contact=C-1") -> dict[str, Any]:
    """Ask whether a text may go."""
    answer = room.call("GET", f"/may-send?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_text_that_may_go_is_allowed_now(room: Room) -> None:
    assert may_send(room) == {
        "allowed": True,
        "sentence": None,
        "notice": None,
        "goes_at": "2026-11-20T17:01:00Z",
    }


def test_in_quiet_hours_it_is_allowed_with_a_notice(room: Room) -> None:
    room.desk.later(hours=12)
    found = may_send(room)
    assert (found["allowed"], found["sentence"]) == (True, None)
    assert found["notice"].startswith("Quiet hours: the sending window opens")
    assert dt.datetime.fromisoformat(found["goes_at"]) > room.desk.clock.now()


def test_a_locked_button_says_that_the_person_opted_out(room: Room) -> None:
    opt_out(room)
    assert may_send(room) == {
        "allowed": False,
        "sentence": "The person opted out (by text, 2026-11-20).",
        "notice": None,
        "goes_at": None,
    }


def test_a_locked_button_says_that_there_is_no_number_to_text(room: Room) -> None:
    room.desk.contact("C-2", first_name="Bo")
    assert may_send(room, "contact=C-2")["sentence"].startswith("Contact C-2 has no phone that can be texted")
    assert may_send(room, "number=12")["allowed"] is False
    assert may_send(room, "number=%2B33612345678")["sentence"].startswith("Its number is of FR")


def test_a_locked_button_says_that_the_role_may_not_send(room: Room) -> None:
    assert may_send(room, "contact=C-1&role=intern")["sentence"] == "The role intern may not send texts."
    assert may_send(room, "contact=C-1&role=staff")["allowed"] is True


@pytest.mark.parametrize(("query", "status"), [("contact=C-404", 404), ("", 422), ("contact=C-1&number=1", 422)])
def test_may_send_asks_about_one_who_is_there(room: Room, query: str, status: int) -> None:
    assert room.call("GET", f"/may-send?{query}").status_code == status


def test_segments_are_measured_for_any_key_with_a_scope(room: Room) -> None:
    answer = room.call("POST", "/segments", key="reader", json={"text": "Déjà vu – ok"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["encoding"], answer.json()["segments"]) == ("UCS-2", 1)
    assert room.call("POST", "/segments", key="no such", json={"text": "x"}).status_code == 401


@pytest.mark.parametrize("text", ["\\ud800", "a\\u0000b"])
def test_what_no_database_keeps_is_refused_and_named(room: Room, text: str) -> None:
    content = f'{{"text": "{text}"}}'
    answer = room.call("POST", "/segments", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")


def test_a_job_of_the_command_line_keeps_its_key(room: Room) -> None:
    send(room)
    room.desk.database.write(lambda connection: connection.execute(one_off_keys.delete()))
    answer = send(room)
    assert answer.status_code == 422
    assert len(room.desk.jobs()) == 1


def test_two_at_once_plan_one(room: Room) -> None:
    with ThreadPoolExecutor(6) as callers:
        answers = list(callers.map(lambda _: send(room), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["job"] for answer in answers}) == len(room.desk.jobs()) == 1
