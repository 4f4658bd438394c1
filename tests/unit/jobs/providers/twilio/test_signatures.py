"""Twilio's signatures: the vectors of its own SDK's tests, and what tampering does to them.

Source of the vectors: twilio/twilio-python tests/unit/test_request_validator.py (MIT), restated.
"""

from urllib.parse import urlencode

import pytest

from jobs.providers.twilio.signatures import is_signed
from tests.unit.jobs.providers.callback_builders import TOKEN, from_twilio, make_callback

PARAMS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
HTTPS, HTTP = "https://mycompany.com/myapp.php?foo=1&bar=2", "http://mycompany.com/myapp.php?foo=1&bar=2"
HTTPS_PORT, HTTP_PORT = HTTPS.replace(".com", ".com:1234"), HTTP.replace(".com", ".com:1234")
BARE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
BODY = b'{"property": "value", "boolean": true}'
HASHED = f"{HTTPS}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (HTTPS, BARE),
        (HTTPS_PORT, BARE),
        (HTTPS, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (HTTP_PORT, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (HTTP, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
    ids=["form", "port left out", "port 443 added", "port signed", "port 80 added"],
)
def test_a_form_is_signed_with_or_without_the_port(url: str, signature: str) -> None:
    callback = make_callback(url, urlencode(PARAMS).encode(), X_Twilio_Signature=signature)
    assert is_signed(callback, [TOKEN])


def test_fields_that_repeat_are_sorted_and_signed_once() -> None:
    fields = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    callback = make_callback(HTTPS, urlencode(fields).encode(), X_Twilio_Signature="IK+Dwps556ElfBT0I3Rgjkr1wJU=")
    assert is_signed(callback, [TOKEN])


def test_a_json_body_is_signed_by_its_hash_in_the_address() -> None:
    assert is_signed(make_callback(HASHED, BODY, X_Twilio_Signature="a9nBmqA0ju/hNViExpshrM61xv4="), [TOKEN])


def test_another_json_body_is_forged() -> None:
    callback = make_callback(HASHED, b'{"property": "VALUE"}', X_Twilio_Signature="a9nBmqA0ju/hNViExpshrM61xv4=")
    assert not is_signed(callback, [TOKEN])


@pytest.mark.parametrize(
    ("url", "params", "signature", "token"),
    [
        (HTTPS, PARAMS | {"Digits": "9999"}, BARE, TOKEN),
        (HTTPS, PARAMS | {"More": ""}, BARE, TOKEN),
        (HTTPS, {name: value for name, value in PARAMS.items() if name != "To"}, BARE, TOKEN),
        (HTTPS + "&baz=3", PARAMS, BARE, TOKEN),
        (HTTPS.replace("mycompany", "yourcompany"), PARAMS, BARE, TOKEN),
        (HTTP, PARAMS, BARE, TOKEN),
        (HTTPS, PARAMS, "", TOKEN),
        (HTTPS, PARAMS, BARE.lower(), TOKEN),
        (HTTPS, PARAMS, "é", TOKEN),
        (HTTPS, PARAMS, BARE, "12346"),
        (HTTPS, PARAMS, BARE, ""),
    ],
)
def test_what_was_changed_is_forged(url: str, params: dict[str, str], signature: str, token: str) -> None:
    callback = make_callback(url, urlencode(params).encode(), X_Twilio_Signature=signature)
    assert not is_signed(callback, [token])


def test_a_callback_without_a_signature_is_forged() -> None:
    assert not is_signed(make_callback(HTTPS, urlencode(PARAMS).encode()), [TOKEN])


def test_blank_and_untrimmed_values_are_signed_as_they_came() -> None:
    assert is_signed(from_twilio({"Body": "  yes ", "ErrorMessage": "", "To": "+15145550100"}), [TOKEN])


def test_the_fragment_that_asks_for_repeats_is_not_signed() -> None:
    callback = from_twilio({"MessageSid": "SM1"}, url="https://sms.example.org/cb?attempt=1#rc=3&rp=all")
    assert is_signed(callback, [TOKEN])


def test_while_a_token_is_replaced_the_former_one_still_verifies() -> None:
    callback = from_twilio({"MessageSid": "SM1"}, token="old")  # noqa: S106 - of no account
    assert is_signed(callback, ["new", "old"])
    assert not is_signed(callback, ["new", ""])


def test_an_empty_token_verifies_nothing() -> None:
    assert not is_signed(from_twilio({"MessageSid": "SM1"}, token=""), ["", ""])


@pytest.mark.parametrize("url", ["https://[broken", "https://host:port/x", "https://host:99999/", "", "::", "//"])
def test_an_address_that_is_none_is_forged(url: str) -> None:
    assert not is_signed(make_callback(url, b"a=b", X_Twilio_Signature=BARE), [TOKEN])
