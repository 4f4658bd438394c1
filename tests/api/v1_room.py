"""The API over a database with a published practice, called in-process: keys by name in, answers out."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.api.v1.app import v1_app
from scheduler.api.v1.calling import Place
from scheduler.api.v1.limits import Limits
from scheduler.identities.rights import Caller, Right
from tests.storage.intake_practice import Desk


@dataclass
class Room:
    """A desk and a client that calls with a key of the practice that has every right, unless told otherwise."""

    desk: Desk
    client: TestClient

    def call(self, method: str, path: str, *, key: str = "all", **rest: Any) -> Response:
        """Call a route; what is given as `content` is said to be JSON unless the headers say otherwise."""
        said = {"Content-Type": "application/json"} if "content" in rest and "headers" not in rest else {}
        headers = {"Authorization": f"Bearer {key}", **said, **rest.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **rest)


def place_at(desk: Desk, practice: str, keys: Mapping[str, frozenset[Right]] | None = None) -> Place:
    """Return what the routes work with; `keys` are further keys of the practice by their rights."""
    known = {"all": frozenset(Right), **(keys or {})}

    def whose(key: str) -> Caller | None:
        if key == "stranger":
            return Caller("elsewhere", "key:stranger", frozenset(Right))
        return Caller(practice, f"key:{key}", known[key]) if key in known else None

    return Place(desk.database, desk.clock, desk.intake, whose)


def room_at(desk: Desk, practice: str, keys: Mapping[str, frozenset[Right]] | None = None) -> Room:
    """Open the API; `keys` are further keys of the practice by their rights."""
    app = _app()
    app.state.place = place_at(desk, practice, keys)
    return Room(desk, TestClient(app, raise_server_exceptions=False))


@functools.cache
def _app() -> FastAPI:
    """Return the application, made once: it takes a tenth of a second, and keeps nothing of a place but limits."""
    nowhere = cast("Place", None)
    return v1_app(nowhere, Limits(per_second=1e9, at_once=10**9))
