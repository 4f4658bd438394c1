"""MessageBird's signatures: the vectors of its own libraries' tests, and what else a JWT may be.

Source of the vectors: messagebird/python-rest-api tests/test_request_validator/webhook_signature_test_data.json
(BSD-2; the same in messagebird-nodejs), restated: the claims spelt out, the signatures as they are.
"""

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import pytest

from jobs.providers.messagebird.signatures import why_forged
from tests.unit.jobs.providers.callback_builders import KEY, NOW, from_messagebird, make_callback, token_of

SECRET = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb"  # noqa: S105 - of no account
AT = dt.datetime(2021, 7, 5, 10, 0, tzinfo=dt.UTC)
ROOT, QUERY = "https://example.com/", "https://example.com/path?bar=1&foo=2"
FIELDS = "https://example.com/?obj%5Bfield1%5D=val1&obj%5Bfield2%5D=val2&param=value+with+spaces"
SPECIAL = "Some text containg & < >, & and \\u0026"
USUAL = "59a244dc-e9ad-4e23-9778-371faa238f72"
ELSEWHERE = "6a022d834c18330baad8a2bd6135173ed21610a454516be0df3f1cc0151610ea"
OTHER_BODY = "fb62f02acda7d74177a701a1ce006e6bacd90c7d4d7ab481692c1da47c81076b"


def vector(jti: str, signature: str, hashed: str, payload: str | None = None, **changes: Any) -> str:
    """Return a token as it was made: `hashed` and `payload` are what was signed, or its hash."""
    start, alg = 1_625_479_200 + changes.get("later", 0), changes.get("alg", "HS256")
    claims: dict[str, object] = {"iss": "MessageBird", "nbf": start, "exp": start + 60}
    claims |= {"jti": jti, "url_hash": _hash(hashed)}
    if payload is not None:
        claims["payload_hash"] = _hash(payload)
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": alg, "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), signature])


def _hash(text: str) -> str:
    return text if len(text) == 64 else hashlib.sha256(text.encode()).hexdigest()


PLAIN = vector(USUAL, "6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E", ROOT)
HS512 = "rd6r0iMyNGnVPCwurETphE3Y8rpAyvvnUK0S8WvGUkt2E1QSRAZ7NZJZBHw1Y_Wb5W-sK9HJr_PRL2vz4jRT3Q"
NONE = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30."
GENUINE = [
    ("no query, no body", ROOT, "", PLAIN),
    (
        "a query",
        QUERY,
        "",
        vector("c946af77-e182-4eaa-b2ff-1a545b5e991a", "huo2ou6JDoDc7sV25d75UMWeYhBeavQlLsqIibSZuac", QUERY),
    ),
    (
        "a query and a body",
        QUERY,
        "Hello, World!",
        vector(
            "93e55006-a0e8-4526-a190-fa5ff00ea116",
            "_H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I",
            QUERY,
            "Hello, World!",
        ),
    ),
    (
        "a port",
        "https://example.com:8080/",
        "",
        vector(USUAL, "vcpa0IicGAbpo064dOjiA2VbVOR2S5uZBEaBOP16sS8", "https://example.com:8080/"),
    ),
    ("an escaped query", FIELDS, "", vector(USUAL, "mJBCMfEjKmN3IMuzqPXPHktWETrcu0iNdF3agE8PDyI", FIELDS)),
    ("a special body", ROOT, SPECIAL, vector(USUAL, "IQiKzeEPaO3A48lhKmBDSmxZyCESPCGxdSKFdi0dEJs", ROOT, SPECIAL)),
    (
        "HS384",
        ROOT,
        "",
        vector(USUAL, "KNMW-29X77lZeuPmThmHWc_RUAvTkaDkpxIZK6mqE08v8mWKiU9Edh4QXwAJO2nv", ROOT, alg="HS384"),
    ),
    ("HS512", ROOT, "", vector(USUAL, HS512, ROOT, alg="HS512")),
]
FORGED = [
    (
        "before its moment",
        ROOT,
        "",
        vector("f9f8c382-2449-4311-b72b-1df71687931e", "ZELgDFNGhjZH9CffQKcq3sytBe2I0KciLxpBhcfstHQ", ROOT, later=3600),
        "its signature is of another moment",
    ),
    (
        "after its moment",
        ROOT,
        "",
        vector(
            "5f02f522-6030-46c8-b5a3-01246478d8bc", "45MSST3B_2PsjNUeiuW54_vUQgVw4rBXrdWrOUEz3lM", ROOT, later=-3600
        ),
        "its signature is of another moment",
    ),
    (
        "another order of the query",
        "https://example.com/path?foo=1&bar=2",
        "",
        vector("a75c9096-e823-442b-85f2-7d3c9d9b726b", "z6Sw1XQIM0wuEQGBhXBdawDIIrtMg2XnmA_bpDq53pE", ELSEWHERE),
        "it is signed for another address",
    ),
    (
        "another body",
        ROOT,
        "Hello, World!",
        vector("14501532-96f2-4684-9832-68f0951ae342", "m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U7MfWg6TM", ROOT, OTHER_BODY),
        "it is signed for another body",
    ),
    (
        "another secret",
        ROOT,
        "",
        vector("243c27ae-2f02-46a0-8852-c66f37ea9f46", "JgSeYyOtlEKAXk8bz30iJI4tXgf4lxknoiezawuVhb4", ROOT),
        "its signature is missing or wrong",
    ),
    (
        "a body taken away",
        ROOT,
        "",
        vector(
            "14501532-96f2-4684-9832-68f0951ae342",
            "bHfsjj3tljfzTufoG3EU3p_yFrQh9CufyzRSaRMd4ss",
            ROOT,
            "Hello, World!",
        ),
        "it is signed for another body",
    ),
    ("a body added", ROOT, "Hello, World!", PLAIN, "it is signed for another body"),
    ("no algorithm", ROOT, "", NONE, "its signature is missing or wrong"),
]


@pytest.mark.parametrize(("url", "body", "token"), [row[1:] for row in GENUINE], ids=[row[0] for row in GENUINE])
def test_what_was_signed_is_genuine(url: str, body: str, token: str) -> None:
    callback = make_callback(url, body.encode(), MessageBird_Signature_JWT=token)
    assert why_forged(callback, SECRET, AT) is None


@pytest.mark.parametrize(
    ("url", "body", "token", "reason"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED]
)
def test_what_was_changed_is_forged_for_its_reason(url: str, body: str, token: str, reason: str) -> None:
    callback = make_callback(url, body.encode(), MessageBird_Signature_JWT=token)
    assert why_forged(callback, SECRET, AT) == reason


@pytest.mark.parametrize(("seconds", "genuine"), [(-2, False), (-1, True), (60.5, True), (61, False)])
def test_a_second_of_leeway_is_given_either_way(seconds: float, *, genuine: bool) -> None:
    callback = make_callback(ROOT, MessageBird_Signature_JWT=PLAIN)
    assert (why_forged(callback, SECRET, AT + dt.timedelta(seconds=seconds)) is None) is genuine


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "Someone"},
        {"iss": None},
        {"nbf": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": [1]},
        {"url_hash": None},
        {"url_hash": 7},
        {"url_hash": "é"},
        {"payload_hash": "00"},
    ],
)
def test_claims_that_are_missing_or_strange_are_forged(claims: dict[str, Any]) -> None:
    assert why_forged(from_messagebird({"id": "1"}, **claims), KEY, NOW) is not None


def test_the_builder_of_these_tests_makes_genuine_ones() -> None:
    assert why_forged(from_messagebird({"id": "1"}, b"x"), KEY, NOW) is None


@pytest.mark.parametrize("claims", [[], "x", 1, None])
def test_claims_that_are_no_object_are_forged(claims: object) -> None:
    assert why_forged(make_callback(ROOT, MessageBird_Signature_JWT=token_of(claims)), KEY, NOW) is not None


@pytest.mark.parametrize("token", ["", "..", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "A" * 100_000, "e30.e30.e30"])
def test_a_token_that_is_none_is_forged(token: str) -> None:
    assert why_forged(make_callback(ROOT, MessageBird_Signature_JWT=token), SECRET, AT) is not None


def test_a_token_of_an_algorithm_that_is_none_of_ours_is_forged() -> None:
    token = token_of({"iss": "MessageBird"}, algorithm="RS256")
    assert why_forged(make_callback(ROOT, MessageBird_Signature_JWT=token), KEY, NOW) is not None


def test_without_a_key_nothing_is_genuine() -> None:
    callback = make_callback(ROOT, MessageBird_Signature_JWT=token_of({"iss": "MessageBird"}, key=""))
    assert why_forged(callback, "", NOW) is not None
