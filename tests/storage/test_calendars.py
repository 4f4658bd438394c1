"""Calendars taken in on both databases: what is added, moved, cancelled, asked, and what changes nothing."""

import datetime as dt
import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.errors import ConfigurationError, InputError
from jobs.records import calendars, new_id
from scheduler.chores import read_calendars
from scheduler.chores.context import Context
from scheduler.intake.calendars.due import due_feeds
from scheduler.intake.calendars.reading import Calendars
from scheduler.intake.calendars.storing import CalendarKey, ReadElsewhereError, claim
from tests.calendar_files import Page, make_calendar, make_event
from tests.storage.calendar_room import CALENDAR, KEY, VARIABLE, WEEKLY, Room, making
from tests.storage.intake_practice import make_rulebook


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    with making(database_url) as room:
        yield room


def test_an_event_becomes_an_occasion_with_its_jobs(room: Room) -> None:
    room.read(
        make_event("E-1", "TZID=America/Toronto:20261201T100000", "LOCATION:12 Main St", "CATEGORIES:First Visit")
    )
    found = room.desk.occasion("E-1")
    assert (found["start"], found["timezone"], found["status"]) == ("2026-12-01T10:00", "America/Toronto", "booked")
    assert found["fields"] == {"place": "12 Main St", "type": "first_visit", "mode": "in_person"}
    assert room.contact_of() == "C-1"
    assert room.desk.states() == [("week-before", "scheduled"), ("day-before", "scheduled")]


def test_the_same_feed_again_changes_nothing(room: Room) -> None:
    events = [make_event("E-1"), make_event("S-1", ":20261202T150000Z", WEEKLY), make_event("E-2", ref=None)]
    room.read(*events)
    before = room.everything()
    read = room.read(*events)
    assert room.everything() == before
    assert read.tally.outcomes == {"unchanged": 6}


def test_a_moved_event_moves_its_jobs(room: Room) -> None:
    room.read(make_event("E-1", "TZID=America/Toronto:20261201T100000", "SEQUENCE:1"))
    read = room.read(make_event("E-1", "TZID=America/Toronto:20261202T113000", "SEQUENCE:2"))
    assert read.tally.outcomes == {"moved": 1}
    assert [job.anchor for job in room.desk.jobs()] == ["2026-12-02T11:30", "2026-12-02T11:30"]


def test_a_lower_sequence_changes_nothing(room: Room) -> None:
    room.read(make_event("E-1", "TZID=America/Toronto:20261201T100000", "SEQUENCE:2"))
    read = room.read(make_event("E-1", "TZID=America/Toronto:20261203T100000", "SEQUENCE:1"))
    assert read.tally.outcomes == {"older version": 1}
    assert room.desk.occasion("E-1")["start"] == "2026-12-01T10:00"


def test_a_series_becomes_an_occasion_a_day(room: Room) -> None:
    room.read(make_event("S-1", "TZID=America/Toronto:20261201T100000", "RRULE:FREQ=WEEKLY;COUNT=3"))
    assert room.refs() == ["S-1/2026-12-01", "S-1/2026-12-08", "S-1/2026-12-15"]


def test_a_series_that_moves_to_another_hour_is_moved_not_cancelled_and_added(room: Room) -> None:
    room.read(make_event("S-1", "TZID=America/Toronto:20261201T100000", WEEKLY))
    read = room.read(make_event("S-1", "TZID=America/Toronto:20261201T140000", WEEKLY))
    assert (read.tally.outcomes, read.question) == ({"moved": 5}, None)


def test_a_cancelled_event_takes_the_kinds_first_off_status_and_a_revived_one_is_live_again(room: Room) -> None:
    room.read(make_event("E-1"))
    cancelled = room.read(make_event("E-1", "TZID=America/Toronto:20261201T100000", "STATUS:CANCELLED"))
    assert (cancelled.tally.outcomes, room.desk.occasion("E-1")["status"]) == ({"cancelled": 1}, "cancelled")
    assert {state for _, state in room.desk.states()} == {"cancelled"}
    revived = room.read(make_event("E-1"))
    assert (revived.tally.outcomes, room.desk.occasion("E-1")["status"]) == ({"restored": 1}, "booked")


def test_a_status_that_staff_set_is_not_taken_back_by_the_next_read(room: Room) -> None:
    room.read(make_event("E-1"))
    room.desk.visit("E-1", status="no_show")
    room.read(make_event("E-1"))
    assert room.desk.occasion("E-1")["status"] == "no_show"


def test_an_event_that_is_cancelled_before_it_was_known_is_passed_over(room: Room) -> None:
    read = room.read(make_event("E-1", "TZID=America/Toronto:20261201T100000", "STATUS:CANCELLED"))
    assert (read.counts, room.refs()) == ({"passed over": 1}, [])


def test_an_all_day_event_is_none_of_a_kind_that_has_a_time(room: Room) -> None:
    read = room.read(make_event("E-1", "VALUE=DATE:20261201"))
    assert (read.counts, room.refs()) == ({"passed over": 1}, [])


def test_an_event_that_vanished_is_cancelled(room: Room) -> None:
    events = [make_event(f"E-{number}") for number in range(5)]
    room.read(*events)
    read = room.read(*events[1:])
    assert (read.tally.outcomes, read.question) == ({"unchanged": 4, "gone": 1}, None)
    assert room.refs() == ["E-1", "E-2", "E-3", "E-4"]
    gone = {job.state.value for job in room.desk.jobs() if job.occasion_id == room.desk.occasion_id("E-0")}
    assert gone == {"cancelled"}


def test_when_more_than_a_fifth_vanished_nothing_is_cancelled_and_a_person_is_asked(room: Room) -> None:
    events = [make_event(f"E-{number}") for number in range(5)]
    room.read(*events)
    read = room.read(*events[2:], make_event("E-9"))
    assert read.question is not None
    assert (read.question.gone, read.question.of, read.question.refs) == (2, 5, ("E-0", "E-1"))
    assert room.refs() == ["E-0", "E-1", "E-2", "E-3", "E-4", "E-9"]
    assert room.row()["question"] == read.question.as_json()


def test_what_a_person_confirmed_is_cancelled_and_the_question_goes(room: Room) -> None:
    events = [make_event(f"E-{number}") for number in range(5)]
    room.read(*events)
    room.read(*events[2:])
    read = room.read(*events[2:], confirmed=True)
    assert (read.tally.outcomes, room.row()["question"]) == ({"unchanged": 3, "gone": 2}, None)
    assert room.refs() == ["E-2", "E-3", "E-4"]


def test_events_that_come_back_answer_the_question_themselves(room: Room) -> None:
    events = [make_event(f"E-{number}") for number in range(3)]
    room.read(*events)
    room.read()
    room.read(*events)
    assert (room.row()["question"], len(room.refs())) == (None, 3)


def test_an_event_of_the_past_that_is_no_longer_there_is_left_as_it_was(room: Room) -> None:
    room.read(make_event("E-1", "TZID=America/Toronto:20261110T100000"), make_event("E-2"))
    read = room.read(make_event("E-2"))
    assert (read.tally.outcomes, read.question) == ({"unchanged": 1}, None)
    assert room.refs() == ["E-1", "E-2"]


def test_an_event_that_another_calendar_has_too_does_not_vanish(database_url: str) -> None:
    with making(database_url) as room:
        both = [CALENDAR, {**CALENDAR, "id": "other"}]
        room.desk.publish(make_rulebook(practice={"calendars": both}))
        addresses = {VARIABLE: room.server.offer(make_calendar(make_event("E-1"))), f"{VARIABLE[:-4]}OTHER": ""}
        addresses[f"{VARIABLE[:-4]}OTHER"] = addresses[VARIABLE]
        reader = Calendars(room.desk.database, addresses)
        reader.read_feed(KEY)
        reader.read_feed(CalendarKey("northlight", "other"))
        read = room.read()
        assert (read.question, room.refs()) == (None, ["E-1"])


@pytest.mark.parametrize(
    "page",
    [
        Page(b"forbidden", status=403),
        Page(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}),
        Page(make_calendar(make_event("E-2"))[:-20]),
        Page(make_calendar(make_event("E-2", ":20261201T100000Z", "RRULE:FREQ=SECONDLY"))),
        Page(make_calendar(make_event("E-2"), make_event("E-2", ":20261203T100000Z"))),
        Page(b"\x93\x00\xff"),
        Page(make_calendar(make_event("E-2")), headers={"Content-Length": "9999"}),
        Page(make_calendar(*(make_event(f"E-{number}") for number in range(50_000)))),
        Page(make_calendar("BEGIN:A\r\n" * 100_000 + "END:A\r\n" * 100_000)),
        Page(pieces=lambda: itertools.repeat(b"X" * 65_536, 16_384)),
        Page(gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=[
        "403",
        "web page",
        "half",
        "endless",
        "twice",
        "bytes",
        "cut short",
        "50,000 events",
        "deep",
        "a gigabyte",
        "bomb",
    ],
)
def test_a_feed_that_cannot_be_read_whole_changes_nothing_and_says_why(room: Room, page: Page) -> None:
    room.read(make_event("E-1"))
    before = room.everything()
    room.desk.later(minutes=10)
    read = room.read_page(room.server.answer(page))
    assert read.problem is not None
    assert room.everything() == before
    row = room.row()
    assert (row["problem"], row["failures"], row["claim"]) == (read.problem, 1, None)
    assert (row["failing_since"], row["full_read_at"]) == (
        room.desk.clock.now(),
        room.desk.clock.now() - dt.timedelta(minutes=10),
    )


def test_a_read_that_works_again_ends_the_trouble(room: Room) -> None:
    room.read_page(room.server.answer(Page(status=500)))
    room.read(make_event("E-1"))
    assert (room.row()["problem"], room.row()["failing_since"], room.row()["failures"]) == (None, None, 0)


def test_one_event_with_a_value_that_cannot_be_kept_waits_and_the_others_are_taken(room: Room) -> None:
    long = "LOCATION:" + "x" * 1_500
    read = room.read(make_event("E-1"), make_event("E-2", "TZID=America/Toronto:20261202T100000", long))
    assert (room.refs(), read.counts["refused"]) == (["E-1"], 1)
    ((uid, reason),) = room.waiting()
    assert uid == "E-2"
    assert "1,000 are allowed" in reason.replace("1000", "1,000")


def test_an_unchanged_feed_is_asked_for_with_its_tags_and_read_anew_the_next_day(room: Room) -> None:
    event = make_event("E-1")
    room.read(event, ETag='"1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")
    room.desk.later(minutes=10)
    assert room.read(event, ETag='"1"').is_unchanged
    assert room.server.asked[-1]["if-none-match"] == '"1"'
    assert room.server.asked[-1]["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    room.desk.later(days=1)
    assert not room.read(event, ETag='"1"').is_unchanged
    assert "if-none-match" not in room.server.asked[-1]


def test_only_what_comes_after_the_first_complete_read_is_new_and_of_a_series_the_first_only(room: Room) -> None:
    room.read(make_event("E-1"))
    room.desk.later(minutes=10)
    room.read(make_event("E-1"), make_event("E-2"), make_event("S-1", ":20261202T150000Z", WEEKLY))
    assert [room.event(ref)["is_new"] for ref in ("E-1", "E-2", "S-1/2026-12-02", "S-1/2026-12-09")] == [
        False,
        True,
        True,
        False,
    ]


def test_what_comes_into_sight_as_time_goes_by_is_not_new(room: Room) -> None:
    series = make_event("S-1", ":20261202T150000Z", "RRULE:FREQ=WEEKLY;COUNT=100")
    room.read(series)
    before = set(room.refs())
    room.desk.later(days=7)
    room.read(series)
    (added,) = set(room.refs()) - before
    assert not room.event(added)["is_new"]


def test_another_address_begins_anew(room: Room) -> None:
    room.read(make_event("E-1"))
    room.server.pages["/moved.ics"] = Page(make_calendar(make_event("E-1"), make_event("E-2")))
    room.read_page(f"{room.server.url}/moved.ics")
    assert not room.event("E-2")["is_new"]


def test_one_reader_at_a_time_has_a_calendar(room: Room) -> None:
    room.desk.database.write(lambda connection: claim(connection, KEY, room.desk.clock.now()))
    with pytest.raises(ReadElsewhereError, match="being read just now"):
        room.read(make_event("E-1"))
    room.desk.later(minutes=11)
    room.read(make_event("E-1"))
    assert room.refs() == ["E-1"]


def test_a_reader_that_lost_its_claim_writes_nothing(room: Room) -> None:
    def overtaken(_body: bytes, _wanted: object) -> list[Any]:
        values = {"claim": new_id(), "claimed_until": room.desk.clock.now() + dt.timedelta(minutes=1)}
        room.desk.database.write(lambda connection: connection.execute(calendars.update().values(values)))
        return []

    reader = Calendars(room.desk.database, {VARIABLE: room.server.offer(make_calendar())}, parse_with=overtaken)
    with pytest.raises(ReadElsewhereError, match="took too long"):
        reader.read_feed(KEY)
    assert room.row()["full_read_at"] is None


def test_a_read_that_breaks_off_lets_go_of_the_calendar(room: Room) -> None:
    def broken(_body: bytes, _wanted: object) -> list[Any]:
        message = "broken"
        raise InputError(message)

    reader = Calendars(room.desk.database, {VARIABLE: room.server.offer(make_calendar())}, parse_with=broken)
    with pytest.raises(InputError, match="broken"):
        reader.read_feed(KEY)
    assert (room.row()["claim"], room.row()["problem"]) == (None, "the read was stopped before its end")


def test_a_file_is_taken_in_and_cancels_what_it_lacks_only_if_it_is_complete(room: Room, tmp_path: Path) -> None:
    reader = Calendars(room.desk.database, {})
    file = tmp_path / "desk.ics"
    file.write_bytes(make_calendar(*(make_event(f"E-{number}") for number in range(5))))
    reader.read_file(KEY, file)
    file.write_bytes(make_calendar(*(make_event(f"E-{number}") for number in range(4))))
    assert reader.read_file(KEY, file).tally.outcomes == {"unchanged": 4}
    assert reader.read_file(KEY, file, is_complete=True).tally.outcomes == {"unchanged": 4, "gone": 1}
    assert (room.row()["read_at"], room.event("E-1")["is_new"]) == (None, False)


def test_a_kind_by_day_takes_days_and_the_day_of_a_time(database_url: str) -> None:
    with making(database_url, kind="payment", fields={"amount": "X-AMOUNT"}, defaults={}) as room:
        room.read(
            make_event("P-1", "VALUE=DATE:20261201", "X-AMOUNT:$120.50"),
            make_event("P-2", ":20261202T030000Z"),
        )
        assert room.desk.occasion("P-1")["start"] == "2026-12-01"
        assert room.desk.occasion("P-1")["fields"] == {"amount": "120.5"}
        assert room.desk.occasion("P-2")["start"] == "2026-12-01"


def test_a_due_feed_is_read_by_the_chore_at_its_pace_and_its_address_stays_secret(room: Room) -> None:
    feeds = {VARIABLE: room.server.offer(make_calendar(make_event("E-1")))}
    context = Context(room.desk.database, lambda _entry: None, calendar_feeds=feeds)
    assert read_calendars.run(context) == {"read": 1, "added": 1}
    assert read_calendars.run(context) == {}
    room.desk.later(minutes=10)
    assert due_feeds(room.desk.database, feeds) == [KEY]
    assert room.server.url not in repr(context)
    with room.desk.database.read() as connection:
        kept = [dict(row) for row in connection.execute(select(calendars)).mappings()]
    assert "feed.ics" not in repr(kept)


def test_a_server_that_asks_for_peace_gets_it(room: Room) -> None:
    feeds = {VARIABLE: room.server.answer(Page(status=503, headers={"Retry-After": "3600"}))}
    context = Context(room.desk.database, lambda _entry: None, calendar_feeds=feeds)
    assert read_calendars.run(context) == {"failed": 1}
    room.desk.later(minutes=30)
    assert due_feeds(room.desk.database, feeds) == []
    room.desk.later(minutes=31)
    assert due_feeds(room.desk.database, feeds) == [KEY]


def test_a_variable_of_two_calendars_is_read_for_neither(room: Room) -> None:
    rulebook = make_rulebook(practice={"practice": "northlight-desk", "calendars": [{**CALENDAR, "id": "a"}]})
    room.desk.publish(rulebook)
    room.desk.publish(make_rulebook(practice={"calendars": [{**CALENDAR, "id": "desk-a"}]}))
    feeds = {"QUIETBELL_CALENDAR_NORTHLIGHT_DESK_A": "https://example.org"}
    assert due_feeds(room.desk.database, feeds) == []
    with pytest.raises(ConfigurationError, match="the variable of two calendars"):
        Calendars(room.desk.database, feeds).read_feed(CalendarKey("northlight", "desk-a"))
