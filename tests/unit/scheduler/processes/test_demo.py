"""The demo's clock and records."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from scheduler.processes.demo import records
from scheduler.processes.demo.clocks import ShiftedClock, demo_start

ZONE = ZoneInfo("America/Toronto")
START = dt.datetime(2026, 11, 24, 15, 59, 40)  # noqa: DTZ001 - a local wall time


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-24T09:00-05:00", "2026-11-24T15:59:40-05:00"),
        ("2026-11-24T16:00-05:00", "2026-11-25T15:59:40-05:00"),
        ("2026-11-27T09:00-05:00", "2026-11-30T15:59:40-05:00"),
        ("2026-11-28T03:00+01:00", "2026-11-30T15:59:40-05:00"),
        ("2026-10-31T12:00-04:00", "2026-11-02T15:59:40-05:00"),
    ],
)
def test_it_begins_on_a_working_afternoon_before_a_working_day(now: str, begins: str) -> None:
    assert demo_start(dt.datetime.fromisoformat(now), ZONE) == dt.datetime.fromisoformat(begins)


def test_a_shifted_clock_goes_on_from_where_it_was_set() -> None:
    start = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    clock = ShiftedClock(start)
    first, second = clock.now(), clock.now()
    assert start <= first <= second < start + dt.timedelta(minutes=1)


def test_there_are_forty_contacts_and_eighty_occasions() -> None:
    contacts = read(records.contacts_csv())
    appointments = read(records.appointments_csv(START))
    payments = read(records.payments_csv(START))
    assert (len(contacts), len(appointments) + len(payments)) == (40, 80)
    refs = {contact["ref"] for contact in contacts}
    assert {each["contact"] for each in (*appointments, *payments)} <= refs
    assert {records.OPTED_OUT, records.BAD_PHONE, records.ABROAD} <= refs
    assert {records.MOVED, records.CANCELLED} <= {appointment["ref"] for appointment in appointments}


def test_some_are_yesterday_tonight_and_tomorrow_and_none_later_falls_on_a_weekend() -> None:
    starts = [dt.datetime.fromisoformat(each["start"]) for each in read(records.appointments_csv(START))]
    days = {(start.date() - START.date()).days for start in starts}
    assert {-1, 0, 1} <= days
    assert not [start for start in starts if (start.date() - START.date()).days > 1 and start.weekday() >= 5]


def test_two_languages_are_spoken() -> None:
    assert {contact["language"] for contact in read(records.contacts_csv())} == {"en", "fr"}
