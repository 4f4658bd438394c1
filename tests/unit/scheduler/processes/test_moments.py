"""What a person types for a moment or a day."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from jobs.errors import InputError
from scheduler.processes.cli.moments import read_bound, read_moment

TORONTO = ZoneInfo("America/Toronto")
NOW = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)  # 10:00 in Toronto


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("now", "2026-12-01T15:00+00:00"),
        ("2026-12-03 10:00", "2026-12-03T15:00+00:00"),
        ("2026-12-03T10:00-08:00", "2026-12-03T18:00+00:00"),
        ("16:30", "2026-12-01T21:30+00:00"),
        ("tomorrow 9:15", "2026-12-02T14:15+00:00"),
        ("in 90 minutes", "2026-12-01T16:30+00:00"),
        ("in  2 Hours", "2026-12-01T17:00+00:00"),
        ("in 3 days", "2026-12-04T15:00+00:00"),
    ],
)
def test_a_moment_is_read_in_the_practices_zone(written: str, expected: str) -> None:
    assert read_moment(written, zone=TORONTO, now=NOW) == dt.datetime.fromisoformat(expected)


def test_a_local_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    # tz database: on 8 March 2026 Toronto's clocks go from 02:00 EST to 03:00 EDT.
    assert read_moment("2026-03-08 02:30", zone=TORONTO, now=NOW).astimezone(TORONTO).hour == 3


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    # tz database: on 1 November 2026 Toronto's clocks go from 02:00 EDT back to 01:00 EST.
    assert read_moment("2026-11-01 01:30", zone=TORONTO, now=NOW) == dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("written", ["", "soon", "2026-12-03", "25:00", "2026-13-01 10:00", "in x hours", "20261203"])
def test_what_is_no_moment_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(InputError, match="2026-12-01 10:00"):
        read_moment(written, zone=TORONTO, now=NOW)


def test_a_moment_outside_the_calendar_is_refused() -> None:
    with pytest.raises(InputError, match="outside the calendar"):
        read_moment("0001-01-01T00:00+14:00", zone=TORONTO, now=NOW)


def test_a_day_bounds_a_list_by_its_start_and_as_an_end_by_its_whole() -> None:
    assert read_bound("2026-12-03", zone=TORONTO, now=NOW) == dt.datetime(2026, 12, 3, 5, tzinfo=dt.UTC)
    assert read_bound("today", zone=TORONTO, now=NOW, is_end=True) == dt.datetime(2026, 12, 2, 5, tzinfo=dt.UTC)


def test_a_moment_bounds_a_list_exactly() -> None:
    assert read_bound("now", zone=TORONTO, now=NOW) == NOW
