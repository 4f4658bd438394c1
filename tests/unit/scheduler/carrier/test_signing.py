"""Signatures against vectors restated from the providers' own SDKs."""

import datetime as dt

import pytest

from scheduler.carrier.messagebird import signing as messagebird
from scheduler.carrier.twilio import signing as twilio

FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
KEY = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb"
HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
ISSUED = dt.datetime(2021, 7, 5, 10, tzinfo=dt.UTC)


# Source of the three: twilio/twilio-python@306691e, tests/unit/test_request_validator.py (MIT).
@pytest.mark.parametrize(
    ("url", "fields", "signature"),
    [
        ("https://mycompany.com/myapp.php?foo=1&bar=2", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", FORM, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_twilios_own_signatures_are_made_again(url: str, fields: list[tuple[str, str]], signature: str) -> None:
    assert twilio.sign(url, fields, "12345") == signature


def test_twilio_signs_no_fragment() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2#rc=3&rp=all"
    assert twilio.sign(url, FORM, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


# Source of the two: messagebird/python-rest-api@2371520, tests/test_request_validator, signature data (BSD-2).
@pytest.mark.parametrize(
    ("url", "body", "nonce", "claims", "signature"),
    [
        (
            "https://example.com/",
            b"",
            "59a244dc-e9ad-4e23-9778-371faa238f72",
            (
                "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMt"
                "OTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4"
                "NDYxNzljNzc4M2U5ZDcifQ"
            ),
            "6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E",
        ),
        (
            "https://example.com/path?bar=1&foo=2",
            b"Hello, World!",
            "93e55006-a0e8-4526-a190-fa5ff00ea116",
            (
                "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYt"
                "YTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA0"
                "YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIy"
                "ODY4OGEzNjIxODI5ODZmIn0"
            ),
            "_H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I",
        ),
    ],
)
def test_messagebirds_own_tokens_are_made_again(url: str, body: bytes, nonce: str, claims: str, signature: str) -> None:
    assert messagebird.sign(url, body, KEY, now=ISSUED, nonce=nonce) == f"{HEADER}.{claims}.{signature}"
