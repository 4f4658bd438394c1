"""MessageBird's answers, receipts and inbound texts.

Source: messagebird/openapi-specs sms/openapi.yaml; docs.bird.com, SMS platform extended error codes.
"""

import json

import pytest

from jobs.providers.contract import (
    Closed,
    Fault,
    Forged,
    Inbound,
    Malformed,
    Outcome,
    Receipt,
    Refused,
    Status,
    Unknown,
)
from jobs.providers.http.wire import Answer
from jobs.providers.messagebird import Account, MessageBirdProvider
from jobs.providers.messagebird.reading import as_e164, outcome_of
from tests.unit.jobs.providers.callback_builders import ATTEMPT, KEY, NOW, from_messagebird

ID = "eef0ab57a9e049be946f3821568c2b2e"
REPORT = {"id": ID, "reference": str(ATTEMPT), "recipient": "31612345678", "status": "delivered"}


@pytest.fixture
def provider() -> MessageBirdProvider:
    return MessageBirdProvider(Account(access_key="key", signing_key=KEY))


@pytest.mark.parametrize(
    ("status", "code", "parameter", "outcome"),
    [
        (401, 2, "access_key", Closed("account", "the access key is not accepted", "2")),
        (422, 9, "recipients", Refused("words", "9")),
        (422, 9, "originator", Closed("sender", "words", "9")),
        (422, 10, "body", Refused("words", "10")),
        (404, 20, None, Closed("account", "there is nothing at this address: see its base URL", "20")),
        (422, 21, None, Refused("words", "21")),
        (402, 25, None, Closed("account", "the account has no balance", "25")),
        (422, 25, None, Closed("account", "the account has no balance", "25")),
        (400, 98, None, Unknown("words", "98")),
        (500, 25, None, Unknown("words", "25")),
        (422, 12345, None, Refused("words", "12345")),
    ],
)
def test_an_error_means_one_outcome(status: int, code: int, parameter: str | None, outcome: Outcome) -> None:
    body = {"errors": [{"code": code, "description": "words", "parameter": parameter}]}
    assert outcome_of(Answer(status, {}, json.dumps(body)), "words") == outcome


@pytest.mark.parametrize("body", ['{"errors": {}}', '{"errors": [1]}', '{"errors": []}', '{"errors": [{"code": []}]}'])
def test_an_error_that_cannot_be_read_is_a_refusal_by_its_status(body: str) -> None:
    assert isinstance(outcome_of(Answer(422, {}, body), ""), Refused)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("scheduled", Status.ACCEPTED),
        ("sent", Status.ACCEPTED),
        ("buffered", Status.ACCEPTED),
        ("delivered", Status.DELIVERED),
        ("expired", Status.UNDELIVERED),
        ("delivery_failed", Status.UNDELIVERED),
        ("of_tomorrow", Status.ACCEPTED),
    ],
)
def test_a_receipt_says_where_a_text_is(provider: MessageBirdProvider, word: str, status: Status) -> None:
    found = provider.receipt(from_messagebird(REPORT | {"status": word}), NOW)
    assert isinstance(found, Receipt)
    assert (found.status, found.provider_id, found.attempt_id) == (status, ID, ATTEMPT)


def test_a_receipt_without_a_reference_carries_the_attempt_of_its_address(provider: MessageBirdProvider) -> None:
    found = provider.receipt(from_messagebird({"id": ID, "status": "sent"}), NOW)
    assert isinstance(found, Receipt)
    assert found.attempt_id == ATTEMPT


@pytest.mark.parametrize(("code", "fault"), [("1", Fault.NUMBER), ("5", Fault.NUMBER), ("27", None), ("31", None)])
def test_an_unknown_subscriber_is_the_numbers_fault(
    provider: MessageBirdProvider, code: str, fault: Fault | None
) -> None:
    fields = REPORT | {"status": "delivery_failed", "statusErrorCode": code, "statusReason": "unknown subscriber"}
    found = provider.receipt(from_messagebird(fields), NOW)
    assert isinstance(found, Receipt)
    assert (found.code, found.fault, found.reason) == (code, fault, "unknown subscriber")


@pytest.mark.parametrize("fields", [{}, {"id": ID}, {"status": "sent"}, {"id": "../x", "status": "sent"}])
def test_a_receipt_that_says_nothing_is_malformed(provider: MessageBirdProvider, fields: dict[str, str]) -> None:
    assert isinstance(provider.receipt(from_messagebird(fields), NOW), Malformed)


TEXT = {"id": ID, "originator": "31612345678", "recipient": "31687654321", "body": "Oui à 9 h"}


@pytest.mark.parametrize("body", [b"", json.dumps(TEXT).encode(), b"id=%b&body=Oui+%%C3%%A0+9+h" % ID.encode()])
def test_an_inbound_text_comes_in_the_query_as_a_form_or_as_json(provider: MessageBirdProvider, body: bytes) -> None:
    found = provider.inbound(from_messagebird({} if body.startswith(b"{") else TEXT, body), NOW)
    assert isinstance(found, Inbound)
    assert (found.from_number, found.to_number, found.body) == ("+31612345678", "+31687654321", "Oui à 9 h")


def test_an_inbound_text_from_nobody_is_malformed(provider: MessageBirdProvider) -> None:
    assert isinstance(provider.inbound(from_messagebird({"id": ID, "recipient": "1"}), NOW), Malformed)


def test_without_a_signing_key_every_callback_is_forged() -> None:
    provider = MessageBirdProvider(Account(access_key="key"))
    found = provider.receipt(from_messagebird(REPORT), NOW)
    assert found == Forged("no signing key is set up: see QUIETBELL_MESSAGEBIRD_SIGNING_KEY")


@pytest.mark.parametrize(
    ("written", "number"), [("31612345678", "+31612345678"), ("+316", "+316"), ("12345", "12345"), ("Acme", "Acme")]
)
def test_a_number_gets_its_plus_back(written: str, number: str) -> None:
    assert as_e164(written) == number
