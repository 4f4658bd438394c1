"""The stand-in carrier as MessageBird's own SDK sees it, and plain HTTP, over real sockets."""

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import messagebird
import pytest
from messagebird.http_client import HttpClient

from jobs.clock import SteppingClock
from tests.carriers import RunningCarrier, running_carrier

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
PERSON, OTHER = "31612345678", "31612345679"


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(NOON)


@pytest.fixture
def carrier(clock: SteppingClock) -> Iterator[RunningCarrier]:
    with running_carrier(seed=1, clock=clock, manual_receipts=True) as running:
        yield running


def bird_at(carrier: RunningCarrier, key: str | None = None) -> Any:
    used = key or carrier.access_key
    return messagebird.Client(used, http_client=HttpClient(carrier.url, used, "tests"))


def send(carrier: RunningCarrier, body: str = "Hello", people: str = PERSON, **more: Any) -> Any:
    return bird_at(carrier).message_create("Northlight", people, body, more)


def raw(carrier: RunningCarrier, path: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
    request = urllib.request.Request(  # noqa: S310 - our own carrier
        carrier.url + path,
        method=method,
        headers={"Authorization": f"AccessKey {carrier.access_key}"},
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own carrier
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def test_a_text_is_taken_and_counted_for_each_recipient(carrier: RunningCarrier) -> None:
    made = send(carrier, "x" * 161, f"{PERSON},{OTHER}", reference="job-1")
    assert len(made.id) == 32
    assert (made.direction, made.reference, made.originator) == ("mt", "job-1", "Northlight")
    assert made.recipients["totalSentCount"] == 2
    assert [item.recipient for item in made.recipients["items"]] == [int(PERSON), int(OTHER)]
    assert [(text.to_number, text.segments) for text in carrier.accepted()] == [(f"+{PERSON}", 2), (f"+{OTHER}", 2)]


def test_a_text_is_fetched_with_its_price_once_it_was_delivered(carrier: RunningCarrier) -> None:
    made = send(carrier)
    carrier.advance(status="delivered")
    status, shown = raw(carrier, f"/messages/{made.id}")
    assert status == 200
    assert shown["recipients"]["totalDeliveredCount"] == 1
    assert shown["recipients"]["items"][0]["price"] == {"amount": 0.0079, "currency": "EUR"}


def test_a_wrong_key_is_told_so(carrier: RunningCarrier) -> None:
    with pytest.raises(messagebird.ErrorException) as raised:
        bird_at(carrier, "wrong").message("0" * 32)
    assert [error.code for error in raised.value.errors] == [2]


def test_no_recipients_are_told_so(carrier: RunningCarrier) -> None:
    with pytest.raises(messagebird.ErrorException) as raised:
        send(carrier, people="")
    assert [(error.code, error.parameter) for error in raised.value.errors] == [(9, "recipients")]


def test_what_is_not_there_is_not_found(carrier: RunningCarrier) -> None:
    status, body = raw(carrier, "/messages/" + "0" * 32)
    assert (status, body["errors"][0]["code"]) == (404, 20)
    assert raw(carrier, "/nowhere")[0] == 404
    assert raw(carrier, "/messages", method="PUT", body={})[0] == 405


def test_a_listing_is_newest_first_in_parts(carrier: RunningCarrier) -> None:
    made = [send(carrier, f"text {number}").id for number in range(5)]
    status, first = raw(carrier, "/messages?limit=2")
    assert status == 200
    assert (first["count"], first["totalCount"], first["offset"]) == (2, 5, 0)
    assert [item["id"] for item in first["items"]] == made[:2:-1]
    rest = raw(carrier, first["links"]["next"].removeprefix(carrier.url))[1]
    assert [item["id"] for item in rest["items"]] == made[2:0:-1]


def test_a_listing_is_narrowed_by_person_moment_and_words(carrier: RunningCarrier, clock: SteppingClock) -> None:
    send(carrier, "early")
    clock.jump_to(NOON + dt.timedelta(hours=1))
    late = send(carrier, "Late one", f"{OTHER},{PERSON}").id

    def found(query: str) -> list[str]:
        return [item["id"] for item in raw(carrier, f"/messages?{query}")[1]["items"]]

    assert len(found(f"recipient={PERSON}")) == 2
    assert found(f"recipient={OTHER}") == [late]
    assert found("from=2026-05-04T13:00:00%2B00:00") == [late]
    assert found("from=2026-05-04T13:00:00+00:00") == [late]
    assert found("searchterm=late") == [late]
    assert found("direction=mo") == []
    assert found("status=delivered") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "offset=-1", "from=soon", "until=x"])
def test_a_listing_that_cannot_be_is_refused(carrier: RunningCarrier, query: str) -> None:
    assert raw(carrier, f"/messages?{query}")[0] == 422


def test_a_deleted_text_is_gone(carrier: RunningCarrier) -> None:
    made = send(carrier)
    assert raw(carrier, f"/messages/{made.id}", method="DELETE")[0] == 204
    assert raw(carrier, f"/messages/{made.id}")[0] == 404


def test_a_listing_that_lags_shows_a_text_later(carrier: RunningCarrier, clock: SteppingClock) -> None:
    carrier.mishap("listing_lag", seconds=60)
    send(carrier)
    assert raw(carrier, "/messages")[1]["items"] == []
    clock.jump_to(NOON + dt.timedelta(seconds=61))
    assert raw(carrier, "/messages")[1]["count"] == 1


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttle", 429, 10),
        ("unavailable", 503, 98),
        ("error_before", 500, 98),
        ("error_after", 500, 98),
        ("bad_token", 401, 2),
        ("suspended", 401, 2),
        ("no_balance", 402, 25),
        ("refuse", 422, 9),
    ],
)
def test_each_error_has_messagebirds_body(carrier: RunningCarrier, kind: str, status: int, code: int) -> None:
    carrier.mishap(kind)
    said = {"originator": "Northlight", "recipients": [PERSON], "body": "Hello"}
    answered, body = raw(carrier, "/messages", method="POST", body=said)
    assert (answered, body["errors"][0]["code"]) == (status, code)
    assert len(carrier.accepted()) == (kind == "error_after")
