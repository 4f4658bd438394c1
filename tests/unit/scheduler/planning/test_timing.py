"""Local time and durations, against an oracle that never asks a zone about a local time."""

import calendar
import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.windows import Calendar
from scheduler.planning.timing import Place, add_months, anchor_by_day, anchor_by_moment, moment_of, wall_of
from scheduler.rulebook.words import Duration, Unit
from tests.unit import zone_oracle as oracle

CANADA = Calendar(["CA-QC", "CA-ON"], extra_closed=[dt.date(2026, 12, 24)], extra_open=[dt.date(2027, 3, 26)])
QUARTERS = [dt.timedelta(minutes=minutes) for minutes in range(-195, 196, 15)]

FIRST, LAST = dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2035-12-01")

zones = st.sampled_from(oracle.ZONES)
years = st.datetimes(FIRST, LAST)
lengths = st.integers(0, 60)


@st.composite
def walls_near_a_change(draw: st.DrawFn, zone: str) -> dt.datetime:
    """Draw a wall time, most often near a change of the zone's offset."""
    changes = oracle.stretches(zone)[1:]
    if not changes or draw(st.booleans()):
        return draw(years)
    change = draw(st.sampled_from(changes))
    near = (change.begins + change.offset).replace(tzinfo=None) + dt.timedelta(minutes=draw(st.integers(-3000, 3000)))
    return min(max(near, FIRST), LAST)


@st.composite
def zoned_walls(draw: st.DrawFn) -> tuple[str, dt.datetime]:
    """Draw a zone and a wall time in it."""
    zone = draw(zones)
    return zone, draw(walls_near_a_change(zone))


def make_place(zone: str = "America/Toronto") -> Place:
    return Place(zoneinfo.ZoneInfo(zone), CANADA)


def test_every_change_of_every_zone_reads_as_the_oracle_does() -> None:
    for zone in oracle.ZONES:
        info = zoneinfo.ZoneInfo(zone)
        for stretch in oracle.stretches(zone)[1:]:
            shown = (stretch.begins + stretch.offset).replace(tzinfo=None)
            for offset in QUARTERS:
                assert moment_of(shown + offset, info) == oracle.instant(shown + offset, zone), (zone, shown + offset)


@given(zoned_walls())
def test_a_wall_time_is_the_moment_that_the_oracle_finds(zoned: tuple[str, dt.datetime]) -> None:
    zone, wall = zoned
    assert moment_of(wall, zoneinfo.ZoneInfo(zone)) == oracle.instant(wall, zone)


@given(zoned_walls())
def test_a_moment_shows_the_wall_time_that_the_oracle_finds(zoned: tuple[str, dt.datetime]) -> None:
    zone, wall = zoned
    moment = wall.replace(tzinfo=dt.UTC)
    assert wall_of(moment, zoneinfo.ZoneInfo(zone)) == oracle.wall_clock(moment, zone)


@given(zoned_walls(), lengths, st.sampled_from([-1, 1]), st.sampled_from([1, 7]))
def test_days_and_weeks_keep_the_local_time(zoned: tuple[str, dt.datetime], count: int, sign: int, days: int) -> None:
    zone, wall = zoned
    place = make_place(zone)
    moved = place.shift_wall(wall, Duration(count, Unit.DAYS if days == 1 else Unit.WEEKS), sign)
    ordinal = wall.toordinal() + sign * count * days
    expected = dt.datetime.combine(dt.date.fromordinal(ordinal), wall.time())
    assert moment_of(moved, place.zone) == oracle.instant(expected, zone)


@given(zoned_walls(), st.integers(0, 3000), st.sampled_from([-1, 1]), st.sampled_from([Unit.MINUTES, Unit.HOURS]))
def test_minutes_and_hours_are_elapsed_time(zoned: tuple[str, dt.datetime], count: int, sign: int, unit: Unit) -> None:
    zone, wall = zoned
    count = count if unit is Unit.MINUTES else count // 60
    moment = oracle.instant(wall, zone)
    moved = make_place(zone).shift_moment(moment, Duration(count, unit), sign)
    assert (moved - moment).total_seconds() == sign * count * (60 if unit is Unit.MINUTES else 3600)


@given(years, st.integers(-40, 40))
def test_months_end_on_the_same_day_or_the_months_last(wall: dt.datetime, months: int) -> None:
    year, month = wall.year, wall.month
    for _ in range(abs(months)):  # one month at a time, as one would on a paper calendar
        month += 1 if months > 0 else -1
        year, month = (year + 1, 1) if month > 12 else (year - 1, 12) if month < 1 else (year, month)
    last = max(day for week in calendar.monthcalendar(year, month) for day in week)
    assert add_months(wall, months) == wall.replace(year=year, month=month, day=min(wall.day, last))


@given(years.map(dt.datetime.date), st.integers(1, 30), st.sampled_from([-1, 1]))
def test_the_nth_open_day_has_n_open_days_up_to_it(day: dt.date, count: int, sign: int) -> None:
    found = CANADA.open_day(day, sign * count)
    passed = sorted(day + dt.timedelta(days=sign * step) for step in range(1, abs((found - day).days) + 1))
    assert sum(map(CANADA.is_open_day, passed)) == count
    assert CANADA.is_open_day(found)


def test_a_shift_by_no_days_is_the_moment_itself_even_if_its_local_time_occurs_twice() -> None:
    second = dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)  # 01:30 in Toronto, for the second time
    assert make_place().shift_moment(second, Duration(0, Unit.DAYS), 1) == second


def test_a_start_with_an_offset_is_that_instant_told_in_the_occasions_zone() -> None:
    anchor = anchor_by_moment("2026-12-01T02:00+01:00", None, zoneinfo.ZoneInfo("America/Toronto"))
    assert anchor.text == "2026-11-30T20:00"
    assert anchor.moment == dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)


def test_a_start_keeps_its_given_wall_time_as_its_anchor_even_where_that_does_not_exist() -> None:
    anchor = anchor_by_moment("2027-03-14T02:30:00", None, zoneinfo.ZoneInfo("America/Toronto"))
    assert anchor.text == "2027-03-14T02:30"
    assert anchor.moment == dt.datetime(2027, 3, 14, 7, 30, tzinfo=dt.UTC)


def test_a_day_begins_at_its_midnight_and_ends_at_the_next() -> None:
    anchor = anchor_by_day("2027-03-14", zoneinfo.ZoneInfo("America/Toronto"))
    assert anchor.moment == dt.datetime(2027, 3, 14, 5, tzinfo=dt.UTC)
    assert anchor.end - anchor.moment == dt.timedelta(hours=23)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        anchor_by_day("2026-02-30", zoneinfo.ZoneInfo("America/Toronto"))


def test_months_past_the_end_of_the_calendar_overflow() -> None:
    with pytest.raises(OverflowError):
        add_months(dt.datetime.fromisoformat("2026-01-01"), 12 * 9000)
