"""Numbers that are cut lead nowhere, and are told apart as far as that is needed."""

import pytest

from scheduler.keeping.cutting import CUT, Cutter


def test_a_cut_number_ends_in_its_last_two_digits() -> None:
    cut = Cutter().cut("+15145550142")
    assert cut.startswith(CUT)
    assert cut.endswith(":42")
    assert "51455501" not in cut


def test_one_number_is_cut_alike_and_another_otherwise() -> None:
    cutter = Cutter()
    assert cutter.cut("+15145550142") == cutter.cut("+15145550142") != cutter.cut("+15145550242")


def test_nobody_can_reckon_a_cut_number_again() -> None:
    assert Cutter().cut("+15145550142") != Cutter().cut("+15145550142")


def test_what_is_cut_stays_as_it_is() -> None:
    cut = Cutter().cut("+15145550142")
    assert Cutter().cut(cut) == cut


@pytest.mark.parametrize("written", ["+15145550142", "+1 514 555 0142", "+1 (514) 555-0142"])
def test_a_number_in_a_reason_is_cut(written: str) -> None:
    assert Cutter().cut_within(f"The 'To' number {written} is not valid.") == "The 'To' number …42 is not valid."


def test_a_reason_without_a_number_stays() -> None:
    reason = "held until 2026-11-24 09:00; +3 segments"
    assert Cutter().cut_within(reason) == reason
