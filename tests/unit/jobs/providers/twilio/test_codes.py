"""Twilio's codes: what each means for a send, and what it says of the number, the sender or the account.

Source: Twilio's error dictionary, twilio.com/docs/api/errors.
"""

import datetime as dt
import json

import pytest

from jobs.providers.contract import Closed, Fault, Later, Outcome, Refused, Throttled, Unknown
from jobs.providers.http.wire import Answer
from jobs.providers.twilio.codes import CODES, fault_of, number_of, outcome_of_code
from jobs.providers.twilio.reading import outcome_of

SENDERS = [21212, 21606, 21603, 21703, 21704, 21712, 30018, 30024, 30032, 30033, 30034, 30035]
MEANT: dict[type[Outcome], list[int]] = {
    Refused: [21211, 21217, 21614, 21612, 21604, 30005, 30006, 30004, 21602, 21617, 21620, 30007, 30019, 21610],
    Closed: [20003, 20008, 20403, 21607, 30002, 63038, *SENDERS],
    Throttled: [20429, 21611, 30001, 30022, 30023, 30026, 30027, 60728],
    Later: [30003, 30008, 30017],
}


@pytest.mark.parametrize(("outcome", "code"), [(kind, code) for kind, codes in MEANT.items() for code in codes])
def test_a_code_means_one_outcome_with_a_sentence(outcome: type[Outcome], code: int) -> None:
    found = outcome_of_code(code)
    assert isinstance(found, outcome)
    assert getattr(found, "code", None) == str(code)
    assert getattr(found, "reason", None)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (20003, "account"),
        (30002, "account"),
        (63038, "account"),
        (21606, "sender"),
        (30034, "sender"),
        (30032, "sender"),
    ],
)
def test_what_is_closed_is_the_account_or_the_sender(code: int, what: str) -> None:
    found = outcome_of_code(code)
    assert isinstance(found, Closed)
    assert found.what == what


def test_only_the_carriers_stop_counts_as_opted_out() -> None:
    stopped = [code for code in CODES if getattr(outcome_of_code(code), "opted_out", False)]
    assert stopped == [21610]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (30005, Fault.NUMBER),
        (30006, Fault.NUMBER),
        (21614, Fault.NUMBER),
        (21610, Fault.OPTED_OUT),
        (30007, Fault.CONTENT),
        (30034, Fault.SENDER),
        (30002, Fault.ACCOUNT),
        (30003, None),
        (30008, None),
        (30004, None),
        (39999, None),
        (None, None),
    ],
)
def test_a_fault_is_only_what_holds_beyond_the_one_text(code: int | None, fault: Fault | None) -> None:
    assert fault_of(code) is fault


@pytest.mark.parametrize(
    ("value", "number"),
    [(21610, 21610), ("21610", 21610), ("", None), (None, None), (True, None), ("-1", None), ("٣٤", None), ([], None)],
)
def test_a_code_is_a_number_or_its_digits(value: object, number: int | None) -> None:
    assert number_of(value) == number


def answer(status: int, code: object, **headers: str) -> Answer:
    body = {"code": code, "message": "words of theirs", "more_info": "", "status": status}
    return Answer(status, headers, json.dumps(body))


def test_a_code_weighs_more_than_the_status_that_it_came_with() -> None:
    stopped = Refused("the person told the carrier to stop", "21610", opted_out=True, fault=Fault.OPTED_OUT)
    assert outcome_of(answer(400, 21610), "words") == stopped
    assert isinstance(outcome_of(answer(400, 20003), "words"), Closed)
    assert isinstance(outcome_of(answer(403, 21408), "words"), Refused)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409])
@pytest.mark.parametrize("code", sorted(CODES))
def test_no_code_makes_a_failure_of_the_server_surely_not_sent(status: int, code: int) -> None:
    assert isinstance(outcome_of(answer(status, code), ""), Unknown)


def test_a_code_that_is_not_known_refuses_the_text_in_their_words() -> None:
    assert outcome_of(answer(400, 21999), "words of theirs") == Refused("words of theirs", "21999")


def test_what_they_ask_to_wait_weighs_more_than_our_own_wait() -> None:
    found = outcome_of(answer(429, 21611, **{"retry-after": "5"}), "")
    assert found == Throttled("the sender's queue is full", dt.timedelta(seconds=5), "21611")


def test_an_error_of_the_newer_shape_is_read_too() -> None:
    body = {"type": "https://x", "title": "Unauthorized", "status": 401, "code": 20003, "detail": "no"}
    assert isinstance(outcome_of(Answer(401, {}, json.dumps(body)), ""), Closed)
