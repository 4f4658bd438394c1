"""The API keeps its OpenAPI document: every check of Schemathesis over real sockets, and what it cannot see.

Bounded, and with the same examples each time. Longer: `python -m tests.api.contract_check 500 [seed]`.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from scheduler.api.v1.contract import LINE, calls
from scheduler.intake.values import read_line
from tests.api.contract_check import check_contract
from tests.api.live import furnish, serving_api
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

PROBLEM = "application/problem+json"


@pytest.fixture
def room(tmp_path: Path, sqlite_template: Path) -> Iterator[Room]:
    """Give the API over a furnished practice."""
    with opened(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}") as desk:
        furnish(desk)
        yield room_at(desk, "northlight")


def document(room: Room) -> dict[str, Any]:
    """Return the OpenAPI document."""
    assert isinstance(room.client.app, FastAPI)
    return room.client.app.openapi()


def test_the_live_api_keeps_its_contract(room: Room, tmp_path: Path) -> None:
    with serving_api(room.desk) as address:
        checked = check_contract(address, tmp_path, examples=8)
    assert checked.code == 0, checked.said[-20_000:]


def test_it_keeps_it_over_postgresql_too(migrated_postgres_url: str, tmp_path: Path) -> None:
    with opened(migrated_postgres_url) as desk:
        furnish(desk)
        with serving_api(desk) as address:
            checked = check_contract(address, tmp_path, examples=4, phases="fuzzing,stateful")
    assert checked.code == 0, checked.said[-20_000:]


def test_every_error_is_declared_as_a_problem_that_names_fields(room: Room) -> None:
    for name, call in calls(document(room)).items():
        errors = {status: each for status, each in call["responses"].items() if int(status) >= 400}
        assert errors.keys() >= {"400", "401", "403", "404", "405", "409", "413", "422", "429"}, name
        assert ("415" in errors) == ("requestBody" in call), name
        for each in errors.values():
            assert each["content"] == {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}, name


def test_every_call_has_a_name_of_its_own(room: Room) -> None:
    names = [call["operationId"] for call in calls(document(room)).values()]
    assert len(names) == len(set(names))


def test_a_method_that_an_address_does_not_have_is_told_all_it_has(room: Room) -> None:
    answer = room.call("POST", "/contacts/C-1")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
    assert answer.headers["allow"] == "DELETE, GET, PATCH, PUT"
    assert answer.json()["detail"] == "there is no POST here: DELETE, GET, PATCH, PUT there is"
    assert room.call("PUT", "/jobs").headers["allow"] == "GET"
    assert room.call("PUT", "/openapi.json").status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_said_to_be_json_is_refused(room: Room, kind: str) -> None:
    for method, path in (("PUT", "/contacts/C-1"), ("POST", "/bulk/contacts"), ("POST", "/segments")):
        answer = room.call(method, path, content=b'{"text": "a"}', headers={"Content-Type": kind} if kind else {})
        assert (answer.status_code, answer.headers["content-type"]) == (415, PROBLEM), path
        assert "application/json" in answer.headers["accept"]


def test_ndjson_is_for_bulk_alone(room: Room) -> None:
    lines: dict[str, Any] = {
        "content": b'{"ref": "C-9"}\n',
        "headers": {"Content-Type": "application/x-ndjson; charset=utf-8"},
    }
    assert room.call("POST", "/bulk/contacts", **lines).status_code == 200
    assert room.call("PUT", "/contacts/C-9", **lines).status_code == 415


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"a"', "line 1 column 5"),
        (b"", None),
        (b"{\n  x", "line 2 column 3"),
        (b"nul", "line 1 column 1"),
        (b"{}{}", "line 1 column 3"),
    ],
)
def test_what_is_not_json_is_told_where(room: Room, body: bytes, where: str | None) -> None:
    answer = room.call("PUT", "/contacts/C-1", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    problem = answer.json()
    if where is not None:
        assert problem["detail"] == f"body: not JSON at {where}"
        assert problem["errors"][0]["field"] == ""
        assert problem["errors"][0]["detail"].startswith(f"is not JSON at {where}: ")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"contact": {"name": "no ref"}}, {"contact", "contact.ref"}),
        ({"contact": {"ref": "C-1", "version": "x"}}, {"contact", "contact.version"}),
        ({"people": {"driver": {"ref": "C-1", "colour": 1}}}, {"people.driver", "people.driver.colour"}),
        ({"fields": {"type": {"a": 1}}}, {"fields.type"}),
        ({"skip": ["visit", 7]}, {"skip.1"}),
        ({"hue": 1}, {"hue"}),
    ],
)
def test_a_problem_names_the_field_as_the_body_has_it(room: Room, body: dict[str, Any], fields: set[str]) -> None:
    answer = room.call("PATCH", "/appointments/A-1", json=body)
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == fields


@pytest.mark.parametrize(
    "body",
    [b'{"version": 1' + b"0" * 5_000 + b"}", b"[" * 100_000, b'{"name": "\\ud800"}', b'{"name": "a\\u0000"}', b"\xff"],
)
def test_odd_json_is_refused_in_words(room: Room, body: bytes) -> None:
    answer = room.call("PUT", "/contacts/C-1", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    assert json.loads(answer.content)["detail"]


@pytest.mark.parametrize(
    "given", ["C-1", "é", "a b", " x", "\x01", "a\x9f", "", " ", "\u00a0", "a\tb", "\x85a", "日本"]
)
def test_the_document_takes_for_a_line_what_intake_does(given: str) -> None:
    try:
        is_line = bool(read_line(given))
    except ValueError:
        is_line = False
    assert Draft202012Validator({"type": "string", "pattern": LINE}).is_valid(given) == is_line, given


def test_an_address_with_a_line_break_is_a_problem_in_json(room: Room) -> None:
    answer = room.call("GET", "/contacts/a%0Ab")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


def test_no_address_leads_elsewhere(room: Room) -> None:
    answer = room.call("GET", "/contacts/", follow_redirects=False)
    assert answer.status_code == 404


def test_no_shape_has_the_name_of_another(room: Room) -> None:
    twice = [name for name in document(room)["components"]["schemas"] if "__" in name]
    assert not twice, "two models of one name: the document then names them by module, which clients cannot"
