"""The inbox over the API: what came in, whose it is, who sees to it, and answering it."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import insert, select, update

from jobs import consent
from jobs.consent import OPT_OUT, ConsentWord
from jobs.records import contacts, new_id, texts
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

ANA, UNKNOWN = "+15145550001", "+15145550077"
MAYA = {"ref": "U-7", "name": "Maya Roy", "role": "staff"}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice to which C-1 (of Maya) wrote, and later a number of nobody."""
    with opened(database_url) as desk:
        desk.contact("C-1", phone=ANA, first_name="Ana", owner="maya")
        found = room_at(desk, "northlight")
        with desk.database.read() as connection:
            ana = connection.execute(select(contacts.c.id)).scalar_one()
        write(found, ANA, "May I come later?", contact_id=ana, owner="maya", meaning="unclear", flagged=True)
        desk.later(minutes=5)
        write(found, UNKNOWN, "Who is this?")
        desk.later(minutes=5)
        yield found


def write(room: Room, number: str, body: str, **more: Any) -> None:
    """Let a text come in now."""
    row = {"id": new_id(), "practice": "northlight", "number": number, "direction": "in", "body": body}
    row |= {"at": room.desk.clock.now(), "own_number": "+15145550100", **more}
    room.desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))


def inbox(room: Room, query: str = "") -> list[dict[str, Any]]:
    """Return the conversations of the inbox."""
    answer = room.call("GET", f"/inbox{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def do(room: Room, what: str, number: str = ANA, **body: Any) -> dict[str, Any]:
    """Do something with a conversation, and return it as it is then."""
    answer = room.call("POST", f"/conversations/{number}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def reply(room: Room, number: str = ANA, *, using: str = "all", idempotency: str = "r-1", **body: Any) -> Response:
    """Answer a conversation as Maya."""
    given = {"text": "Yes, at 11.", "sent_by": MAYA, **body}
    headers = {"Idempotency-Key": idempotency}
    return room.call("POST", f"/conversations/{number}/reply", key=using, json=given, headers=headers)


def test_the_inbox_lists_conversations_newest_first(room: Room) -> None:
    found = inbox(room)
    assert [(each["number"], each["contact"], each["owner"], each["unread"], each["open"]) for each in found] == [
        (UNKNOWN, None, None, 1, 0),
        (ANA, "C-1", "maya", 1, 1),
    ]
    assert found[1]["words"] == "May I come later?"


def test_the_inbox_comes_in_pages_and_by_owner(room: Room) -> None:
    page = room.call("GET", "/inbox?limit=1").json()
    rest = room.call("GET", f"/inbox?limit=1&cursor={page['next']}").json()
    assert [each["number"] for each in (*page["items"], *rest["items"])] == [UNKNOWN, ANA]
    assert rest["next"] is None
    assert [each["number"] for each in inbox(room, "?owner=maya")] == [ANA]
    assert inbox(room, "?owner=li") == []


def test_a_conversation_is_shown_whole(room: Room) -> None:
    found = room.call("GET", f"/conversations/{ANA}").json()
    (line,) = found["texts"]
    assert (line["words"], line["meaning"], line["open"], line["contact"]) == (
        "May I come later?",
        "unclear",
        True,
        "C-1",
    )


@pytest.mark.parametrize("written", ["%2B15145550001", "15145550001", "%2015145550001"])
def test_a_conversation_is_found_however_its_plus_is_written(room: Room, written: str) -> None:
    assert room.call("GET", f"/conversations/{written}").json()["id"] == ANA


def test_reading_leaves_what_asks_staff_open(room: Room) -> None:
    found = do(room, "read")
    assert (found["unread"], found["open"]) == (0, 1)


def test_a_conversation_is_assigned_and_given_back(room: Room) -> None:
    given = do(room, "assign", to="li", by={"name": "Maya Roy"})
    assert (given["owner"], given["assigned_to"]) == ("li", "li")
    assert [each["number"] for each in inbox(room, "?owner=li")] == [ANA]
    back = do(room, "assign", to=None)
    assert (back["owner"], back["assigned_to"]) == ("maya", None)


def test_an_unknown_number_is_linked_to_a_contact_and_a_case(room: Room) -> None:
    found = do(room, "link", UNKNOWN, contact="C-1", case_ref="K-1")
    assert (found["contact"], found["case_ref"]) == ("C-1", "K-1")
    assert [(line["contact"], line["case_ref"]) for line in found["texts"]] == [("C-1", "K-1")]


def test_a_link_names_something_that_is_there(room: Room) -> None:
    assert room.call("POST", f"/conversations/{UNKNOWN}/link", json={}).status_code == 422
    assert room.call("POST", f"/conversations/{UNKNOWN}/link", json={"contact": "C-404"}).status_code == 404


def test_a_note_stands_with_the_conversation_and_goes_to_nobody(room: Room) -> None:
    found = do(room, "note", note="phoned, no answer", by={"name": "Maya Roy"})
    assert [(each["note"], each["by"]) for each in found["notes"]] == [("phoned, no answer", "person:Maya Roy")]
    assert room.desk.jobs() == []


def test_an_answer_is_planned_and_settles_what_was_asked(room: Room) -> None:
    answer = reply(room)
    assert (answer.status_code, answer.json()["contact"]) == (201, "C-1"), answer.text
    (job,) = room.desk.jobs()
    assert (job.text, job.moved_by, job.sender) == ("Yes, at 11.", "person:Maya Roy", "main")
    assert room.call("GET", f"/conversations/{ANA}").json()["open"] == 0


def test_an_answer_goes_once(room: Room) -> None:
    first = reply(room).json()
    assert reply(room).json() == first
    assert reply(room, text="No.").status_code == 422
    assert len(room.desk.jobs()) == 1


def test_who_wrote_is_answered_though_the_number_is_nobodys(room: Room) -> None:
    assert reply(room, UNKNOWN).status_code == 201
    assert room.desk.jobs()[0].to_number == UNKNOWN


def test_the_number_that_wrote_is_answered_after_the_contact_got_another(room: Room) -> None:
    room.desk.contact("C-1", phone="+15145550002")
    assert reply(room).status_code == 201
    assert room.desk.jobs()[0].to_number == ANA


def test_who_opted_out_is_not_answered(room: Room) -> None:
    word = ConsentWord(practice="northlight", number=ANA, what=OPT_OUT, source="text", by="them")
    room.desk.database.write(lambda connection: consent.record(connection, [word], now=room.desk.clock.now()))
    answer = reply(room)
    assert (answer.status_code, "opted out" in answer.json()["detail"]) == (409, True)
    assert room.call("GET", f"/conversations/{ANA}").json()["open"] == 1


def test_words_that_give_something_away_are_not_shown(room: Room) -> None:
    values = {"body": "my password: hunter2hunter2"}
    room.desk.database.write(lambda connection: connection.execute(update(texts).values(values)))
    assert all(each["words"].startswith("(not shown") for each in inbox(room))


def test_conversations_of_another_practice_are_not_there(room: Room) -> None:
    assert room.call("GET", "/inbox", key="stranger").status_code == 404
    assert room.call("GET", f"/conversations/{ANA}", key="stranger").status_code == 404
    bodies: dict[str, dict[str, Any]] = {
        "read": {},
        "assign": {"to": "x"},
        "link": {"case_ref": "x"},
        "note": {"note": "x"},
    }
    for what, body in bodies.items():
        answer = room.call("POST", f"/conversations/{ANA}/{what}", key="stranger", json=body)
        assert answer.status_code == 404, (what, answer.text)
    assert reply(room, using="stranger").status_code == 404


@pytest.mark.parametrize("what", ["read", "assign", "link", "note", "reply"])
def test_a_number_that_never_wrote_has_no_conversation(room: Room, what: str) -> None:
    body = {"to": "x", "case_ref": "x", "note": "x", "text": "x"}
    names = {"read": (), "assign": ("to",), "link": ("case_ref",), "note": ("note",), "reply": ("text",)}[what]
    given = {name: body[name] for name in names}
    path = f"/conversations/+15145550099/{what}"
    assert room.call("POST", path, json=given, headers={"Idempotency-Key": "k"}).status_code == 404
