"""What Twilio refuses, by its own codes (twilio.com/docs/api/errors)."""

import datetime as dt
from typing import Any

import pytest

from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.exchange import Order
from scheduler.carrier.texts import Book
from scheduler.carrier.twilio.checks import order_of
from scheduler.carrier.wire import Answer

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
SERVICE = "MG" + "0" * 31 + "1"
ME, PERSON = "+14165550100", "+14165550101"


def make_account(**given: Any) -> Account:
    return Account(**{"provider": Provider.TWILIO, "id": "AC1", "secret": "s", **given})


def ordered(account: Account | None = None, book: Book | None = None, **changed: Any) -> Order | Answer:
    form = {"To": PERSON, "From": ME, "Body": "Hello", **changed}
    fields = {name: [value] for name, value in form.items() if value is not None}
    return order_of(account or make_account(), book or Book(), fields, NOON)


def code_of(answer: Order | Answer) -> object:
    assert isinstance(answer, Answer)
    assert isinstance(answer.body, dict)
    return answer.body["code"]


def accepted(order: Order | Answer) -> Order:
    assert isinstance(order, Order)
    return order


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"To": None}, 21604),
        ({"To": ""}, 21604),
        ({"To": "4165550101"}, 21211),
        ({"To": "+1416555010a"}, 21211),
        ({"To": "+14165550101\n"}, 21211),
        ({"To": "+١٤١٦٥٥٥٠١٠١"}, 21211),
        ({"To": ME}, 21211),
        ({"From": None}, 21603),
        ({"From": "0001234567890123"}, 21212),
        ({"From": "A name too long"}, 21212),
        ({"Body": None}, 21602),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"MediaUrl": "ftp://example.org/x"}, 21620),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"StatusCallback": "https://under_score.example.org/"}, 21609),
        ({"StatusCallback": "http://[::1/"}, 21609),
        ({"ValidityPeriod": "0"}, 20001),
        ({"ValidityPeriod": "36001"}, 20001),
        ({"ValidityPeriod": "soon"}, 20001),
        ({"ContentRetention": "burn"}, 20001),
        ({"MessagingServiceSid": "MG1"}, 20001),
        ({"ScheduleType": "fixed", "SendAt": "2026-05-05T12:00:00Z"}, 20001),
    ],
)
def test_a_request_that_is_not_in_order_is_refused_by_its_code(changed: dict[str, Any], code: int) -> None:
    assert code_of(ordered(**changed)) == code


def test_what_is_in_order_is_queued() -> None:
    order = accepted(ordered(StatusCallback="https://example.org/cb?job=1#rc=3&rp=all", ValidityPeriod="36000"))
    assert (order.status, order.sender, order.people, order.body) == ("queued", ME, (PERSON,), "Hello")


def test_a_messaging_service_accepts_and_picks_one_of_its_numbers() -> None:
    account = make_account(services={SERVICE: ("+14165550110", "+14165550111")})
    order = accepted(ordered(account, From=None, MessagingServiceSid=SERVICE))
    assert order.status == "accepted"
    assert order.sender in account.services[SERVICE]


def test_a_messaging_service_without_numbers_is_refused() -> None:
    account = make_account(services={"MG" + "f" * 32: ("+14165550110",)})
    assert code_of(ordered(account, From=None, MessagingServiceSid=SERVICE)) == 21704


def test_a_service_may_schedule_from_fifteen_minutes_ahead() -> None:
    later: dict[str, Any] = {"From": None, "MessagingServiceSid": SERVICE, "ScheduleType": "fixed"}
    assert accepted(ordered(**later, SendAt="2026-05-04T12:15:00Z")).status == "scheduled"
    assert code_of(ordered(**later, SendAt="2026-05-04T12:14:59Z")) == 20001


def test_an_account_that_lists_its_numbers_may_use_no_others() -> None:
    assert code_of(ordered(make_account(numbers=("+14165550199",)))) == 21606


def test_who_said_stop_to_a_number_is_refused_from_that_number_only() -> None:
    book = Book()
    book.block("AC1", ME, PERSON)
    assert code_of(ordered(book=book)) == 21610
    assert accepted(ordered(book=book, From="+14165550199")).sender == "+14165550199"


def test_who_said_stop_to_a_service_is_refused_from_all_of_its_numbers() -> None:
    book = Book()
    book.block("AC1", SERVICE, PERSON)
    assert code_of(ordered(book=book, From=None, MessagingServiceSid=SERVICE)) == 21610


def test_media_make_it_an_mms_and_its_words_may_be_missing() -> None:
    order = accepted(ordered(Body=None, MediaUrl="https://example.org/map.png"))
    assert (order.prefix, order.media) == ("MM", ("https://example.org/map.png",))
