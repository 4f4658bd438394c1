"""Where events go, through the API: added, changed, paused, given a new secret, removed; and what was not delivered."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobs import events
from jobs.events import Kind, NewEvent
from jobs.records import audit, deliveries
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import make_rulebook, opened

URL = "https://cases.example/in"


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice; its key `blind` may do all but manage events."""
    with opened(database_url, make_rulebook()) as desk:
        yield room_at(desk, "northlight", {"blind": frozenset(Right) - {Right.MANAGE_EVENTS}})


def said(room: Room, method: str, path: str, **rest: Any) -> dict[str, Any]:
    answer = room.call(method, path, **rest)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


def add(room: Room, url: str = URL, **more: Any) -> dict[str, Any]:
    return said(room, "POST", "/endpoints", json={"url": url, **more})


def tell(room: Room) -> None:
    """Let something happen that endpoints are told of."""
    new = NewEvent(practice="northlight", kind=Kind.TEXT_SENT, payload={})
    room.desk.database.write(lambda connection: events.note(connection, [new], now=room.desk.clock.now()))


def taken(room: Room) -> list[events.Taken]:
    """Take what is due, as the ticker does."""

    def work(connection: Connection) -> list[events.Taken]:
        return events.take(connection, events.POST, most=9, now=room.desk.clock.now())

    return room.desk.database.write(work)


def actions(room: Room) -> list[str]:
    with room.desk.database.read() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def test_a_secret_is_shown_when_its_endpoint_is_added_and_never_again(room: Room) -> None:
    added = add(room, kinds=["text.sent"])
    assert added["secret"].startswith("whsec_")
    (listed,) = said(room, "GET", "/endpoints")["items"]
    assert (listed["id"], listed["url"], listed["kinds"]) == (added["id"], URL, ["text.sent"])
    assert "secret" not in listed


def test_a_mail_address_has_no_secret(room: Room) -> None:
    added = add(room, "mailto:desk@northlight.example")
    assert (added["channel"], added["secret"]) == ("mail", None)
    assert room.call("POST", f"/endpoints/{added['id']}/rotate-secret").status_code == 409


@pytest.mark.parametrize("url", ["http://cases.example", "ftp://x", "https://", "https://user:pw@x.example"])
def test_an_address_that_is_not_fit_is_refused(room: Room, url: str) -> None:
    assert room.call("POST", "/endpoints", json={"url": url}).status_code == 422


def test_a_change_names_what_it_changes(room: Room) -> None:
    made = add(room)
    changed = said(room, "PATCH", f"/endpoints/{made['id']}", json={"kinds": ["text.sent", "job.held"]})
    assert (changed["url"], changed["kinds"]) == (URL, ["text.sent", "job.held"])
    assert room.call("PATCH", f"/endpoints/{made['id']}", json={"url": "mailto:a@b.example"}).status_code == 422
    assert room.call("PATCH", f"/endpoints/{made['id']}", json={"kinds": []}).status_code == 422


def test_what_happens_while_an_endpoint_is_paused_goes_there_when_it_is_resumed(room: Room) -> None:
    made = add(room)
    assert said(room, "POST", f"/endpoints/{made['id']}/pause")["paused_at"] is not None
    tell(room)
    assert taken(room) == []
    assert said(room, "POST", f"/endpoints/{made['id']}/resume")["paused_at"] is None
    assert [each.kind for each in taken(room)] == ["text.sent"]


def test_the_next_post_is_signed_with_the_new_secret(room: Room) -> None:
    made = add(room)
    secret = said(room, "POST", f"/endpoints/{made['id']}/rotate-secret")["secret"]
    tell(room)
    assert [each.secret for each in taken(room)] == [secret]
    assert secret != made["secret"]


def test_what_was_given_up_is_listed_and_sent_again(room: Room) -> None:
    add(room)
    tell(room)
    assert said(room, "GET", "/deliveries?dead=true")["items"] == []
    given_up = update(deliveries).values(dead_at=room.desk.clock.now(), next_at=room.desk.clock.now(), answer="500")
    room.desk.database.write(lambda connection: connection.execute(given_up))
    (dead,) = said(room, "GET", "/deliveries?dead=true")["items"]
    assert (dead["kind"], dead["answer"]) == ("text.sent", "500")
    assert said(room, "POST", "/deliveries/resend", json={"events": [dead["event"]]}) == {"deliveries": 1}
    assert len(taken(room)) == 1
    assert room.call("POST", "/deliveries/resend", json={"events": ["0" * 32]}).status_code == 404


def test_what_waits_is_listed_in_pages(room: Room) -> None:
    add(room)
    for _ in range(3):
        tell(room)
    first = said(room, "GET", "/deliveries?limit=2")
    rest = said(room, "GET", f"/deliveries?limit=2&cursor={first['next']}")
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert len({each["event"] for each in (*first["items"], *rest["items"])}) == 3


def test_each_change_is_noted_once_and_no_secret_is(room: Room) -> None:
    made = add(room)
    path = f"/endpoints/{made['id']}"
    for verb in ("pause", "pause", "resume", "resume", "rotate-secret"):
        said(room, "POST", f"{path}/{verb}")
    said(room, "PATCH", path, json={"url": f"{URL}/2"})
    said(room, "PATCH", path, json={"url": f"{URL}/2"})
    said(room, "DELETE", path)
    done = ("added", "paused", "resumed", "secret_rotated", "changed", "removed")
    assert actions(room) == [f"endpoint.{each}" for each in done]
    with room.desk.database.read() as connection:
        assert "whsec_" not in str(connection.execute(select(audit)).all())


def test_sending_again_is_noted(room: Room) -> None:
    add(room)
    tell(room)
    room.desk.later(days=2)
    room.desk.database.write(
        lambda connection: connection.execute(update(deliveries).values(dead_at=room.desk.clock.now()))
    )
    said(room, "POST", "/deliveries/resend", json={})
    assert actions(room)[-1] == "endpoint.resent"


def test_another_practices_endpoints_are_not_there(room: Room) -> None:
    made = add(room)
    path = f"/endpoints/{made['id']}"
    for method, rest in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("POST", "/rotate-secret"),
    ):
        body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
        assert room.call(method, path + rest, key="stranger", **body).status_code == 404
        assert room.call(method, "/endpoints/nonsense" + rest, **body).status_code == 404
    assert room.call("GET", f"/deliveries?endpoint={made['id']}", key="stranger").status_code == 404
    assert said(room, "GET", "/endpoints", key="stranger")["items"] == []


def test_managing_events_needs_its_right(room: Room) -> None:
    made = add(room)
    for method, path in (("GET", ""), ("POST", ""), ("PATCH", f"/{made['id']}"), ("POST", f"/{made['id']}/pause")):
        body: dict[str, Any] = {"json": {"url": URL}} if method in {"POST", "PATCH"} else {}
        assert room.call(method, f"/endpoints{path}", key="blind", **body).status_code == 403


def failed_with(room: Room, wait: dt.timedelta) -> dt.timedelta:
    """Let a first attempt fail with a wait that the endpoint asks for; return when the next one is, from now."""
    add(room)
    tell(room)
    (mine,) = taken(room)
    now = room.desk.clock.now()
    lost = [events.Failed(mine, "it answered 429", wait)]
    room.desk.database.write(lambda connection: events.failed(connection, lost, lambda: 0.0, now=now))
    with room.desk.database.read() as connection:
        next_at: dt.datetime = connection.execute(select(deliveries.c.next_at)).scalar_one()
    return next_at - now


@pytest.mark.parametrize(
    ("wait", "then"),
    [
        (dt.timedelta(seconds=1), dt.timedelta(seconds=5)),
        (dt.timedelta(minutes=20), dt.timedelta(minutes=20)),
        (dt.timedelta(days=9), dt.timedelta(days=1)),
    ],
)
def test_an_endpoint_that_asks_for_time_is_given_it_for_a_day_at_most(
    room: Room, wait: dt.timedelta, then: dt.timedelta
) -> None:
    assert failed_with(room, wait) == then
