"""Many rows through the API: all or nothing, or each for itself; arrays and lines; on both databases."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from httpx2 import Response

from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

GOOD = {"ref": "A-1", "contact": "C-1", "start": "2026-12-01T10:00"}
NOBODY = {"ref": "A-2", "contact": "C-404", "start": "2026-12-02T10:00"}
NO_TIME = {"ref": "A-3", "contact": "C-1", "start": "2026-12-03"}
NEWS = {"ref": "A-4", "contact": "C-1", "start": "2026-12-04T10:00", "announce": True}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a published practice."""
    with opened(database_url) as desk:
        yield room_at(desk, "northlight")


def bulk(room: Room, rows: Sequence[object], what: str = "appointments", query: str = "") -> Response:
    """Send rows as an array."""
    return room.call("POST", f"/bulk/{what}?{query}", json=rows)


def taken(answer: Response) -> dict[str, Any]:
    """Return what a call that was taken said."""
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def errors(answer: Response) -> list[tuple[int | None, str]]:
    """Return the rows and fields that a refusal names."""
    assert answer.status_code == 422, answer.text
    return [(each["row"], each["field"]) for each in answer.json()["errors"]]


def test_good_rows_are_all_taken_in_and_planned(room: Room) -> None:
    said = taken(bulk(room, [{**GOOD, "ref": f"A-{number}"} for number in range(1_050)]))
    assert (said["rows"], said["outcomes"], said["jobs"]["planned"]) == (1_050, {"added": 1_050}, 2_100)


def test_one_bad_row_keeps_all_out_and_each_is_named(room: Room) -> None:
    assert errors(bulk(room, [GOOD, NOBODY, NO_TIME])) == [(2, "contact"), (3, "start")]
    assert room.desk.jobs() == []


def test_each_for_itself_takes_the_good_ones_and_says_why_not_of_the_others(room: Room) -> None:
    said = taken(bulk(room, [GOOD, NOBODY, NO_TIME], query="mode=per_row"))
    assert [each["outcome"] for each in said["results"]] == ["added", None, None]
    assert [each["problems"][0]["field"] for each in said["results"][1:]] == ["contact", "start"]
    assert (said["refused"], said["jobs"]["planned"]) == (2, 2)


def test_a_ref_given_twice_names_the_later_row(room: Room) -> None:
    assert errors(bulk(room, [GOOD, GOOD])) == [(2, "ref")]
    said = taken(bulk(room, [GOOD, GOOD], query="mode=per_row"))
    assert [each["outcome"] for each in said["results"]] == ["added", None]


def test_lines_are_taken_as_an_array_is(room: Room) -> None:
    lines = "\n".join(
        json.dumps(row) for row in ({"ref": "D-1", "phone": "514 555 0111"}, {"ref": "D-2", "via": "D-1"})
    )
    said = taken(room.call("POST", "/bulk/contacts", content=lines + "\n\n"))
    assert said["outcomes"] == {"added": 2}
    assert room.call("GET", "/contacts/D-2").json()["via"] == "D-1"


def test_a_via_that_nobody_is_keeps_all_contacts_out(room: Room) -> None:
    assert errors(bulk(room, [{"ref": "D-2", "via": "D-9"}], "contacts")) == [(1, "via")]


def test_bulk_rows_are_no_news_unless_announced(room: Room) -> None:
    taken(bulk(room, [GOOD, NEWS]))
    taken(bulk(room, [{**GOOD, "ref": "A-5"}], query="announce=true"))
    assert [room.desk.occasion(ref)["changes"] is None for ref in ("A-1", "A-4", "A-5")] == [True, False, False]


def test_what_a_row_does_not_name_stays(room: Room) -> None:
    taken(bulk(room, [{**GOOD, "case_ref": "K-1"}]))
    taken(bulk(room, [{"ref": "A-1", "status": "cancelled"}]))
    found = room.desk.occasion("A-1")
    assert (found["case_ref"], found["status"]) == ("K-1", "cancelled")


def test_an_older_version_in_bulk_changes_nothing(room: Room) -> None:
    taken(bulk(room, [{**GOOD, "version": 2}]))
    said = taken(bulk(room, [{**GOOD, "status": "cancelled", "version": 1}], query="mode=per_row"))
    assert said["outcomes"] == {"older version": 1}


def test_what_is_wrong_in_its_shape_names_row_and_field(room: Room) -> None:
    rows = [{**GOOD, "x": 1}, 7, {**GOOD, "ref": 5}, {**GOOD, "contact": {"ref": "C-1"}}, {**GOOD, "fields": {"y": 1}}]
    assert errors(bulk(room, rows)) == [(1, "x"), (2, ""), (3, "ref"), (4, "contact"), (5, "fields.y")]


@pytest.mark.parametrize("body", [b"", b"[]", b"[1", b"{", b"nope", b"[" * 5_000, b'{"ref": 1e999}'])
def test_what_is_no_list_of_rows_is_refused(room: Room, body: bytes) -> None:
    assert room.call("POST", "/bulk/appointments", content=body).status_code == 422


def test_what_is_no_text_is_refused(room: Room) -> None:
    assert room.call("POST", "/bulk/appointments", content=b"\xff\xfe[]").status_code == 400


def test_more_rows_than_are_allowed_are_refused(room: Room) -> None:
    assert errors(room.call("POST", "/bulk/contacts", content=b"{}\n" * 10_001)) == [(None, "")]


def test_bulk_of_a_kind_that_does_not_exist_is_not_found(room: Room) -> None:
    assert bulk(room, [GOOD], "hearings").status_code == 404
