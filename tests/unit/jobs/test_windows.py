"""Closed days and sending windows: how they are written, and what is open, against an oracle that counts minutes."""

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.errors import InputError
from jobs.windows import Calendar, SendingWindow
from jobs.windows.grammar import WEEKDAYS, read_weekly_hours
from tests.unit import zone_oracle as oracle

TORONTO = ("America/Toronto",)
WEEK = {"mon-fri": "09:00-20:00", "sat": "10:00-18:00", "sun": "closed", "holidays": "closed"}
QUEBEC = Calendar(["CA-QC"], extra_closed=[dt.date(2026, 12, 24)], extra_open=[dt.date(2027, 3, 26)])
MINUTE = dt.timedelta(minutes=1)


def make_window(value: dict[str, str] | None = None, calendar: Calendar | None = None) -> SendingWindow:
    return SendingWindow.read(WEEK if value is None else value, calendar or QUEBEC)


def utc(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)


# Closed days


def test_a_weekend_is_no_business_day_but_takes_its_own_hours() -> None:
    assert not QUEBEC.is_open_day(dt.date(2026, 12, 5))
    assert not QUEBEC.is_closed(dt.date(2026, 12, 5))


def test_a_holiday_is_closed() -> None:
    assert QUEBEC.is_closed(dt.date(2026, 12, 25))
    assert QUEBEC.name(dt.date(2026, 12, 25)) == "Christmas Day"


def test_a_day_closed_by_the_practice_is_closed() -> None:
    assert QUEBEC.is_closed(dt.date(2026, 12, 24))
    assert QUEBEC.name(dt.date(2026, 12, 24)) == "closed by the practice"


def test_extra_open_wins_over_a_holiday() -> None:
    # Good Friday of 2027; in Quebec the employer chooses it or Easter Monday.
    assert QUEBEC.is_open_day(dt.date(2027, 3, 26))
    assert Calendar(["CA-QC"]).is_closed(dt.date(2027, 3, 26))


def test_extra_open_wins_over_extra_closed_and_opens_a_weekend() -> None:
    saturday = dt.date(2026, 12, 5)
    calendar = Calendar(extra_closed=[saturday], extra_open=[saturday])
    assert calendar.is_open_day(saturday)
    assert not calendar.is_closed(saturday)


def test_a_day_in_any_of_several_codes_is_closed() -> None:
    both = Calendar(["CA-QC", "CA-ON"])
    assert both.is_closed(dt.date(2026, 6, 24))  # Saint-Jean-Baptiste, only Quebec
    assert both.is_closed(dt.date(2026, 2, 16))  # Family Day, only Ontario


def test_the_nth_open_day_skips_holidays_and_weekends() -> None:
    assert QUEBEC.open_day(dt.date(2027, 1, 8), -10) == dt.date(2026, 12, 22)
    assert QUEBEC.open_day(dt.date(2026, 12, 23), 1) == dt.date(2026, 12, 28)


def test_a_holiday_code_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'CA-QB' is not known: did you mean 'CA-Q?"):
        Calendar(["CA-QB"])


def test_a_calendar_that_knows_some_years_only_does_not_warn() -> None:
    assert Calendar(["IN"]).is_closed(dt.date(2050, 8, 15))


# How a window is written


def test_ranges_and_lists_of_days_name_each_day() -> None:
    hours = read_weekly_hours({"mon-wed": "09:00-10:00", "thu,sat": "11:00-12:00"})
    assert hours.weekdays == (((540, 600),),) * 3 + (((660, 720),), (), ((660, 720),), ())


def test_a_range_may_run_over_the_weeks_end() -> None:
    hours = read_weekly_hours({"sat-mon": "09:00-10:00"})
    assert [day for day, spans in zip(WEEKDAYS, hours.weekdays, strict=True) if spans] == ["mon", "sat", "sun"]


@pytest.mark.parametrize("value", ["09:00-12:00, 14:00-18:00", ["09:00-12:00", "14:00-18:00"]])
def test_several_windows_are_a_list_or_commas(value: str | list[str]) -> None:
    assert read_weekly_hours({"mon": value}).weekdays[0] == ((540, 720), (840, 1080))


def test_a_window_may_end_at_24_and_run_over_midnight() -> None:
    hours = read_weekly_hours({"mon": "09:00-24:00", "tue": "20:00-02:00"})
    assert hours.weekdays[:2] == (((540, 1440),), ((1200, 1560),))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"mno": "closed"}, r"'mno' is not a day: did you mean 'mon'\?"),
        ({"holiday": "closed"}, r"did you mean 'holidays'\?"),
        ({"mon": "9-20"}, "'9-20' is not a span of hours"),
        ({"mon": "24:00-02:00"}, "not a span of hours"),
        ({"mon": "09:00-25:00"}, "not a span of hours"),
        ({"mon": "09:00-09:00"}, "'09:00-09:00' is empty"),
        ({"mon": ""}, "not a span of hours"),
        ({"mon": "closed, 09:00-10:00"}, "not a span of hours"),
        ({"mon-fri": "closed", "wed": "09:00-10:00"}, "wed is named twice"),
    ],
)
def test_what_cannot_be_read_is_refused(value: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_weekly_hours(value)


# What is open


def test_a_window_includes_its_opening_and_excludes_its_end() -> None:
    window = make_window()
    assert window.is_open(utc("2026-12-01T14:00"), TORONTO)
    assert not window.is_open(utc("2026-12-02T01:00"), TORONTO)


def test_a_closed_friday_opens_no_window_over_midnight() -> None:
    calendar = Calendar(extra_closed=[dt.date(2026, 12, 4)])
    window = make_window({"mon-sun": "20:00-02:00", "holidays": "closed"}, calendar)
    assert not window.is_open(utc("2026-12-05T06:00"), TORONTO)  # Saturday 01:00
    assert window.is_open(utc("2026-12-04T06:00"), TORONTO)  # Friday 01:00, of Thursday's window


def test_holidays_replace_the_weekdays_hours() -> None:
    window = make_window({"mon-sat": "09:00-20:00", "holidays": "10:00-12:00"})
    assert window.is_open(utc("2026-12-25T16:00"), TORONTO)
    assert not window.is_open(utc("2026-12-25T18:00"), TORONTO)


def test_the_next_opening_of_an_open_moment_is_itself() -> None:
    moment = utc("2026-12-01T15:12")
    assert make_window().next_opening(moment, TORONTO) == moment


def test_the_next_opening_skips_a_closed_week() -> None:
    assert make_window().next_opening(utc("2026-12-24T02:00"), TORONTO) == utc("2026-12-26T15:00")


def test_a_window_that_never_opens_has_no_opening_and_no_last_end() -> None:
    window = make_window({"mon-sun": "closed"})
    assert window.next_opening(utc("2026-12-01T15:00"), TORONTO) is None
    assert window.earlier(utc("2026-12-01T15:00"), TORONTO) is None


def test_earlier_is_half_an_hour_before_the_last_end() -> None:
    assert make_window().earlier(utc("2026-12-06T21:00"), TORONTO) == utc("2026-12-05T22:30")


def test_earlier_is_the_opening_of_a_shorter_window() -> None:
    window = make_window({"sat": "10:00-10:20"})
    assert window.earlier(utc("2026-12-06T21:00"), TORONTO) == utc("2026-12-05T15:00")


def test_windows_are_found_across_the_turn_of_the_year() -> None:
    window = make_window({"wed": "09:00-10:00"})
    assert window.next_opening(utc("2026-12-31T00:00"), TORONTO) == utc("2027-01-06T14:00")
    assert window.earlier(utc("2027-01-04T00:00"), TORONTO) == utc("2026-12-30T14:30")


def test_a_window_that_never_closes_stays_open_over_the_turn_of_the_year() -> None:
    window = make_window({"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"})
    moment = utc("2027-01-01T00:00")
    closing = window.closing(moment, TORONTO)
    assert window.is_open(moment, TORONTO)
    assert closing is not None
    assert closing > moment + dt.timedelta(days=10)


def test_the_closing_is_the_windows_end() -> None:
    assert make_window().closing(utc("2026-12-01T15:00"), TORONTO) == utc("2026-12-02T01:00")
    assert make_window().closing(utc("2026-12-02T03:00"), TORONTO) is None


def test_hours_for_every_day_hold_on_holidays_too() -> None:
    window = SendingWindow.every_day("07:00-22:00")
    assert window.is_open(utc("2026-12-25T13:00"), TORONTO)


def test_with_several_zones_all_must_be_inside() -> None:
    zones = ("America/Toronto", "America/Vancouver")
    window = make_window()
    assert not window.is_open(utc("2026-12-01T15:00"), zones)
    assert window.next_opening(utc("2026-12-01T15:00"), zones) == utc("2026-12-01T17:00")
    assert window.closing(utc("2026-12-01T18:00"), zones) == utc("2026-12-02T01:00")


def test_zones_may_share_no_hour_of_a_weekday() -> None:
    window = make_window({"mon-sat": "09:00-17:00", "sun": "00:00-24:00"})
    assert window.has_common_hour(("America/Toronto", "America/Vancouver"))
    assert not window.has_common_hour(("America/Toronto", "Asia/Tokyo"))


def test_one_zone_always_has_a_common_hour_with_itself() -> None:
    assert make_window({"sun": "09:00-10:00"}).has_common_hour(TORONTO)


def test_a_zone_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="'Mars/Olympus' is not known"):
        make_window().is_open(utc("2026-12-01T15:00"), ("Mars/Olympus",))


# Against the oracle


class Minutes:
    """The open minutes of the days around one moment, counted one by one."""

    def __init__(self, value: dict[str, str], calendar: Calendar, zones: tuple[str, ...], around: dt.datetime) -> None:
        """Count the open minutes of 16 days on either side."""
        hours = read_weekly_hours(value)
        self.first, self.last = around - dt.timedelta(days=16), around + dt.timedelta(days=16)
        self.open: set[dt.datetime] | None = None
        for zone in zones:
            minutes: set[dt.datetime] = set()
            for offset in range(-18, 19):
                day = (around + dt.timedelta(days=offset)).date()
                spans = hours.holidays if calendar.is_closed(day) else hours.weekdays[day.weekday()]
                midnight = dt.datetime.combine(day, dt.time())
                for start, end in spans:
                    minutes |= set(self._between(midnight, start, end, zone))
            self.open = minutes if self.open is None else self.open & minutes

    @staticmethod
    def _between(midnight: dt.datetime, start: int, end: int, zone: str) -> Iterator[dt.datetime]:
        moment = oracle.instant(midnight + start * MINUTE, zone)
        until = oracle.instant(midnight + end * MINUTE, zone)
        while moment < until:
            yield moment
            moment += MINUTE

    def is_open(self, moment: dt.datetime) -> bool:
        """Look the minute up."""
        return moment in (self.open or ())

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """Walk on to the next open minute."""
        while moment < self.last:
            if self.is_open(moment):
                return moment
            moment += MINUTE
        return None

    def earlier(self, moment: dt.datetime) -> dt.datetime | None:
        """Walk back to the last open minute, and on into its window for half an hour."""
        while not self.is_open(moment):
            moment -= MINUTE
            if moment < self.first:
                return None
        end = moment + MINUTE
        while self.is_open(moment - MINUTE) and end - moment < dt.timedelta(minutes=30):
            moment -= MINUTE
        return moment


clock = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
spans = st.one_of(
    st.just("closed"),
    st.just("00:00-24:00"),
    st.tuples(clock, clock).filter(lambda pair: pair[0] != pair[1]).map("-".join),
)
weeks = st.fixed_dictionaries({}, optional=dict.fromkeys((*WEEKDAYS, "holidays"), spans))


@st.composite
def moments_near_a_change(draw: st.DrawFn, zone: str) -> dt.datetime:
    """Draw a minute, most often within two days of a change of the zone's offset."""
    begins = [stretch.begins for stretch in oracle.stretches(zone)[1:-1]]
    is_near = bool(begins) and draw(st.sampled_from([True, True, False]))
    near = min(
        max(draw(st.sampled_from(begins) if is_near else _any_moment), dt.datetime(2024, 2, 1, tzinfo=dt.UTC)),
        dt.datetime(2035, 11, 30, tzinfo=dt.UTC),
    )
    return near.replace(second=0, microsecond=0) + draw(st.integers(-2880, 2880)) * MINUTE


_any_moment = st.datetimes(
    dt.datetime.fromisoformat("2024-02-01"), dt.datetime.fromisoformat("2035-11-30"), timezones=st.just(dt.UTC)
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, str], tuple[str, ...], dt.datetime]:
    """Draw a window, one possible zone or two, and a moment."""
    zones = tuple(draw(st.lists(st.sampled_from(oracle.ZONES), min_size=1, max_size=2, unique=True)))
    return draw(weeks), zones, draw(moments_near_a_change(zones[0]))


@settings(max_examples=200)
@given(questions())
def test_every_answer_agrees_with_counting_minutes(
    question: tuple[dict[str, str], tuple[str, ...], dt.datetime],
) -> None:
    value, zones, moment = question
    window, minutes = make_window(value), Minutes(value, QUEBEC, zones, moment)
    assert window.is_open(moment, zones) == minutes.is_open(moment)
    opening = window.next_opening(moment, zones)
    assert (opening if opening is not None and opening < minutes.last else None) == minutes.next_opening(moment)
    if not minutes.is_open(moment):
        earlier, counted = window.earlier(moment, zones), minutes.earlier(moment)
        assert counted is None or earlier == counted
