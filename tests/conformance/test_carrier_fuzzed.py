"""Whatever is asked of the stand-in carrier, it never answers 500 unless it was commanded to."""

import base64
import http.client
import json
import urllib.parse
from collections.abc import Iterator

import hypothesis
import hypothesis.strategies as st
import pytest

from tests.carriers import RunningCarrier, running_carrier

NAMES = [
    *("To", "From", "Body", "MessagingServiceSid", "MediaUrl", "StatusCallback", "ValidityPeriod", "ScheduleType"),
    *("SendAt", "ContentRetention", "AddressRetention", "Status", "Attempt", "Unheard"),
]
FILTERS = [
    *("To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"),
    *("limit", "offset", "from", "until", "recipient", "originator", "direction", "status", "searchterm"),
]
FIELDS = [
    *("originator", "recipients", "body", "reference", "reportUrl", "validity", "type", "datacoding", "typeDetails"),
    *("kind", "share", "mishaps", "clear", "receipts", "receipt_seconds", "inbound_url", "to", "id", "code", "media"),
]
words = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["+14165550101", "12", "fixed", "canceled", "2026-05-04", "9" * 400, "http://[", "MG" + "0" * 32]),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)


@pytest.fixture(scope="module")
def carrier() -> Iterator[RunningCarrier]:
    with running_carrier(seed=1, manual_receipts=True) as running:
        yield running


@pytest.fixture(scope="module")
def connection(carrier: RunningCarrier) -> Iterator[http.client.HTTPConnection]:
    parts = urllib.parse.urlsplit(carrier.url)
    opened = http.client.HTTPConnection(str(parts.hostname), parts.port)
    yield opened
    opened.close()


def asked(opened: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    opened.request(method, path, body=body, headers=headers)
    answer = opened.getresponse()
    answer.read()
    return answer.status


def basic(carrier: RunningCarrier) -> str:
    return "Basic " + base64.b64encode(f"{carrier.account_sid}:{carrier.auth_token}".encode()).decode()


def encoded(pairs: list[tuple[str, str]]) -> str:
    return urllib.parse.urlencode(pairs, errors="surrogatepass")


@hypothesis.given(pairs=st.lists(st.tuples(st.sampled_from(NAMES), words), max_size=8))
@hypothesis.settings(max_examples=80)
def test_any_form_is_answered(
    carrier: RunningCarrier, connection: http.client.HTTPConnection, pairs: list[tuple[str, str]]
) -> None:
    headers = {"Authorization": basic(carrier), "Content-Type": "application/x-www-form-urlencoded"}
    path = f"/2010-04-01/Accounts/{carrier.account_sid}/Messages"
    form = encoded(pairs).encode()
    assert asked(connection, "POST", f"{path}.json", form, headers) in {201, 400}
    assert asked(connection, "POST", f"{path}/SM0.json", form, headers) == 404


@hypothesis.given(body=st.binary(max_size=200), kind=st.sampled_from(["", "application/json", "text/plain;"]))
@hypothesis.settings(max_examples=40)
def test_any_octets_are_answered(
    carrier: RunningCarrier, connection: http.client.HTTPConnection, body: bytes, kind: str
) -> None:
    headers = {"Authorization": basic(carrier), "Content-Type": kind}
    path = f"/2010-04-01/Accounts/{carrier.account_sid}/Messages.json"
    assert asked(connection, "POST", path, body, headers) == 400
    key = {"Authorization": f"AccessKey {carrier.access_key}"}
    assert asked(connection, "POST", "/messages", body, key) in {400, 422}
    for door in ("/control", "/control/inbound"):
        assert asked(connection, "POST", door, body, {}) in {200, 400}


@hypothesis.given(pairs=st.lists(st.tuples(st.sampled_from(FILTERS), words), max_size=5))
@hypothesis.settings(max_examples=80)
def test_any_query_is_answered(
    carrier: RunningCarrier, connection: http.client.HTTPConnection, pairs: list[tuple[str, str]]
) -> None:
    query = encoded(pairs)
    path = f"/2010-04-01/Accounts/{carrier.account_sid}/Messages.json?{query}"
    assert asked(connection, "GET", path, b"", {"Authorization": basic(carrier)}) in {200, 400}
    key = {"Authorization": f"AccessKey {carrier.access_key}"}
    assert asked(connection, "GET", f"/messages?{query}", b"", key) in {200, 422}


@hypothesis.given(said=objects)
@hypothesis.settings(max_examples=80)
def test_any_object_is_answered(
    carrier: RunningCarrier, connection: http.client.HTTPConnection, said: dict[str, object]
) -> None:
    body = json.dumps(said).encode()
    key = {"Authorization": f"AccessKey {carrier.access_key}"}
    assert asked(connection, "POST", "/messages", body, key) in {201, 400, 422}
    assert asked(connection, "GET", "/messages", b"", key) == 200
    assert asked(connection, "POST", "/control/inbound", body, {}) in {200, 400}
    assert asked(connection, "POST", "/control/advance", body, {}) in {200, 400}
    assert asked(connection, "POST", "/control", json.dumps({"mishaps": [said]}).encode(), {}) == 400


@hypothesis.given(header=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=60))
@hypothesis.settings(max_examples=40)
def test_any_authorization_is_answered(connection: http.client.HTTPConnection, header: str) -> None:
    for start in ("", "Basic ", "AccessKey "):
        headers = {"Authorization": start + header}
        assert asked(connection, "GET", "/2010-04-01/Accounts/AC0/Messages.json", b"", headers) == 401
        assert asked(connection, "GET", "/messages", b"", headers) == 401


def test_a_body_that_is_too_large_is_refused(carrier: RunningCarrier, connection: http.client.HTTPConnection) -> None:
    key = {"Authorization": f"AccessKey {carrier.access_key}"}
    assert asked(connection, "POST", "/messages", b" " * 1_100_000, key) == 413
    connection.close()
