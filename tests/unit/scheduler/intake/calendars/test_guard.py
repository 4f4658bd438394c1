"""What a calendar must be before a library sees it."""

import pytest

from scheduler.intake.calendars.events import MOST_EVENTS, UnreadableCalendarError
from scheduler.intake.calendars.guard import check_calendar, check_rule
from tests.calendar_files import make_calendar, make_event


def refusal(body: bytes) -> str:
    with pytest.raises(UnreadableCalendarError) as caught:
        check_calendar(body)
    return str(caught.value)


def test_a_calendar_passes_whatever_its_line_breaks_and_its_byte_order_mark() -> None:
    body = make_calendar(make_event())
    assert check_calendar(b"\xef\xbb\xbf" + body).startswith("BEGIN:VCALENDAR")
    assert check_calendar(body.replace(b"\r\n", b"\n")).startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "it is empty"),
        (b" \r\n", "it is empty"),
        (b"<!DOCTYPE html><html>", "it is a web page, not a calendar"),
        (b"id;start\n1;2", "does not begin with BEGIN:VCALENDAR"),
        (b"\xff\xfeB\x00E\x00", "UTF-16"),
        (b"BEGIN:VCALENDAR\r\nX:\xe9\r\nEND:VCALENDAR", "not text in UTF-8 (byte 20 of"),
        (b"BEGIN:VCALENDAR\r\nX:\0\r\nEND:VCALENDAR", "zero byte"),
        (make_calendar(make_event())[:-18], "ends in the middle: END:VCALENDAR is missing"),
        (make_calendar(make_event())[:60], "ends in the middle"),
        (make_calendar("END:VEVENT"), "line 4 ends VEVENT, which was not begun"),
        (
            make_calendar() + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" + make_calendar(),
            "line 5 begins VEVENT where it does not belong",
        ),
        (make_calendar() + b"UID:1\r\n" + make_calendar(), "line 5 stands outside"),
        (make_calendar("BEGIN:A\n" * 5_000 + "END:A\n" * 5_000), "nested more than 8 deep"),
        (make_calendar("BEGIN:A\nEND:A\n" * 60_000), "more than 50,000 parts"),
        (make_calendar("BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1)), "more than 5,000 events"),
    ],
    ids=range(15),
)
def test_what_is_no_whole_calendar_is_refused(body: bytes, sentence: str) -> None:
    assert sentence in refusal(body)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20271201T000000Z",
        "freq=monthly;bymonthday=-1;count=12",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;",
        "FREQ=DAILY;BYHOUR=9,14",
    ],
)
def test_rules_of_appointments_are_read(rule: str) -> None:
    assert check_rule(rule) is None


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "repeats 'SECONDLY'"),
        ("FREQ=MINUTELY;COUNT=1", "repeats 'MINUTELY'"),
        ("FREQ=HOURLY", "repeats 'HOURLY'"),
        ("", "repeats 'at no frequency'"),
        ("FREQ=DAILY;INTERVAL=0", "has the interval '0'"),
        ("FREQ=DAILY;INTERVAL=-1", "has the interval '-1'"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "has the interval"),
        ("FREQ=DAILY;BYMINUTE=0,1", "names minutes or seconds"),
        ("FREQ=DAILY;BYSECOND=0", "names minutes or seconds"),
        ("FREQ=DAILY;FREQ=SECONDLY", "names a part twice"),
        ("FREQ=DAILY;BYHOUR=" + ",".join(["1"] * 500), "names more than 400"),
    ],
)
def test_rules_that_would_never_end_are_not(rule: str, why: str) -> None:
    assert why in (check_rule(rule) or "")


def test_a_rule_is_found_in_any_spelling_folded_or_inside_a_time_zone() -> None:
    assert "line 7 repeats" in refusal(
        make_calendar(make_event("E", ":20261201T100000Z", "rru\r\n le;X=1:FREQ=SECONDLY", ref=None))
    )
    zone = "BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nRRULE:FREQ=MINUTELY\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    assert "MINUTELY" in refusal(make_calendar(zone))


def test_a_rule_of_what_is_no_event_does_not_matter() -> None:
    check_calendar(make_calendar("BEGIN:VTODO\r\nRRULE:FREQ=HOURLY\r\nEND:VTODO"))
