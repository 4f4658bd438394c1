"""Twilio's receipts and inbound texts, and what a request holds."""

import datetime as dt

import pytest

from jobs.providers.contract import Fault, Forged, Inbound, Malformed, Receipt, Status
from jobs.providers.twilio import Account, TwilioProvider
from jobs.providers.twilio.provider import request_fields
from tests.conformance.rigs import make_request
from tests.unit.jobs.providers.callback_builders import ATTEMPT, NOW, TOKEN, from_twilio, make_callback

SID = "SM" + "a" * 32
SERVICE = "MG" + "0" * 32


@pytest.fixture
def provider() -> TwilioProvider:
    return TwilioProvider(Account(account_sid="AC1", auth_token=TOKEN))


def receipt(provider: TwilioProvider, **fields: str) -> Receipt:
    found = provider.receipt(from_twilio({"MessageSid": SID, "MessageStatus": "sent"} | fields), NOW)
    assert isinstance(found, Receipt)
    return found


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", Status.ACCEPTED),
        ("scheduled", Status.ACCEPTED),
        ("queued", Status.ACCEPTED),
        ("sending", Status.ACCEPTED),
        ("sent", Status.ACCEPTED),
        ("delivered", Status.DELIVERED),
        ("read", Status.DELIVERED),
        ("undelivered", Status.UNDELIVERED),
        ("failed", Status.FAILED),
        ("canceled", Status.FAILED),
        ("of_tomorrow", Status.ACCEPTED),
    ],
)
def test_a_receipt_says_where_a_text_is(provider: TwilioProvider, word: str, status: Status) -> None:
    assert receipt(provider, MessageStatus=word).status is status


def test_a_receipt_carries_the_attempt_of_its_address(provider: TwilioProvider) -> None:
    found = receipt(provider)
    assert (found.provider_id, found.attempt_id) == (SID, ATTEMPT)


def test_a_receipt_without_an_attempt_is_known_by_its_id(provider: TwilioProvider) -> None:
    callback = from_twilio({"MessageSid": SID, "MessageStatus": "sent"}, "https://sms.example.org/callbacks/twilio")
    found = provider.receipt(callback, NOW)
    assert isinstance(found, Receipt)
    assert found.attempt_id is None


def test_a_receipt_of_a_failure_says_why_and_whose_fault_it_is(provider: TwilioProvider) -> None:
    found = receipt(provider, MessageStatus="undelivered", ErrorCode="30005")
    assert (found.code, found.fault) == ("30005", Fault.NUMBER)
    assert found.reason == "the number is unknown or no longer in use"


def test_a_receipt_keeps_what_came(provider: TwilioProvider) -> None:
    assert receipt(provider, RawDlrDoneDate="2603021500", ErrorMessage="").raw["RawDlrDoneDate"] == "2603021500"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"MessageSid": SID},
        {"MessageStatus": "sent"},
        {"MessageSid": "../x", "MessageStatus": "sent"},
        {"MessageSid": SID, "MessageStatus": "received"},
    ],
)
def test_a_receipt_that_says_nothing_is_malformed(provider: TwilioProvider, fields: dict[str, str]) -> None:
    assert isinstance(provider.receipt(from_twilio(fields), NOW), Malformed)


def test_an_inbound_text_is_read_as_it_was_written(provider: TwilioProvider) -> None:
    fields = {
        "MessageSid": SID,
        "From": "+15145550101",
        "To": "+15145550100",
        "Body": "  Oui à 9 h ✓ ",
        "NumMedia": "0",
    }
    found = provider.inbound(from_twilio(fields), NOW)
    assert isinstance(found, Inbound)
    assert (found.from_number, found.to_number, found.body) == ("+15145550101", "+15145550100", "  Oui à 9 h ✓ ")
    assert (found.media, found.stop) == ((), None)


def test_an_inbound_stop_that_twilio_answers_itself_says_so(provider: TwilioProvider) -> None:
    fields = {"MessageSid": SID, "From": "+1", "To": "+2", "Body": "STOP", "OptOutType": "STOP"}
    found = provider.inbound(from_twilio(fields), NOW)
    assert isinstance(found, Inbound)
    assert found.stop == "stop"


@pytest.mark.parametrize("count", ["2", "999999", "-1", "many"])
def test_media_is_named_and_bounded(provider: TwilioProvider, count: str) -> None:
    media = {f"MediaUrl{n}": f"https://m/{n}" for n in range(40)} | {"MediaContentType0": "image/png"}
    fields = {"MessageSid": SID, "From": "+1", "To": "+2", "NumMedia": count} | media
    found = provider.inbound(from_twilio(fields), NOW)
    assert isinstance(found, Inbound)
    assert len(found.media) == {"2": 2, "999999": 10}.get(count, 0)
    assert found.media[:1] in {(), (("https://m/0", "image/png"),)}


def test_an_inbound_text_from_nobody_is_malformed(provider: TwilioProvider) -> None:
    assert isinstance(provider.inbound(from_twilio({"MessageSid": SID, "To": "+2"}), NOW), Malformed)


def test_the_messaging_service_that_a_text_came_through_is_named(provider: TwilioProvider) -> None:
    fields = {"MessageSid": SID, "From": "+1", "To": "+2", "Body": "Hi", "MessagingServiceSid": "MG" + "1" * 32}
    found = provider.inbound(from_twilio(fields), NOW)
    assert isinstance(found, Inbound)
    assert (found.to_number, found.service) == ("+2", "MG" + "1" * 32)


def test_what_is_not_signed_is_forged_whatever_it_says(provider: TwilioProvider) -> None:
    body = f"MessageSid={SID}&MessageStatus=delivered".encode()
    assert isinstance(provider.receipt(make_callback(body=body), NOW), Forged)
    assert isinstance(provider.inbound(make_callback(body=body), NOW), Forged)


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [
        (dt.timedelta(hours=1), 3600),
        (dt.timedelta(days=3), 36_000),
        (dt.timedelta(seconds=59.9), 59),
        (dt.timedelta(0), 1),
        (dt.timedelta(seconds=-5), 1),
    ],
)
def test_twilio_goes_on_trying_no_longer_than_is_left(valid_for: dt.timedelta, seconds: int) -> None:
    assert request_fields(make_request(valid_for=valid_for))["validity_period"] == seconds


def test_a_sender_is_a_number_or_a_messaging_service() -> None:
    of_number, of_service = request_fields(make_request()), request_fields(make_request(from_number=SERVICE))
    assert of_number["from_"] == "+15145550100"
    assert "messaging_service_sid" not in of_number
    assert of_service["messaging_service_sid"] == SERVICE
    assert "from_" not in of_service


def test_the_callback_asks_for_repeats_whatever_goes_wrong() -> None:
    fields = request_fields(make_request(callback="https://x.example/cb?attempt=1"))
    assert fields["status_callback"] == "https://x.example/cb?attempt=1#rc=3&rp=all"
    assert "status_callback" not in request_fields(make_request())
