"""`was:` carries identities over a rename: nobody is told twice, and what waits goes under its new name."""

from collections.abc import Iterator, Mapping

import pytest

from jobs.states import State
from tests.storage.correcting import TUESDAY, WEDNESDAY, Office, make_rule, make_rulebook, working

WEEK: Mapping[str, object] = {"id": "week-before", "before": "7 days", "at": "10:00", "template": "at_place"}
DAY: Mapping[str, object] = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder"}
NEW_WEEK: Mapping[str, object] = {**WEEK, "id": "first", "was": "week-before"}
NEW_DAY: Mapping[str, object] = {**DAY, "id": "second", "was": "day-before"}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url, make_rulebook(make_rule(steps=[WEEK, DAY]))) as office:
        office.told_on_tuesday()
        yield office


def publish(office: Office, rule: str, *steps: Mapping[str, object], **more: object) -> None:
    office.desk.later(minutes=1)
    office.desk.publish(make_rulebook(make_rule(rule, steps=list(steps), **more)))
    office.replan()


def names(office: Office) -> list[tuple[str | None, str | None, str]]:
    return [(job.rule, job.step, job.state.value) for job in office.desk.jobs()]


def test_a_renamed_rule_and_step_keep_what_was_sent_and_what_waits(office: Office) -> None:
    before = [job.id for job in office.desk.jobs()]

    publish(office, "consultation", NEW_WEEK, NEW_DAY, was="visit")

    assert [job.id for job in office.desk.jobs()] == before
    assert names(office) == [("consultation", "first", "sent"), ("consultation", "second", "scheduled")]
    assert office.work_at("2026-11-30 16:00") == ["0001 See you December 1 at 10:00 a.m."]


def test_a_rename_without_was_is_another_step(office: Office) -> None:
    publish(office, "visit", {**WEEK, "id": "first"}, {**DAY, "id": "second"})

    assert names(office) == [
        ("visit", "week-before", "sent"),
        ("visit", "day-before", "cancelled"),
        ("visit", "second", "scheduled"),
    ]


def test_renamed_twice_the_rest_of_the_name_may_go(office: Office) -> None:
    publish(office, "consultation", NEW_WEEK, NEW_DAY, was="visit")
    publish(office, "meeting", {**WEEK, "id": "first"}, {**DAY, "id": "third", "was": "second"}, was="consultation")
    publish(office, "meeting", {**WEEK, "id": "first"}, {**DAY, "id": "third"})

    assert names(office) == [("meeting", "first", "sent"), ("meeting", "third", "scheduled")]


def test_a_renamed_step_follows_a_move_and_moves_back_without_a_second_text(office: Office) -> None:
    publish(office, "consultation", NEW_WEEK, NEW_DAY, was="visit")
    office.desk.visit(start=WEDNESDAY)
    office.work()

    office.desk.visit(start=TUESDAY)

    texts = [(job.step, job.anchor) for job in office.desk.jobs() if job.state is State.SENT and job.anchor]
    assert texts == [("first", "2026-12-01T10:00")]
    assert office.work() == ["0001 Not December 2 10:00 a.m.: December 1 10:00 a.m."]
    assert office.desk.job("second").anchor == "2026-12-01T10:00"


def test_a_renamed_rule_corrects_what_it_told_under_its_old_name(office: Office) -> None:
    publish(office, "consultation", NEW_WEEK, NEW_DAY, was="visit")

    office.desk.visit(start=WEDNESDAY)

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]
    assert office.correction().rule == "consultation"


def test_a_waiting_correction_of_a_renamed_rule_still_goes(office: Office) -> None:
    office.desk.visit(start=WEDNESDAY)

    publish(office, "consultation", NEW_WEEK, NEW_DAY, was="visit")

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_former_name_that_is_a_present_one_takes_nothing_over(office: Office) -> None:
    publish(office, "visit", WEEK, {**DAY, "was": "week-before"})

    assert names(office) == [("visit", "week-before", "sent"), ("visit", "day-before", "scheduled")]
