"""When a correction may go: the sending window, and near the start the corrections window, every day."""

import datetime as dt

import pytest

from jobs.windows import Calendar, SendingWindow
from jobs.windows.correcting import CorrectionHours
from tests.unit.jobs.facts_builders import at

ZONES = ("America/Toronto",)
SENDING = SendingWindow.read({"mon-fri": "09:00-20:00"}, Calendar())
CORRECTING = SendingWindow.every_day("07:00-22:00")
MONDAY = at("2026-11-30 10:00")


def make_hours(start: dt.datetime | None = MONDAY, corrections: SendingWindow | None = CORRECTING) -> CorrectionHours:
    """Return the hours of a correction about Monday at ten."""
    return CorrectionHours(SENDING, corrections, start)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-27 15:00", "2026-11-27 15:00"),
        ("2026-11-27 21:00", "2026-11-29 10:00"),
        ("2026-11-29 09:59", "2026-11-29 10:00"),
        ("2026-11-29 12:00", "2026-11-29 12:00"),
        ("2026-11-29 23:00", "2026-11-30 07:00"),
    ],
)
def test_the_next_opening(now: str, opening: str) -> None:
    hours = make_hours()

    assert hours.next_opening(at(now), ZONES) == at(opening)
    assert hours.is_open(at(opening), ZONES)
    assert hours.is_open(at(now), ZONES) == (now == opening)


def test_without_hours_of_their_own_corrections_go_in_the_sending_window() -> None:
    hours = make_hours(corrections=None)

    assert hours.next_opening(at("2026-11-29 12:00"), ZONES) == at("2026-11-30 09:00")
    assert make_hours(start=None).next_opening(at("2026-11-29 12:00"), ZONES) == at("2026-11-30 09:00")


@pytest.mark.parametrize(
    ("now", "corrections", "end"),
    [
        ("2026-11-27 15:00", "07:00-22:00", "2026-11-27 20:00"),
        ("2026-11-29 12:00", "07:00-22:00", "2026-11-29 22:00"),
        ("2026-11-28 12:00", "07:00-22:00", None),
    ],
)
def test_the_end_of_the_open_hours(now: str, corrections: str, end: str | None) -> None:
    hours = make_hours(corrections=SendingWindow.every_day(corrections))

    assert hours.closing(at(now), ZONES) == (None if end is None else at(end))


def test_open_hours_that_run_into_the_last_day_end_as_its_own_do() -> None:
    friday = at("2026-11-27 12:00")
    open_then = CorrectionHours(SENDING, SendingWindow.every_day("11:00-13:00"), friday + dt.timedelta(days=1))
    closed_then = CorrectionHours(SENDING, SendingWindow.every_day("15:00-16:00"), friday + dt.timedelta(days=1))

    assert open_then.closing(at("2026-11-27 10:00"), ZONES) == at("2026-11-27 13:00")
    assert closed_then.closing(at("2026-11-27 10:00"), ZONES) == friday
