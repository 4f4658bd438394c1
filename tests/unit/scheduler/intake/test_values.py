"""How single values are read: what is kept of them, and what is said of those that cannot be kept."""

import pytest

from scheduler.intake import values


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-12-01 10:00", "2026-12-01T10:00"),
        ("2026-12-01T10:00:00", "2026-12-01T10:00"),
        ("2026-12-01T10:00:30", "2026-12-01T10:00:30"),
        ("2026-12-01T10:00:00.000", "2026-12-01T10:00"),
        ("2026-12-01T10:00Z", "2026-12-01T10:00+00:00"),
        ("2026-12-01 10:00 -0500", "2026-12-01T10:00-05:00"),
        (" 2026-12-01 10:00 ", "2026-12-01T10:00"),
    ],
)
def test_moments_are_kept_as_they_were_given(given: str, kept: str) -> None:
    assert values.read_moment(given) == kept


def test_a_local_time_that_daylight_saving_skips_is_accepted() -> None:
    assert values.read_moment("2027-03-14 02:30") == "2027-03-14T02:30"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("2026-02-30 10:00", "does not exist"),
        ("2026-12-01 24:00", "does not exist"),
        ("2026-12-01 10:60", "does not exist"),
        ("2026-12-01", "has no time: write it like 2026-12-01 10:00"),
        ("01/12/2026 10:00", "is not a date that can be read safely: write it like 2026-12-01 10:00"),
        ("0206-12-01 10:00", "is in the year 206"),
        ("2026-12-01 10:00+15:00", "is no offset"),
        ("2026-12-01 10:00+10:75", "is no offset"),
        ("soon", "is not a date"),
    ],
)
def test_moments_that_cannot_be_kept_say_why(given: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        values.read_moment(given)


@pytest.mark.parametrize("given", ["2026-12-01", "2026-12-01 00:00", "2026-12-01T00:00:00"])
def test_a_day_may_have_the_midnight_that_spreadsheets_write(given: str) -> None:
    assert values.read_day(given) == "2026-12-01"


def test_a_day_with_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="dated by day: write 2026-12-01"):
        values.read_day("2026-12-01 10:00")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("12", "12"),
        ("12.50", "12.5"),
        ("1,234.50", "1234.5"),
        ("1 234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("0,5", "0.5"),
        ("-3", "-3"),
        ("100", "100"),
        (12, "12"),
        (12.5, "12.5"),
        ("-0", "0"),
    ],
)
def test_numbers_are_kept_as_decimals(given: object, kept: str) -> None:
    assert values.read_number(given) == kept


@pytest.mark.parametrize("given", ["1,234", "12,345,678", "NaN", "1e5", "twelve", "", True, "1.2.3", "9" * 16])
def test_numbers_that_are_none_or_ambiguous_are_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"number|digits|text"):
        values.read_number(given)


@pytest.mark.parametrize("given", ["$12.50", "12,50 €", "12.5 $", "£12.50"])
def test_money_may_have_its_sign(given: str) -> None:
    assert values.read_money(given) == "12.5"


def test_words_are_split_and_kept_once() -> None:
    assert values.read_words("vip, new;vip|late") == ["vip", "new", "late"]
    assert values.read_words(["vip", "new"]) == ["vip", "new"]


def test_a_word_with_a_space_is_refused_with_what_to_write() -> None:
    with pytest.raises(ValueError, match="write 'in_person'"):
        values.read_word("in person")


@pytest.mark.parametrize(("given", "kept"), [("yes", True), ("Oui", True), (1, True), (False, False), ("non", False)])
def test_yes_and_no_are_read_in_both_languages(given: object, kept: bool) -> None:  # noqa: FBT001 - the kept value
    assert values.read_yes_no(given) is kept


def test_a_zone_is_named_with_the_nearest_spelling() -> None:
    assert values.read_timezone("America/Toronto") == "America/Toronto"
    with pytest.raises(ValueError, match="did you mean 'America/Toronto'"):
        values.read_timezone("america/toronto")


@pytest.mark.parametrize(("given", "kept"), [("FR", "fr"), ("fr-ca", "fr_CA"), ("en_US", "en_US")])
def test_languages_are_kept_in_one_spelling(given: str, kept: str) -> None:
    assert values.read_language(given) == kept


@pytest.mark.parametrize("given", ["-1", "1.0", "v2", True, "99999999999", "9" * 5_000])
def test_versions_are_whole_numbers(given: object) -> None:
    with pytest.raises(ValueError, match="no version"):
        values.read_version(given)


def test_text_is_one_line_without_control_characters() -> None:
    assert values.read_text("  12\u00a0Main\nStreet ") == "12 Main Street"
    with pytest.raises(ValueError, match="control character"):
        values.read_text("a\x07b")
    with pytest.raises(ValueError, match="has 1001 characters"):
        values.read_text("x" * 1_001)


@pytest.mark.parametrize(
    ("given", "is_off"), [("off", True), ("On", False), ("no", True), ("oui", False), (False, True), (True, False)]
)
def test_reminders_are_on_or_off(given: object, *, is_off: bool) -> None:
    assert values.read_turned_off(given) is is_off


def test_reminders_that_are_neither_on_nor_off_are_refused() -> None:
    with pytest.raises(ValueError, match="'maybe' is neither on nor off"):
        values.read_turned_off("maybe")


@pytest.mark.parametrize("given", ["visit; Payment visit", ["visit", "payment"], "payment,visit"])
def test_rule_ids_are_kept_sorted_and_once(given: object) -> None:
    assert values.read_rule_ids(given) == ["payment", "visit"]


def test_no_rule_ids_are_none() -> None:
    assert values.read_rule_ids([]) is None
