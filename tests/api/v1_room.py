"""The API over a database with a published practice, called in-process: keys by name in, answers out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.api.v1.app import v1_app
from scheduler.api.v1.calling import Place
from scheduler.identities.rights import Caller, Right
from tests.storage.intake_practice import Desk


@dataclass
class Room:
    """A desk and a client that calls with a key of the practice that has every right, unless told otherwise."""

    desk: Desk
    client: TestClient

    def call(self, method: str, path: str, *, key: str = "all", **rest: Any) -> Response:
        """Call a route."""
        headers = {"Authorization": f"Bearer {key}", **rest.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **rest)


def room_at(desk: Desk, practice: str, keys: Mapping[str, frozenset[Right]] | None = None) -> Room:
    """Open the API; `keys` are further keys of the practice by their rights."""
    known = {"all": frozenset(Right), **(keys or {})}

    def whose(key: str) -> Caller | None:
        if key == "stranger":
            return Caller("elsewhere", "key:stranger", frozenset(Right))
        return Caller(practice, f"key:{key}", known[key]) if key in known else None

    place = Place(desk.database, desk.clock, desk.intake, whose)
    return Room(desk, TestClient(v1_app(place), raise_server_exceptions=False))
