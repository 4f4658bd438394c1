"""Who was told what, and is told once more when it is no longer so: the table of cases, on both databases."""

from collections.abc import Iterator

import pytest

from tests.storage.correcting import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Office,
    at,
    make_rule,
    make_rulebook,
    working,
)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url) as office:
        yield office


def test_before_anything_was_told_a_move_is_silent(office: Office) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")

    office.desk.visit(start=WEDNESDAY)

    assert office.corrections() == []


def test_a_move_is_told_once_with_the_old_and_the_new_time(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(start=WEDNESDAY)
    office.desk.visit(start=WEDNESDAY)

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]
    assert office.told() == [("2026-12-02T10:00", {"place": "Main St"})]
    assert office.corrections() == [("moved", "sent")]
    office.desk.visit(start=WEDNESDAY, place="Main St")
    assert office.work() == []


def test_a_correction_goes_first_and_is_of_use_until_the_earlier_start(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(start=WEDNESDAY)

    job = office.correction()
    assert (job.urgency, job.planned_for, job.useful_until) == (1, office.desk.clock.now(), at("2026-12-01 10:00"))
    assert (job.rule, job.step, job.template, job.change_count) == ("visit", "moved", "moved", 2)
    assert job.reason == "told Tue 1 Dec 10:00, and it is Wed 2 Dec 10:00 now"


def test_a_cancellation_is_told_with_the_time_that_was_told(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(start=WEDNESDAY, status="cancelled")

    assert office.work() == ["0001 Cancelled: December 1."]
    assert office.told() == [("2026-12-01T10:00", {"place": "Main St", "status": "cancelled"})]


def test_a_removed_occasion_is_told_as_cancelled(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.intake.remove_occasion("northlight", "appointment", "A-1")

    assert office.work() == ["0001 Cancelled: December 1."]


def test_a_changed_field_is_told_with_the_old_value(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(place="Elm St")

    assert office.work() == ["0001 Now Elm St, not Main St."]
    assert office.told() == [("2026-12-01T10:00", {"place": "Elm St"})]


def test_a_field_that_no_text_named_is_not_corrected(office: Office) -> None:
    office.told_on_tuesday(mode="in_person")

    office.desk.visit(mode="remote", type="consultation")

    assert office.corrections() == []


def test_a_field_told_earlier_stays_told_by_a_text_that_does_not_name_it(office: Office) -> None:
    office.told_on_tuesday()
    assert office.work_at("2026-11-30 16:00") == ["0001 See you December 1 at 10:00 a.m."]

    office.desk.visit(place="Elm St")

    assert office.work() == ["0001 Now Elm St, not Main St."]


def test_moved_and_changed_at_once_is_one_text_about_the_move(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(start=WEDNESDAY, place="Elm St")

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]
    assert office.corrections() == [("moved", "sent")]


def test_tuesday_wednesday_tuesday_before_the_correction_went_says_nothing(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)

    office.desk.visit(start=TUESDAY)

    assert office.corrections() == [("moved", "cancelled")]
    assert office.correction().reason == "all that this person was told is so"
    assert office.work() == []


def test_tuesday_wednesday_tuesday_after_the_correction_leaves_everybody_knowing_tuesday(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)
    office.work()

    office.desk.visit(start=TUESDAY)

    assert office.work() == ["0001 Not December 2 10:00 a.m.: December 1 10:00 a.m."]
    assert office.told() == [("2026-12-01T10:00", {"place": "Main St"})]


def test_moved_twice_before_the_correction_went_tells_the_last_time_only(office: Office) -> None:
    office.told_on_tuesday()
    office.go_to("2026-11-24 21:00")
    office.desk.visit(start=WEDNESDAY)
    office.desk.later(minutes=20)

    office.desk.visit(start=THURSDAY)

    assert office.work() == []
    assert office.work_at("2026-11-25 09:00") == ["0001 Not December 1 10:00 a.m.: December 3 10:00 a.m."]
    assert office.corrections() == [("moved", "sent")]


def test_moved_and_then_cancelled_before_the_correction_went_tells_the_cancellation_only(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)

    office.desk.visit(status="cancelled")

    assert office.work() == ["0001 Cancelled: December 1."]
    assert office.corrections() == [("cancelled", "sent")]


def test_cancelled_then_restored_before_the_correction_went_says_nothing(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(status="cancelled")

    office.desk.visit(status="booked")

    assert office.corrections() == [("cancelled", "cancelled")]
    assert office.work() == []


def test_restored_after_the_cancellation_was_told_is_told_as_a_move(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(status="cancelled")
    office.work()

    office.desk.visit(status="confirmed")

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 1 10:00 a.m."]
    assert office.told() == [("2026-12-01T10:00", {"place": "Main St"})]


def test_after_a_cancellation_was_told_a_move_of_what_is_off_says_nothing(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(status="cancelled")
    office.work()

    office.desk.visit(start=WEDNESDAY)

    assert office.work() == []


def test_of_what_has_ended_nothing_is_corrected(office: Office) -> None:
    office.told_on_tuesday()

    office.desk.visit(status="attended", place="Elm St")

    assert office.corrections() == []


def test_a_move_after_the_start_to_a_time_ahead_is_told_until_that(office: Office) -> None:
    office.told_on_tuesday()
    office.go_to("2026-12-01 11:00")

    office.desk.visit(start=WEDNESDAY)

    assert office.correction().useful_until == at("2026-12-02 10:00")
    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_move_after_the_start_to_another_past_time_says_nothing(office: Office) -> None:
    office.told_on_tuesday()
    office.go_to("2026-12-02 11:00")

    office.desk.visit(start=WEDNESDAY)

    assert office.corrections() == []


def test_at_night_a_correction_waits_for_the_opening(office: Office) -> None:
    office.told_on_tuesday()
    office.go_to("2026-11-25 23:00")

    office.desk.visit(start=WEDNESDAY)

    assert office.correction().planned_for == at("2026-11-26 09:00")


def test_no_open_hour_before_both_starts_leaves_the_occasion_unreached(office: Office) -> None:
    office.told_on_tuesday(start="2026-12-01 08:30")
    office.go_to("2026-11-30 21:00")

    result = office.desk.visit(start="2026-12-01 08:45")

    assert office.corrections() == []
    assert [warning.sentence for warning in result.warnings] == [
        (
            "nobody can be reached about A-1: its person was told what is no longer so, and no open hour is left to"
            " correct it"
        )
    ]


def test_within_a_day_of_the_start_the_corrections_window_applies_also_on_a_sunday(database_url: str) -> None:
    book = make_rulebook(corrections_window="07:00-22:00")
    with working(database_url, book) as office:
        office.desk.visit(contact="C-1", start="2026-11-30 10:00", place="Main St")
        assert len(office.work_at("2026-11-23 10:00")) == 1
        office.go_to("2026-11-29 12:00")

        office.desk.visit(start="2026-11-30 15:00")

        assert office.work() == ["0001 Not November 30 10:00 a.m.: November 30 3:00 p.m."]


def test_on_a_sunday_a_correction_about_a_later_day_waits_for_monday(database_url: str) -> None:
    book = make_rulebook(corrections_window="07:00-22:00")
    with working(database_url, book) as office:
        office.told_on_tuesday()
        office.go_to("2026-11-29 12:00")

        office.desk.visit(start=WEDNESDAY)

        assert office.correction().planned_for == at("2026-11-30 09:00")


def test_at_night_before_the_start_the_corrections_window_opens_earlier(database_url: str) -> None:
    book = make_rulebook(corrections_window="07:00-22:00")
    with working(database_url, book) as office:
        office.told_on_tuesday()
        office.go_to("2026-11-30 23:00")

        office.desk.visit(start=WEDNESDAY)

        assert office.correction().planned_for == at("2026-12-01 07:00")
        assert office.work_at("2026-12-01 07:00") == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_lower_version_changes_and_says_nothing(office: Office) -> None:
    office.told_on_tuesday(version=3)

    office.desk.visit(start=WEDNESDAY, version=2)

    assert office.corrections() == []
    assert office.desk.occasion()["start"] == "2026-12-01T10:00"


def test_a_missing_version_is_taken_and_told(office: Office) -> None:
    office.told_on_tuesday(version=3)

    office.desk.visit(start=WEDNESDAY)

    assert office.corrections() == [("moved", "scheduled")]


def test_the_rule_that_told_corrects_whatever_its_condition_says_now(database_url: str) -> None:
    book = make_rulebook(make_rule(only_if={"type": ["consultation"]}))
    with working(database_url, book) as office:
        office.told_on_tuesday(type="consultation")

        office.desk.visit(type="hearing", start=WEDNESDAY)

        assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_of_two_rules_that_told_the_first_with_a_template_corrects_once(database_url: str) -> None:
    silent = make_rule("silent", moved=None, cancelled=None, changed=None)
    hearing = make_rule("hearing", moved="hearing_moved", cancelled=None, changed=None)
    both = make_rulebook(silent, hearing, make_rule("visit"))
    with working(database_url, both) as office:
        office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
        office.work_at("2026-11-24 10:00")

        office.desk.visit(start=WEDNESDAY)

        assert office.work() == ["0001 Hearing: December 2 10:00 a.m."]
        office.desk.visit(status="cancelled")
        assert office.work() == ["0001 Cancelled: December 2."]


def test_a_rule_that_told_nothing_corrects_nothing(database_url: str) -> None:
    told_it = make_rule("silent", moved=None, cancelled=None, changed=None)
    other = make_rule("visit", only_if={"type": ["hearing"]})
    with working(database_url, make_rulebook(told_it, other)) as office:
        office.told_on_tuesday(type="consultation")

        office.desk.visit(start=WEDNESDAY, type="hearing")

        assert office.corrections() == []
