"""When a calendar was last read: by its feed or from a file, whichever came last."""

import datetime as dt

import pytest

from scheduler.intake.calendars.storing import NEVER_READ
from scheduler.processes.cli.calendar_rows import CalendarStanding
from scheduler.rulebook.schema import Calendar

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def standing(read_at: dt.datetime | None, file_at: dt.datetime | None) -> CalendarStanding:
    counts = {"events": 1} | ({} if file_at is None else {"file_at": file_at.isoformat()})
    row = {**NEVER_READ, "read_at": read_at, "counts": counts}
    return CalendarStanding(
        Calendar(id="desk", kind="appointment"), "QUIETBELL_X", has_address=False, row=row, waiting=0
    )


@pytest.mark.parametrize(
    ("read_at", "file_at", "last"),
    [
        (None, None, None),
        (None, NOON, NOON),
        (NOON, None, NOON),
        (NOON, NOON - HOUR, NOON),
        (NOON, NOON + HOUR, NOON + HOUR),
    ],
)
def test_the_last_read_is_the_later_of_feed_and_file(
    read_at: dt.datetime | None, file_at: dt.datetime | None, last: dt.datetime | None
) -> None:
    found = standing(read_at, file_at)
    assert found.read_at == last
    assert found.as_json()["read_at"] == last


def test_a_calendar_that_was_never_read_has_no_last_read() -> None:
    row = {**NEVER_READ}
    calendar = Calendar(id="desk", kind="appointment")
    assert CalendarStanding(calendar, "X", has_address=False, row=row, waiting=0).read_at is None
