"""Texts that people send to the stand-in carrier: handed on signed, and the bookkeeping of STOP."""

import json
from collections.abc import Iterator

import pytest
from messagebird.request_validator import RequestValidator as BirdValidator
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from jobs.errors import InputError
from tests.carriers import Listener, RunningCarrier, listening, running_carrier, twilio_at

ME, PERSON, OTHER = "+14165550100", "+14165550101", "+14165550102"
TOLL_FREE, SHORT_CODE = "+18005550100", "12345"
SERVICE = "MG" + "0" * 31 + "1"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@pytest.fixture
def carrier(listener: Listener) -> Iterator[RunningCarrier]:
    with running_carrier(seed=1, inbound_url=f"{listener.url}/inbound?practice=1", manual_receipts=True) as running:
        yield running


def is_blocked(carrier: RunningCarrier, sender: str = ME, person: str = PERSON) -> bool:
    named = {"messaging_service_sid": sender} if sender == SERVICE else {"from_": sender}
    try:
        twilio_at(carrier).messages.create(to=person, body="Hello", **named)
    except TwilioRestException as problem:
        if (problem.status, problem.code) != (400, 21610):
            raise
        return True
    return False


def replies(carrier: RunningCarrier, person: str = PERSON) -> list[str]:
    texts = twilio_at(carrier).messages.list(to=person)
    return [text.body for text in texts if text.direction == "outbound-reply"]


def test_a_text_is_handed_on_signed_with_its_blank_fields(carrier: RunningCarrier, listener: Listener) -> None:
    assert carrier.send_inbound(PERSON, ME, "  Yes, à demain\n") == 204
    heard = listener.heard[0]
    assert heard.url == f"{listener.url}/inbound?practice=1"
    assert (heard.fields["From"], heard.fields["To"]) == (PERSON, ME)
    assert heard.fields["Body"] == "  Yes, à demain\n"
    assert (heard.fields["NumMedia"], heard.fields["FromCity"]) == ("0", "")
    signature = heard.headers["X-Twilio-Signature"]
    assert RequestValidator(carrier.auth_token).validate(heard.url, heard.fields, signature)


def test_an_address_may_name_the_provider_that_a_text_comes_to(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.set_inbound_url(f"{listener.url}/{{provider}}/inbound")
    carrier.send_inbound(PERSON, ME, "hello")
    carrier.send_inbound(PERSON, ME, "hello", provider="messagebird")
    assert [heard.url for heard in listener.heard] == [
        f"{listener.url}/twilio/inbound",
        f"{listener.url}/messagebird/inbound",
    ]


def test_pictures_come_as_addresses(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.send_inbound(PERSON, ME, "", media=["https://example.org/a.jpg", "https://example.org/b.jpg"])
    told = listener.heard[0].fields
    assert (told["NumMedia"], told["MediaUrl1"]) == ("2", "https://example.org/b.jpg")
    assert told["MessageSid"][:2] == "MM"


def test_further_fields_come_along(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.send_inbound(PERSON, ME, "STOP", fields={"OptOutType": "STOP"})
    assert listener.heard[0].fields["OptOutType"] == "STOP"


def test_an_inbound_text_is_listed_as_received(carrier: RunningCarrier) -> None:
    carrier.send_inbound(PERSON, ME, "Hello")
    listed = twilio_at(carrier).messages.list(to=ME)
    assert [(text.direction, text.status, text.from_) for text in listed] == [("inbound", "received", PERSON)]
    assert carrier.accepted() == []


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop ", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]
)
def test_one_word_stops_what_that_number_sends(carrier: RunningCarrier, listener: Listener, word: str) -> None:
    carrier.send_inbound(PERSON, ME, word)
    assert is_blocked(carrier)
    assert not is_blocked(carrier, person=OTHER)
    assert not is_blocked(carrier, sender="+14165550199")
    assert len(replies(carrier)) == 1
    assert listener.said("Body") == [word]


@pytest.mark.parametrize("words", ["STOP PLEASE", "stop.", "please stop", "ARRET", "non"])
def test_anything_else_stops_nothing(carrier: RunningCarrier, words: str) -> None:
    carrier.send_inbound(PERSON, ME, words)
    assert not is_blocked(carrier)
    assert replies(carrier) == []


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_start_lifts_it(carrier: RunningCarrier, word: str) -> None:
    carrier.send_inbound(PERSON, ME, "STOP")
    carrier.send_inbound(PERSON, ME, word)
    assert not is_blocked(carrier)


def test_a_toll_free_number_is_opened_by_start_and_not_by_yes(carrier: RunningCarrier) -> None:
    carrier.send_inbound(PERSON, TOLL_FREE, "STOP")
    carrier.send_inbound(PERSON, TOLL_FREE, "YES")
    assert is_blocked(carrier, TOLL_FREE)
    carrier.send_inbound(PERSON, TOLL_FREE, "START")
    assert not is_blocked(carrier, TOLL_FREE)


def test_a_short_code_does_nothing_by_itself(carrier: RunningCarrier) -> None:
    carrier.send_inbound(PERSON, SHORT_CODE, "STOP")
    assert not is_blocked(carrier, SHORT_CODE)
    assert replies(carrier) == []


def test_help_is_answered_and_stops_nothing(carrier: RunningCarrier) -> None:
    carrier.send_inbound(PERSON, ME, "HELP")
    assert len(replies(carrier)) == 1
    assert not is_blocked(carrier)


def test_stop_to_a_number_of_a_service_stops_the_whole_service(carrier: RunningCarrier) -> None:
    assert not is_blocked(carrier, SERVICE)
    number = carrier.accepted()[0].from_number
    carrier.send_inbound(PERSON, number, "STOP")
    assert is_blocked(carrier, SERVICE)
    carrier.send_inbound(PERSON, number, "START")
    assert not is_blocked(carrier, SERVICE)


def test_messagebird_hands_on_and_stops_nothing(carrier: RunningCarrier, listener: Listener) -> None:
    assert carrier.send_inbound(PERSON, ME, "STOP", provider="messagebird") == 204
    heard = listener.heard[0]
    told = json.loads(heard.body)
    assert (told["originator"], told["recipient"], told["body"]) == (PERSON[1:], ME[1:], "STOP")
    token = heard.headers["MessageBird-Signature-JWT"]
    BirdValidator(carrier.signing_key).validate_signature(token, heard.url, heard.body)
    assert not is_blocked(carrier)


def test_where_nobody_listens_a_text_is_still_taken_in() -> None:
    with running_carrier(seed=1) as carrier:
        assert carrier.send_inbound(PERSON, ME, "Hello") is None


def test_what_nobody_could_write_is_refused(carrier: RunningCarrier) -> None:
    with pytest.raises(InputError, match="'from'"):
        carrier.send_inbound("", ME, "Hello")
    with pytest.raises(InputError, match="no account"):
        carrier.send_inbound(PERSON, ME, "Hello", provider="pigeon")
