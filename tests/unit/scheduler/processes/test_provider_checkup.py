"""What `doctor` says of providers: credentials, senders without any, callbacks, and what is about to end."""

import datetime as dt

import pytest

from scheduler.processes.cli.findings import Finding, Level
from scheduler.processes.cli.provider_checkup import look_at_providers, look_at_senders, names_without_credentials
from scheduler.settings import Settings

TWILIO = {"twilio": {"account_sid": "AC1", "auth_token": "planted-token"}}
LEGACY = {"messagebird": {"access_key": "planted-key", "signing_key": "planted-too"}}
TODAY = dt.date(2026, 11, 24)
PUBLIC = "https://sms.example.org"


def found(findings: list[Finding], what: str) -> Finding:
    [finding] = [each for each in findings if each.what == what]
    return finding


def test_a_provider_that_is_set_up_is_fine() -> None:
    findings = [*look_at_providers(Settings(providers=TWILIO, public_url=PUBLIC))]
    assert findings == [Finding(Level.OK, "twilio", "set up")]


def test_nothing_set_up_is_nothing_to_say() -> None:
    assert [*look_at_providers(Settings())] == []


def test_a_provider_that_is_half_set_up_stops_everything_and_says_why() -> None:
    finding = found([*look_at_providers(Settings(providers={"twilio": {"account_sid": "AC1"}}))], "twilio")
    assert finding.level is Level.FAIL
    assert "QUIETBELL_TWILIO_AUTH_TOKEN is not set" in finding.found


def test_callbacks_need_a_public_address() -> None:
    finding = found([*look_at_providers(Settings(providers=TWILIO))], "callbacks")
    assert (finding.level, finding.found) == (Level.WARN, "receipts and replies of twilio cannot reach us")


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("http://carrier.example:4010", Level.WARN),
        ("http://127.0.0.1:4010", Level.OK),
        ("https://carrier.example", Level.OK),
    ],
)
def test_credentials_that_leave_the_machine_unencrypted_are_warned_about(address: str, level: Level) -> None:
    given = {"twilio": TWILIO["twilio"] | {"base_url": address}}
    findings = [*look_at_providers(Settings(providers=given, public_url=PUBLIC))]
    assert found(findings, "twilio").level is level


def test_a_sender_of_a_provider_without_credentials_is_told_what_to_set() -> None:
    [finding] = look_at_senders("northlight", {"twilio"}, Settings(), TODAY)
    assert finding.level is Level.FAIL
    assert "no credentials for its provider twilio" in finding.found
    assert "QUIETBELL_TWILIO_ACCOUNT_SID" in finding.advice


def test_a_sender_of_a_provider_that_is_set_up_or_prints_is_fine() -> None:
    [finding] = look_at_senders("northlight", {"twilio", "terminal"}, Settings(providers=TWILIO), TODAY)
    assert finding == Finding(Level.OK, "northlight", "sends through terminal, twilio")


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    [finding] = look_at_senders("northlight", {"pigeon"}, Settings(), TODAY)
    assert (finding.level, finding.found) == (Level.FAIL, "unknown provider pigeon")
    assert "twilio" in finding.advice


def test_a_practice_without_a_sender_is_warned() -> None:
    [finding] = look_at_senders("northlight", set(), Settings(), TODAY)
    assert finding.level is Level.WARN


@pytest.mark.parametrize(
    ("today", "level", "words"),
    [
        (TODAY, Level.WARN, "sends through messagebird, which ends on 2026-12-31"),
        (dt.date(2026, 12, 31), Level.WARN, "sends through messagebird, which ends on 2026-12-31"),
        (dt.date(2027, 1, 1), Level.FAIL, "sends through messagebird, which has ended on 2026-12-31"),
    ],
)
def test_who_is_still_on_messagebird_is_warned_until_it_has_ended(today: dt.date, level: Level, words: str) -> None:
    _, ending = look_at_senders("northlight", {"messagebird"}, Settings(providers=LEGACY), today)
    assert ending == Finding(level, "northlight", words, "Move its senders to `provider: bird`.")


def test_only_what_is_known_and_not_set_up_lacks_credentials() -> None:
    used = {"twilio", "messagebird", "bird", "terminal", "pigeon"}
    assert names_without_credentials(used, Settings(providers=TWILIO)) == ["bird", "messagebird"]


def test_no_finding_shows_a_secret() -> None:
    settings = Settings(providers={**TWILIO, **LEGACY, "bird": {"access_key": "planted", "base_url": "planted"}})
    findings = [*look_at_providers(settings), *look_at_senders("northlight", {"twilio"}, settings, TODAY)]
    assert "planted" not in repr(findings)
