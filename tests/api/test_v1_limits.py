"""Limits and safety of every call: sizes, rates, headers, odd addresses; and no wrong input is a 500."""

import json
import string
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.api.v1.app import v1_app
from scheduler.api.v1.calling import Place
from scheduler.api.v1.limits import Buckets, Limits
from scheduler.identities.rights import Caller, Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import Desk, opened

ODD = st.text(alphabet=st.characters(), max_size=12) | st.sampled_from(["\0", "\ud800", "", " ", "../x", "%", "?", "#"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "contact",
    "people",
    "start",
    "end",
    "date",
    "status",
    "case_ref",
    "timezone",
    "remote",
    "reminders",
    "skip",
    "fields",
    "version",
    "announce",
    "name",
    "first_name",
    "phone",
    "language",
    "owner",
    "via",
    "ref",
]
VALUES = JSON | st.sampled_from(["2026-12-01T10:00", "0001-01-01", "C-1", 10**30, {"ref": "C-1"}, ["visit"], "EST5EDT"])
BODIES = st.dictionaries(st.sampled_from(NAMES) | ODD, VALUES, max_size=5) | JSON


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Give a published practice on both databases."""
    with opened(database_url) as found:
        yield found


@pytest.fixture
def room(desk: Desk) -> Room:
    """Give the API over it."""
    return room_at(desk, "northlight")


def limited(desk: Desk, limits: Limits) -> TestClient:
    """Open the API with narrow limits."""
    place = Place(desk.database, desk.clock, desk.intake, lambda key: Caller("northlight", key, frozenset(Right)))
    return TestClient(v1_app(place, limits), headers={"Authorization": "Bearer a", "Content-Type": "application/json"})


def test_a_bucket_refills_at_its_rate() -> None:
    moment = [0.0]
    buckets = Buckets(per_second=2, at_once=3, seconds=lambda: moment[0])
    assert [buckets.wait(b"k") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.wait(b"other") == 0
    moment[0] = 0.5
    assert [buckets.wait(b"k"), buckets.wait(b"k")] == [0, 0.5]


def test_too_many_calls_are_told_when_to_come_again(desk: Desk) -> None:
    client = limited(desk, Limits(per_second=0.01, at_once=2))
    answers = [client.get("/contacts") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert client.get("/contacts", headers={"Authorization": "Bearer b"}).status_code == HTTPStatus.OK


def test_a_body_that_is_too_large_is_refused_whatever_length_it_announces(desk: Desk) -> None:
    client = limited(desk, Limits(body_bytes=100, bulk_bytes=200))
    assert client.put("/contacts/C-1", json={"name": "x" * 100}).status_code == 413
    assert client.put("/contacts/C-1", content=iter([b"{", b" " * 150])).status_code == 413
    assert client.post("/bulk/contacts", content=iter([b"{", b" " * 150])).status_code == 422
    assert client.post("/bulk/contacts", content=iter([b"{", b" " * 250])).status_code == 413


def test_every_answer_is_for_programs_alone(desk: Desk) -> None:
    room = room_at(desk, "northlight")
    for answer in (room.call("GET", "/contacts"), room.call("GET", "/nowhere"), room.client.get("/contacts")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_nul_in_an_address_is_refused(desk: Desk) -> None:
    room = room_at(desk, "northlight")
    for path in ("/contacts/a%00b", "/contacts?owner=%00", "/appointments/a%2F%00"):
        assert room.call("GET", path).status_code == 422, path


def never_a_500(room: Room, method: str, path: str, **rest: Any) -> None:
    """Call with whatever it is; the answer is one that the contract knows."""
    answer = room.call(method, path, **rest)
    assert answer.status_code < 500, (method, path, rest, answer.text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, method=st.sampled_from(["PUT", "PATCH"]), path=st.sampled_from(["contacts/X", "appointments/X"]))
def test_no_body_is_a_500(room: Room, body: object, method: str, path: str) -> None:
    never_a_500(room, method, f"/{path}", content=json.dumps(body))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(BODIES, max_size=3), mode=st.sampled_from(["per_row", "all_or_nothing"]), what=st.booleans())
def test_no_bulk_is_a_500(room: Room, rows: object, mode: str, what: bool) -> None:  # noqa: FBT001 - drawn
    never_a_500(room, "POST", f"/bulk/{'contacts' if what else 'payments'}?mode={mode}", content=json.dumps(rows))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bits=st.lists(st.text(alphabet=string.hexdigits, min_size=2, max_size=2), min_size=1, max_size=6))
def test_no_address_is_a_500(room: Room, bits: list[str]) -> None:
    odd = "".join(f"%{each}" for each in bits)
    for path in (f"/contacts/{odd}", f"/occasions/{odd}/x", f"/appointments/{odd}/plan", f"/appointments?cursor={odd}"):
        never_a_500(room, "GET", path)
    never_a_500(room, "DELETE", f"/payments/{odd}?version={odd}")
    never_a_500(room, "GET", f"/appointments?contact={odd}&starts_from={odd}&limit={odd}&status={odd}")
