"""Phone numbers: what a person typed in, a number in E.164 with its country, kind and possible zones out, or why not.

Pure. It never imports the geocoder or carrier tables of phonenumbers (100 MB of memory), and never picks one zone of
several.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

Kind: TypeAlias = Literal["normal", "toll_free", "premium"]

# Twice the longest way to write one number; what is longer is no number at all.
_LONGEST: Final = 80
# Direction marks and zero-width characters that come along when a number is copied from a page or a contact list.
_INVISIBLE: Final = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_EXTENSION: Final = re.compile(r"[#;]|(?<=\d)\s*(?:e?xt|poste?|x)\b\.?|(?<=\d)x(?=\d)", re.IGNORECASE)
_SPREADSHEET: Final = re.compile(r"\d[.,]\d+e\+?\d+|\d{7,}\.0", re.IGNORECASE)
_TWO_NUMBERS: Final = re.compile(r"\d{7,}.*?[/,;&|].*?\d{7,}")
_SEPARATORS: Final = re.compile("[\\s().\\-\u2010\u2011\u2012\u2013\u2014\u2212]")
_AS_WRITTEN: Final = re.compile("[+\\d\\s().\\-/\u2010\u2011\u2012\u2013\u2014\u2212]+")

# Premium-rate and shared-cost numbers bill whoever calls or texts them.
_KINDS: Final[dict[int, Kind]] = {
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "premium",
    PhoneNumberType.TOLL_FREE: "toll_free",
}
_PROBLEMS: Final = {
    ValidationResult.TOO_SHORT: "has too few digits for {country}",
    ValidationResult.TOO_LONG: "has too many digits for {country}",
    ValidationResult.INVALID_LENGTH: "has a wrong number of digits for {country}",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks its area code for {country}",
    ValidationResult.INVALID_COUNTRY_CODE: "starts with a country code that does not exist",
}

_NORTH_AMERICA: Final = 1
# libphonenumber answers "all of North America" (42 zones) for numbers tied to no area; no single area there has over 4.
_MOST_ZONES_OF_AN_AREA: Final = 10
# Areas for which libphonenumber 9.0 names one zone although they lie in several (867 even in the wrong one).
# Sources: Canadian Numbering Administrator, NPA 867 = Yukon, Northwest Territories and Nunavut; NANPA, NPA 850 = the
# Florida Panhandle, which the Apalachicola divides; tz database, zone.tab.
_AREA_ZONES: Final = {
    "867": ("America/Edmonton", "America/Iqaluit", "America/Rankin_Inlet", "America/Whitehorse"),
    "850": ("America/Chicago", "America/New_York"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number; `country` is ISO 3166, `zones` the IANA zones it may be in, empty where the practice's counts."""

    e164: str
    country: str
    kind: Kind
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhoneProblem:
    """Why no text can go to what was written; `sentence` lacks its subject ("has too few digits for CA")."""

    sentence: str


def read_phone(raw: str, region: str) -> Phone | PhoneProblem:
    """Read a number as people write it; `region` (ISO 3166) is the country of numbers without `+`."""
    # A longer one is refused below; what follows must not cost more than it is worth.
    written = raw[: 4 * _LONGEST].translate(_INVISIBLE).strip().removeprefix("tel:").removeprefix("'").strip()
    unreadable = _unreadable(written)
    if unreadable is not None:
        return PhoneProblem(unreadable)
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException as refusal:
        return PhoneProblem(_refused(refusal, region))
    if not phonenumbers.is_valid_number(number):
        return PhoneProblem(_invalid(number, region))
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    country, kind = _looked_up(e164)
    return Phone(e164, country, kind, _zones(number))


def country_of(e164: str) -> str:
    """Return the ISO 3166 country of a valid number ("001" for one of no country, "" for what is no number)."""
    return _looked_up(e164)[0]


def is_premium(e164: str) -> bool:
    """Tell whether a text to the number is charged at a premium or shared-cost rate."""
    return _looked_up(e164)[1] == "premium"


def is_in_countries(e164: str, countries: Collection[str]) -> bool:
    """Tell whether the number is of one of the countries; a North American toll-free one is of each country there."""
    country, kind = _looked_up(e164)
    if country in countries:
        return True
    shared = kind == "toll_free" and e164.startswith("+1")
    return shared and any(phonenumbers.country_code_for_region(each) == _NORTH_AMERICA for each in countries)


def mask(e164: str) -> str:
    """Return the number as logs may show it: where it is from and its last two digits ("+1514•••00")."""
    shown = max(0, min(5, len(e164) - 7))
    return f"{e164[:shown]}•••{e164[-2:]}" if shown else "•••"


def _unreadable(written: str) -> str | None:
    """Return why the characters cannot be one number, or None; phonenumbers would drop what it does not understand."""
    checks = (
        (not written, "is empty"),
        (len(written) > _LONGEST, "is not written like a phone number"),
        (_SPREADSHEET.fullmatch(written), "was changed by a spreadsheet: format the column as text"),
        (_TWO_NUMBERS.search(_SEPARATORS.sub("", written)), "seems to be more than one number"),
        (_EXTENSION.search(written), "has an extension, which a text cannot reach"),
        (any(character.isalpha() for character in written), "has letters in it: write it in digits"),
        (not _AS_WRITTEN.fullmatch(written), "is not written like a phone number"),
    )
    return next((sentence for refused, sentence in checks if refused), None)


def _refused(refusal: NumberParseException, region: str) -> str:
    """Return what a refusal to parse means to a person."""
    if refusal.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        if region in phonenumbers.SUPPORTED_REGIONS:
            return _PROBLEMS[ValidationResult.INVALID_COUNTRY_CODE]
        return "does not say its country: start it with + and the country code"
    if refusal.error_type == NumberParseException.TOO_LONG:
        return _PROBLEMS[ValidationResult.TOO_LONG].format(country=region)
    return _PROBLEMS[ValidationResult.TOO_SHORT].format(country=region)


def _invalid(number: PhoneNumber, region: str) -> str:
    """Return why a number that could be parsed is not valid."""
    country = region
    if number.country_code not in (None, phonenumbers.country_code_for_region(region)):
        country = phonenumbers.region_code_for_country_code(number.country_code)
    problem = _PROBLEMS.get(phonenumbers.is_possible_number_with_reason(number), "is not a number in use in {country}")
    return problem.format(country=country)


@lru_cache(maxsize=16_384)
def _looked_up(e164: str) -> tuple[str, Kind]:
    """Return country and kind; remembered, since gates ask for both at every send (60 µs each time)."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return "", "normal"
    country = phonenumbers.region_code_for_number(number) or ""
    return country, _KINDS.get(phonenumbers.number_type(number), "normal")


def _zones(number: PhoneNumber) -> tuple[str, ...]:
    """Return the zones in which the number's area lies; none for one that is tied to no area.

    Source: libphonenumber's README: a mobile number gives the zone of its area code, not of where its owner is.
    """
    from phonenumbers import timezone  # noqa: PLC0415 - 3 MB of tables that a worker at send time does not need

    if number.country_code == _NORTH_AMERICA:
        area = str(number.national_number)[:3]
        if area in _AREA_ZONES:
            return _AREA_ZONES[area]
    found: tuple[str, ...] = timezone.time_zones_for_number(number)
    everywhere = number.country_code == _NORTH_AMERICA and len(found) > _MOST_ZONES_OF_AN_AREA
    return () if everywhere or found == (timezone.UNKNOWN_TIMEZONE,) else found
