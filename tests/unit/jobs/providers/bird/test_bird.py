"""Bird's v1 API: signatures by the vectors of Standard Webhooks, answers, receipts, inbound texts.

Source of the vectors: standard-webhooks/standard-webhooks libraries, tests of python, rust and go (MIT), restated.
"""

import asyncio
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from jobs.clock import SteppingClock
from jobs.errors import ConfigurationError
from jobs.providers.bird import Account, BirdProvider, make
from jobs.providers.bird.reading import outcome_of
from jobs.providers.bird.signatures import key_of, why_forged
from jobs.providers.contract import (
    Accepted,
    Closed,
    Fault,
    Forged,
    Inbound,
    Later,
    Malformed,
    Outcome,
    Receipt,
    Refused,
    Status,
    Unknown,
)
from jobs.providers.http.wire import Answer
from jobs.providers.setup import Setup
from tests.conformance.rigs import bird, make_request
from tests.conformance.scripted_server import Asked, Step, serving
from tests.unit.jobs.providers.callback_builders import ATTEMPT, NOW, SECRET_KEY, from_bird, make_callback

PYTHON = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
RUST = (
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
    1649367553,
    b'{"email":"test@example.com","username":"test_user"}',
)
GOOD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


@pytest.mark.parametrize(
    ("vector", "signatures", "genuine"),
    [
        (PYTHON, GOOD, True),
        (RUST, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=", True),
        (PYTHON, GOOD.replace("1OE=", "1OA="), False),
        (PYTHON, f"{OTHER} {OTHER.replace('v1', 'v2')} {GOOD}", True),
        (PYTHON, "v1,", False),
        (PYTHON, GOOD.replace("v1", "v2"), False),
        (PYTHON, "", False),
        (PYTHON, "é", False),
    ],
)
def test_a_webhook_is_verified_as_the_standard_has_it(vector: Any, signatures: str, *, genuine: bool) -> None:
    secret, found, stamp, body = vector
    headers = {"webhook_id": found, "webhook_timestamp": str(stamp), "webhook_signature": signatures}
    key = key_of(secret)
    assert key is not None
    moment = dt.datetime.fromtimestamp(stamp, dt.UTC)
    assert (why_forged(make_callback(body=body, **headers), key, moment) is None) is genuine


@pytest.mark.parametrize("secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"])
def test_a_secret_may_lack_its_prefix_or_its_padding(secret: str) -> None:
    assert key_of(secret)


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!"])
def test_a_secret_that_spells_no_key_is_none(secret: str) -> None:
    assert key_of(secret) is None


@pytest.mark.parametrize(("minutes", "genuine"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_an_event_is_believed_for_five_minutes_either_way(minutes: int, *, genuine: bool) -> None:
    callback = from_bird({"type": "sms.sent"}, NOW + dt.timedelta(minutes=minutes))
    assert (why_forged(callback, SECRET_KEY, NOW) is None) is genuine


@pytest.fixture
def provider() -> BirdProvider:
    return BirdProvider(
        Account(access_key="bk_eu1_key", base_url="https://eu1.platform.bird.com", webhook_key=SECRET_KEY)
    )


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": "2026-03-02T15:00:00Z", "data": {"sms_id": "sms_1"} | data}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("sms.accepted", Status.ACCEPTED),
        ("sms.sent", Status.ACCEPTED),
        ("sms.delivered", Status.DELIVERED),
        ("sms.undelivered", Status.UNDELIVERED),
        ("sms.expired", Status.UNDELIVERED),
        ("sms.failed", Status.FAILED),
        ("sms.rejected", Status.FAILED),
    ],
)
def test_a_receipt_says_where_a_text_is(provider: BirdProvider, kind: str, status: Status) -> None:
    found = provider.receipt(from_bird(event(kind, metadata={"attempt": str(ATTEMPT)})), NOW)
    assert isinstance(found, Receipt)
    assert (found.status, found.provider_id, found.attempt_id) == (status, "sms_1", ATTEMPT)


def test_a_receipt_tells_the_price_the_segments_and_whose_fault_it_is(provider: BirdProvider) -> None:
    data = {"last_error": {"code": "landline_unreachable"}, "cost": {"amount": "0.02", "currency_code": "CAD"}}
    found = provider.receipt(from_bird(event("sms.undelivered", segments={"count": 2}, **data)), NOW)
    assert isinstance(found, Receipt)
    assert (found.price, found.currency, found.segments) == (Decimal("0.02"), "CAD", 2)
    assert (found.code, found.fault, found.reason) == ("landline_unreachable", Fault.NUMBER, "landline unreachable")


@pytest.mark.parametrize("said", [event("sms.received"), event("email.delivered"), {"type": "sms.sent"}, [], "x", {}])
def test_what_is_no_receipt_is_malformed(provider: BirdProvider, said: object) -> None:
    assert isinstance(provider.receipt(from_bird(said), NOW), Malformed)


def test_an_inbound_text_is_read(provider: BirdProvider) -> None:
    said = {"from": "+15145550101", "to": "+15145550100", "text": "Oui à 9 h"}
    found = provider.inbound(from_bird(event("sms.received", **said)), NOW)
    assert isinstance(found, Inbound)
    assert (found.from_number, found.to_number, found.body) == ("+15145550101", "+15145550100", "Oui à 9 h")


def test_what_brings_no_text_is_malformed(provider: BirdProvider) -> None:
    assert isinstance(provider.inbound(from_bird(event("sms.sent")), NOW), Malformed)


def test_without_a_secret_every_callback_is_forged() -> None:
    provider = BirdProvider(Account(access_key="bk_eu1_key", base_url="https://eu1.platform.bird.com"))
    assert isinstance(provider.receipt(from_bird(event("sms.sent"), key=b""), NOW), Forged)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (409, "E01004", Unknown),
        (409, "E01005", Unknown),
        (503, "E01033", Later),
        (503, "E01000", Unknown),
        (500, "E01033", Unknown),
        (422, "invalid_destination", Refused),
        (422, "sender_unregistered", Closed),
        (402, "insufficient_balance", Closed),
        (422, "E01001", Refused),
    ],
)
def test_an_error_means_one_outcome(status: int, code: str, outcome: type[Outcome]) -> None:
    body = json.dumps({"error": {"type": "x", "code": code, "message": "words"}})
    assert isinstance(outcome_of(Answer(status, {}, body), "words"), outcome)


def test_a_person_who_opted_out_at_bird_is_told_apart() -> None:
    found = outcome_of(Answer(422, {}, json.dumps({"error": {"code": "recipient_opted_out"}})), "")
    assert found == Refused("recipient opted out", "recipient_opted_out", opted_out=True, fault=Fault.OPTED_OUT)


def test_a_text_that_was_taken_and_rejected_at_once_was_not_sent() -> None:
    body = {"id": "sms_1", "status": "rejected", "last_error": {"code": "sender_unregistered"}}
    assert isinstance(outcome_of(Answer(200, {}, json.dumps(body)), ""), Closed)
    assert outcome_of(Answer(200, {}, json.dumps(body | {"status": "delivered"})), "") == Accepted("sms_1")


def test_the_same_attempt_is_asked_again_with_the_same_key_and_the_same_words() -> None:
    async def scene() -> list[Asked]:
        async with serving(Step(status=200, body='{"id": "sms_1"}')) as server:
            provider = bird(server.url)
            for _ in range(2):
                await provider.send(make_request(attempt_id=ATTEMPT))
            await provider.close()
            return server.asked

    first, second = asyncio.run(scene())
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == str(ATTEMPT)
    assert first.body == second.body


def make_setup(**given: str) -> Setup:
    return Setup(provider="bird", given=given, clock=SteppingClock(NOW), sink=lambda _line: None)


def test_a_key_that_names_no_region_needs_an_address() -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_BIRD_ACCESS_KEY names no region"):
        make(make_setup(access_key="something"))
    assert make(make_setup(access_key="something", base_url="http://127.0.0.1:1")).id == "bird"


def test_a_webhook_secret_that_is_none_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_BIRD_WEBHOOK_SECRET is no secret") as refused:
        make(make_setup(access_key="bk_eu1_x", webhook_secret="not base64!"))  # noqa: S106 - of no account
    assert "not base64" not in str(refused.value)
