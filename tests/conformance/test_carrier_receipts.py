"""Receipts of the stand-in carrier: signed as the providers' own validators want them, and what befalls them."""

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from messagebird.request_validator import RequestValidator as BirdValidator
from twilio.request_validator import RequestValidator

from tests.carriers import Heard, Listener, RunningCarrier, listening, running_carrier, twilio_at

ME, PERSON = "+14165550100", "+14165550101"
SERVICE = "MG" + "0" * 31 + "1"
ALL_TRIES = "#rc=3&rp=all"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@pytest.fixture
def carrier() -> Iterator[RunningCarrier]:
    with running_carrier(seed=1) as running:
        yield running


def send(carrier: RunningCarrier, callback: str, **more: Any) -> Any:
    fields = {"to": PERSON, "from_": ME, "body": "Hello", "status_callback": callback, **more}
    made = twilio_at(carrier).messages.create(**fields)
    carrier.quiet()
    return made


def send_bird(carrier: RunningCarrier, **said: object) -> None:
    body = {"originator": "Northlight", "recipients": [31612345678], "body": "Hello", **said}
    request = urllib.request.Request(  # noqa: S310 - our own carrier
        f"{carrier.url}/messages",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"AccessKey {carrier.access_key}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own carrier
        assert answer.status == 201
    carrier.quiet()


def is_twilios(carrier: RunningCarrier, heard: Heard) -> bool:
    signature = heard.headers["X-Twilio-Signature"]
    return bool(RequestValidator(carrier.auth_token).validate(heard.url, heard.fields, signature))


def test_a_text_is_told_of_as_sent_then_delivered(carrier: RunningCarrier, listener: Listener) -> None:
    made = send(carrier, f"{listener.url}/cb?job=a%20b&x=%7E")
    assert listener.said("MessageStatus") == ["sent", "delivered"]
    assert {each.method for each in listener.heard} == {"POST"}
    assert {each.url for each in listener.heard} == {f"{listener.url}/cb?job=a%20b&x=%7E"}
    told = listener.heard[0].fields
    assert (told["MessageSid"], told["SmsSid"], told["To"], told["From"]) == (made.sid, made.sid, PERSON, ME)
    assert told["AccountSid"] == carrier.account_sid
    assert made.fetch().status == "delivered"


def test_a_messaging_service_tells_of_its_queue_too(carrier: RunningCarrier, listener: Listener) -> None:
    send(carrier, listener.url, from_=None, messaging_service_sid=SERVICE)
    assert listener.said("MessageStatus") == ["queued", "sent", "delivered"]
    assert set(listener.said("MessagingServiceSid")) == {SERVICE}


@pytest.mark.parametrize("path", ["", "/", "/cb?job=1", f"/cb?job=1{ALL_TRIES}", "?job=1"])
def test_twilios_validator_takes_each_callback(carrier: RunningCarrier, listener: Listener, path: str) -> None:
    send(carrier, listener.url + path)
    assert [is_twilios(carrier, each) for each in listener.heard] == [True, True]


def test_a_callback_that_is_changed_is_not_taken(carrier: RunningCarrier, listener: Listener) -> None:
    send(carrier, f"{listener.url}/cb?job=1")
    heard = listener.heard[0]
    assert not is_twilios(carrier, Heard("POST", heard.url.replace("job=1", "job=2"), heard.headers, heard.body))


def test_nobody_is_told_who_has_not_asked(carrier: RunningCarrier, listener: Listener) -> None:
    twilio_at(carrier).messages.create(to=PERSON, from_=ME, body="Hello")
    carrier.quiet()
    assert listener.heard == []


def test_an_error_is_heard_and_not_told_again(carrier: RunningCarrier, listener: Listener) -> None:
    listener.statuses = [500]
    send(carrier, listener.url)
    assert listener.said("MessageStatus") == ["sent", "delivered"]


def test_an_address_that_asks_for_it_is_told_again_under_the_same_token(
    carrier: RunningCarrier, listener: Listener
) -> None:
    listener.statuses = [500, 404]
    send(carrier, listener.url + ALL_TRIES)
    assert listener.said("MessageStatus") == ["sent", "sent", "sent", "delivered"]
    assert len({each.headers["I-Twilio-Idempotency-Token"] for each in listener.heard}) == 2


def test_an_address_where_nobody_is_stops_nothing(carrier: RunningCarrier) -> None:
    with listening() as gone:
        pass
    assert send(carrier, gone.url).fetch().status == "delivered"


def test_lost_receipts_are_not_told_though_the_text_has_moved(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("lose_receipts")
    made = send(carrier, listener.url)
    assert listener.heard == []
    assert made.fetch().status == "delivered"


def test_doubled_receipts_are_told_twice(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("double_receipts")
    send(carrier, listener.url)
    assert listener.said("MessageStatus") == ["sent", "sent", "delivered", "delivered"]


def test_reordered_receipts_come_the_last_one_first(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("reorder_receipts")
    made = send(carrier, listener.url)
    assert listener.said("MessageStatus") == ["delivered", "sent"]
    assert made.fetch().status == "delivered"


def test_late_receipts_come_though_later(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("late_receipts", seconds=0.01)
    send(carrier, listener.url)
    assert sorted(listener.said("MessageStatus")) == ["delivered", "sent"]


def test_early_receipts_are_told_before_the_sends_own_answer(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("early_receipts")
    made = twilio_at(carrier).messages.create(to=PERSON, from_=ME, body="Hello", status_callback=listener.url)
    assert listener.said("MessageStatus") == ["sent", "delivered"]
    assert set(listener.said("MessageSid")) == {made.sid}
    assert made.status == "queued"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (30003, ["sent", "undelivered"]),
        (30005, ["sent", "undelivered"]),
        (30006, ["sent", "undelivered"]),
        (30007, ["sent", "undelivered"]),
        (30001, ["failed"]),
        (30002, ["failed"]),
    ],
)
def test_a_text_that_fails_later_is_told_of_with_its_code(
    carrier: RunningCarrier, listener: Listener, code: int, told: list[str]
) -> None:
    carrier.mishap("error_receipt", code=code)
    made = send(carrier, listener.url)
    assert listener.said("MessageStatus") == told
    assert listener.said("ErrorCode")[-1] == str(code)
    assert is_twilios(carrier, listener.heard[-1])
    assert made.fetch().error_code == code


def test_receipts_are_told_of_a_send_whose_answer_was_lost(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("error_after", count=1)
    with pytest.raises(Exception, match="500"):
        send(carrier, listener.url)
    carrier.quiet()
    assert listener.said("MessageStatus") == ["sent", "delivered"]


def test_by_hand_a_text_moves_only_when_it_is_told_to(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.set_receipts(manual=True)
    made = send(carrier, listener.url)
    assert listener.heard == []
    assert carrier.advance(id=made.sid) == 1
    assert carrier.advance(status="undelivered", code=30003) == 1
    assert carrier.advance() == 0
    assert listener.said("MessageStatus") == ["sent", "undelivered"]


def test_messagebird_reports_by_a_signed_get(carrier: RunningCarrier, listener: Listener) -> None:
    send_bird(carrier, reference="job-1", reportUrl=f"{listener.url}/report?attempt=1")
    assert {each.method for each in listener.heard} == {"GET"}
    assert listener.said("status") == ["buffered", "delivered"]
    assert set(listener.said("reference")) == {"job-1"}
    assert set(listener.said("attempt")) == {"1"}
    assert set(listener.said("recipient")) == {"31612345678"}
    assert dt.datetime.fromisoformat(listener.said("statusDatetime")[0]).tzinfo is not None
    for heard in listener.heard:
        token = heard.headers["MessageBird-Signature-JWT"]
        BirdValidator(carrier.signing_key).validate_signature(token, heard.url, heard.body)


def test_messagebird_reports_only_what_has_a_reference(carrier: RunningCarrier, listener: Listener) -> None:
    send_bird(carrier, reportUrl=listener.url)
    assert listener.heard == []


def test_messagebird_reports_a_failure_with_its_code(carrier: RunningCarrier, listener: Listener) -> None:
    carrier.mishap("error_receipt", code=5)
    send_bird(carrier, reference="job-1", reportUrl=listener.url)
    assert listener.said("status") == ["buffered", "delivery_failed"]
    assert listener.said("statusErrorCode")[-1] == "5"


def test_messagebird_reports_each_recipient(carrier: RunningCarrier, listener: Listener) -> None:
    send_bird(carrier, reference="job-1", reportUrl=listener.url, recipients=[31612345678, 31612345679])
    assert sorted(set(listener.said("recipient"))) == ["31612345678", "31612345679"]
    assert len(listener.heard) == 4
