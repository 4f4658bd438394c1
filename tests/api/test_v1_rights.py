"""Which right each call takes: every role and every single right against every call of the document, over HTTP."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI

from scheduler.api.v1.contract import calls
from scheduler.identities.rights import ROLES, Right
from scheduler.identities.roles import rights_of
from tests.api.two_practices import BODIES, DATES
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

# By hand, so that no change of a call's right goes unseen: a call of the document that is not here fails the test.
TAKES: Final[Mapping[str, str]] = {
    "records:read": """
        GET /contacts, GET /contacts/{ref}, GET /occasions/{kind}, GET /occasions/{kind}/{ref},
        GET /occasions/{kind}/{ref}/plan, GET /appointments, GET /appointments/{ref}, GET /appointments/{ref}/plan,
        GET /payments, GET /payments/{ref}, GET /payments/{ref}/plan""",
    "records:write": """
        PUT /contacts/{ref}, PATCH /contacts/{ref}, DELETE /contacts/{ref}, POST /bulk/{what},
        PUT /occasions/{kind}/{ref}, PATCH /occasions/{kind}/{ref}, DELETE /occasions/{kind}/{ref},
        PUT /appointments/{ref}, PATCH /appointments/{ref}, DELETE /appointments/{ref},
        PUT /payments/{ref}, PATCH /payments/{ref}, DELETE /payments/{ref}""",
    "texts:send texts:system": "POST /texts, GET /may-send",
    "jobs:read": "GET /jobs, GET /jobs/{job}, GET /contacts/{ref}/history, GET /cases/{case_ref}/history, GET /cost",
    "jobs:change": """
        POST /jobs/{job}/cancel, POST /jobs/{job}/reschedule, POST /jobs/{job}/reopen, POST /jobs/{job}/retry""",
    "inbox:read": "GET /inbox, GET /conversations/{conversation_id}, GET /texts/{text_id}/media/{n}",
    "inbox:write": """
        POST /conversations/{conversation_id}/read, POST /conversations/{conversation_id}/assign,
        POST /conversations/{conversation_id}/link, POST /conversations/{conversation_id}/note,
        POST /conversations/{conversation_id}/reply""",
    "rulebook:read": "GET /rulebook, GET /rulebook/revisions, GET /rulebook/revisions/{revision}",
    "rulebook:publish": "POST /rulebook/plan, POST /rulebook/publish",
    "people:erase": """
        GET /contacts/{ref}/export, POST /contacts/{ref}/erase, PUT /contacts/{ref}/hold,
        DELETE /contacts/{ref}/hold""",
    "events:manage": """
        GET /endpoints, POST /endpoints, PATCH /endpoints/{endpoint}, DELETE /endpoints/{endpoint},
        POST /endpoints/{endpoint}/pause, POST /endpoints/{endpoint}/resume, POST /endpoints/{endpoint}/rotate-secret,
        GET /deliveries, POST /deliveries/resend""",
    "identities:manage": """
        GET /users, POST /users, POST /users/{name}/role, POST /users/{name}/disable, POST /users/{name}/enable,
        GET /keys, POST /keys, POST /keys/{name}/rotate, POST /keys/{name}/revoke""",
    "audit:read": "GET /audit",
    " ".join(Right): "POST /segments",
}
MAYA: Final = {"ref": "U-7", "name": "Maya Roy", "role": "staff"}
MORE: Final[Mapping[str, dict[str, Any]]] = {
    **BODIES,
    "Replying": {"text": "Hello.", "sent_by": MAYA},
    "NewMeasure": {"text": "Hello."},
    "NewEndpoint": {"url": "mailto:desk@example.org"},
    "Given": {"files": {}},
    "Publishing": {"plan": "p-none"},
    "Resending": {"events": []},
    "UserToAdd": {"name": "nobody", "role": "nothing"},
    "KeyToMake": {"name": "nobody", "scopes": []},
    "NewText": {"contact": "nobody", "text": "Hello."},
}
KEYS: Final[Mapping[str, frozenset[Right]]] = {
    **{right.value: frozenset({right}) for right in Right},
    **{role: rights_of(role) for role in ROLES},
    "named": rights_of("reception", {"reception"}),
}


def taken() -> dict[str, set[str]]:
    """Return the rights of which each call takes one, by call."""
    found: dict[str, set[str]] = {}
    for rights, names in TAKES.items():
        for name in names.split(","):
            found[name.strip()] = set(rights.split())
    return found


@pytest.fixture
def room(tmp_path: Path, sqlite_template: Path) -> Iterator[Room]:
    """Give the API with a key for every right and every role."""
    with opened(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}") as desk:
        yield room_at(desk, "northlight", KEYS)


def refused(room: Room, key: str, name: str, call: dict[str, Any]) -> bool:
    """Ask for what is not there with a key; tell whether it was refused for want of a right."""
    method, path = name.split(" ")
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = MORE[content.get("schema", {}).get("$ref", "").rpartition("/")[2]] | DATES.get(path.split("/")[1], {})
    if name == "POST /texts" and Right.SEND_TEXTS in KEYS[key]:
        body = {**body, "sent_by": MAYA}
    filled = re.sub(r"\{\w+\}", "1", path.replace("{kind}", "appointment").replace("{what}", "contacts"))
    headers = {"Idempotency-Key": "k-1"}
    answer = room.call(method, filled, key=key, headers=headers, **({"json": body} if "requestBody" in call else {}))
    assert answer.status_code not in {401, 405}, (name, answer.text)
    return answer.status_code == 403 and answer.json()["detail"].startswith("this key lacks the scope")


def test_every_call_is_open_to_those_who_have_its_right_and_to_nobody_else(room: Room) -> None:
    assert isinstance(room.client.app, FastAPI)
    takes = taken()
    for name, call in calls(room.client.app.openapi()).items():
        for key, rights in KEYS.items():
            may = bool(takes[name] & {right.value for right in rights})
            assert refused(room, key, name, call) != may, (name, key)


def test_the_table_names_no_call_that_is_not_there(room: Room) -> None:
    assert isinstance(room.client.app, FastAPI)
    assert taken().keys() <= calls(room.client.app.openapi()).keys()
