"""Our adapters against the stand-in carrier, which follows the providers' documents and not the adapters."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.clock import SystemClock
from jobs.providers.contract import (
    Accepted,
    Callback,
    Closed,
    Forged,
    Inbound,
    Listing,
    Outcome,
    Receipt,
    Refused,
    Search,
    Status,
    Throttled,
    Unknown,
)
from jobs.providers.http.callbacks import callback_address
from jobs.providers.loop import SendingLoop
from jobs.providers.messagebird import Account as LegacyAccount
from jobs.providers.messagebird import MessageBirdProvider
from jobs.providers.twilio import Account, TwilioProvider
from tests.carriers import Heard, Listener, RunningCarrier, listening, running_carrier
from tests.conformance.rigs import make_request, waiting

ANY_MINUTE = dt.timedelta(minutes=5)
PATIENCE = dt.timedelta(seconds=2)


@pytest.fixture
def carrier() -> Iterator[RunningCarrier]:
    with running_carrier(seed=1) as running:
        yield running


@pytest.fixture
def loop() -> Iterator[SendingLoop]:
    loop = SendingLoop()
    yield loop
    loop.close()


@pytest.fixture(params=["twilio", "messagebird"])
def provider(request: pytest.FixtureRequest, carrier: RunningCarrier, loop: SendingLoop) -> Iterator[Any]:
    made = at_twilio(carrier) if request.param == "twilio" else at_messagebird(carrier)
    yield made
    loop.run(made.close())


def at_twilio(carrier: RunningCarrier, token: str | None = None) -> TwilioProvider:
    account = Account(
        account_sid=carrier.account_sid, auth_token=token or carrier.auth_token, base_url=carrier.url.rstrip("/")
    )
    return waiting(TwilioProvider, PATIENCE)(account)


def at_messagebird(carrier: RunningCarrier) -> MessageBirdProvider:
    account = LegacyAccount(
        access_key=carrier.access_key, signing_key=carrier.signing_key, base_url=carrier.url.rstrip("/")
    )
    return waiting(MessageBirdProvider, PATIENCE)(account)


def search() -> Search:
    now = SystemClock().now()
    return Search(to_number="+15145550101", since=now - ANY_MINUTE, until=now + ANY_MINUTE)


def heard_by(listener: Listener, heard: Heard) -> Callback:
    """Return a callback as the door hands it on: with the address that was signed."""
    path = heard.url[heard.url.index("/", 8) :] if heard.url.startswith("http") else heard.url
    base = "/".join(listener.url.split("/")[:3])
    return Callback(method=heard.method, url=base + path, headers=heard.headers, body=heard.body)


def test_a_text_is_taken_and_listed_with_its_words(provider: Any, loop: SendingLoop) -> None:
    request = make_request(body="À demain, 9 h ✓")
    outcome = loop.run(provider.send(request))
    assert isinstance(outcome, Accepted)
    found = loop.run(provider.find(search()))
    assert isinstance(found, Listing)
    [text] = found.texts
    assert (text.provider_id, text.body, text.from_number) == (outcome.provider_id, request.body, request.from_number)
    assert text.reference == (request.attempt_id if provider.capabilities.echoes_reference else None)


def test_receipts_come_back_signed_with_their_attempt(
    provider: Any, carrier: RunningCarrier, loop: SendingLoop
) -> None:
    with listening() as listener:
        attempt = uuid.uuid4()
        address = callback_address(listener.url, provider.id, attempt)
        outcome = loop.run(provider.send(make_request(attempt_id=attempt, callback=address)))
        carrier.quiet()
        callbacks = [heard_by(listener, each) for each in listener.heard]
    assert isinstance(outcome, Accepted)
    receipts = [provider.receipt(each, SystemClock().now()) for each in callbacks]
    assert all(isinstance(each, Receipt) for each in receipts), receipts
    assert {(each.provider_id, each.attempt_id) for each in receipts} == {(outcome.provider_id, attempt)}
    assert receipts[-1].status is Status.DELIVERED
    changed = [Callback(method=c.method, url=c.url + "0", headers=c.headers, body=c.body) for c in callbacks]
    assert all(isinstance(provider.receipt(each, SystemClock().now()), Forged) for each in changed)


OUTCOMES: dict[str, tuple[type[Outcome], int]] = {
    "throttle": (Throttled, 0),
    "error_before": (Unknown, 0),
    "unavailable": (Unknown, 0),
    "bad_token": (Closed, 0),
    "no_balance": (Closed, 0),
    "suspended": (Closed, 0),
    "refuse_then_hang": (Unknown, 0),
    "refuse_then_reset": (Unknown, 0),
    "refuse_half_open": (Unknown, 0),
    "error_after": (Unknown, 1),
    "accept_then_reset": (Unknown, 1),
    "accept_then_hang": (Unknown, 1),
    "accept_half_open": (Unknown, 1),
    "half_answer": (Unknown, 1),
    "unreadable": (Unknown, 1),
}
"""What each mishap of a request must be told as, and how many texts a listing shows afterwards."""


@pytest.mark.parametrize("kind", sorted(OUTCOMES))
def test_a_mishap_is_told_truly_and_the_listing_settles_it(
    provider: Any, carrier: RunningCarrier, loop: SendingLoop, kind: str
) -> None:
    wanted, listed = OUTCOMES[kind]
    carrier.mishap(kind, count=1)
    assert isinstance(loop.run(provider.send(make_request())), wanted)
    found = loop.run(provider.find(search()))
    assert isinstance(found, Listing)
    assert len(found.texts) == listed == len(carrier.accepted())


def test_a_throttled_sender_is_told_how_long(provider: Any, carrier: RunningCarrier, loop: SendingLoop) -> None:
    carrier.mishap("throttle", retry_after=7)
    outcome = loop.run(provider.send(make_request()))
    assert isinstance(outcome, Throttled)
    assert outcome.after == dt.timedelta(seconds=7)


def test_a_wrong_token_closes_the_account(carrier: RunningCarrier, loop: SendingLoop) -> None:
    provider = at_twilio(carrier, token="another")  # noqa: S106 - of no account
    outcome = loop.run(provider.send(make_request()))
    loop.run(provider.close())
    assert isinstance(outcome, Closed)
    assert outcome.what == "account"


def test_a_stop_is_heard_and_the_next_text_refused_for_it(carrier: RunningCarrier, loop: SendingLoop) -> None:
    provider = at_twilio(carrier)
    with listening() as listener:
        carrier.set_inbound_url(f"{listener.url}/callbacks/twilio/inbound")
        carrier.send_inbound("+15145550101", "+15145550100", "STOP")
        callback = heard_by(listener, listener.heard[-1])
    inbound = provider.inbound(callback, SystemClock().now())
    outcome = loop.run(provider.send(make_request()))
    loop.run(provider.close())
    assert isinstance(inbound, Inbound)
    assert (inbound.from_number, inbound.to_number, inbound.body) == ("+15145550101", "+15145550100", "STOP")
    assert isinstance(outcome, Refused)
    assert outcome.opted_out


def test_a_messaging_service_sends_and_its_text_is_found(carrier: RunningCarrier, loop: SendingLoop) -> None:
    provider = at_twilio(carrier)
    outcome = loop.run(provider.send(make_request(from_number="MG" + "0" * 32)))
    found = loop.run(provider.find(search()))
    loop.run(provider.close())
    assert isinstance(outcome, Accepted)
    assert isinstance(found, Listing)
    assert [text.provider_id for text in found.texts] == [outcome.provider_id]


def test_hundreds_of_texts_to_one_number_are_listed_over_several_pages(
    provider: Any, carrier: RunningCarrier, loop: SendingLoop
) -> None:
    async def send_wave(start: int) -> list[Outcome]:
        requests = [make_request(body=f"Text {number}") for number in range(start, start + 50)]
        return list(await asyncio.gather(*(provider.send(each) for each in requests)))

    outcomes = [outcome for start in range(0, 250, 50) for outcome in loop.run(send_wave(start))]
    found = loop.run(provider.find(search()))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert isinstance(found, Listing)
    assert {text.body for text in found.texts} == {f"Text {number}" for number in range(250)}
    assert len(carrier.accepted()) == 250


def test_a_text_that_arrived_has_a_price_and_its_words_can_be_deleted(
    carrier: RunningCarrier, loop: SendingLoop
) -> None:
    provider = at_twilio(carrier)
    outcome = loop.run(provider.send(make_request()))
    assert isinstance(outcome, Accepted)
    carrier.advance(id=outcome.provider_id, status="delivered")
    price = loop.run(provider.price(outcome.provider_id))
    deleted = loop.run(provider.redact(outcome.provider_id))
    found = loop.run(provider.find(search()))
    loop.run(provider.close())
    assert price.amount is not None
    assert price.amount > 0
    assert price.currency == "USD"
    assert deleted
    assert isinstance(found, Listing)
    assert [(text.body, text.delivered) for text in found.texts] == [(None, True)]
