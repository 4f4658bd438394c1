"""What came with a text, over the API: handed on as a file and noted, or a problem that says why not."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import insert

from jobs.providers.contract import (
    Capabilities,
    Fetched,
    Gone,
    Media,
    NotFetched,
    NotTheirs,
    Outcome,
    Refused,
    SendRequest,
    TooLarge,
)
from jobs.records import new_id, texts
from scheduler.api.v1 import media
from scheduler.identities import audit
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import opened

ADDRESS = "https://media.example/1"
PICTURE = Media(b"picture", "image/png")


@dataclass
class Keeper:
    """A provider that answers for media as it is told, or raises that."""

    found: Fetched | Exception = PICTURE
    asked: list[str] = field(default_factory=list)
    id: str = "keeper"
    capabilities: Capabilities = field(default_factory=Capabilities)

    async def send(self, request: SendRequest) -> Outcome:
        """Send nothing."""
        del request
        return Refused("it sends nothing")

    async def media(self, address: str) -> Fetched:
        """Answer as told."""
        self.asked.append(address)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def room(database_url: str, keeper: Keeper) -> Iterator[Room]:
    with opened(database_url) as desk:
        found = room_at(desk, "northlight", {"writer": frozenset({Right.WRITE_INBOX})})
        app: Any = found.client.app
        app.state.place = replace(app.state.place, providers={"keeper": keeper})
        yield found


def text_with(room: Room, *addresses: str, **more: Any) -> str:
    """Let a text with media come in and return its id."""
    named = new_id()
    row = {"id": named, "practice": "northlight", "number": "+15145550001", "direction": "in", "body": "look"}
    row |= {"at": room.desk.clock.now(), "provider": "keeper", "media": [[each, "image/png"] for each in addresses]}
    room.desk.database.write(lambda connection: connection.execute(insert(texts).values(row | more)))
    return named.hex


def acts(room: Room) -> list[audit.Act]:
    with room.desk.database.read() as connection:
        page = audit.search(connection, "northlight", audit.Search(action="media.fetched"))
    return [each.act for each in page.acts]


def test_it_is_handed_on_as_a_file_and_noted(room: Room, keeper: Keeper) -> None:
    text_id = text_with(room, "https://media.example/0", ADDRESS)
    answer = room.call("GET", f"/texts/{text_id}/media/2")
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{text_id}-2.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert keeper.asked == [ADDRESS]
    (act,) = acts(room)
    assert (act.signed.by, act.subject.id) == ("key:all", text_id)
    assert act.after == {"nth": 2, "type": "image/png", "bytes": 7}


def test_a_type_that_a_browser_would_run_is_a_file_all_the_same(room: Room, keeper: Keeper) -> None:
    keeper.found = Media(b"<script>", "image/svg+xml")
    answer = room.call("GET", f"/texts/{text_with(room, ADDRESS)}/media/1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Disposition"].endswith('.svgxml"')
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (Gone("gone"), 404),
        (NotTheirs("not its own"), 409),
        (TooLarge("too large"), 409),
        (NotFetched("no answer"), 502),
        (RuntimeError("secret words"), 502),
    ],
)
def test_what_does_not_come_is_a_problem_and_noted_nowhere(
    room: Room, keeper: Keeper, found: Fetched | Exception, status: int
) -> None:
    keeper.found = found
    answer = room.call("GET", f"/texts/{text_with(room, ADDRESS)}/media/1")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert acts(room) == []


def test_a_provider_that_is_not_set_up_any_more_is_named(room: Room) -> None:
    answer = room.call("GET", f"/texts/{text_with(room, ADDRESS, provider='acme')}/media/1")
    assert (answer.status_code, "acme is not set up" in answer.text) == (409, True)


def test_what_is_not_there_is_not_found(room: Room, keeper: Keeper) -> None:
    text_id = text_with(room, ADDRESS)
    for path in (f"{text_id}/media/2", f"{'0' * 32}/media/1", f"{text_with(room)}/media/1"):
        assert room.call("GET", f"/texts/{path}").status_code == 404
    assert room.call("GET", f"/texts/{text_with(room, ADDRESS, direction='out')}/media/1").status_code == 404
    for path in (f"{text_id}/media/0", f"{text_id}/media/x", f"{text_id[-8:]}/media/1"):
        assert room.call("GET", f"/texts/{path}").status_code == 422
    assert keeper.asked == []


def test_providers_that_are_slow_leave_threads_to_other_calls(room: Room, keeper: Keeper) -> None:
    path = f"/texts/{text_with(room, ADDRESS)}/media/1"
    begun, may_end = threading.Barrier(media.AT_ONCE + 1), threading.Event()

    async def slowly(address: str) -> Fetched:
        keeper.asked.append(address)
        await asyncio.to_thread(begun.wait, 30)
        await asyncio.to_thread(may_end.wait, 30)
        return PICTURE

    keeper.media = slowly  # type: ignore[method-assign]  # this one provider's way
    with ThreadPoolExecutor(media.AT_ONCE) as callers:
        underway = [callers.submit(room.call, "GET", path) for _ in range(media.AT_ONCE)]
        begun.wait(30)
        refused = room.call("GET", path)
        may_end.set()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert [each.result().status_code for each in underway] == [200] * media.AT_ONCE


def test_another_practice_and_a_key_without_the_right_get_nothing(room: Room, keeper: Keeper) -> None:
    path = f"/texts/{text_with(room, ADDRESS)}/media/1"
    assert room.call("GET", path, key="stranger").status_code == 404
    assert room.call("GET", path, key="writer").status_code == 403
    assert room.call("GET", path, key="nobody").status_code == 401
    assert keeper.asked == []
