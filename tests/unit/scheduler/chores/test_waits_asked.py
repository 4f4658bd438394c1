"""How long an endpoint that is asked too much, or not ready, asks to be left alone: as seconds, or as a date."""

import datetime as dt

import pytest

from scheduler.chores.posting import LONGEST_WAIT, wait_asked

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [
        (429, "60", MINUTE),
        (503, " 60 ", MINUTE),
        (503, "Mon, 02 Mar 2026 15:01:00 GMT", MINUTE),
        (429, "Mon, 02 Mar 2026 14:00:00 GMT", dt.timedelta()),
        (429, "99999999999999999999", LONGEST_WAIT),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        (429, None, None),
        (429, "soon", None),
        (429, "-5", None),
        (429, "٣", None),
        (429, "Mon, 99 Foo 2026 99:99:99 GMT", None),
        (500, "60", None),
        (200, "60", None),
    ],
)
def test_seconds_and_dates_of_a_429_or_503_are_read_and_nothing_else(
    status: int, said: str | None, wait: dt.timedelta | None
) -> None:
    assert wait_asked(status, said, NOW) == wait
