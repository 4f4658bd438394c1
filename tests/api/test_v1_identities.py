"""Users and API keys through the API: made, changed, ended; secrets once; nobody gives what they do not have."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from jobs.records import audit
from scheduler.identities.doorkeeper import whose
from scheduler.identities.rights import ROLES, Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import make_rulebook, opened

SOME = frozenset({Right.MANAGE_IDENTITIES, Right.READ_RECORDS, Right.READ_JOBS, Right.READ_RULEBOOK})


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice; its key `some` manages identities and sees, `blind` may all but manage them."""
    keys = {"some": SOME, "blind": frozenset(Right) - {Right.MANAGE_IDENTITIES}}
    with opened(database_url, make_rulebook(practice={"who_may_send": {"texts": ["reception"]}})) as desk:
        yield room_at(desk, "northlight", keys)


def said(room: Room, method: str, path: str, **rest: Any) -> dict[str, Any]:
    answer = room.call(method, path, **rest)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def noted(room: Room) -> list[str]:
    with room.desk.database.read() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def add_user(room: Room, name: str = "maya", role: str = "admin", **more: Any) -> dict[str, Any]:
    return said(room, "POST", "/users", json={"name": name, "role": role, **more})


def add_key(room: Room, name: str = "immcase", **more: Any) -> dict[str, Any]:
    return said(room, "POST", "/keys", json={"name": name, "scopes": ["records:read"], **more})


def test_a_password_is_shown_once_and_is_to_be_changed(room: Room) -> None:
    made = add_user(room)
    assert (len(made["password"]) > 10, made["must_change"], made["role"]) == (True, True, "admin")
    (listed,) = said(room, "GET", "/users")["items"]
    assert "password" not in listed


def test_who_signs_in_elsewhere_has_no_password(room: Room) -> None:
    made = add_user(room, signs_in_elsewhere=True)
    assert (made["password"], made["has_password"]) == (None, False)


def test_a_role_is_given_and_the_last_admin_stays(room: Room) -> None:
    add_user(room)
    add_user(room, "kim", "reception")
    assert said(room, "POST", "/users/kim/role", json={"role": "staff"})["role"] == "staff"
    assert room.call("POST", "/users/maya/role", json={"role": "staff"}).status_code == 409
    assert room.call("POST", "/users/kim/role", json={"role": "wizard"}).status_code == 422
    assert room.call("POST", "/users/nobody/role", json={"role": "staff"}).status_code == 404


def test_a_disabled_user_is_let_in_again(room: Room) -> None:
    add_user(room)
    add_user(room, "kim", "viewer")
    assert said(room, "POST", "/users/kim/disable")["disabled_at"] is not None
    assert said(room, "POST", "/users/kim/enable")["disabled_at"] is None
    assert noted(room) == ["user.added", "user.added", "user.disabled", "user.enabled"]


def test_a_made_key_opens_and_a_revoked_one_does_not(room: Room) -> None:
    made = add_key(room)
    caller = whose(room.desk.database, room.desk.clock)(made["key"])
    assert caller is not None
    assert (caller.name, set(caller.rights)) == ("key:immcase", {Right.READ_RECORDS})
    assert [each["standing"] for each in said(room, "POST", "/keys/immcase/revoke")["items"]] == ["revoked"]
    assert whose(room.desk.database, room.desk.clock)(made["key"]) is None
    (listed,) = said(room, "GET", "/keys")["items"]
    assert "key" not in listed


def test_a_key_ends_in_a_year_unless_told_otherwise(room: Room) -> None:
    assert add_key(room)["expires_at"].startswith("2027-11-20")
    assert add_key(room, "for-ever", expires_at=None)["expires_at"] is None
    assert room.call("POST", "/keys", json={"name": "immcase", "scopes": ["records:read"]}).status_code == 409


def test_a_rotated_key_opens_beside_the_old_one_for_a_while(room: Room) -> None:
    old = add_key(room)
    new = said(room, "POST", "/keys/immcase/rotate", json={"overlap_hours": 2})
    assert new["key"] != old["key"]
    assert sorted(each["standing"] for each in said(room, "GET", "/keys")["items"]) == ["ending", "open"]
    assert room.call("POST", "/keys/nobody/rotate", json={}).status_code == 404
    assert noted(room) == ["key.added", "key.rotated"]


def test_nobody_gives_rights_that_they_do_not_have(room: Room) -> None:
    add_user(room)
    add_user(room, "kim", "ops")
    said(room, "POST", "/users/kim/disable")
    add_key(room, "strong", scopes=["people:erase"])
    before = noted(room)
    refused: tuple[tuple[str, dict[str, Any] | None], ...] = (
        ("/keys", {"name": "x", "scopes": ["records:write"]}),
        ("/users", {"name": "x", "role": "admin"}),
        ("/users/kim/role", {"role": "staff"}),
        ("/users/kim/enable", None),
        ("/keys/strong/rotate", {}),
    )
    for path, body in refused:
        assert room.call("POST", path, key="some", json=body).status_code == 403, path
    assert noted(room) == before
    assert said(room, "POST", "/users", key="some", json={"name": "vi", "role": "viewer"})["role"] == "viewer"
    assert ROLES["viewer"] <= SOME


def test_managing_identities_needs_its_right_and_stays_in_its_practice(room: Room) -> None:
    add_user(room)
    add_key(room)
    for path in ("/users", "/keys"):
        assert room.call("GET", path, key="blind").status_code == 403
        assert said(room, "GET", path, key="stranger")["items"] == []
    for path in ("/users/maya/disable", "/users/maya/enable", "/keys/immcase/revoke"):
        assert room.call("POST", path, key="stranger").status_code == 404
