"""The stand-in carrier as Twilio's own SDK sees it, over real sockets."""

import base64
import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from jobs.clock import SteppingClock
from tests.carriers import RunningCarrier, running_carrier, twilio_at

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
ME, PERSON, OTHER = "+14165550100", "+14165550101", "+14165550102"
SERVICE = "MG" + "0" * 31 + "1"


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(NOON)


@pytest.fixture
def carrier(clock: SteppingClock) -> Iterator[RunningCarrier]:
    with running_carrier(seed=1, clock=clock, manual_receipts=True) as running:
        yield running


def send(carrier: RunningCarrier, body: str = "Hello", to: str = PERSON, **more: Any) -> Any:
    return twilio_at(carrier).messages.create(to=to, body=body, **({"from_": ME} | more))


def refused(carrier: RunningCarrier, **more: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as raised:
        send(carrier, **more)
    return raised.value.status, raised.value.code


def raw(carrier: RunningCarrier, path: str, method: str = "GET", **headers: str) -> tuple[int, Any]:
    basic = base64.b64encode(f"{carrier.account_sid}:{carrier.auth_token}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - our own carrier
        carrier.url + path, method=method, headers={"Authorization": f"Basic {basic}", **headers}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own carrier
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def test_a_text_is_queued_and_has_no_price_yet(carrier: RunningCarrier) -> None:
    made = send(carrier, "Hello é")
    assert (made.status, made.num_segments, made.direction, made.error_code) == ("queued", "1", "outbound-api", None)
    assert (made.price, made.price_unit, made.date_sent, made.date_created) == (None, "USD", None, NOON)
    assert made.sid[:2] == "SM"
    assert len(made.sid) == 34


def test_a_text_that_was_sent_has_a_price_and_a_moment(carrier: RunningCarrier, clock: SteppingClock) -> None:
    made = send(carrier, "x" * 161)
    clock.jump_to(NOON + dt.timedelta(seconds=5))
    carrier.advance()
    sent = made.fetch()
    assert (sent.status, sent.price, sent.num_segments) == ("sent", "-0.01580", "2")
    assert sent.date_sent == NOON + dt.timedelta(seconds=5)


def test_a_messaging_service_accepts_first_and_names_its_number_later(carrier: RunningCarrier) -> None:
    made = twilio_at(carrier).messages.create(to=PERSON, messaging_service_sid=SERVICE, body="Hello")
    assert (made.status, made.from_, made.num_segments) == ("accepted", None, "0")
    assert made.messaging_service_sid == SERVICE
    carrier.advance()
    carrier.advance()
    sent = made.fetch()
    assert (sent.status, sent.num_segments) == ("sent", "1")
    assert sent.from_.startswith("+1")


@pytest.mark.parametrize(
    ("more", "code"),
    [({"to": "nobody"}, 21211), ({"body": ""}, 21602), ({"body": "x" * 1601}, 21617), ({"from_": "!"}, 21212)],
)
def test_what_is_not_in_order_is_refused_and_nothing_accepted(
    carrier: RunningCarrier, more: dict[str, str], code: int
) -> None:
    assert refused(carrier, **more) == (400, code)
    assert carrier.accepted() == []


def test_a_wrong_token_is_told_so(carrier: RunningCarrier) -> None:
    with pytest.raises(TwilioRestException) as raised:
        twilio_at(carrier, auth_token="wrong").messages.create(to=PERSON, from_=ME, body="Hello")  # noqa: S106 - wrong
    assert (raised.value.status, raised.value.code) == (401, 20003)


def test_one_account_cannot_be_read_with_the_token_of_another(carrier: RunningCarrier) -> None:
    assert raw(carrier, "/2010-04-01/Accounts/AC0/Messages.json")[0] == 401


def test_an_error_has_twilios_body(carrier: RunningCarrier) -> None:
    status, body = raw(carrier, f"/2010-04-01/Accounts/{carrier.account_sid}/Messages/SM0.json")
    assert status == 404
    assert set(body) == {"code", "message", "more_info", "status"}
    assert (body["code"], body["status"]) == (20404, 404)


def test_an_unknown_address_or_method_is_told_in_twilios_words(carrier: RunningCarrier) -> None:
    assert raw(carrier, "/2010-04-01/Elsewhere.json")[1]["code"] == 20404
    path = f"/2010-04-01/Accounts/{carrier.account_sid}/Messages.json"
    assert raw(carrier, path, method="PUT")[1]["code"] == 20004


def test_a_listing_is_newest_first_and_of_one_person(carrier: RunningCarrier) -> None:
    made = [send(carrier, f"text {number}", to=PERSON if number % 2 else OTHER).sid for number in range(6)]
    listed = twilio_at(carrier).messages.list(to=PERSON)
    assert [text.sid for text in listed] == [made[5], made[3], made[1]]


def test_a_listing_goes_on_over_pages_though_new_texts_come(carrier: RunningCarrier) -> None:
    made = [send(carrier, f"text {number}").sid for number in range(5)]
    texts = twilio_at(carrier).messages
    first = texts.page(to=PERSON, page_size=2)
    seen = [text.sid for text in first]
    send(carrier, "one more")
    second = texts.get_page(carrier.url + first._payload["next_page_uri"])  # noqa: SLF001 - as the SDK's stream does
    seen += [text.sid for text in second]
    assert seen == made[:0:-1]
    third = texts.get_page(carrier.url + second._payload["next_page_uri"])  # noqa: SLF001 - likewise
    assert [text.sid for text in third] == made[:1]
    assert third._payload["next_page_uri"] is None  # noqa: SLF001 - likewise


def test_the_sdk_reads_all_pages_by_itself(carrier: RunningCarrier) -> None:
    for number in range(7):
        send(carrier, f"text {number}")
    assert len(twilio_at(carrier).messages.list(page_size=3)) == 7


def test_a_queued_text_has_no_day_on_which_it_was_sent(carrier: RunningCarrier, clock: SteppingClock) -> None:
    send(carrier)
    texts = twilio_at(carrier).messages
    assert texts.list(date_sent=NOON.date()) == []
    clock.jump_to(NOON + dt.timedelta(days=1))
    carrier.advance()
    assert len(texts.list(date_sent=NOON.date() + dt.timedelta(days=1))) == 1
    assert texts.list(date_sent_before=NOON) == []
    assert len(texts.list(date_sent_after=NOON)) == 1


def test_a_date_that_is_none_is_refused(carrier: RunningCarrier) -> None:
    status, body = raw(carrier, f"/2010-04-01/Accounts/{carrier.account_sid}/Messages.json?DateSent=soon")
    assert (status, body["code"]) == (400, 20001)


def test_an_empty_body_redacts_a_text_once_it_has_ended(carrier: RunningCarrier) -> None:
    made = send(carrier, "Secret")
    with pytest.raises(TwilioRestException):
        made.update(body="")
    carrier.advance(status="delivered")
    assert made.update(body="").body == ""
    assert made.fetch().body == ""


def test_only_what_is_scheduled_can_be_cancelled(carrier: RunningCarrier) -> None:
    at = NOON + dt.timedelta(hours=1)
    later = send(carrier, from_=None, messaging_service_sid=SERVICE, send_at=at, schedule_type="fixed")
    assert later.status == "scheduled"
    assert later.update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as raised:
        send(carrier).update(status="canceled")
    assert raised.value.code == 30409


def test_a_deleted_text_is_gone(carrier: RunningCarrier) -> None:
    made = send(carrier)
    carrier.advance(status="delivered")
    assert made.delete()
    assert twilio_at(carrier).messages.list() == []


def test_what_is_not_to_be_kept_is_not_shown(carrier: RunningCarrier) -> None:
    made = send(carrier, "Secret", content_retention="discard", address_retention="obfuscate")
    assert (made.body, made.to) == ("", "+1416555XXXX")
    assert twilio_at(carrier).messages.list(to=PERSON) == []
    assert [(text.body, text.to_number) for text in carrier.accepted()] == [("Secret", PERSON)]


def test_a_listing_that_lags_shows_a_text_later(carrier: RunningCarrier, clock: SteppingClock) -> None:
    carrier.mishap("listing_lag", seconds=60)
    made = send(carrier)
    assert twilio_at(carrier).messages.list(to=PERSON) == []
    assert made.fetch().sid == made.sid
    clock.jump_to(NOON + dt.timedelta(seconds=61))
    assert [text.sid for text in twilio_at(carrier).messages.list(to=PERSON)] == [made.sid]
