"""What a text gives away, and that ordinary reminders give away nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sensitive_content import Finding, find_sensitive
from tests.unit.jobs.ordinary_reminders import ENGLISH, FRENCH, ordinary_reminders


def kinds(text: str, *known: str) -> list[str]:
    """Return the kinds of what was found."""
    return [finding.kind for finding in find_sensitive(text, frozenset(known))]


def test_six_hundred_ordinary_reminders_raise_no_alarm() -> None:
    texts = ordinary_reminders(each=12)
    assert len(texts) >= 500
    assert len(ENGLISH) >= 25
    assert len(FRENCH) >= 25
    assert [(text, found) for text in texts if (found := find_sensitive(text, frozenset()))] == []


# The networks' published test numbers (Stripe's and PayPal's testing pages), in the ways people write them.
@pytest.mark.parametrize(
    "text",
    [
        "Card 4242 4242 4242 4242",
        "pay with 4242424242424242, thanks",
        "4242-4242-4242-4242 exp 12/27 CVV 123",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242\u20134242\u20134242\u20134242",
        "4242.4242.4242.4242",
        "42424242 42424242",
        "\u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662",
        "5555 5555 5555 4444",
        "2223003122003222",
        "3782 822463 10005",
        "371449635398431",
        "3056 930902 5904",
        "6011 1111 1111 1117",
        "3566 0020 2036 0505",
        "6205 5000 0000 0000 004",
        "4222222222222",
        "call 514 555 0100 4242 4242 4242 4242",
        "4242 4242 4242 4242 514 555 0100",
        "$50 from 4242 4242 4242 4242 $50",
        "on 2026-11-03 4242 4242 4242 4242 10:30",
    ],
)
def test_a_card_number_is_found(text: str) -> None:
    assert kinds(text) == ["cards"]


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4241",
        "1234 5678 1234 5670",
        "Tracking 9400 1000 0000 0000 0000 00",
        "https://example.com/pay/4242424242424242",
        "514 555 0100 450 555 0199 438 555 0111",
        "UCI 11-1234-5678, application E000123456",
    ],
)
def test_digits_that_are_no_card_number_are_left_alone(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "130 692 544",
        "130-692-544",
        "NAS 130692544",
        "NAS : 046 454 286",
        "your SIN is 130692544",
        "130692544 (SIN)",
        "130692544 is your SIN",
        "S.I.N. no. 130692544",
        "Social insurance number: 130 692 544",
        "numéro d\u2019assurance sociale 130692544",
        "536-90-4399",
        "SSN 536904399",
        "social security number: 536 90 4399",
        "GB82 WEST 1234 5698 7654 32",
        "IBAN FR76 3000 6000 0112 3456 7890 189 MERCI",
        "de89370400440532013000",
        "FR14 2004 1010 0505 0001 3M02 606",
        "2 55 08 14 168 025 38",
    ],
)
def test_an_identity_or_bank_account_number_is_found(text: str) -> None:
    assert kinds(text) == ["identity_numbers"]


@pytest.mark.parametrize(
    "text",
    [
        "130 692 545",
        "130692544",
        "File no. 130 692 544",
        "ID de réunion : 130 692 544",
        "SIREN 732 829 320",
        "Dossier no 536-90-4399",
        "500-17-123456-789",
        "130 692 544 $",
        "Bring your SIN and file 130692544",
        "Apportez votre NAS, dossier 130692544",
        "130692544, bring your SIN card",
        "078-05-1120",
        "GB82 WEST 1234 5698 7654 33",
    ],
)
def test_a_number_without_its_grouping_word_or_check_digit_is_left_alone(text: str) -> None:
    assert kinds(text) == []


# The machine-readable lines are the specimens of ICAO 9303-4 and 9303-5.
@pytest.mark.parametrize(
    "text",
    [
        "Passport AB123456",
        "Your passport number is 123456789.",
        "passport no. 123 456 789",
        "Passeport no AB 123456",
        "Passeport n° 12AB34567",
        "número de pasaporte: X12345678",
        "AB123456 is your passport number",
        "A123456AB (passport)",
        "passport of Maria Lopez: AB123456",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
    ],
)
def test_a_passport_number_is_found(text: str) -> None:
    assert kinds(text) == ["passports"]


@pytest.mark.parametrize(
    "text",
    [
        "AB123456",
        "Bring your passport. File AB123456",
        "Bring your passport and letter AB123456",
        "Bring your passport, form IMM 5645 and 2 photos, 50 mm x 70 mm",
        "Passport fee 160.00 CAD, receipt F2026001",
        "Your passport appointment is 2026-10-18 at 10:30, room 1204B",
        "L898902C35UTO7408122F1204159",
    ],
)
def test_a_passport_that_is_only_mentioned_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "password: x",
        "Password: hunter2",
        'Password "hunter2"',
        "password is hunter2",
        "mdp=abc",
        "Mot de passe : Soleil22",
        "Votre mot de passe est « Soleil22 »",
        "Your temporary password for the portal is Maple42.",
        "contraseña: perro7",
        "code d'accès : 48213",
        "code d\u2019accès 48213",
        "code de vérification Northlight : 123456",
        "verification code 123456",
        "Northlight verification code (valid 10 minutes): 123 456",
        "123456 is your verification code",
        "G-123456 is your Google verification code",
        "123456 est votre code de connexion",
        "Your code is 482910",
        "Votre code secret est 4821",
        "passcode: 482910",
        "PIN: 1234",
        "NIP 1234",
        "your PIN is 1234",
    ],
)
def test_a_password_or_code_is_found(text: str) -> None:
    assert kinds(text) == ["passwords"]


@pytest.mark.parametrize(
    "text",
    [
        "Forgot your password? Call 514-555-0100",
        "Password: see our email",
        "Mot de passe : demandez-le à l'accueil",
        "Password reset at noon: bring ID",
        "Your access code will be sent on 18 October 2026",
        "The passcode will be sent 2026-10-18: bring ID",
        "Postal code H2Y 1C6",
        "code postal : H2Y 1C6",
        "Dress code: business",
        "Code vestimentaire : tenue de ville",
        "Door code 1234#, suite 400",
        "Building access code 1234#",
        "Code d'accès de l'immeuble : 1234",
        "Confirmation number 482910",
        "Your confirmation code is 482910",
        "area code 514",
        "Scan your QR code 20261018",
        "Code civil, art. 1457",
        "Drop a PIN on the map",
    ],
)
def test_words_that_only_sound_like_a_password_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_a_known_phone_number_is_no_finding_however_it_is_grouped() -> None:
    assert kinds("Llame al 130 692 544") == ["identity_numbers"]
    assert kinds("Llame al 130 692 544", "+34130692544") == []
    assert kinds("Llame al (0)130-692-544", "+34130692544") == []


def test_a_known_reference_is_no_finding() -> None:
    assert kinds("Passport: NL-AB123456", "NL-AB123456") == []
    assert kinds("Passport: AB123456", "ab123456") == []


def test_a_short_known_reference_hides_no_card_number() -> None:
    assert kinds("4242 4242 4242 4242", "4242", "42424242") == ["cards"]


def test_all_that_a_text_gives_away_is_found() -> None:
    text = "Card 4242 4242 4242 4242, SIN 130 692 544, passport AB123456, password: hunter2"
    assert kinds(text) == ["cards", "identity_numbers", "passports", "passwords"]


def test_a_finding_shows_only_the_end_of_a_card_number() -> None:
    assert find_sensitive("Card 4242 4242 4242 4242", frozenset()) == (
        Finding("cards", "•••4242", "shows a card number (•••4242)"),
    )


@pytest.mark.parametrize("secret", ["hunter2", "Soleil22"])
def test_a_finding_shows_nothing_of_a_password(secret: str) -> None:
    (finding,) = find_sensitive(f"Password: {secret}", frozenset())
    assert secret[-2:] not in finding.excerpt + finding.sentence


@given(st.text(max_size=300), st.frozensets(st.text(max_size=20), max_size=3))
def test_any_text_is_read_without_an_error(text: str, known: frozenset[str]) -> None:
    assert all(finding.excerpt.startswith("•••") for finding in find_sensitive(text, known))


@pytest.mark.parametrize("filler", ["4", "4 ", "<", "A", "passport ", "password ", "code d'accès ", "(", "1-", "+1 "])
def test_a_long_hostile_text_is_read_to_its_end(filler: str) -> None:
    text = filler * (20_000 // len(filler))
    assert kinds(f"{text}\n4242 4242 4242 4242")[0] == "cards"
