"""What providers list of a number, read over real sockets: every page, or that it cannot be told."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.providers.contract import CannotTell, Found, Listing, Price, Search
from tests.conformance.rigs import LONG, SHORT, bird, messagebird, twilio
from tests.conformance.scripted_server import ScriptedServer, Step, Way, serving

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
ATTEMPT = uuid.UUID("0195531e-1b3c-7e3a-9d55-0242ac120002")
SEARCH = Search(to_number="+15145550101", since=NOW - dt.timedelta(minutes=2), until=NOW + dt.timedelta(minutes=2))


def at_twilio(number: int, minutes: float = 0, **changes: Any) -> dict[str, Any]:
    """Return a text as Twilio lists it, created so many minutes after now."""
    created = (NOW + dt.timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    item = {"sid": f"SM{number:032x}", "date_created": created, "from": "+15145550100", "body": f"Text {number}"}
    return item | {"status": "delivered", "direction": "outbound-api", "error_code": None} | changes


def page_of(*items: dict[str, Any], then: str | None = None) -> Step:
    return Step(body=json.dumps({"messages": items, "next_page_uri": then, "page": 0, "uri": "/"}))


def at_messagebird(number: int, minutes: float = 0, **changes: Any) -> dict[str, Any]:
    """Return a text as MessageBird lists it."""
    created = (NOW + dt.timedelta(minutes=minutes)).isoformat()
    people = {"totalCount": 1, "items": [{"recipient": 15145550101, "status": "delivered"}]}
    item = {"id": f"{number:032x}", "createdDatetime": created, "originator": "15145550100", "body": f"Text {number}"}
    return item | {"direction": "mt", "reference": str(ATTEMPT), "recipients": people} | changes


def offset_page(*items: dict[str, Any], total: int) -> Step:
    return Step(body=json.dumps({"offset": 0, "limit": 100, "count": len(items), "totalCount": total, "items": items}))


def find(kind: str, steps: Sequence[Step], timeout: dt.timedelta = LONG) -> tuple[Found, ScriptedServer]:
    async def scene() -> tuple[Found, ScriptedServer]:
        async with serving(*steps) as server:
            make: Callable[[str, dt.timedelta], Any] = twilio if kind == "twilio" else messagebird
            made = make(server.url, timeout)
            try:
                return await made.find(SEARCH), server
            finally:
                await made.close()

    return asyncio.run(scene())


def query(server: ScriptedServer, index: int = 0) -> dict[str, list[str]]:
    return parse_qs(urlsplit(server.asked[index].line.split(" ")[1]).query)


def test_twilio_lists_by_number_alone_since_a_queued_text_has_no_date_of_sending() -> None:
    found, server = find("twilio", [page_of(at_twilio(1, status="queued"), at_twilio(2, -1))])
    assert isinstance(found, Listing)
    assert [(each.body, each.delivered) for each in found.texts] == [("Text 2", True), ("Text 1", None)]
    assert query(server)["To"] == ["+15145550101"]
    assert not [name for name in query(server) if name.startswith("DateSent")]


def test_twilio_is_read_page_after_page_until_a_whole_page_is_older() -> None:
    then = "/2010-04-01/Accounts/AC1/Messages.json?Page=1&PageToken=PA1"
    steps = [page_of(at_twilio(1), then=then), page_of(at_twilio(2, -1), at_twilio(3, -9), then=then)]
    steps += [page_of(at_twilio(4, -10), then=then), page_of(at_twilio(5))]
    found, server = find("twilio", steps)
    assert isinstance(found, Listing)
    assert [each.body for each in found.texts] == ["Text 2", "Text 1"]
    assert len(server.asked) == 3
    assert "PageToken=PA1" in server.asked[1].line


def test_twilio_lists_only_what_went_out_also_where_no_number_is_chosen_yet() -> None:
    items = [at_twilio(1, messaging_service_sid="MG1") | {"from": None}, at_twilio(2, direction="inbound")]
    found, _ = find("twilio", [page_of(*items)])
    assert isinstance(found, Listing)
    assert [(each.body, each.from_number) for each in found.texts] == [("Text 1", None)]


def test_twilio_tells_a_text_that_failed_and_one_without_words() -> None:
    found, _ = find("twilio", [page_of(at_twilio(1, status="undelivered", error_code=30005, body=""))])
    assert isinstance(found, Listing)
    assert [(each.delivered, each.code, each.body) for each in found.texts] == [(False, "30005", None)]


def test_messagebird_lists_all_pages_with_the_attempt_of_each() -> None:
    steps = [offset_page(at_messagebird(1), total=2), offset_page(at_messagebird(2, 1, reference="theirs"), total=2)]
    found, server = find("messagebird", steps)
    assert isinstance(found, Listing)
    assert [(each.reference, each.from_number) for each in found.texts] == [
        (ATTEMPT, "+15145550100"),
        (None, "+15145550100"),
    ]
    assert [query(server, index)["offset"] for index in (0, 1)] == [["0"], ["1"]]
    assert query(server)["recipient"] == ["15145550101"]
    assert query(server)["from"] == ["2026-03-02T14:58:00Z"]


@pytest.mark.parametrize("kind", ["twilio", "messagebird"])
def test_nothing_listed_is_a_listing_of_nothing(kind: str) -> None:
    found, _ = find(kind, [page_of() if kind == "twilio" else offset_page(total=0)])
    assert found == Listing(())


@pytest.mark.parametrize("kind", ["twilio", "messagebird"])
@pytest.mark.parametrize(
    "step",
    [
        Step(status=500),
        Step(status=401),
        Step(status=404),
        Step(status=429, headers=[("Retry-After", "1")]),
        Step(status=302, headers=[("Location", "/")]),
        Step(body="no"),
        Step(body="[]"),
        Step(body="{}"),
        Step(body='{"messages": [1], "items": [1], "totalCount": 1}'),
        Step(body='{"messages": [{"sid": "SM1"}], "items": [{"id": "1"}], "totalCount": 1}'),
        Step(body='{"messages": null, "items": [], "totalCount": null}'),
        Step(body='{"messages": [], "next_page_uri": "@evil.example/", "items": [], "totalCount": "9"}'),
        Step(Way.CLOSE),
        Step(Way.HALF, body="{}" * 20),
    ],
    ids=lambda step: f"{step.way} {step.status} {step.body[:30]}",
)
def test_a_listing_that_is_not_whole_cannot_tell(kind: str, step: Step) -> None:
    found, _ = find(kind, [step])
    assert isinstance(found, CannotTell)


@pytest.mark.parametrize("kind", ["twilio", "messagebird"])
def test_a_listing_whose_second_page_fails_cannot_tell(kind: str) -> None:
    first = page_of(at_twilio(1), then="/more") if kind == "twilio" else offset_page(at_messagebird(1), total=2)
    found, _ = find(kind, [first, Step(status=500)])
    assert isinstance(found, CannotTell)


@pytest.mark.parametrize("kind", ["twilio", "messagebird"])
def test_a_listing_without_an_end_cannot_tell(kind: str) -> None:
    page = page_of(at_twilio(1), then="/more") if kind == "twilio" else offset_page(at_messagebird(1), total=10**9)
    found, server = find(kind, [page])
    assert isinstance(found, CannotTell)
    assert len(server.asked) <= 25


@pytest.mark.parametrize("kind", ["twilio", "messagebird"])
def test_a_listing_that_hangs_cannot_tell(kind: str) -> None:
    found, _ = find(kind, [Step(Way.HANG)], SHORT)
    assert isinstance(found, CannotTell)


PRICED = json.dumps(
    {
        "sid": "SM1",
        "price": "-0.00750",
        "price_unit": "usd",
        "cost": {"amount": "0.0075", "currency_code": "USD"},
        "recipients": {"items": [{"price": {"amount": 0.0075, "currency": "USD"}}]},
    }
)


@pytest.mark.parametrize("make", [twilio, messagebird, bird])
@pytest.mark.parametrize(
    ("step", "price"),
    [
        (Step(body=PRICED), Price(Decimal("0.0075"), "USD")),
        (
            Step(body='{"sid": "SM1", "price": null, "price_unit": null, "recipients": {"items": []}}'),
            Price(None, None),
        ),
        (Step(body="no"), Price(None, None)),
        (Step(body='{"price": "NaN", "cost": {"amount": "NaN"}}'), Price(None, None)),
        (Step(status=404), Price(None, None)),
        (Step(Way.RESET), Price(None, None)),
    ],
    ids=lambda value: value.body[:20] if isinstance(value, Step) else None,
)
def test_a_price_is_positive_or_not_known_yet(make: Any, step: Step, price: Price) -> None:
    async def scene() -> Price:
        async with serving(step) as server:
            provider = make(server.url)
            try:
                found: Price = await provider.price("SM1")
                return found
            finally:
                await provider.close()

    assert asyncio.run(scene()) == price


@pytest.mark.parametrize("make", [twilio, messagebird, bird])
@pytest.mark.parametrize("found", ["../Balance", "a b", "", "x" * 200, "a?b=c"])
def test_an_id_that_is_none_asks_nothing(make: Any, found: str) -> None:
    async def scene() -> tuple[Price, int]:
        async with serving(Step(body=PRICED)) as server:
            provider = make(server.url)
            try:
                return await provider.price(found), len(server.asked)
            finally:
                await provider.close()

    assert asyncio.run(scene()) == (Price(None, None), 0)


@pytest.mark.parametrize(
    ("step", "is_deleted"), [(Step(body='{"sid": "SM1", "body": ""}'), True), (Step(status=400), False)]
)
def test_the_words_of_a_text_can_be_deleted_at_twilio(step: Step, *, is_deleted: bool) -> None:
    async def scene() -> tuple[bool, ScriptedServer]:
        async with serving(step) as server:
            provider = twilio(server.url)
            try:
                return await provider.redact("SM1"), server
            finally:
                await provider.close()

    answered, server = asyncio.run(scene())
    assert answered is is_deleted
    assert (server.asked[0].line.split(" ")[1], server.asked[0].fields) == (
        "/2010-04-01/Accounts/AC1/Messages/SM1.json",
        {"Body": ""},
    )
