"""Each mishap of the stand-in carrier, as a client meets it on the wire, and what of it is in the ledger."""

import asyncio
import base64
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from twilio.rest import Client

from jobs.errors import ConfigurationError, InputError
from scheduler.carrier import Account, Provider
from tests.carriers import RunningCarrier, doubled, listening, read_ledger, running_carrier, twilio_at

ME, PERSON = "+14165550100", "+14165550101"
SOON = 0.3
"""Seconds after which a hang is taken for one."""


@pytest.fixture
def carrier() -> Iterator[RunningCarrier]:
    with running_carrier(seed=1) as running:
        yield running


def connected(carrier: RunningCarrier) -> socket.socket:
    parts = urllib.parse.urlsplit(carrier.url)
    connection = socket.create_connection((str(parts.hostname), int(str(parts.port))))
    connection.settimeout(SOON)
    return connection


def request(carrier: RunningCarrier, body: str = "Hello", method: str = "POST") -> bytes:
    basic = base64.b64encode(f"{carrier.account_sid}:{carrier.auth_token}".encode()).decode()
    form = urllib.parse.urlencode({"To": PERSON, "From": ME, "Body": body}) if method == "POST" else ""
    return (
        f"{method} /2010-04-01/Accounts/{carrier.account_sid}/Messages.json HTTP/1.1\r\nHost: carrier\r\n"
        f"Authorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n{form}"
    ).encode()


def answered(connection: socket.socket) -> bytes:
    """Return everything up to the end of the connection."""
    said = bytearray()
    while part := connection.recv(65536):
        said += part
    return bytes(said)


def first(carrier: RunningCarrier, method: str = "POST") -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one whole answer."""

    async def ask() -> tuple[int, dict[str, str], bytes]:
        url = f"{carrier.url}/2010-04-01/Accounts/{carrier.account_sid}/Messages.json"
        basic = aiohttp.encode_basic_auth(carrier.account_sid, carrier.auth_token)
        form = {"To": PERSON, "From": ME, "Body": "Hello"} if method == "POST" else None
        async with (
            aiohttp.ClientSession(headers={"Authorization": basic}) as session,
            session.request(method, url, data=form) as answer,
        ):
            return answer.status, dict(answer.headers), await answer.read()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("kind", "status", "code", "accepted"),
    [
        ("throttle", 429, b"20429", 0),
        ("unavailable", 503, b"20503", 0),
        ("error_before", 500, b"20500", 0),
        ("error_after", 500, b"20500", 1),
        ("bad_token", 401, b"20003", 0),
        ("suspended", 401, b"20003", 0),
        ("no_balance", 401, b"20003", 0),
        ("refuse", 400, b"21614", 0),
    ],
)
def test_an_error_is_answered_as_twilio_does(
    carrier: RunningCarrier, kind: str, status: int, code: bytes, accepted: int
) -> None:
    carrier.mishap(kind)
    said = first(carrier)
    assert said[0] == status
    assert code in said[2]
    assert len(carrier.accepted()) == accepted


def test_too_many_requests_may_say_when_to_come_again(carrier: RunningCarrier) -> None:
    number = carrier.mishap("throttle", retry_after=7)
    assert first(carrier)[1]["Retry-After"] == "7"
    carrier.clear(number)
    carrier.mishap("throttle")
    assert "Retry-After" not in first(carrier)[1]


def test_a_refusal_may_be_of_any_code(carrier: RunningCarrier) -> None:
    carrier.mishap("refuse", code=21408, number=PERSON)
    assert b"21408" in first(carrier)[2]


@pytest.mark.parametrize(("kind", "accepted"), [("accept_then_reset", 1), ("refuse_then_reset", 0)])
def test_a_reset_is_a_real_one(carrier: RunningCarrier, kind: str, accepted: int) -> None:
    carrier.mishap(kind)
    with connected(carrier) as connection:
        connection.sendall(request(carrier))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert len(carrier.accepted()) == accepted


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [("accept_then_hang", 1), ("refuse_then_hang", 0), ("accept_half_open", 1), ("refuse_half_open", 0)],
)
def test_a_hang_says_nothing_and_does_not_close(carrier: RunningCarrier, kind: str, accepted: int) -> None:
    carrier.mishap(kind)
    with connected(carrier) as connection:
        connection.sendall(request(carrier))
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert len(carrier.accepted()) == accepted


def test_a_half_open_connection_does_not_notice_that_the_client_has_left(carrier: RunningCarrier) -> None:
    def closed_after_leaving(kind: str) -> bool:
        carrier.clear()
        carrier.mishap(kind)
        with connected(carrier) as connection:
            connection.sendall(request(carrier))
            connection.shutdown(socket.SHUT_WR)
            try:
                return connection.recv(1) == b""
            except ConnectionResetError:
                return True
            except TimeoutError:
                return False

    assert closed_after_leaving("accept_then_hang")
    assert not closed_after_leaving("accept_half_open")


def test_half_an_answer_breaks_off(carrier: RunningCarrier) -> None:
    carrier.mishap("half_answer")
    with connected(carrier) as connection:
        connection.sendall(request(carrier))
        said = answered(connection)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201")
    promised = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert 0 < len(body) < promised
    assert len(carrier.accepted()) == 1


def test_an_unreadable_success_is_a_success_that_cannot_be_read(carrier: RunningCarrier) -> None:
    carrier.mishap("unreadable")
    status, _, body = first(carrier)
    assert status == 201
    assert body.startswith(b"<html>")
    assert len(carrier.accepted()) == 1


def test_a_listing_can_fail_while_sending_goes_on(carrier: RunningCarrier) -> None:
    carrier.mishap("error_before", on="list")
    assert first(carrier, "GET")[0] == 500
    assert first(carrier, "POST")[0] == 201


def test_latency_is_waited_for(carrier: RunningCarrier) -> None:
    carrier.mishap("latency", seconds=60)
    with connected(carrier) as connection:
        connection.sendall(request(carrier))
        with pytest.raises(TimeoutError):
            connection.recv(1)
    carrier.clear()
    assert first(carrier)[0] == 201


def test_an_invalid_request_uses_no_mishap_up_that_is_for_accepted_ones(carrier: RunningCarrier) -> None:
    carrier.mishap("error_after", count=1)
    with connected(carrier) as connection:
        assert b"21602" in _ask(connection, request(carrier, body=""))
    assert first(carrier)[0] == 500


def test_half_a_request_is_never_accepted(carrier: RunningCarrier) -> None:
    with connected(carrier) as connection:
        connection.sendall(request(carrier, body="Hello world")[:-6])
    assert first(carrier)[0] == 201
    assert [text.body for text in carrier.accepted()] == ["Hello"]


def test_a_share_is_the_same_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        with running_carrier(seed=seed) as carrier:
            carrier.mishap("throttle", share=0.5)
            texts = [request(carrier, f"text {number}") for number in range(24)]
            with connected(carrier) as connection:
                return [_ask(connection, each).startswith(b"HTTP/1.1 429") for each in texts]

    assert struck(5) == struck(5)
    assert {True, False} == set(struck(5))


def _ask(connection: socket.socket, asked: bytes) -> bytes:
    """Return one whole answer on a connection that stays open."""
    connection.sendall(asked)
    said = bytearray()
    while True:
        said += connection.recv(65536)
        head, end, body = bytes(said).partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        if end and len(body) == length:
            return bytes(said)


def test_the_ledger_tells_what_was_asked_accepted_and_answered(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with running_carrier(seed=1, ledger=path, manual_receipts=True) as carrier:
        carrier.mishap("accept_then_reset", count=1)
        with connected(carrier) as connection:
            connection.sendall(request(carrier))
            with pytest.raises(ConnectionResetError):
                connection.recv(1)
        first(carrier)
        assert doubled(carrier.accepted()) == [(PERSON, "Hello")]
    lines = list(read_ledger(path))
    kinds = [row["what"] for row in lines]
    assert kinds == ["control", "commanded", "request", "accepted", "mishap", "request", "accepted", "answered"]
    assert all("at" in row for row in lines)
    secret = "stand-in-auth-token"  # noqa: S105 - the stand-in's
    assert secret not in path.read_text(encoding="utf-8")


def test_a_carrier_that_is_started_again_knows_its_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with running_carrier(seed=1, ledger=path, manual_receipts=True) as carrier:
        first(carrier)
        carrier.advance(status="delivered")
        carrier.send_inbound(PERSON, ME, "STOP")
    with running_carrier(seed=1, ledger=path, manual_receipts=True) as carrier:
        assert [(text.body, text.status, text.price is None) for text in carrier.accepted()] == [
            ("Hello", "delivered", False)
        ]
        assert len(twilio_at(carrier).messages.list()) == 3
        assert b"21610" in first(carrier)[2]


def test_a_file_that_is_no_ledger_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text('{"what": "accepted"}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 1: no line of"), running_carrier(ledger=path):
        pass


def test_one_account_may_be_suspended_while_another_sends() -> None:
    accounts = [Account(provider=Provider.TWILIO, id=f"AC{number}", secret="s") for number in range(2)]  # noqa: S106
    with running_carrier(seed=1, accounts=accounts) as carrier:
        number = carrier.mishap("suspended", account="AC0")
        assert first(carrier)[0] == 401
        other = Client("AC1", "s")
        other.edge = other.region = None
        other.api.base_url = carrier.url
        assert other.messages.create(to=PERSON, from_=ME, body="Hello").status == "queued"
        assert carrier.mishaps() == [{"number": number, "struck": 1, "kind": "suspended", "share": 1.0}]
        assert [text.account for text in carrier.accepted()] == ["AC1"]


def test_what_cannot_be_commanded_is_refused(carrier: RunningCarrier) -> None:
    with pytest.raises(InputError, match="no such kind"):
        carrier.mishap("hiccup")
    with pytest.raises(InputError, match="share"):
        carrier.mishap("throttle", share=2)


def test_a_port_that_is_taken_is_said(carrier: RunningCarrier) -> None:
    port = urllib.parse.urlsplit(carrier.url).port
    with pytest.raises(ConfigurationError, match=f"port {port}"), running_carrier(port=int(str(port))):
        pass


def test_a_carrier_stops_though_connections_hang() -> None:
    with running_carrier(seed=1) as carrier:
        carrier.mishap("accept_half_open", count=1)
        carrier.mishap("accept_then_hang")
        connections = [connected(carrier) for _ in range(2)]
        for connection in connections:
            connection.sendall(request(carrier))
            with pytest.raises(TimeoutError):
                connection.recv(1)
    for connection in connections:
        with connection, pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_thousand_at_once_are_each_accepted_once(carrier: RunningCarrier) -> None:
    async def send_all() -> list[int]:
        url = f"{carrier.url}/2010-04-01/Accounts/{carrier.account_sid}/Messages.json"
        basic = aiohttp.encode_basic_auth(carrier.account_sid, carrier.auth_token)

        async def send(session: aiohttp.ClientSession, number: int) -> int:
            form = {"To": PERSON, "From": ME, "Body": f"text {number}"}
            async with session.post(url, data=form) as answer:
                return answer.status

        async with aiohttp.ClientSession(headers={"Authorization": basic}) as session:
            return await asyncio.gather(*(send(session, number) for number in range(1000)))

    assert asyncio.run(send_all()) == [201] * 1000
    assert len({text.body for text in carrier.accepted()}) == 1000


def test_whoever_hears_nothing_of_a_lost_answer_finds_it_in_the_listing(carrier: RunningCarrier) -> None:
    with listening():
        carrier.mishap("accept_then_reset", count=1)
        with connected(carrier) as connection:
            connection.sendall(request(carrier, "Lost answer"))
            with pytest.raises(ConnectionResetError):
                connection.recv(1)
    assert [text.body for text in twilio_at(carrier).messages.list(to=PERSON)] == ["Lost answer"]
