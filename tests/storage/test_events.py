"""Steps that go when something was recorded: once a change, and for news only; on both databases."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs.states import State
from tests.calendar_files import make_event
from tests.storage.calendar_room import making
from tests.storage.correcting import BOOKED, PAID, TUESDAY, WEDNESDAY, Office, at, make_rule, make_rulebook, working
from tests.storage.intake_practice import imported, taken

DAY_BEFORE = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder", "if_late": "send_now"}
CONFIRMED = {"id": "confirmed", "on": {"status": "confirmed"}, "template": "reminder"}
BOOKED_TEXT = "0001 Booked: December 1 at 10:00 a.m."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    payment = {"id": "thanks", "for": "payment", "steps": [PAID]}
    visit = make_rule(steps=[BOOKED, CONFIRMED, DAY_BEFORE])
    with working(database_url, make_rulebook(visit, payment)) as office:
        yield office


def book(office: Office, **more: object) -> None:
    given: dict[str, Any] = {"contact": "C-1", "start": TUESDAY, "status": "booked"}
    office.desk.visit(**(given | more))


def pay(office: Office, status: str, **more: object) -> None:
    row = {"ref": "P-1", "contact": "C-1", "date": "2026-12-10", "status": status} | more
    taken(office.desk.intake.upsert("northlight", "payment", [row]))


def test_what_a_single_upsert_creates_fires_once(office: Office) -> None:
    book(office)

    assert office.work() == [BOOKED_TEXT]
    book(office, place="Elm St")
    book(office, start=TUESDAY)
    office.replan()
    assert office.work() == []


def test_the_change_is_recorded_with_its_count(office: Office) -> None:
    book(office)
    office.desk.later(minutes=5)
    book(office, place="Elm St")
    book(office, status="confirmed")

    row = office.desk.occasion()
    assert row["change_count"] == 3
    assert row["changes"] == [
        {"what": "created", "count": 1, "status": "booked", "at": "2026-11-20T17:01:00+00:00"},
        {"what": "status", "count": 3, "status": "confirmed", "at": "2026-11-20T17:06:00+00:00"},
    ]


def test_booked_at_half_past_four_for_tomorrow_gives_one_text(office: Office) -> None:
    office.go_to("2026-11-24 16:30")

    book(office, start="2026-11-25 10:00")

    assert office.work() == ["0001 Booked: November 25 at 10:00 a.m."]
    assert office.work_at("2026-11-24 19:00") == []


def test_several_at_once_fire_nothing_unless_a_row_announces(office: Office) -> None:
    rows: list[Mapping[str, object]] = [
        {"ref": "A-1", "contact": "C-1", "start": TUESDAY},
        {"ref": "A-2", "contact": "C-1", "start": WEDNESDAY, "announce": True},
    ]

    taken(office.desk.intake.upsert("northlight", "appointment", rows))

    assert office.work() == ["0001 Booked: December 2 at 10:00 a.m."]


def test_a_single_row_may_keep_quiet(office: Office) -> None:
    book(office, announce=False)

    assert office.work() == []
    assert office.desk.occasion()["changes"] is None


def test_a_file_fires_nothing_but_for_rows_that_announce(office: Office, tmp_path: Path) -> None:
    text = f"ref,contact,start,announce\nA-1,C-1,{TUESDAY},\nA-2,C-1,{WEDNESDAY},yes\nA-3,C-1,2026-12-03 10:00,no\n"

    imported(office.desk.import_text(tmp_path, text))

    assert office.work() == ["0001 Booked: December 2 at 10:00 a.m."]


def test_an_import_of_the_same_rows_announces_nothing_again(office: Office, tmp_path: Path) -> None:
    text = f"ref,contact,start,announce\nA-2,C-1,{TUESDAY},yes\n"
    imported(office.desk.import_text(tmp_path, text))
    office.work()

    imported(office.desk.import_text(tmp_path, text))

    assert office.work() == []


def test_a_known_status_that_changes_fires_each_time_it_does(office: Office) -> None:
    pay(office, "open")
    pay(office, "paid")
    assert office.work() == ["0001 Thank you."]
    pay(office, "paid", amount=5)
    assert office.work() == []

    pay(office, "open")
    office.desk.later(hours=1)
    pay(office, "paid")

    assert office.work() == ["0001 Thank you."]


def test_a_status_that_changes_back_before_the_text_went_lets_it_go(office: Office) -> None:
    office.go_to("2026-11-20 21:00")
    pay(office, "open")
    pay(office, "paid")

    pay(office, "open")

    assert [job.state for job in office.desk.jobs()] == [State.CANCELLED]


def test_a_new_one_has_become_its_status_only_where_it_is_announced(office: Office) -> None:
    pay(office, "paid")
    assert office.work() == []

    pay(office, "paid", ref="P-2", announce=True)

    assert office.work() == ["0001 Thank you."]


def test_what_is_created_off_or_in_the_past_is_not_announced(office: Office) -> None:
    book(office, status="cancelled")
    book(office, ref="A-2", start="2026-11-20 11:00")

    assert office.work() == []


def test_a_rule_published_after_the_change_fires_nothing_for_it(office: Office) -> None:
    office.desk.publish(make_rulebook(make_rule()))
    book(office)
    office.desk.later(minutes=1)

    office.desk.publish(make_rulebook(make_rule(steps=[{**BOOKED, "id": "welcome"}, DAY_BEFORE])))
    office.replan()
    book(office, place="Elm St")

    assert office.work() == []


def test_an_edit_of_the_rule_fires_nothing_again(office: Office) -> None:
    book(office)
    office.work()

    office.desk.publish(make_rulebook(make_rule(steps=[{**BOOKED, "template": "reminder"}, DAY_BEFORE])))
    office.replan()

    assert office.work() == []


def test_a_wait_lies_between_the_change_and_its_text(database_url: str) -> None:
    waiting = {**BOOKED, "wait": "30 minutes"}
    with working(database_url, make_rulebook(make_rule(steps=[waiting]))) as office:
        book(office)

        assert office.desk.job("booked").planned_for == at("2026-11-20 12:31")


def test_a_created_text_that_waits_tells_the_start_that_is_so_by_then(office: Office) -> None:
    office.go_to("2026-11-20 21:00")
    book(office)
    book(office, start=WEDNESDAY)

    assert office.work_at("2026-11-21 09:00") == ["0001 Booked: December 2 at 10:00 a.m."]
    assert office.corrections() == []


def test_what_a_created_text_told_is_corrected(office: Office) -> None:
    book(office)
    office.work()

    book(office, start=WEDNESDAY)

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_removed_one_that_comes_back_is_not_created_again(office: Office) -> None:
    book(office)
    office.work()
    office.desk.intake.remove_occasion("northlight", "appointment", "A-1")
    office.work()

    book(office)

    assert [job.state for job in office.desk.jobs() if job.step == "booked"] == [State.SENT]


def test_a_feeds_event_that_is_new_after_its_first_full_read_is_an_event(database_url: str) -> None:
    with making(database_url) as room:
        room.read(make_event("E-1"))
        room.desk.later(minutes=10)

        room.read(make_event("E-1"), make_event("E-2"))

        changes = {ref: room.desk.occasion(ref)["changes"] for ref in ("E-1", "E-2")}
        assert changes["E-1"] is None
        assert [change["what"] for change in changes["E-2"]] == ["created"]
