"""Callbacks as they come: fuzzed, they raise nothing, and nothing that was not signed passes."""

import base64
import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.providers.bird import Account as Workspace
from jobs.providers.bird import BirdProvider
from jobs.providers.contract import Callback, CallbackReader, Forged, Inbound, Malformed, Receipt
from jobs.providers.http.callbacks import attempt_in, callback_address, form_of, header, inbound_address, query_of
from jobs.providers.messagebird import Account as LegacyAccount
from jobs.providers.messagebird import MessageBirdProvider
from jobs.providers.twilio import Account, TwilioProvider
from tests.unit.jobs.providers.callback_builders import (
    ATTEMPT,
    KEY,
    NOW,
    SECRET_KEY,
    TOKEN,
    from_bird,
    from_messagebird,
    from_twilio,
    make_callback,
    token_of,
)

READERS: dict[str, CallbackReader] = {
    "twilio": TwilioProvider(Account(account_sid="AC1", auth_token=TOKEN)),
    "messagebird": MessageBirdProvider(LegacyAccount(access_key="key", signing_key=KEY)),
    "bird": BirdProvider(Workspace(access_key="bk_eu1_key", base_url="https://b.example", webhook_key=SECRET_KEY)),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TWILIOS = ["MessageSid", "SmsSid", "MessageStatus", "ErrorCode", "From", "To", "Body", "NumMedia", "MediaUrl0"]
LEGACYS = ["id", "reference", "status", "statusErrorCode", "originator", "recipient", "body"]
NAMES = st.sampled_from([*TWILIOS, *LEGACYS, "OptOutType", "attempt", "bodySHA256"])
FIELDS = st.dictionaries(NAMES, st.text(max_size=40), max_size=8)
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["sms.sent", "sms.received", "sms.failed", 7]), "data": JSON},
    optional={"timestamp": JSON},
)
DATA = st.dictionaries(
    st.sampled_from(["sms_id", "id", "from", "to", "text", "metadata", "last_error", "cost", "segments"]),
    JSON,
    max_size=6,
)
SIGNATURE_HEADERS = st.sampled_from(
    ["X-Twilio-Signature", "MessageBird-Signature-JWT", "webhook-id", "webhook-timestamp", "webhook-signature", "Host"]
)
CALLBACKS = st.builds(
    Callback,
    method=st.sampled_from(["GET", "POST"]),
    url=st.text(max_size=80) | st.text(max_size=40).map(lambda text: f"https://sms.example.org/callbacks/x?{text}"),
    headers=st.dictionaries(SIGNATURE_HEADERS, st.text(max_size=120), max_size=6),
    body=st.binary(max_size=200),
)


@pytest.mark.parametrize("name", sorted(READERS))
@given(callback=CALLBACKS)
@settings(max_examples=150, deadline=None)
def test_what_was_not_signed_is_forged_whatever_it_is(name: str, callback: Callback) -> None:
    assert isinstance(READERS[name].receipt(callback, NOW), Forged)
    assert isinstance(READERS[name].inbound(callback, NOW), Forged)


@given(fields=FIELDS)
@settings(max_examples=150, deadline=None)
def test_whatever_twilio_signs_is_read_or_malformed(fields: dict[str, str]) -> None:
    assert_read("twilio", from_twilio(fields))


@given(fields=FIELDS, body=st.binary(max_size=100) | FIELDS.map(lambda found: repr(found).encode()))
@settings(max_examples=150, deadline=None)
def test_whatever_messagebird_signs_is_read_or_malformed(fields: dict[str, str], body: bytes) -> None:
    assert_read("messagebird", from_messagebird(fields, body))


@given(event=JSON | EVENTS | st.builds(lambda event, data: event | {"data": data}, EVENTS, DATA))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_bird_signs_is_read_or_malformed(event: object) -> None:
    assert_read("bird", from_bird(event))


def assert_read(name: str, callback: Callback) -> None:
    assert isinstance(READERS[name].receipt(callback, NOW), Receipt | Malformed)
    assert isinstance(READERS[name].inbound(callback, NOW), Inbound | Malformed)


@given(claims=JSON, strange=st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_token_of_strange_parts_is_forged(claims: Any, strange: bytes) -> None:
    part = base64.urlsafe_b64encode(strange).decode()
    for token in (token_of(claims), f"{part}.{part}.{part}", strange.decode("latin-1")):
        callback = make_callback(MessageBird_Signature_JWT=token)
        assert isinstance(READERS["messagebird"].receipt(callback, NOW), Forged)


@given(
    position=st.integers(min_value=0, max_value=10_000),
    change=st.integers(min_value=1, max_value=255),
    where=st.sampled_from(["body", "url", "signature"]),
)
@settings(max_examples=200, deadline=None)
def test_one_byte_that_was_changed_makes_a_forgery(position: int, change: int, where: str) -> None:
    good = from_twilio({"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+15145550101", "Body": "See you"})
    changed = changed_at(good, where, position, change)
    found = READERS["twilio"].receipt(changed, NOW)
    same_fields = form_of(changed) == form_of(good) and changed.url == good.url
    assert isinstance(found, Forged) or (where != "signature" and same_fields)


def changed_at(callback: Callback, where: str, position: int, change: int) -> Callback:
    """Return a callback with one byte of it changed."""
    signature = callback.headers["X-Twilio-Signature"]
    parts = {"body": callback.body, "url": callback.url.encode(), "signature": signature.encode()}
    part = bytearray(parts[where])
    part[position % len(part)] ^= change
    parts[where] = bytes(part)
    return Callback(
        method=callback.method,
        url=parts["url"].decode("latin-1"),
        headers={"X-Twilio-Signature": parts["signature"].decode("latin-1")},
        body=parts["body"],
    )


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("name", ["messagebird", "bird"])
def test_what_was_signed_at_another_moment_is_forged(name: str, days: int) -> None:
    callback = from_messagebird({"id": "1", "status": "sent"}) if name == "messagebird" else from_bird({})
    assert isinstance(READERS[name].receipt(callback, NOW + dt.timedelta(days=days)), Forged)


def test_the_attempt_goes_out_in_the_address_and_comes_back_in_it() -> None:
    address = callback_address("https://sms.example.org/", "twilio", ATTEMPT)
    assert address == f"https://sms.example.org/callbacks/twilio/receipt?attempt={ATTEMPT}"
    assert attempt_in(make_callback(address)) == ATTEMPT
    assert inbound_address("https://sms.example.org", "twilio") == "https://sms.example.org/callbacks/twilio/inbound"


@pytest.mark.parametrize("text", ["", "1", str(ATTEMPT).upper(), f"{{{ATTEMPT}}}", f"urn:uuid:{ATTEMPT}", "é"])
def test_what_is_no_attempt_of_ours_is_none(text: str) -> None:
    assert attempt_in(make_callback(f"https://sms.example.org/cb?attempt={text}")) is None


def test_an_attempt_may_come_back_without_its_dashes() -> None:
    found = uuid.uuid4()
    assert attempt_in(make_callback(f"https://x.example/?attempt={found.hex}")) == found


def test_a_header_is_found_whatever_the_case_of_its_name() -> None:
    callback = make_callback(X_TWILIO_signature="a")
    assert header(callback, "x-Twilio-Signature") == "a"
    assert header(callback, "Host") is None


def test_blank_fields_are_kept_and_too_many_are_none() -> None:
    assert form_of(make_callback(body=b"a=&b=+c+")) == {"a": "", "b": " c "}
    assert query_of(make_callback("https://x.example/?" + "a=1&" * 1000)) == {}
