"""Jobs over the API: lists in pages, one with its life, orders with reasons, histories and costs."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import insert, update

from jobs.records import attempts, new_id, texts
from jobs.states import State
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

KEYS = {"viewer": frozenset({Right.READ_JOBS})}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice with contact C-1 and their visit A-1 of case K-1, which has two reminders."""
    with opened(database_url) as desk:
        desk.visit("A-1", contact="C-1", start="2026-12-01 10:00", status="booked", case_ref="K-1")
        yield room_at(desk, "northlight", KEYS)


def get(room: Room, path: str, **rest: Any) -> dict[str, Any]:
    """Return what a listing answers."""
    answer = room.call("GET", path, **rest)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def first(room: Room) -> str:
    """Return the id of the first reminder's job."""
    return room.desk.job("week-before").id.hex


def order(room: Room, what: str, job: str | None = None, *, using: str = "all", **body: Any) -> Response:
    """Order something of a job."""
    given = {"reason": "they asked for it", **body}
    return room.call("POST", f"/jobs/{job or first(room)}/{what}", key=using, json=given)


def test_jobs_are_listed_soonest_first(room: Room) -> None:
    found = get(room, "/jobs")["items"]
    assert [(row["step"], row["state"]) for row in found] == [("week-before", "scheduled"), ("day-before", "scheduled")]
    assert (found[0]["contact"], found[0]["kind"], found[0]["occasion"]) == ("C-1", "appointment", "A-1")


def test_a_list_comes_in_pages(room: Room) -> None:
    one = get(room, "/jobs?limit=1")
    two = get(room, f"/jobs?limit=1&cursor={one['next']}")
    assert [row["step"] for row in (*one["items"], *two["items"])] == ["week-before", "day-before"]
    assert two["next"] is None


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("state=scheduled&state=held", ["week-before", "day-before"]),
        ("state=sent", []),
        ("contact=C-1", ["week-before", "day-before"]),
        ("contact=C-2", []),
        ("rule=visit/day-before", ["day-before"]),
        ("due_from=2026-11-28T00:00:00Z", ["day-before"]),
        ("due_to=2026-11-28T00:00:00Z", ["week-before"]),
    ],
)
def test_a_list_is_filtered(room: Room, query: str, steps: list[str]) -> None:
    assert [row["step"] for row in get(room, f"/jobs?{query}")["items"]] == steps


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=WyJhIiwiYiJd", "state=gone", "limit=0", "limit=9999", "due_from=yesterday"]
)
def test_a_question_that_is_none_is_refused(room: Room, query: str) -> None:
    assert room.call("GET", f"/jobs?{query}").status_code == 422


def test_a_job_is_shown_with_its_life(room: Room) -> None:
    found = get(room, f"/jobs/{first(room)}")
    assert [event["verb"] for event in found["timeline"]] == ["plan"]
    assert found["tries"] == []
    assert found["why"][0].startswith("Job ")


def test_words_of_attempts_are_shown_to_who_may_see_them_and_asks(room: Room) -> None:
    room.desk.send(room.desk.job("week-before"))
    whole = get(room, f"/jobs/{first(room)}?reveal=true")
    hidden = get(room, f"/jobs/{first(room)}", key="viewer")
    assert room.call("GET", f"/jobs/{first(room)}?reveal=true", key="viewer").status_code == 403
    assert (whole["tries"][0]["body"], hidden["tries"][0]["body"]) == ("…", None)
    assert "It said: …" in whole["why"]
    assert not any(sentence.startswith("It said") for sentence in hidden["why"])


def test_a_job_is_cancelled_with_its_reason(room: Room) -> None:
    answer = order(room, "cancel", by={"ref": "U-7", "name": "Maya Roy"})
    assert (answer.json()["from_state"], answer.json()["to_state"]) == ("scheduled", "cancelled"), answer.text
    job = room.desk.job("week-before")
    assert (job.state, job.reason, job.moved_by) == (State.CANCELLED, "they asked for it", "person:Maya Roy")


def test_a_job_is_given_another_moment(room: Room) -> None:
    answer = order(room, "reschedule", at="2026-11-25T15:00:00Z")
    assert answer.status_code == 200, answer.text
    job = room.desk.job("week-before")
    assert (job.due_at.isoformat(), job.pinned) == ("2026-11-25T15:00:00+00:00", True)


def test_a_cancelled_job_is_reopened_in_a_persons_name_only(room: Room) -> None:
    order(room, "cancel")
    refused = order(room, "reopen")
    assert (refused.status_code, "in a person's name" in refused.json()["detail"]) == (409, True)
    assert order(room, "reopen", by={"name": "Maya Roy"}).json()["to_state"] == "scheduled"


@pytest.mark.parametrize("state", [State.HELD, State.RETRYING, State.FAILED, State.BLOCKED, State.SCHEDULED])
def test_a_job_that_waits_or_failed_goes_now(room: Room, state: State) -> None:
    room.desk.set_job(room.desk.job("week-before"), state=state.value)
    answer = order(room, "retry")
    assert answer.status_code == 200, answer.text
    job = room.desk.job("week-before")
    assert (job.state, job.due_at) == (State.SCHEDULED, room.desk.clock.now())


@pytest.mark.parametrize("what", ["cancel", "reschedule", "reopen", "retry"])
def test_what_was_sent_is_ordered_about_no_more(room: Room, what: str) -> None:
    job = room.desk.job("week-before")
    room.desk.send(job)
    answer = order(room, what)
    assert answer.status_code == 409
    assert "is sent" in answer.json()["detail"]


@pytest.mark.parametrize("what", ["cancel", "reschedule", "reopen", "retry"])
def test_an_order_needs_a_reason(room: Room, what: str) -> None:
    answer = order(room, what, reason=" ")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")


@pytest.mark.parametrize("at", ["2026-11-01T10:00:00Z", "2026-12-05T10:00:00Z", "soon"])
def test_a_job_is_not_dated_where_it_is_useless(room: Room, at: str) -> None:
    assert order(room, "reschedule", at=at).status_code == 422
    assert not room.desk.job("week-before").pinned


def test_jobs_of_another_practice_are_not_there(room: Room) -> None:
    job = first(room)
    assert room.call("GET", f"/jobs/{job}", key="stranger").status_code == 404
    for what in ("cancel", "reschedule", "reopen", "retry"):
        assert order(room, what, job, using="stranger").status_code == 404
    assert get(room, "/jobs", key="stranger")["items"] == []
    for path in ("/contacts/C-1/history", "/cases/K-1/history"):
        assert room.call("GET", path, key="stranger").status_code == 404


@pytest.mark.parametrize("name", ["0" * 32, "nonsense", "%20"])
def test_a_job_that_is_none_is_not_there(room: Room, name: str) -> None:
    assert room.call("GET", f"/jobs/{name}").status_code == 404


def say(room: Room, direction: str, body: str, **more: Any) -> None:
    """Let a text have gone out or come in now."""
    row = {"practice": "northlight", "number": "+15145550001", "at": room.desk.clock.now(), "id": new_id()}
    row |= {"direction": direction, "body": body, **more}
    room.desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))


def talk(room: Room) -> None:
    """Let the first reminder have gone out, and C-1 have answered."""
    job = room.desk.job("week-before")
    room.desk.send(job)
    contact = {"contact_id": job.contact_id, "case_ref": "K-1"}
    say(room, "out", "See you Tuesday", job_id=job.id, **contact)
    room.desk.later(minutes=5)
    say(room, "in", "my password: hunter2hunter2", meaning="unclear", **contact)


@pytest.mark.parametrize("path", ["/contacts/C-1/history", "/cases/K-1/history"])
def test_a_history_tells_texts_and_jobs_newest_first(room: Room, path: str) -> None:
    talk(room)
    found = get(room, path)["items"]
    assert [(each["what"], each["direction"], each["state"]) for each in found] == [
        ("job", None, "scheduled"),
        ("text", "in", None),
        ("text", "out", "sent"),
    ]
    assert found[2]["words"] == "See you Tuesday"
    assert found[1]["words"].startswith("(not shown")


def test_a_history_comes_in_pages(room: Room) -> None:
    talk(room)
    seen, cursor = [], ""
    for _ in range(3):
        page = get(room, f"/contacts/C-1/history?limit=1{cursor}")
        seen += page["items"]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert seen == get(room, "/contacts/C-1/history")["items"]


def test_nobodys_history_is_not_there(room: Room) -> None:
    assert room.call("GET", "/contacts/C-404/history").status_code == 404
    assert room.call("GET", "/cases/K-404/history").status_code == 404


def test_costs_are_told_by_month(room: Room) -> None:
    job = room.desk.job("week-before")
    room.desk.send(job)
    values = {"cost_estimated": "0.01", "currency": "CAD", "spending_month": "2026-11"}
    room.desk.database.write(lambda connection: connection.execute(update(attempts).values(values)))
    (month,) = get(room, "/cost?month=2026-11")["months"]
    assert (month["texts"], month["unpriced"], month["spent"]) == (1, 1, "0.01")
    assert get(room, "/cost?month=2026-10")["months"] == []
    assert room.call("GET", "/cost?month=2026-13").status_code == 422
