"""The rulebook over the API: files out, a plan, publishing it over what was seen, revisions."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

PRACTICE = """practice: northlight
name: Northlight
timezone: America/Toronto
country: CA
languages: [en]
phone: "+1 514-555-0100"
senders:
  - {id: main, number: "+15145550100", provider: terminal}
"""
RULES = """rules:
  - id: visit
    for: appointment
    steps:
      - {id: week-before, before: 7 days, at: "10:00", template: reminder}
      - {id: day-before, before: 1 day, at: "16:00", template: reminder}
"""
FILES = {
    "rules/northlight/practice.yaml": PRACTICE,
    "rules/northlight/appointments.yaml": RULES,
    "templates_sms/northlight/reminder.en.txt.j2": (
        "{{ practice.name }}: see you {{ occasion.start | day }} at {{ occasion.start | time }}. "
        "Call {{ practice.phone }} to change it."
    ),
}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice whose rules were published, and a visit to remind of."""
    with opened(database_url) as desk:
        desk.visit()
        yield room_at(desk, "northlight")


def plan(room: Room, files: dict[str, str] | None = None, *, using: str = "all") -> dict[str, Any]:
    """Plan files and return the verdict."""
    answer = room.call("POST", "/rulebook/plan", key=using, json={"files": FILES if files is None else files})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def etag(room: Room) -> str:
    """Return the ETag of what is published."""
    found: str = room.call("GET", "/rulebook").headers["ETag"]
    return found


def publish(room: Room, plan_id: str, *, using: str = "all", match: str | None = None, **body: Any) -> Response:
    """Publish a plan over what is current, unless told otherwise."""
    headers = {"If-Match": match or etag(room)}
    return room.call("POST", "/rulebook/publish", key=using, json={"plan": plan_id, **body}, headers=headers)


def test_the_revision_is_the_etag(room: Room) -> None:
    answer = room.call("GET", "/rulebook")
    assert answer.headers["ETag"] == f'"{answer.json()["revision"]}"'
    again = room.call("GET", "/rulebook", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_planned_and_published_and_come_back(room: Room) -> None:
    verdict = plan(room)
    assert verdict["may_publish"], verdict["problems"]
    shown = verdict["plan"]
    assert (shown["changes_nothing"], shown["asks_count"]) == (False, False)
    answer = publish(room, shown["id"], note="words", author="Ada Blake")
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == shown["revision"]
    now = room.call("GET", "/rulebook").json()
    assert (now["revision"], now["files"], now["author"]) == (shown["revision"], FILES, "Ada Blake")
    assert etag(room) == answer.headers["ETag"]


def test_a_publish_is_noted_with_what_it_replaced_and_in_whose_name(room: Room) -> None:
    base = room.call("GET", "/rulebook").json()["revision"]
    revision = publish(room, plan(room)["plan"]["id"], author="Ada Blake").json()["revision"]
    (row,) = room.call("GET", "/audit").json()["items"]
    assert (row["action"], row["by"], row["subject_id"]) == ("rulebook.published", "key:all", revision)
    assert (row["before"], row["after"]) == (
        {"revision": base},
        {"revision": revision, "in_the_name_of": "Ada Blake"},
    )


def test_what_is_published_already_has_a_plan_without_id(room: Room) -> None:
    publish(room, plan(room)["plan"]["id"])
    again = plan(room)["plan"]
    assert (again["changes_nothing"], again["id"]) == (True, None)


def test_problems_name_the_files_as_they_were_given(room: Room) -> None:
    path = "rules/northlight/appointments.yaml"
    verdict = plan(room, FILES | {path: RULES.replace("7 days", "soon")})
    assert (verdict["may_publish"], verdict["plan"]) == (False, None)
    (problem,) = (each for each in verdict["problems"] if each["severity"] == "error")
    assert (problem["file"], problem["line"]) == (path, 5)


def test_files_without_a_practice_file_are_a_problem(room: Room) -> None:
    (problem,) = plan(room, {})["problems"]
    assert problem["file"] == "rules/northlight"


@pytest.mark.parametrize(
    "path",
    [
        "rules/elsewhere/practice.yaml",
        "rules/northlight/../elsewhere/practice.yaml",
        "/etc/passwd",
        "rules/northlight/.hidden.yaml",
        "templates_sms/elsewhere/reminder.en.txt.j2",
        "templates_sms/reminder.en.txt",
        "x\0",
        "",
    ],
)
def test_a_path_that_is_no_place_for_a_file_is_refused(room: Room, path: str) -> None:
    answer = room.call("POST", "/rulebook/plan", json={"files": FILES | {path: "x"}})
    assert (answer.status_code, "is no place" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "x" * 1_000_001])
def test_a_text_that_no_database_keeps_is_refused(room: Room, text: str) -> None:
    body = f'{{"files": {{"rules/northlight/practice.yaml": "{text}"}}}}'
    headers = {"Content-Type": "application/json"}
    assert room.call("POST", "/rulebook/plan", content=body, headers=headers).status_code in {413, 422}


def test_nothing_is_published_over_what_was_not_seen(room: Room) -> None:
    shown = plan(room)["plan"]
    without = room.call("POST", "/rulebook/publish", json={"plan": shown["id"]})
    other = publish(room, shown["id"], match='"r-0000"')
    assert (without.status_code, other.status_code) == (428, 412)
    assert other.headers["ETag"] == etag(room) == f'"{shown["base"]}"'


def test_many_texts_are_published_by_their_number(room: Room) -> None:
    moved = {"rules/northlight/practice.yaml": PRACTICE + "confirm_above: 0\n"}
    moved["rules/northlight/appointments.yaml"] = RULES.replace("10:00", "11:00")
    shown = plan(room, FILES | moved)["plan"]
    assert (shown["count"], shown["asks_count"]) == (1, True)
    assert publish(room, shown["id"]).status_code == 409
    assert publish(room, shown["id"], count=2).status_code == 409
    assert publish(room, shown["id"], count=1).status_code == 200


def test_a_plan_is_published_once(room: Room) -> None:
    shown = plan(room)["plan"]
    publish(room, shown["id"])
    assert publish(room, shown["id"]).status_code == 409


def test_a_plan_of_another_practice_is_not_there(room: Room) -> None:
    shown = plan(room)["plan"]
    assert publish(room, shown["id"], using="stranger").status_code == 404
    assert publish(room, "p-00000000").status_code == 404


def test_revisions_are_listed_newest_first_in_pages(room: Room) -> None:
    first = etag(room).strip('"')
    second = plan(room)["plan"]
    publish(room, second["id"], note="new words")
    page = room.call("GET", "/rulebook/revisions?limit=1").json()
    rest = room.call("GET", f"/rulebook/revisions?limit=1&cursor={page['next']}").json()
    rows = [*page["items"], *rest["items"]]
    assert [(row["revision"], row["base"], row["note"]) for row in rows] == [
        (second["revision"], first, "new words"),
        (first, None, ""),
    ]
    assert rest["next"] is None


def test_a_revision_is_shown_by_its_id(room: Room) -> None:
    first = etag(room).strip('"')
    assert room.call("GET", f"/rulebook/revisions/{first}").json()["revision"] == first
    assert room.call("GET", f"/rulebook/revisions/{first}", key="stranger").status_code == 404
    assert room.call("GET", "/rulebook/revisions/r-none").status_code == 404
    assert room.call("GET", "/rulebook/revisions?cursor=WyJ4Il0").status_code == 422


def test_nothing_is_shown_where_nothing_was_published(room: Room) -> None:
    assert room.call("GET", "/rulebook", key="stranger").status_code == 404
    assert room.call("GET", "/rulebook/revisions", key="stranger").json()["items"] == []
