"""Numbers in the texts of an event."""

import pytest

from scheduler.intake.calendars.describing import find_phones


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ana 514-555-0001", ("514-555-0001",)),
        ("tel (514) 555-0001, or +33 6 12 34 56 78.", ("(514) 555-0001", "+33 6 12 34 56 78")),
        ("514.555.0001", ("514.555.0001",)),
        ("room 12, 10:30", ()),
        ("ref AB5145550001", ()),
        ("", ()),
        ("514-555-0001 and 514-555-0001", ("514-555-0001",)),
    ],
)
def test_what_is_written_like_a_number_is_found_as_it_is_written(text: str, found: tuple[str, ...]) -> None:
    assert find_phones([text]) == found


def test_a_long_row_of_digits_takes_no_time_to_speak_of() -> None:
    assert len(find_phones(["5 " * 100_000])) <= 10
    assert len(find_phones(["(" * 20_000 + "1" * 20_000])) <= 10
