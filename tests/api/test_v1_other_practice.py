"""Another practice's rows do not exist for a caller: every call of the document, every parameter and field of ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI

from scheduler.api.v1.contract import calls
from tests.api.live import furnish
from tests.api.test_v1_rulebook import FILES
from tests.api.two_practices import CASE, NUMBER, OTHER, Other, furnish_other, rows_of
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

MAKES_ONES_OWN: Final = frozenset(
    f"PUT /{path}/{{ref}}" for path in ("contacts", "appointments", "payments", "occasions/{kind}")
)
"""A ref is a practice's own: to put what another one has makes one's own."""
THEIRS: Final[dict[str, str]] = {
    "contact": "EL-C",
    "owner": "bruno",
    "phone": NUMBER,
    "case_ref": CASE,
    "by": "person:bruno",
    "subject_id": "bruno",
    "rule": "elsewhere-only",
}
"""What the other practice has, by the parameter that takes such a thing. An `endpoint` is added when it is known."""
NO_ROW: Final = frozenset(
    [
        "cursor",
        "limit",
        "reveal",
        "changed_since",
        "gone",
        "version",
        "plan",
        "status",
        "starts_from",
        "starts_before",
        "reason",
        "mode",
        "announce",
        "state",
        "due_from",
        "due_to",
        "month",
        "dead",
        "action",
        "subject_kind",
        "since",
        "until",
        "number",
        "role",
    ]
)
"""Parameters that name nobody's row."""


@dataclass
class Both:
    """Northlight's API, and the other practice."""

    room: Room
    other: Other

    @property
    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        assert isinstance(self.room.client.app, FastAPI)
        return self.room.client.app.openapi()


@pytest.fixture
def both(database_url: str) -> Iterator[Both]:
    """Give two practices in one database, each with rows of its own."""
    with opened(database_url) as desk:
        furnish(desk)
        yield Both(room_at(desk, "northlight"), furnish_other(desk))


def test_every_call_answers_404_to_another_practices_ids_and_leaves_it_as_it_is(both: Both) -> None:
    before = rows_of(both.room.desk, OTHER)
    named = sorted(both.other.calls(both.document), key=lambda each: each.name in MAKES_ONES_OWN)
    assert {each.name for each in named} >= MAKES_ONES_OWN
    for number, each in enumerate(named):
        headers = {"Idempotency-Key": f"k-{number}"}
        answer = both.room.call(each.method, each.path, json=each.body, headers=headers)
        wanted = 200 if each.name in MAKES_ONES_OWN else 404
        assert answer.status_code == wanted, (each, answer.text)
        assert rows_of(both.room.desk, OTHER) == before, each
        if each.name in MAKES_ONES_OWN:
            assert answer.json()["outcome"] in {"added", "unchanged"}


def test_the_owner_of_the_rows_is_answered(both: Both) -> None:
    for each in both.other.calls(both.document):
        if each.method == "GET" and not each.path.startswith("/texts/"):
            answer = both.room.call("GET", each.path, key="stranger")
            assert answer.status_code == 200, (each, answer.text)


def test_no_parameter_of_a_query_finds_another_practices_rows(both: Both) -> None:
    theirs = {**THEIRS, "endpoint": both.other.ids["endpoints", "endpoint"]}
    asked = 0
    for name, call in calls(both.document).items():
        method, path = name.split(" ")
        queries = [each["name"] for each in call.get("parameters", ()) if each["in"] == "query"]
        for query in (each for each in queries if each not in NO_ROW):
            value = theirs[query]
            answer = both.room.call(method, path.replace("{kind}", "appointment"), params={query: value})
            assert answer.status_code in {200, 404}, (name, query, answer.text)
            if answer.status_code == 200:
                told = answer.json()
                assert told.get("items") == [] or told.get("allowed") is False, (name, query, told)
            asked += 1
    assert asked >= 15


def test_no_field_of_a_body_reaches_another_practices_rows(both: Both) -> None:
    plan = _plan_of_theirs(both)
    before = rows_of(both.room.desk, OTHER)
    endpoint = both.other.ids["endpoints", "endpoint"]
    for method, path, body in (
        ("PUT", "/contacts/C-9", {"via": "EL-C"}),
        ("PUT", "/appointments/A-9", {"contact": "EL-C", "start": "2026-12-01T10:00"}),
        ("PUT", "/appointments/A-9", {"people": {"driver": "EL-C"}, "start": "2026-12-01T10:00"}),
        ("POST", "/bulk/appointments", [{"ref": "A-9", "contact": "EL-C", "start": "2026-12-01T10:00"}]),
        ("POST", "/texts", {"contact": "EL-C", "text": "Hello."}),
        ("POST", "/conversations/+15145550001/link", {"contact": "EL-C"}),
        ("POST", "/rulebook/publish", {"plan": plan}),
        ("POST", "/deliveries/resend", {"endpoint": endpoint}),
    ):
        answer = both.room.call(method, path, json=body, headers={"Idempotency-Key": "k"})
        assert answer.status_code in {404, 422} or answer.json() == {"deliveries": 0}, (path, body, answer.text)
        assert rows_of(both.room.desk, OTHER) == before, path


def _plan_of_theirs(both: Both) -> str:
    """Let the other practice plan a publish; return its id."""
    files = {name.replace("northlight", OTHER): text.replace("northlight", OTHER) for name, text in FILES.items()}
    planned = both.room.call("POST", "/rulebook/plan", key="stranger", json={"files": files}).json()
    plan: str = planned["plan"]["id"]
    return plan
