"""How numbers are read as people write them, and what is known of a number."""

import sys
import zoneinfo
from subprocess import run

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from jobs.phone import Phone, PhoneProblem, country_of, is_in_countries, is_premium, mask, read_phone

TORONTO = Phone("+14165550100", "CA", "normal", ("America/Toronto",))


def problem(raw: str, region: str = "CA") -> str:
    """Return the sentence about a number that cannot be read."""
    read = read_phone(raw, region)
    assert isinstance(read, PhoneProblem), read
    return read.sentence


def phone(raw: str, region: str = "CA") -> Phone:
    """Return a number that can be read."""
    read = read_phone(raw, region)
    assert isinstance(read, Phone), read
    return read


@pytest.mark.parametrize(
    "raw",
    [
        "+14165550100",
        "(416) 555-0100",
        "416.555.0100",
        "1 416 555 0100",
        "416\u00a0555\u20110100",
        "\u202a+1 416 555 0100\u202c",
        "tel:+14165550100",
        "'4165550100",
        "\u0664\u0661\u0666\u0665\u0665\u0665\u0660\u0661\u0660\u0660",
        "\uff14\uff11\uff16\uff15\uff15\uff15\uff10\uff11\uff10\uff10",
    ],
)
def test_a_number_is_read_however_it_is_written(raw: str) -> None:
    assert read_phone(raw, "CA") == TORONTO


# Sources: alphagov/notifications-utils@a9af02a tests/recipient_validation/test_phone_number.py (MIT) and
# codeforamerica/clientcomm-rails@3bb430a spec/lib/phone_number_parser_spec.rb (MIT): inputs, and what we make of them.
@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("7723456789", "GB", "+447723456789"),
        ("07723 456789", "GB", "+447723456789"),
        ("00447723456789", "GB", "+447723456789"),
        ("+447723456789", "GB", "+447723456789"),
        ("+44 (0)7723 456 789", "GB", "+447723456789"),
        ("07723456789", "GB", "+447723456789"),
        ("+12025550104", "GB", "+12025550104"),
        ("+0012025550104", "GB", "+12025550104"),
        ("+23052512345", "GB", "+23052512345"),
    ],
)
def test_cases_of_comparable_systems_are_read_alike(raw: str, region: str, e164: str) -> None:
    assert phone(raw, region).e164 == e164


@pytest.mark.parametrize(
    ("raw", "region", "sentence"),
    [
        ("0772345678910", "GB", "has too many digits for GB"),
        ("07890x32109", "GB", "has an extension, which a text cannot reach"),
        ("079OO900123", "GB", "has letters in it: write it in digits"),
    ],
)
def test_cases_of_comparable_systems_are_refused_alike(raw: str, region: str, sentence: str) -> None:
    assert problem(raw, region) == sentence


# The same sources; what we decide otherwise, and why.
DECIDED_OTHERWISE = [
    # They read a number without + as an international one if it is too long: a typing error would text Kazakhstan.
    ("77234567890", "GB", "has too many digits for GB"),
    ("20-12-1234-1234", "GB", "has too many digits for GB"),
    # They keep ten digits that no plan assigns (area code 243 is not in use); a text to them is paid for and lost.
    ("12435551212", "US", "is not a number in use in US"),
]


@pytest.mark.parametrize(("raw", "region", "sentence"), DECIDED_OTHERWISE)
def test_what_others_would_guess_is_refused(raw: str, region: str, sentence: str) -> None:
    assert problem(raw, region) == sentence


def test_a_landline_is_accepted_since_some_receive_texts() -> None:
    # alphagov refuses it as no mobile; in North America the two cannot be told apart, and the provider says it surely.
    assert phone("0117 496 0860", "GB").kind == "normal"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("416555", "has too few digits for CA"),
        ("911", "has too few digits for CA"),
        ("555-0100", "lacks its area code for CA"),
        ("123 456 7890", "is not a number in use in CA"),
        ("+521 55 1234 5678", "has too many digits for MX"),
        ("+999 1234567", "starts with a country code that does not exist"),
        ("1-800-FLOWERS", "has letters in it: write it in digits"),
        ("n/a", "has letters in it: write it in digits"),
        ("416 555 0100 ext. 5", "has an extension, which a text cannot reach"),
        ("416 555 0100 poste 5", "has an extension, which a text cannot reach"),
        ("416-555-0100#12", "has an extension, which a text cannot reach"),
        ("416-555-0100 / 514-555-0100", "seems to be more than one number"),
        ("+1 416 555 0100;5145550100", "seems to be more than one number"),
        ("1.4165550100E+10", "was changed by a spreadsheet: format the column as text"),
        ("4165550100.0", "was changed by a spreadsheet: format the column as text"),
        ("*67 416 555 0100", "is not written like a phone number"),
        ("1" * 5_000_000, "is not written like a phone number"),
    ],
)
def test_a_number_that_cannot_be_texted_says_why(raw: str, sentence: str) -> None:
    assert problem(raw) == sentence


@pytest.mark.parametrize("region", ["", "XX"])
def test_a_number_without_a_country_asks_for_it(region: str) -> None:
    assert problem("(416) 555-0100", region) == "does not say its country: start it with + and the country code"


@given(st.text(max_size=60), st.sampled_from(["CA", "FR", ""]))
def test_whatever_is_written_gives_a_number_or_a_sentence(raw: str, region: str) -> None:
    assert isinstance(read_phone(raw, region), Phone | PhoneProblem)


@given(st.integers(100, 199))
def test_the_numbers_kept_for_fiction_are_valid(line: int) -> None:
    assert phone(f"+1 416 555 0{line}") == Phone(f"+14165550{line}", "CA", "normal", ("America/Toronto",))


@pytest.mark.parametrize("raw", ["+1 867 234 5678", "+1 867 979 1234"])
def test_a_number_of_the_territories_may_be_in_any_of_their_zones(raw: str) -> None:
    assert phone(raw).zones == ("America/Edmonton", "America/Iqaluit", "America/Rankin_Inlet", "America/Whitehorse")


def test_a_number_of_the_florida_panhandle_may_be_on_either_side_of_its_border() -> None:
    assert phone("+1 850 555 0100").zones == ("America/Chicago", "America/New_York")


def test_an_australian_mobile_has_every_zone_it_may_be_in() -> None:
    zones = phone("+61 412 345 678").zones
    assert {"Australia/Perth", "Australia/Sydney", "Australia/Adelaide"} <= set(zones)


@pytest.mark.parametrize("raw", ["+1 800 555 0100", "+1 888 234 5678", "+1 622 555 0100", "+881 612 345 678"])
def test_a_number_tied_to_no_area_has_no_zone_of_its_own(raw: str) -> None:
    assert phone(raw).zones == ()


def test_every_zone_that_a_number_can_have_exists() -> None:
    assert {zone for zones in TIMEZONE_DATA.values() for zone in zones} <= zoneinfo.available_timezones()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("+1 900 234 5678", "premium"),
        ("+33 899 12 34 56", "premium"),
        ("+44 844 123 4567", "premium"),
        ("+1 800 555 0100", "toll_free"),
        ("+33 6 12 34 56 78", "normal"),
    ],
)
def test_a_number_says_what_it_costs_to_text(raw: str, kind: str) -> None:
    read = phone(raw)
    assert (read.kind, is_premium(read.e164)) == (kind, kind == "premium")


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+14165550100", "CA"),
        ("+12025550104", "US"),
        ("+18765550100", "JM"),
        ("+33612345678", "FR"),
        ("", ""),
        ("x", ""),
    ],
)
def test_a_number_tells_its_country(e164: str, country: str) -> None:
    assert country_of(e164) == country


def test_a_toll_free_number_belongs_to_each_north_american_country() -> None:
    assert is_in_countries("+18005550100", ["CA"])
    assert not is_in_countries("+18005550100", ["FR"])


def test_a_number_of_another_country_is_not_among_the_allowed() -> None:
    assert is_in_countries("+33612345678", ["CA", "FR"])
    assert not is_in_countries("+12025550104", ["CA", "FR"])


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+15145550100", "+1514•••00"),
        ("+33612345678", "+3361•••78"),
        ("+6831234", "+•••34"),
        ("1234", "•••"),
        ("", "•••"),
    ],
)
def test_a_mask_shows_where_a_number_is_from_and_its_end(e164: str, masked: str) -> None:
    assert mask(e164) == masked


def test_reading_a_number_loads_no_table_of_places_or_carriers() -> None:
    program = (
        "import sys; from jobs.phone import read_phone; read_phone('+14165550100', 'CA'); "
        "sys.exit(any(name.startswith(('phonenumbers.geo', 'phonenumbers.carrier')) for name in sys.modules))"
    )
    assert run([sys.executable, "-c", program], check=False).returncode == 0
