"""What days, times and money look like in a text. Expected forms: CLDR's for en_CA and fr_CA, with plain spaces."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from jobs import printing
from jobs.printing import Printing
from jobs.segments import measure
from tests.unit.jobs.facts_builders import make_about, make_person

TORONTO = ZoneInfo("America/Toronto")
NOON = dt.datetime(2026, 11, 29, 12, 0, tzinfo=TORONTO)


def how(language: str = "en", *, now: dt.datetime = NOON, names_zone: bool = False) -> Printing:
    return printing.printing_for(language, "CA", now, names_zone=names_zone)


def moment(local: str = "2026-12-01T14:30") -> dt.datetime:
    return dt.datetime.fromisoformat(local).replace(tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "December 1"),
        ("fr", "1er décembre"),
        ("fr_FR", "1er décembre"),
        ("es", "1 de diciembre"),
        ("de", "1. Dezember"),
    ],
)
def test_a_date_is_printed_as_the_language_writes_it(language: str, expected: str) -> None:
    assert printing.print_date(moment(), how(language)) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "Dec 1"), ("fr", "1er déc.")])
def test_a_short_date_is_shorter(language: str, expected: str) -> None:
    assert printing.print_date(moment(), how(language), "short") == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "2:30 p.m."), ("fr", "14 h 30"), ("fr_FR", "14:30"), ("en_US", "2:30 PM")]
)
def test_a_time_is_printed_in_plain_spaces(language: str, expected: str) -> None:
    assert printing.print_time(moment(), how(language)) == expected


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "it"])
def test_no_month_and_no_weekday_doubles_the_bill(language: str, month: int) -> None:
    day = dt.date(2026, month, month + 3)
    text = f"{printing.print_full_date(day, how(language))} {printing.print_time(moment(), how(language))}"
    assert measure(text).encoding == "GSM-7", text


def test_a_date_far_away_is_printed_with_its_year() -> None:
    assert printing.print_date(moment("2027-08-02T10:00"), how("fr")) == "2 aout 2027"


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        ("2026-11-29", "en", "today"),
        ("2026-11-30", "en", "tomorrow"),
        ("2026-12-01", "en", "Tuesday, December 1"),
        ("2026-11-28", "en", "Saturday, November 28"),
        ("2026-11-29", "fr", "aujourd'hui"),
        ("2026-11-30", "fr", "demain"),
        ("2026-12-01", "fr", "mardi 1er décembre"),
        ("2026-11-30", "uk", "понеділок, 30 листопада"),
    ],
)
def test_day_says_today_and_tomorrow_where_they_are_true(day: str, language: str, expected: str) -> None:
    assert printing.print_day(dt.date.fromisoformat(day), how(language)) == expected


def test_tomorrow_is_reckoned_in_the_zone_printed() -> None:
    late = dt.datetime(2026, 11, 30, 4, 30, tzinfo=dt.UTC)  # still the 29th in Toronto
    assert printing.print_day(dt.date(2026, 11, 30), how(now=late.astimezone(TORONTO))) == "tomorrow"


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "$1,245.50"), ("fr", "1 245,50 $"), ("fr_FR", "1 245,50 $CA")]
)
def test_money_is_the_practices_unless_named(language: str, expected: str) -> None:
    assert printing.print_money(Decimal("1245.5"), how(language)) == expected


def test_a_named_currency_is_printed() -> None:
    assert printing.print_money(Decimal(3), how(), "USD") == "US$3.00"


def test_a_day_has_no_time() -> None:
    with pytest.raises(TypeError, match="has no time"):
        printing.print_time(dt.date(2026, 12, 1), how())


def test_a_zone_is_named_by_its_city() -> None:
    assert printing.print_time(moment(), how(names_zone=True)) == "2:30 p.m. (Toronto)"


def test_a_remote_occasion_prints_the_stated_zone_and_names_it() -> None:
    zone, named = printing.zone_printed(
        make_about(remote=True), make_person(timezone="Europe/Paris"), "America/Toronto"
    )
    assert (str(zone), named) == ("Europe/Paris", True)


def test_a_zone_whose_clock_agrees_is_not_named() -> None:
    person = make_person(timezone="America/New_York")
    assert printing.zone_printed(make_about(remote=True), person, "America/Toronto")[1] is False


def test_a_zone_guessed_from_a_number_never_prints() -> None:
    person = make_person(phone_zones=("Europe/Paris",))
    zone, _ = printing.zone_printed(make_about(remote=True), person, "America/Toronto")
    assert str(zone) == "America/Toronto"


def test_an_occasion_that_is_not_remote_prints_where_it_takes_place() -> None:
    about, person = make_about(timezone="America/Vancouver"), make_person(timezone="Europe/Paris")
    assert str(printing.zone_printed(about, person, "America/Toronto")[0]) == "America/Vancouver"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2027-03-14T02:30", "2027-03-14T03:30:00-04:00"),  # the hour that does not exist
        ("2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),  # the first of two
        ("2026-12-01T15:00+00:00", "2026-12-01T10:00:00-05:00"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_a_wall_time_is_read_by_the_rules_of_its_zone(given: str, expected: str) -> None:
    assert printing.read_moment(given, TORONTO).isoformat() == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-12-01T10:00", "2026-12-01T10:00"),
        ("2026-12-01T10:00:00", "2026-12-01T10:00"),
        ("2026-12-01T15:00Z", "2026-12-01T10:00"),
        ("2027-03-14T02:30", "2027-03-14T02:30"),
        ("2026-12-01", "2026-12-01"),
        ("by the door", None),
        (5, None),
    ],
)
def test_a_time_is_compared_as_it_stands_in_an_identity(given: object, expected: str | None) -> None:
    assert printing.wall_text(given, TORONTO) == expected


def test_a_language_that_is_not_known_prints_in_english() -> None:
    assert printing.print_date(moment(), how("xx")) == "December 1"
