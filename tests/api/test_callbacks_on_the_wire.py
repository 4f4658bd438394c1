"""Bad callbacks over a real socket: what no client library would send is refused, and the next good one is taken."""

import http.client
import socket
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobs.clock import SteppingClock
from scheduler.api.callbacks import LARGEST_BODY, CallbackDoor, Takers
from scheduler.api.health import Readiness, health_app
from scheduler.processes.server import answering
from scheduler.settings import Settings
from tests.api.callback_door import TEXT_ID, World, make_providers, opened_door
from tests.unit.jobs.providers.callback_builders import ADDRESS, NOW, from_twilio

PATH = b"/callbacks/twilio/receipt"
FORM = b"Content-Type: application/x-www-form-urlencoded"


def wire(query: bytes, *headers: bytes, body: bytes = b"", host: bytes = b"x") -> bytes:
    """Return a request as it stands on the wire, with no header but these and Host."""
    return b"\r\n".join([b"POST " + PATH + query + b" HTTP/1.1", b"Host: " + host, *headers, b"", body])


WRONG_REQUESTS = {
    "no request at all": b"\x16\x03\x01\x00\xa5\x01\0\0\r\n\r\n",
    "a NUL in the address": wire(b"?\0"),
    "a NUL in a header": wire(b"", b"X-Twilio-Signature: a\0b"),
    "broken percent encoding": wire(b"?a=%zz&b=%", b"Content-Length: 0"),
    "letters beyond ASCII in the address": wire(b"?\xff\xfe", b"Content-Length: 0"),
    "a host that is none": wire(b"", b"Content-Length: 0", host=b"["),
    "two lengths": wire(b"", b"Content-Length: 3", b"Content-Length: 5", body=b"abc"),
    "a length that is none": wire(b"", b"Content-Length: -1"),
    "a chunk that is none": wire(b"", b"Transfer-Encoding: chunked", body=b"zz\r\n"),
    "a wrong charset": wire(b"", FORM + b"; charset=utf-99", b"Content-Length: 4", body=b"\xff\xfe\xfd\xfc"),
    "thousands of fields": wire(b"", FORM, b"Content-Length: 40000", body=b"a=1&" * 10_000),
}


@contextmanager
def served(world: World) -> Iterator[int]:
    """Serve the door on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with answering(world.app, Settings(port=port)):
        yield port


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with opened_door(f"sqlite:///{tmp_path}/q.db") as world:
        yield world


@pytest.fixture
def port(world: World) -> Iterator[int]:
    with served(world) as port:
        yield port


def status_of(port: int, request: bytes) -> int:
    """Return the status that a request's bytes are answered with."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(request)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        return answer.status


def deliver(port: int) -> int:
    """Let a good receipt come in."""
    callback = from_twilio({"MessageSid": TEXT_ID, "MessageStatus": "delivered"})
    address = urllib.parse.urlsplit(ADDRESS % "twilio")
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.request("POST", f"{address.path}?{address.query}", callback.body, dict(callback.headers))
        return client.getresponse().status
    finally:
        client.close()


@pytest.mark.parametrize("name", WRONG_REQUESTS)
def test_a_wrong_request_is_refused_and_the_next_good_one_taken(world: World, port: int, name: str) -> None:
    before = world.contents()
    assert status_of(port, WRONG_REQUESTS[name]) in {400, 403}
    assert world.contents() == before
    assert deliver(port) == 204
    assert world.contents() != before


def test_a_body_without_an_announced_length_is_cut_off_too(port: int) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    body = chunk * (LARGEST_BODY // 0x4000 + 1)
    assert status_of(port, wire(b"", b"Transfer-Encoding: chunked", body=body)) == 413


def test_a_body_that_never_ends_is_not_waited_for() -> None:
    takers = Takers(receipt=lambda _name, _receipt: None, inbound=lambda _name, _text: None)
    door = CallbackDoor(make_providers(), takers, SteppingClock(NOW).now, slowest_body_seconds=0.05)
    app = health_app(lambda: Readiness({}), *door.routes())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with answering(app, Settings(port=port)):
        assert status_of(port, wire(b"", b"Content-Length: 100", body=b"MessageSid=")) == 408
