"""Durations, days, times of day and useful-until as text."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rulebook.words import (
    Duration,
    Unit,
    UsefulUntil,
    read_day,
    read_duration,
    read_time,
    read_useful_until,
)


@given(st.integers(0, 99_999), st.sampled_from(Unit))
def test_a_duration_is_read_as_it_is_written(count: int, unit: Unit) -> None:
    duration = Duration(count, unit)
    assert read_duration(str(duration)) == duration


@given(st.times().map(lambda moment: moment.replace(second=0, microsecond=0)))
def test_a_time_is_read_as_it_is_written(moment: dt.time) -> None:
    assert read_time(f"{moment:%H:%M}") == moment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 hours before", UsefulUntil("before", Duration(2, Unit.HOURS))),
        ("1 business day after", UsefulUntil("after", Duration(1, Unit.BUSINESS_DAYS))),
        ("18:00", UsefulUntil("at", time=dt.time(18))),
    ],
)
def test_useful_until_has_three_forms(text: str, meant: UsefulUntil) -> None:
    assert read_useful_until(text) == meant
    assert str(meant) == text


def test_a_misspelled_unit_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"`3 buisness days` is not a duration: did you mean `3 business days`\?"):
        read_duration("3 buisness days")


@pytest.mark.parametrize("text", ["20261224", 20261224, "2026-13-01", "2026-02-30", "24/12/2026", None])
def test_what_is_no_day_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        read_day(text)


@pytest.mark.parametrize("text", ["24:00", "9:00", "09:60", "0900", 900, None])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        read_time(text)
