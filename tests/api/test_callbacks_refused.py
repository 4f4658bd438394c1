"""Bad callbacks at the door, fuzzed, with the real adapters: refused, and no table has changed, on both databases.

The conditions are those of issue 9: forged 403, malformed 400, too large 413, never a 5xx.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.providers.contract import Callback
from scheduler.api.callbacks import LARGEST_BODY
from tests.api.asking import Asked
from tests.api.callback_door import ANA, OFFICE, PROVIDERS, TEXT_ID, World, as_asked, opened_door
from tests.unit.jobs.providers.callback_builders import (
    ADDRESS,
    NOW,
    from_bird,
    from_messagebird,
    from_twilio,
    token_of,
)

DELIVERED = {"MessageSid": TEXT_ID, "MessageStatus": "delivered"}
WRITTEN = {"MessageSid": "SM" + "2" * 32, "From": ANA, "To": OFFICE, "Body": "STOP"}
INBOUND_ADDRESS = (ADDRESS % "twilio").replace("receipt", "inbound")
REFUSED = {400, 403, 404, 405, 413}
SIGNING = (
    b"x-twilio-signature",
    b"messagebird-signature-jwt",
    b"webhook-id",
    b"webhook-timestamp",
    b"webhook-signature",
)
ODD_BYTES = st.sampled_from(
    [b"\0", b"%", b"%zz", b"%00", b"\xff\xfe", b"a=1&" * 600, b"{" * 3000, b"[" * 3000, b"\r\n"]
)
BODIES = st.lists(st.binary(max_size=60) | ODD_BYTES, max_size=5)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([*SIGNING, b"content-type", b"content-length", b"host", b"content-encoding"]),
        st.binary(max_size=40) | st.sampled_from([b"v1,abc", b"a.b.c", b"1" * 400, b"[", b"gzip", b"text/\xff"]),
    ),
    max_size=6,
)
REQUESTS = st.builds(
    Asked,
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
    path=st.builds(
        lambda provider, what: f"/callbacks/{provider}/{what}".encode(),
        st.sampled_from([*PROVIDERS, "terminal", "%00"]),
        st.sampled_from(["receipt", "inbound", "else"]),
    ),
    query=st.binary(max_size=60) | ODD_BYTES,
    headers=HEADERS,
    pieces=BODIES.map(lambda pieces: pieces or [b""]),
)
many = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
some = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with opened_door(database_url) as world:
        yield world


@given(asked=REQUESTS)
@many
def test_whatever_is_not_signed_is_refused_and_changes_nothing(world: World, asked: Asked) -> None:
    before = world.contents()
    assert world.send(asked).status in REFUSED
    assert world.contents() == before


def forgeries() -> dict[str, tuple[Callback, str]]:
    """Return what somebody makes who knows everything but the secret, and where they bring it."""
    other_address = "https://sms.example.net/callbacks/twilio/receipt"
    receipt, text = {"id": "m1", "status": "delivered"}, {"type": "sms.received", "data": {"id": "b1", "from": ANA}}
    legacy = from_messagebird(receipt)
    return {
        "twilio, another account's token": (from_twilio(DELIVERED, token="67890"), "receipt"),  # noqa: S106 - of no account
        "twilio, another account's token, a text": (from_twilio(WRITTEN, INBOUND_ADDRESS, token="67890"), "inbound"),  # noqa: S106 - of no account
        "twilio, signed for another installation": (
            dataclasses.replace(from_twilio(DELIVERED, other_address), url=ADDRESS % "twilio"),
            "receipt",
        ),
        "twilio, a receipt brought as a text": (from_twilio(WRITTEN), "inbound"),
        "twilio, another body": (dataclasses.replace(from_twilio(DELIVERED), body=b"MessageSid=SM1"), "receipt"),
        "twilio, one field more": (
            dataclasses.replace(from_twilio(DELIVERED), body=from_twilio(DELIVERED).body + b"&ErrorCode=21610"),
            "receipt",
        ),
        "twilio, of more fields than any has": (from_twilio([("a", str(n)) for n in range(501)]), "receipt"),
        "messagebird, another key": (
            dataclasses.replace(legacy, headers={"MessageBird-Signature-JWT": token_of({"iss": "MessageBird"}, "no")}),
            "receipt",
        ),
        "messagebird, not signed by algorithm": (
            dataclasses.replace(
                legacy, headers={"MessageBird-Signature-JWT": token_of({"iss": "MessageBird"}, algorithm="none")}
            ),
            "receipt",
        ),
        "messagebird, another's issuer": (from_messagebird(receipt, iss="Somebody"), "receipt"),
        "messagebird, of yesterday": (from_messagebird(receipt, nbf=1, exp=2), "receipt"),
        "messagebird, with a body that was not signed": (dataclasses.replace(legacy, body=b"{}"), "receipt"),
        "bird, another key": (from_bird(text, key=b"1" * 24), "inbound"),
        "bird, six minutes old": (from_bird(text, moment=NOW - dt.timedelta(minutes=6)), "inbound"),
        "bird, six minutes ahead": (from_bird(text, moment=NOW + dt.timedelta(minutes=6)), "inbound"),
    }


@pytest.mark.parametrize("name", forgeries())
def test_a_forgery_is_forbidden_and_changes_nothing(world: World, name: str) -> None:
    before = world.contents()
    callback, what = forgeries()[name]
    assert world.call(callback, what) == 403
    assert world.contents() == before


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"MessageSid": "", "MessageStatus": "delivered"}, "receipt"),
        ({"MessageSid": "SM\0", "MessageStatus": "delivered"}, "receipt"),
        ({"MessageSid": "SM" + "1" * 5000, "MessageStatus": "delivered"}, "receipt"),
        ({"MessageSid": TEXT_ID}, "receipt"),
        (WRITTEN | {"From": ANA + "\0"}, "inbound"),
        (WRITTEN | {"From": "   "}, "inbound"),
        (WRITTEN | {"From": "+1514555" + "0" * 9000}, "inbound"),
        (WRITTEN | {"To": OFFICE + "\0"}, "inbound"),
        (WRITTEN | {"To": ""}, "inbound"),
    ],
)
def test_what_twilio_signed_and_nobody_can_read_is_refused(world: World, fields: dict[str, str], what: str) -> None:
    before = world.contents()
    assert world.call(from_twilio(fields, (ADDRESS % "twilio").replace("receipt", what)), what) == 400
    assert world.contents() == before


@pytest.mark.parametrize("event", [None, [], 7, {}, {"type": "sms.received"}, {"type": "sms.received", "data": []}])
@pytest.mark.parametrize("what", ["receipt", "inbound"])
def test_an_event_that_is_none_is_refused(world: World, event: object, what: str) -> None:
    before = world.contents()
    assert world.call(from_bird(event), what) == 400
    assert world.contents() == before


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_larger_than_any_callback_is_not_read_to_its_end(world: World, provider: str) -> None:
    pieces = [b"x" * 16_384] * 100
    answered = world.send(Asked(path=f"/callbacks/{provider}/inbound".encode(), pieces=pieces))
    assert (answered.status, answered.pieces_read) == (413, LARGEST_BODY // 16_384 + 1)


def test_what_announces_itself_as_too_large_is_not_read_at_all(world: World) -> None:
    answered = world.send(Asked(headers=[(b"content-length", str(LARGEST_BODY + 1).encode())], pieces=[b"x"]))
    assert (answered.status, answered.pieces_read) == (413, 0)


def test_a_client_that_leaves_in_the_middle_is_no_error_of_ours(world: World) -> None:
    before = world.contents()
    asked = dataclasses.replace(as_asked(from_twilio(WRITTEN, INBOUND_ADDRESS), "inbound"), leaves=True)
    assert world.send(asked).status == 408
    assert world.contents() == before


def replays() -> dict[str, tuple[Callback, str]]:
    """Return callbacks that are good, and where they come."""
    return {
        "twilio, a receipt": (from_twilio(DELIVERED), "receipt"),
        "twilio, an opt-out": (from_twilio(WRITTEN, INBOUND_ADDRESS), "inbound"),
        "messagebird, a receipt": (from_messagebird({"id": "m1", "status": "delivered"}), "receipt"),
        "bird, a receipt": (from_bird({"type": "sms.delivered", "data": {"id": "b1"}}), "receipt"),
        "bird, a text": (
            from_bird({"type": "sms.received", "data": {"id": "b2", "from": ANA, "to": OFFICE, "text": "hi"}}),
            "inbound",
        ),
    }


@pytest.mark.parametrize("name", replays())
def test_what_comes_again_is_answered_and_changes_nothing(world: World, name: str) -> None:
    callback, what = replays()[name]
    before = world.contents()
    first = world.call(callback, what)
    taken = world.contents()
    world.talk.desk.later(hours=1)
    assert (first, world.call(callback, what)) == ((204, 204) if what == "receipt" else (200, 200))
    assert before != taken == world.contents()


@pytest.mark.parametrize("name", ["messagebird, a receipt", "bird, a receipt", "bird, a text"])
def test_what_comes_again_an_hour_later_is_forged(world: World, name: str) -> None:
    callback, what = replays()[name]
    world.clock.jump_to(NOW + dt.timedelta(hours=1))
    before = world.contents()
    assert world.call(callback, what) == 403
    assert world.contents() == before


@pytest.mark.parametrize("name", ["twilio, a receipt", "twilio, an opt-out"])
def test_what_comes_eight_times_at_once_is_taken_once(world: World, name: str) -> None:
    callback, what = replays()[name]
    with ThreadPoolExecutor(8) as callers:
        answered = list(callers.map(lambda _: world.call(callback, what), range(8)))
    assert set(answered) == {204 if what == "receipt" else 200}
    taken = world.contents()
    assert world.call(callback, what) == answered[0]
    assert world.contents() == taken
    assert len(world.talk.words()) == (0 if what == "receipt" else 1)


ODD_TEXT = st.text(max_size=30) | st.sampled_from(
    ["\0", "\ud800", "a\0b\udfff", "\\u0000", "9" * 5000, "Infinity", "-1"]
)
TWILIO_FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "ErrorCode",
            "ErrorMessage",
            "Body",
            "NumMedia",
            "MediaUrl0",
            "OptOutType",
            "From",
            "To",
            "X\0",
            "MessagingServiceSid",
        ]
    ),
    ODD_TEXT.map(lambda text: text.encode("utf-8", "replace").decode()),
    max_size=6,
)
VALUES = st.recursive(
    ODD_TEXT | st.integers() | st.floats() | st.none() | st.booleans() | st.sampled_from(["1e999999", 10**40, 1e300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=8,
)
COSTS = st.fixed_dictionaries({"amount": VALUES, "currency_code": VALUES})
ERRORS = st.fixed_dictionaries({"code": VALUES, "message": VALUES})
EVENT_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "from": st.just(ANA) | VALUES,
        "to": st.just(OFFICE) | VALUES,
        "text": VALUES,
        "cost": COSTS | VALUES,
        "last_error": ERRORS | VALUES,
        "segments": VALUES,
        "more": VALUES,
    },
)


@given(fields=TWILIO_FIELDS, number=st.integers(0, 10**30), what=st.sampled_from(["receipt", "inbound"]))
@some
def test_whatever_twilio_signs_is_taken_or_refused(
    world: World, fields: dict[str, str], number: int, what: str
) -> None:
    whole = {"MessageSid": f"SM{number}", "From": ANA, "To": OFFICE} | fields
    whole |= {"MessageStatus": "failed"} if what == "receipt" else {"SmsStatus": "received"}
    address = (ADDRESS % "twilio").replace("receipt", what)
    assert world.call(from_twilio(whole, address), what) in {200, 204, 400}


@given(fields=EVENT_FIELDS, number=st.integers(0, 10**30), kind=st.sampled_from(["sms.failed", "sms.received"]))
@some
def test_whatever_bird_signs_is_taken_or_refused(
    world: World, fields: dict[str, object], number: int, kind: str
) -> None:
    what = "inbound" if kind == "sms.received" else "receipt"
    assert world.call(from_bird({"type": kind, "data": fields | {"id": f"b{number}"}}), what) in {200, 204, 400}


@given(fields=st.dictionaries(st.sampled_from(["statusReason", "statusErrorCode", "mccmnc"]), ODD_TEXT), nul=ODD_TEXT)
@some
def test_whatever_messagebird_signs_is_taken_or_refused(world: World, fields: dict[str, str], nul: str) -> None:
    said = {"id": "m1", "status": "expired", "more": nul} | fields
    written = {name: value.encode("utf-8", "replace").decode() for name, value in said.items()}
    assert world.call(from_messagebird(written)) in {204, 400}


def test_an_opt_out_counts_whatever_stands_beside_it(world: World) -> None:
    assert world.call(from_twilio(WRITTEN | {"Body": "STOP\0", "More": "\0"}, INBOUND_ADDRESS), "inbound") == 200
    assert world.talk.is_opted_out()
