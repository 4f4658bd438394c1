"""Export, erasure and legal holds over the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from jobs.records import attempts, audit
from jobs.states import State
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened
from tests.storage.keeping_room import ANA, contact, kept_for, rows, text_ana

KEYS = {"staff": frozenset(Right) - {Right.ERASE}}
CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/contacts/{}/export", {}),
    ("POST", "/contacts/{}/erase", {"json": {"reason": "asked to"}}),
    ("PUT", "/contacts/{}/hold", {"json": {"reason": "a lawsuit"}}),
    ("DELETE", "/contacts/{}/hold", {"params": {"reason": "it is over"}}),
)


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice with two texts to C-1 that wait."""
    with opened(database_url) as desk:
        desk.visit("A-2", contact="C-1", start="2026-12-20 10:00", status="booked")
        yield room_at(desk, "northlight", KEYS)


def hold(room: Room) -> Response:
    return room.call("PUT", "/contacts/C-1/hold", json={"reason": "a lawsuit"})


def erase(room: Room) -> Response:
    return room.call("POST", "/contacts/C-1/erase", json={"reason": "asked to"})


def test_an_export_holds_the_contact_by_table_and_is_noted(room: Room) -> None:
    answer = room.call("GET", "/contacts/C-1/export")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [each["phone"] for each in found["tables"]["contacts"]] == [ANA]
    assert [each["ref"] for each in found["tables"]["occasions"]] == ["A-2"]
    assert [each["action"] for each in rows(room.desk, audit)] == ["contact.exported"]
    assert room.call("GET", "/contacts/C-1/export").json()["audit"][0]["by"] == "key:all"


def test_an_erasure_says_what_it_did(room: Room) -> None:
    answer = erase(room)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["contact"], found["cancelled"], found["opt_outs_kept"]) == ("C-1", 2, 0)
    assert contact(room.desk)["phone"] is None
    assert {state for _, state in room.desk.states()} == {"cancelled"}


def test_an_erased_contact_is_still_read_by_ref(room: Room) -> None:
    erase(room)
    found = room.call("GET", "/contacts/C-1").json()
    assert (found["ref"], found["name"]) == ("C-1", "")


def test_a_hold_is_set_changed_and_released(room: Room) -> None:
    first = hold(room)
    assert (first.status_code, first.json()["by"]) == (200, "key:all")
    again = room.call("PUT", "/contacts/C-1/hold", json={"reason": "another lawsuit"}).json()
    assert (again["reason"], again["since"]) == ("another lawsuit", first.json()["since"])
    assert room.call("DELETE", "/contacts/C-1/hold", params={"reason": "over"}).status_code == 200
    assert room.call("DELETE", "/contacts/C-1/hold", params={"reason": "over"}).status_code == 404


def test_erasing_who_is_on_hold_is_a_conflict_that_says_why(room: Room) -> None:
    hold(room)
    answer = erase(room)
    assert answer.status_code == 409
    assert "on legal hold since 2026-11-20 (a lawsuit; by all)" in answer.json()["detail"]


def test_erasing_while_a_text_is_going_out_is_a_conflict(room: Room) -> None:
    room.desk.set_job(room.desk.jobs()[0], state=State.SENDING.value)
    answer = erase(room)
    assert (answer.status_code, answer.json()["detail"][:36]) == (409, "a text to C-1 is going out at this m")


@pytest.mark.parametrize(("method", "path", "rest"), CALLS)
def test_each_needs_the_right_to_erase(room: Room, method: str, path: str, rest: dict[str, Any]) -> None:
    answer = room.call(method, path.format("C-1"), key="staff", **rest)
    assert (answer.status_code, "people:erase" in answer.text) == (403, True)


@pytest.mark.parametrize(("method", "path", "rest"), CALLS)
def test_an_unknown_ref_and_another_practices_are_not_there(
    room: Room, method: str, path: str, rest: dict[str, Any]
) -> None:
    assert room.call(method, path.format("C-77"), **rest).status_code == 404
    assert room.call(method, path.format("C-1"), key="stranger", **rest).status_code == 404


def test_a_reason_is_needed(room: Room) -> None:
    for body in ({}, {"reason": " "}):
        assert room.call("POST", "/contacts/C-1/erase", json=body).status_code == 422
        assert room.call("PUT", "/contacts/C-1/hold", json=body).status_code == 422
    assert room.call("DELETE", "/contacts/C-1/hold").status_code == 422


def test_an_export_of_texts_holds_their_words(room: Room) -> None:
    room.desk.publish(kept_for(bodies="2 years"))
    text_ana(room.desk)
    found = room.call("GET", "/contacts/C-1/export").json()
    assert [each["body"] for each in found["tables"]["texts"]] == ["Bring your x-rays", "I have cancer"]
    assert len(found["tables"]["attempts"]) == len(rows(room.desk, attempts)) == 1
