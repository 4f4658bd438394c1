"""Reminders that are off and rules that are muted, on both databases: rows, files, planning, orders of a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs import store
from jobs.errors import InputError, NotFoundError
from jobs.records import notes
from jobs.states import State
from jobs.store.values import Change
from scheduler.intake.entry import Muted, Muting
from tests.storage.asking_why import of_occasion, told
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, imported, make_rulebook, opened

OCCASION_OFF = "reminders are off for the occasion"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        desk.visit()
        yield desk


def mute(desk: Desk, **order: Any) -> Muted:
    values = {"practice": "northlight", "because": "she phoned", "by": "person:ana", "mutes": True, **order}
    return desk.intake.mute(Muting(**values))


def standing(desk: Desk) -> set[tuple[State, str | None]]:
    return {(job.state, job.reason) for job in desk.jobs()}


def test_reminders_off_cancels_unsent_texts_with_the_reason_and_on_brings_them_back(desk: Desk) -> None:
    before = [(job.id, job.planned_for) for job in desk.jobs()]

    off = desk.visit(reminders="off")
    muted = standing(desk)
    on = desk.visit(reminders="on")

    assert (off.jobs.cancelled, on.jobs.reopened) == (2, 2)
    assert muted == {(State.CANCELLED, OCCASION_OFF)}
    assert [(job.id, job.planned_for) for job in desk.jobs() if job.state is State.SCHEDULED] == before


def test_reminders_off_for_a_contact_stops_every_occasion_of_theirs(desk: Desk) -> None:
    desk.visit("A-2", contact="C-1", start="2026-12-03 10:00")

    result = desk.contact(reminders="off")

    assert result.jobs.cancelled == 4
    assert standing(desk) == {(State.CANCELLED, "reminders are off for the person")}
    assert desk.contact(reminders="").jobs.reopened == 4


def test_an_occasion_that_comes_in_muted_gets_no_jobs_until_it_is_not(desk: Desk) -> None:
    came = desk.visit("A-2", contact="C-1", start="2026-12-03 10:00", reminders="off")

    on = desk.visit("A-2", reminders="on")

    assert (came.jobs.planned, on.jobs.planned) == (0, 2)


def test_skip_mutes_one_rule_and_an_empty_value_lifts_it(desk: Desk) -> None:
    muted = desk.visit(skip="visit")
    reasons = standing(desk)

    lifted = desk.visit(skip="")

    assert (muted.jobs.cancelled, lifted.jobs.reopened) == (2, 2)
    assert reasons == {(State.CANCELLED, "the rule is muted for the occasion")}
    assert desk.occasion()["skip"] is None


def test_a_muted_rule_stays_muted_when_it_is_renamed(desk: Desk) -> None:
    desk.visit(skip="visit")

    desk.publish(make_rulebook(rule={"id": "meeting", "was": "visit"}))
    result = desk.visit(place="12 Main St")

    assert (result.jobs.planned, result.jobs.reopened) == (0, 0)
    assert {job.state for job in desk.jobs()} == {State.CANCELLED}


def test_a_rule_that_is_not_there_is_warned_of_and_kept(desk: Desk) -> None:
    result = desk.visit(skip=["vist", "payment"])

    assert [each.sentence for each in result.warnings] == [
        "'payment' is no rule for appointment: it mutes nothing",
        "'vist' is no rule for appointment (did you mean 'visit'?): it mutes nothing",
    ]
    assert desk.occasion()["skip"] == ["payment", "vist"]
    assert {job.state for job in desk.jobs()} == {State.SCHEDULED}


def test_columns_of_a_file_mute_and_an_absent_column_keeps(desk: Desk, tmp_path: Path) -> None:
    head = "ref;contact;start;status"
    row = "A-1;C-1;2026-12-01 10:00;booked"
    desk.import_text(tmp_path, f"{head};reminders;skip\n{row};off;visit payment\n")

    kept = imported(desk.import_text(tmp_path, f"{head}\n{row}\n"))
    was = desk.occasion()
    desk.import_text(tmp_path, f"{head};reminders;skip\n{row};;\n")

    assert kept.tally.outcomes == {"unchanged": 1}
    assert (was["reminders_off"], was["skip"]) == (True, ["payment", "visit"])
    assert (desk.occasion()["reminders_off"], desk.occasion()["skip"]) == (False, None)
    assert {job.state for job in desk.jobs()} == {State.SCHEDULED}


def test_a_job_that_a_person_moved_is_stopped_too_and_comes_back_at_their_moment(desk: Desk) -> None:
    job, due_at = desk.job("week-before"), desk.clock.now().replace(hour=20)
    change = Change(id=job.id, due_at=due_at, reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=desk.clock.now()))

    desk.visit(reminders="off")
    off = desk.job("week-before").state
    desk.visit(reminders="on")

    assert off is State.CANCELLED
    assert (desk.job("week-before").state, desk.job("week-before").due_at) == (State.SCHEDULED, due_at)


def test_muting_leaves_what_a_person_cancelled_cancelled(desk: Desk) -> None:
    desk.set_job(desk.job("week-before"), state="cancelled", moved_by="person:ana")

    desk.visit(reminders="off")
    desk.visit(reminders="on")

    assert desk.states() == [("week-before", "cancelled"), ("day-before", "scheduled")]


def test_an_order_of_a_person_mutes_and_keeps_who_and_why(desk: Desk) -> None:
    done = mute(desk, occasion="A-1")

    assert (done.changed, done.reminders_off, done.jobs.cancelled) == (True, True, 2)
    with desk.database.read() as connection:
        note = connection.execute(select(notes)).mappings().one()
    assert (note["did"], note["note"], note["by"], note["at"]) == (
        "muted",
        "she phoned",
        "person:ana",
        desk.clock.now(),
    )
    assert note["occasion_id"] == desk.occasion_id()


def test_the_same_order_again_changes_nothing_and_keeps_no_second_note(desk: Desk) -> None:
    mute(desk, contact="C-1")

    again = mute(desk, contact="C-1")

    assert (again.changed, again.reminders_off) == (False, True)
    with desk.database.read() as connection:
        assert len(connection.execute(select(notes)).all()) == 1


def test_rules_are_muted_and_unmuted_one_by_one(desk: Desk) -> None:
    rules = (WEEK_BEFORE, DAY_BEFORE)
    desk.publish(make_rulebook(steps=rules))

    first = mute(desk, occasion="A-1", rules=("visit",))
    lifted = mute(desk, occasion="A-1", rules=("visit",), mutes=False)

    assert (first.skip, lifted.skip) == (("visit",), ())
    assert lifted.jobs.reopened == 2


def test_a_rule_muted_under_its_former_name_is_unmuted_by_its_present_one(desk: Desk) -> None:
    mute(desk, occasion="A-1", rules=("visit",))
    desk.publish(make_rulebook(rule={"id": "meeting", "was": "visit"}))

    assert mute(desk, occasion="A-1", rules=("meeting",), mutes=False).skip == ()


@pytest.mark.parametrize(
    ("order", "error", "sentence"),
    [
        ({}, InputError, "name an occasion or a contact"),
        ({"contact": "C-1", "rules": ("visit",)}, InputError, "a rule is muted for one occasion: name the occasion"),
        (
            {"occasion": "A-1", "rules": ("vist",)},
            InputError,
            "'vist' is no rule for appointment (did you mean 'visit'?)",
        ),
        ({"occasion": "A-9"}, NotFoundError, "there is no occasion 'A-9' in practice northlight"),
        ({"contact": "C-9"}, NotFoundError, "there is no contact 'C-9' in practice northlight"),
        ({"occasion": "A-1", "because": " "}, InputError, "a reason is needed: it is kept"),
    ],
)
def test_an_order_that_cannot_be_carried_out_changes_nothing(
    desk: Desk, order: dict[str, object], error: type[Exception], sentence: str
) -> None:
    before = desk.rows()

    with pytest.raises(error) as refusal:
        mute(desk, **order)

    assert str(refusal.value) == sentence
    assert desk.rows() == before


def test_a_removed_occasion_is_not_brought_back_by_muting_it(desk: Desk) -> None:
    desk.intake.remove_occasion("northlight", "appointment", "A-1")

    with pytest.raises(NotFoundError, match="was removed"):
        mute(desk, occasion="A-1")


def test_why_says_it_of_each_step_and_who_muted_it(desk: Desk) -> None:
    mute(desk, occasion="A-1")

    said = told(of_occasion(desk))

    assert "Reminders are turned off for it." in said
    assert "No text, since reminders are turned off for this occasion." in said
    assert "muted by ana on Fri 20 Nov 2026 12:01: she phoned" in said
