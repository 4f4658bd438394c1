"""How far back a practice keeps what was said, by its `keep`."""

import datetime as dt

import pytest

from scheduler.chores.prune import kept_since
from scheduler.rulebook.schema import Keep

NOW = dt.datetime(2028, 2, 29, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("1 day", dt.datetime(2028, 2, 28, 12, 0, tzinfo=dt.UTC)),
        ("2 weeks", dt.datetime(2028, 2, 15, 12, 0, tzinfo=dt.UTC)),
        ("1 month", dt.datetime(2028, 1, 29, 12, 0, tzinfo=dt.UTC)),
        ("1 year", dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC)),
        ("99999 years", None),
        ("400 days", dt.datetime(2027, 1, 25, 12, 0, tzinfo=dt.UTC)),
    ],
)
def test_a_length_is_counted_back_by_the_calendar(length: str, expected: dt.datetime | None) -> None:
    assert kept_since(Keep(bodies=length, numbers="1 day"), NOW) == expected


def test_the_longer_of_the_two_counts() -> None:
    assert kept_since(Keep(bodies="1 day", numbers="1 year"), NOW) == dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("keep", [Keep(), Keep(bodies="1 day"), Keep(numbers="1 day")])
def test_what_is_left_out_is_kept_for_ever(keep: Keep) -> None:
    assert kept_since(keep, NOW) is None
