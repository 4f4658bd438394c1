"""What MessageBird refuses, and what it makes of a body (messagebird/openapi-specs sms/openapi.yaml)."""

import json
from typing import Any

import pytest

from scheduler.carrier.exchange import Order
from scheduler.carrier.messagebird.checks import order_of
from scheduler.carrier.wire import Answer


def ordered(**changed: Any) -> Order | Answer:
    said = {"originator": "Northlight", "recipients": [31612345678], "body": "Hello", **changed}
    return order_of(json.dumps({name: value for name, value in said.items() if value is not ...}).encode())


def accepted(order: Order | Answer) -> Order:
    assert isinstance(order, Order)
    return order


@pytest.mark.parametrize(
    ("changed", "code", "parameter"),
    [
        ({"recipients": ...}, 9, "recipients"),
        ({"recipients": []}, 9, "recipients"),
        ({"recipients": ["31612345678", None]}, 9, "recipients"),
        ({"recipients": [True]}, 9, "recipients"),
        ({"recipients": "nobody"}, 9, "recipients"),
        ({"recipients": [31612345678 + number for number in range(51)]}, 10, "recipients"),
        ({"originator": ...}, 9, "originator"),
        ({"originator": "A name too long"}, 9, "originator"),
        ({"originator": ["x"]}, 9, "originator"),
        ({"body": ""}, 9, "body"),
        ({"body": 5}, 9, "body"),
        ({"body": "x" * 1378}, 10, "body"),
        ({"type": "letter"}, 10, "type"),
        ({"datacoding": ["plain"]}, 10, "datacoding"),
        ({"validity": "soon"}, 10, "validity"),
        ({"validity": 0}, 10, "validity"),
        ({"reference": {"a": 1}}, 10, "reference"),
        ({"reportUrl": "nowhere"}, 10, "reportUrl"),
    ],
)
def test_a_request_that_is_not_in_order_is_refused(changed: dict[str, Any], code: int, parameter: str) -> None:
    answer = ordered(**changed)
    assert isinstance(answer, Answer)
    assert answer.status == 422
    assert isinstance(answer.body, dict)
    assert [(error["code"], error["parameter"]) for error in answer.body["errors"]] == [(code, parameter)]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_object_is_a_bad_request(body: bytes) -> None:
    answer = order_of(body)
    assert isinstance(answer, Answer)
    assert answer.status == 400


def test_recipients_may_be_the_one_string_that_the_python_sdk_sends() -> None:
    order = accepted(ordered(recipients="31612345678,+31612345679"))
    assert order.people == ("+31612345678", "+31612345679")


def test_plain_coding_puts_question_marks_for_what_gsm_has_not() -> None:
    assert accepted(ordered(body="Ça va, ê?")).body == "Ça va, ??"
    assert accepted(ordered(body="Ça va, ê?", datacoding="auto")).body == "Ça va, ê?"
