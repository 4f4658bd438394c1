"""Whom events are about, on both databases: found by each way, linked once by a person, or waiting."""

from collections.abc import Iterator

import pytest

from jobs.errors import NotFoundError
from scheduler.intake.calendars.linking import short_of
from tests.calendar_files import make_event
from tests.storage.calendar_room import WEEKLY, Room, making


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    with making(database_url) as room:
        yield room


def test_an_event_without_a_person_waits_to_be_linked_once(room: Room) -> None:
    series = make_event("S-1", ":20261202T150000Z", WEEKLY, "SUMMARY:Ana", ref=None)
    read = room.read(series)
    assert (room.refs(), read.counts["without person"]) == ([], 5)
    assert room.waiting() == [("S-1", "it names nobody who is known")]
    room.link(short_of("S-1")[:6], "C-1")
    room.read(series)
    assert (len(room.refs()), room.waiting()) == (5, [])
    assert room.contact_of("S-1/2026-12-09") == "C-1"


def test_a_link_is_used_though_the_feed_did_not_change(room: Room) -> None:
    event = make_event("E-1", ref=None)
    room.read(event, ETag='"1"')
    room.desk.later(minutes=10)
    assert room.read(event, ETag='"1"').is_unchanged
    room.link("E-1", "C-1")
    room.read(event, ETag='"1"')
    assert room.refs() == ["E-1"]


def test_one_occurrence_may_be_linked_to_somebody_else(room: Room) -> None:
    room.desk.contact("C-2", phone="+15145550002")
    series = make_event("S-1", ":20261202T150000Z", WEEKLY, ref="C-1")
    room.read(series)
    room.link("S-1", "C-2", day="2026-12-09")
    room.read(series)
    assert (room.contact_of("S-1/2026-12-02"), room.contact_of("S-1/2026-12-09")) == ("C-1", "C-2")


def test_an_event_that_is_about_nobody_is_passed_over_and_what_was_taken_in_is_removed(room: Room) -> None:
    events = [make_event("E-1"), make_event("E-2", ref=None)]
    room.read(*events)
    room.link("E-1", None)
    room.link("E-2", None)
    read = room.read(*events)
    assert (room.refs(), room.waiting(), read.counts) == ([], [], {"passed over": 2})
    assert {state for _, state in room.desk.states()} == {"cancelled"}


def test_a_link_can_be_undone(room: Room) -> None:
    room.read(make_event("E-1"))
    room.link("E-1", None)
    room.read(make_event("E-1"))
    assert room.unlink("E-1") == 1
    room.read(make_event("E-1"))
    assert room.refs() == ["E-1"]


def test_a_link_to_somebody_or_something_unknown_is_refused(room: Room) -> None:
    room.read(make_event("E-1"), make_event("E-2"))
    with pytest.raises(NotFoundError, match="no contact 'C-9'"):
        room.link("E-1", "C-9")
    with pytest.raises(NotFoundError, match="no event 'E-9'"):
        room.link("E-9", "C-1")
    with pytest.raises(NotFoundError, match="no occurrence"):
        room.link("E-1", "C-1", day="2026-01-01")


def test_people_are_found_by_each_way_in_order(room: Room) -> None:
    room.desk.contact("C-2", phone="+15145550002", email="Bo@example.org")
    room.desk.contact("C-3", phone="(514) 555-0003")
    mail, text = "ATTENDEE;CN=Bo:MAILTO:bo@EXAMPLE.org", "DESCRIPTION:Call 514 555-0003 first"
    at = "TZID=America/Toronto:20261201T100000"
    room.read(
        make_event("by-ref", at, mail, text, ref="C-1"),
        make_event("by-mail", at, mail, text, ref=None),
        make_event("by-phone", at, text, ref=None),
    )
    assert [room.contact_of(ref) for ref in ("by-ref", "by-mail", "by-phone")] == ["C-1", "C-2", "C-3"]


def test_an_event_that_names_somebody_unknown_goes_to_nobody_else(room: Room) -> None:
    at = "TZID=America/Toronto:20261201T100000"
    room.read(make_event("E-1", at, "DESCRIPTION:514 555-0001", ref="C-9"))
    assert room.waiting() == [("E-1", "X-CONTACT-REF names 'C-9', who is no known contact")]


def test_a_number_that_two_contacts_share_leads_to_nobody(room: Room) -> None:
    room.desk.contact("C-2", phone="+15145550001")
    room.read(make_event("E-1", "TZID=America/Toronto:20261201T100000", "DESCRIPTION:514 555-0001", ref=None))
    assert room.waiting() == [("E-1", "a number in its text leads to C-1, C-2")]


def test_a_known_event_that_names_nobody_any_more_reminds_nobody(room: Room) -> None:
    room.read(make_event("E-1"))
    room.read(make_event("E-1", ref="C-9"))
    assert (room.contact_of(), len(room.waiting())) == (None, 1)
    assert {state for _, state in room.desk.states()} == {"cancelled"}


def test_a_contact_that_came_after_the_event_is_found_though_the_feed_did_not_change(room: Room) -> None:
    event = make_event("E-1", ref="C-7")
    room.read(event, ETag='"1"')
    room.desk.later(minutes=10)
    room.desk.contact("C-7", phone="+15145550007")
    room.read(event, ETag='"1"')
    assert room.contact_of() == "C-7"
