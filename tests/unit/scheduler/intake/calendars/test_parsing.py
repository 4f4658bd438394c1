"""Calendars parsed in the child: when events are, how they are named, and that nothing it does reaches us."""

import datetime as dt

import pytest

from scheduler.intake.calendars.events import MOST_BYTES, Event, Unread, Wanted
from scheduler.intake.calendars.parsing import Limits, parse
from tests.calendar_files import make_calendar, make_event

TORONTO = "TZID=America/Toronto:"
CUSTOM = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19701101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700308T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE"""


def make_wanted(*, by_day: bool = False, properties: tuple[str, ...] = ()) -> Wanted:
    first, last = dt.datetime(2026, 10, 21, 4, tzinfo=dt.UTC), dt.datetime(2027, 12, 25, 5, tzinfo=dt.UTC)
    return Wanted("America/Toronto", first, last, by_day, properties)


def read(*events: str, by_day: bool = False, lines: tuple[str, ...] = ()) -> tuple[Event, ...]:
    found = parse(
        make_calendar(*events, lines=lines), make_wanted(by_day=by_day, properties=("LOCATION", "CATEGORIES"))
    )
    assert not isinstance(found, Unread), found
    return found


def only(*events: str, by_day: bool = False, lines: tuple[str, ...] = ()) -> Event:
    (event,) = read(*events, by_day=by_day, lines=lines)
    return event


def refusal(*events: str) -> str:
    found = parse(make_calendar(*events), make_wanted())
    assert isinstance(found, Unread), found
    return found.sentence


def test_a_time_that_names_a_place_stays_there() -> None:
    event = only(make_event("E", "TZID=America/Vancouver:20261201T100000", "DURATION:PT45M"))
    assert (event.start, event.end, event.timezone) == ("2026-12-01T10:00", "2026-12-01T10:45", "America/Vancouver")
    assert event.starts_at == dt.datetime(2026, 12, 1, 18, tzinfo=dt.UTC)


def test_a_floating_time_is_the_practices() -> None:
    event = only(make_event("E", ":20261201T100000"))
    assert (event.start, event.timezone, event.starts_at.hour) == ("2026-12-01T10:00", None, 15)


def test_a_time_in_utc_is_told_in_the_practices_zone() -> None:
    event = only(make_event("E", ":20261201T150000Z", "DTEND:20261201T160000Z"))
    assert (event.start, event.end, event.timezone) == ("2026-12-01T10:00", "2026-12-01T11:00", None)


def test_a_zone_that_only_the_file_describes_keeps_the_moment() -> None:
    events = (CUSTOM.replace("\n", "\r\n"), make_event("E", "TZID=Office:20261201T100000"))
    assert only(*events).start == "2026-12-01T13:00"
    assert only(*events, lines=("X-WR-TIMEZONE:Europe/Paris",)).start == "2026-12-01T13:00"


def test_a_zone_by_its_windows_name_is_known() -> None:
    event = only(make_event("E", "TZID=Eastern Standard Time:20261201T100000"))
    assert (event.start, event.timezone) == ("2026-12-01T10:00", "America/New_York")


def test_the_second_of_two_hours_that_read_alike_says_so() -> None:
    assert only(make_event("E", ":20261101T053000Z")).start == "2026-11-01T01:30"
    assert only(make_event("E", ":20261101T063000Z")).start == "2026-11-01T01:30-05:00"


def test_an_all_day_event_is_a_day_of_the_practice() -> None:
    event = only(make_event("E", "VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"))
    assert (event.start, event.end, event.is_all_day) == ("2026-12-01", None, True)
    assert event.starts_at == dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC)


def test_by_day_a_time_is_the_day_where_it_is() -> None:
    assert only(make_event("E", "TZID=America/Vancouver:20261201T230000"), by_day=True).start == "2026-12-01"
    assert only(make_event("E", ":20261202T030000Z"), by_day=True).start == "2026-12-01"


def test_a_series_keeps_its_hour_over_a_change_of_the_clocks_and_leaves_out_what_is_excepted() -> None:
    events = read(
        make_event("S", f"{TORONTO}20261026T090000", "RRULE:FREQ=WEEKLY;COUNT=4", f"EXDATE;{TORONTO}20261102T090000")
    )
    assert [event.recurrence for event in events] == ["2026-10-26", "2026-11-09", "2026-11-16"]
    assert [event.start[11:] for event in events] == ["09:00", "09:00", "09:00"]


def test_a_moved_occurrence_keeps_its_name() -> None:
    events = read(
        make_event("S", f"{TORONTO}20261201T200000", "RRULE:FREQ=DAILY;COUNT=2"),
        make_event("S", f"{TORONTO}20261205T110000", "RECURRENCE-ID:20261202T010000Z"),
    )
    assert [(event.recurrence, event.start) for event in events] == [
        ("2026-12-02", "2026-12-02T20:00"),
        ("2026-12-01", "2026-12-05T11:00"),
    ]


def test_two_occurrences_of_a_day_are_two() -> None:
    events = read(make_event("S", f"{TORONTO}20261201T090000", "RRULE:FREQ=DAILY;COUNT=4;BYHOUR=9,14"))
    assert [event.recurrence for event in events] == [
        "2026-12-01",
        "2026-12-01T140000",
        "2026-12-02",
        "2026-12-02T140000",
    ]


def test_a_change_of_this_and_all_that_follow_names_each_by_its_own_day() -> None:
    events = read(
        make_event("S", f"{TORONTO}20261201T090000", "RRULE:FREQ=DAILY;COUNT=4"),
        make_event("S", f"{TORONTO}20261203T110000", f"RECURRENCE-ID;RANGE=THISANDFUTURE;{TORONTO}20261203T090000"),
    )
    assert [(event.recurrence, event.start[11:]) for event in events] == [
        ("2026-12-01", "09:00"),
        ("2026-12-02", "09:00"),
        ("2026-12-03", "11:00"),
        ("2026-12-04", "11:00"),
    ]


def test_what_lies_outside_the_horizon_is_not_looked_at() -> None:
    assert read(make_event("old", ":20261001T100000Z"), make_event("far", ":20280101T100000Z")) == ()
    endless = read(make_event("S", "VALUE=DATE:20000101", "RRULE:FREQ=YEARLY"))
    assert [event.start for event in endless] == ["2027-01-01"]


def test_the_higher_sequence_of_two_versions_is_read_and_one_that_is_there_twice_once() -> None:
    old, new = make_event("E", ":20261201T100000Z", "SEQUENCE:1"), make_event("E", ":20261202T100000Z", "SEQUENCE:2")
    assert only(new, old).start == "2026-12-02T05:00"
    assert only(new, new.replace("SEQUENCE", "DTSTAMP:20261101T000000Z\r\nSEQUENCE")).version == 2


def test_a_cancelled_event_and_one_of_a_cancelling_calendar_say_so() -> None:
    assert only(make_event("E", ":20261201T100000Z", "STATUS:CANCELLED")).is_cancelled
    assert only(make_event("E", ":20261201T100000Z"), lines=("METHOD:CANCEL",)).is_cancelled
    assert not only(make_event("E", ":20261201T100000Z", "STATUS:CONFIRMED")).is_cancelled


def test_what_an_event_says_of_itself_comes_along_and_no_more_than_was_asked_for() -> None:
    event = only(
        make_event(
            "E",
            ":20261201T100000Z",
            "SUMMARY:First\\nvisit",
            "LOCATION:12 Main St\\, Toronto",
            "CATEGORIES:Visit,First",
            "ATTENDEE;CN=Ana:MAILTO:Ana@Example.org",
            "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org",
            "DESCRIPTION:Call (514) 555-0001 or 12345",
        )
    )
    assert event.title == "First visit"
    assert event.values == {"LOCATION": ("12 Main St, Toronto",), "CATEGORIES": ("Visit", "First")}
    assert (event.emails, event.phones) == (("ana@example.org",), ("(514) 555-0001",))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (make_event("E", ":2026-12-01"), "has a DTSTART that cannot be read"),
        (make_event("E", ":20261301T100000Z"), "has a DTSTART that cannot be read"),
        (make_event("E", "TZID=Nowhere:20261201T100000"), "in the zone 'Nowhere', which nothing describes"),
        (make_event("E", ":20261201T100000Z", "DTSTART:20261202T100000Z"), "has DTSTART more than once"),
        (make_event("E", ":20261201T100000Z", "RRULE:FREQ=DAILY;UNTIL=never"), "RRULE"),
        (make_event("", ":20261201T100000Z"), "has no UID"),
        ("BEGIN:VEVENT\r\nUID:E\r\nEND:VEVENT", "the event 'E' has no DTSTART"),
        ("BEGIN:VEVENT\r\nnonsense\r\nEND:VEVENT", ""),
    ],
    ids=range(8),
)
def test_an_event_whose_dates_cannot_be_relied_upon_refuses_the_calendar(event: str, sentence: str) -> None:
    assert sentence in refusal(make_event("good", ":20261201T100000Z"), event)


def test_the_same_event_twice_without_a_newer_one_is_refused() -> None:
    found = refusal(make_event("E", ":20261201T100000Z"), make_event("E", ":20261202T100000Z"))
    assert found == "the event 'E' stands there twice, and SEQUENCE does not say which is newer"


def test_more_occurrences_than_anybody_has_are_refused() -> None:
    events = (make_event(f"E-{number}", f":20261201T{number % 24:02}0000Z", "RRULE:FREQ=DAILY") for number in range(40))
    assert "more than 5,000 occurrences" in refusal(*events)


def test_fifty_thousand_events_are_refused() -> None:
    assert "more than 5,000 events" in refusal(*(make_event(f"E-{number}") for number in range(50_000)))


def test_a_calendar_that_is_too_big_is_not_even_handed_over() -> None:
    found = parse(b" " * (MOST_BYTES + 1), make_wanted())
    assert found == Unread("it has more than 16 MB")


def test_what_takes_too_long_is_ended() -> None:
    endless = [
        make_event(f"E-{number}", ":00010101T100000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
        for number in range(200)
    ]
    found = parse(make_calendar(*endless), make_wanted(), Limits(seconds=1))
    assert isinstance(found, Unread)
    assert "1 second" in found.sentence


def test_what_needs_too_much_memory_is_ended() -> None:
    found = parse(make_calendar("A:x\r\n" * 1_000_000), make_wanted(), Limits(memory=64 * 2**20))
    assert isinstance(found, Unread)
    assert "memory" in found.sentence
