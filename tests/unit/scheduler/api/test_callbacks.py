"""The door for providers' callbacks over a real socket: what is forged, malformed or too large changes nothing."""

import contextlib
import datetime as dt
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette

from jobs.providers.contract import (
    Callback,
    Capabilities,
    Forged,
    Inbound,
    Malformed,
    NotWritten,
    Outcome,
    Receipt,
    SendRequest,
    Status,
)
from scheduler.api.callbacks import LARGEST_BODY, CallbackDoor, Takers
from scheduler.processes.server import answering
from scheduler.settings import Settings

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


@dataclass
class Calling:
    """A provider whose signature is a header; it remembers what it was shown."""

    id: str = "calling"
    capabilities: Capabilities = field(default_factory=Capabilities)
    shown: list[Callback] = field(default_factory=list)

    async def send(self, request: SendRequest) -> Outcome:
        """Send nothing."""
        return NotWritten(str(request))

    def receipt(self, callback: Callback, now: dt.datetime) -> Receipt | Forged | Malformed:
        """Read the body as the text's id."""
        found = self._verified(callback, now)
        return found or Receipt(provider_id=callback.body.decode(), status=Status.DELIVERED)

    def inbound(self, callback: Callback, now: dt.datetime) -> Inbound | Forged | Malformed:
        """Read the body as the words."""
        found = self._verified(callback, now)
        body = callback.body.decode()
        return found or Inbound(provider_id="I-1", from_number="+1", to_number="+2", body=body)

    def _verified(self, callback: Callback, now: dt.datetime) -> Forged | Malformed | None:
        self.shown.append(callback)
        assert now == NOW
        if callback.headers.get("x-signature") != "good":
            return Forged("the signature is wrong")
        return None if callback.body else Malformed("there is nothing in it")


@dataclass
class Door:
    """A door that is open, and what came through it."""

    address: str
    provider: Calling
    taken: list[tuple[str, Receipt | Inbound]]

    def post(self, path: str, body: bytes = b"T-1", signature: str = "good") -> tuple[int, bytes]:
        """Return the status and body of the answer."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.address}{path}", data=body, headers={"X-Signature": signature}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()


@contextlib.contextmanager
def opened(public_url: str | None = None) -> Iterator[Door]:
    taken: list[tuple[str, Receipt | Inbound]] = []
    provider = Calling()
    takers = Takers(
        receipt=lambda name, value: taken.append((name, value)), inbound=lambda name, value: taken.append((name, value))
    )
    door = CallbackDoor({"calling": provider}, takers, lambda: NOW, public_url)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with answering(Starlette(routes=door.routes()), Settings(port=port)) as address:
        yield Door(address, provider, taken)


@pytest.fixture
def door() -> Iterator[Door]:
    with opened() as door:
        yield door


def test_a_verified_receipt_is_taken_and_nothing_is_said(door: Door) -> None:
    assert door.post("/callbacks/calling/receipt") == (204, b"")
    assert door.taken == [("calling", Receipt(provider_id="T-1", status=Status.DELIVERED))]


def test_a_verified_text_is_taken_and_no_answer_is_sent(door: Door) -> None:
    status, body = door.post("/callbacks/calling/inbound", b"Yes")
    assert (status, body.endswith(b"<Response/>")) == (200, True)
    [(_, inbound)] = door.taken
    assert isinstance(inbound, Inbound)
    assert inbound.body == "Yes"


@pytest.mark.parametrize("what", ["receipt", "inbound"])
def test_a_forged_callback_is_forbidden(door: Door, what: str) -> None:
    assert door.post(f"/callbacks/calling/{what}", signature="bad")[0] == 403
    assert door.taken == []


def test_a_signed_callback_that_cannot_be_read_is_refused(door: Door) -> None:
    assert door.post("/callbacks/calling/receipt", b"")[0] == 400
    assert door.taken == []


def test_what_is_larger_than_any_callback_is_refused_unread(door: Door) -> None:
    assert door.post("/callbacks/calling/receipt", b"x" * (LARGEST_BODY + 1))[0] == 413
    assert door.provider.shown == []


@pytest.mark.parametrize("path", ["/callbacks/nobody/receipt", "/callbacks/calling/else", "/callbacks/calling"])
def test_an_unknown_address_is_not_found(door: Door, path: str) -> None:
    assert door.post(path)[0] == 404
    assert door.provider.shown == []


def test_a_report_by_get_is_shown_to_its_adapter_too(door: Door) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{door.address}/callbacks/calling/receipt", timeout=10)  # noqa: S310 - our own server
    refused.value.close()
    assert refused.value.code == 403
    assert door.provider.shown[0].method == "GET"


def test_the_signed_address_is_the_one_asked_for(door: Door) -> None:
    door.post("/callbacks/calling/receipt?attempt=7&x=a%20b")
    assert door.provider.shown[0].url == f"{door.address}/callbacks/calling/receipt?attempt=7&x=a%20b"


def test_behind_a_balancer_the_signed_address_is_the_public_one() -> None:
    with opened("https://sms.example.org/q") as door:
        door.post("/callbacks/calling/receipt?attempt=7")
    assert door.provider.shown[0].url == "https://sms.example.org/q/callbacks/calling/receipt?attempt=7"


def test_header_names_are_small_letters(door: Door) -> None:
    door.post("/callbacks/calling/receipt")
    assert door.provider.shown[0].headers["x-signature"] == "good"
