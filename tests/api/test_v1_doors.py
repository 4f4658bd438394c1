"""Every route under `/v1`: no key, a wrong one, one without the right; errors are problem+json."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a published practice; its key `none` has no right at all."""
    with opened(database_url) as desk:
        yield room_at(desk, "northlight", {"none": frozenset()})


def routes(room: Room) -> list[tuple[str, str]]:
    """Return the methods and paths of all routes."""
    app = room.client.app
    assert isinstance(app, FastAPI)
    paths: dict[str, dict[str, object]] = app.openapi()["paths"]
    found = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert {path.split("/")[1] for _, path in found} >= {"contacts", "occasions", "bulk", "texts", "jobs", "inbox"}
    return found


def test_no_route_opens_without_a_key(room: Room) -> None:
    for method, path in routes(room):
        answer = room.client.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path


def test_no_route_opens_to_a_key_without_its_scope(room: Room) -> None:
    for method, path in routes(room):
        answer = room.call(method, path, key="none", json={})
        assert answer.status_code == 403, (method, path, answer.text)


def test_what_is_not_there_is_a_problem_in_json(room: Room) -> None:
    answer = room.call("GET", "/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Not Found"
