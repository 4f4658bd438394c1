"""Why an occasion has a text or none for each step, in sentences and as facts, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from jobs.errors import NotFoundError
from jobs.records import contacts, occasion_aliases, occasions
from tests.storage.asking_why import of_job, of_occasion, pause, publish, set_row, told
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

TWO_HOURS = {"id": "two-hours", "before": "2 hours", "template": "reminder", "in_quiet_hours": "skip"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Give a practice that reminds of appointments the day before at 16:00, with one appointment, A-1."""
    with opened(database_url, make_rulebook(steps=(DAY_BEFORE,))) as desk:
        desk.visit()
        yield desk


def test_an_occasion_says_what_it_is_and_how_its_job_stands(desk: Desk) -> None:
    life = of_occasion(desk)
    assert life.sentences[0] == (
        "Appointment A-1 is on Tue 1 Dec 10:00 (America/Toronto), booked; dated Fri 20 Nov 2026 12:01."
    )
    assert life.sentences[-1] == (
        f"    Job {desk.job('day-before').id.hex[-8:]} is scheduled. It waits, and goes at Mon 30 Nov 2026 16:00."
    )


def test_an_occasion_s_paused_job_says_so(desk: Desk) -> None:
    pause(desk, "sender", "main")
    assert "It waits while sender main is paused: we are moving house." in of_occasion(desk).sentences[-1]


def test_an_occasion_s_answer_is_told(desk: Desk) -> None:
    desk.intake.set_answer("northlight", desk.occasion_id(), "wants_move")
    assert ", booked, answered wants move; dated" in of_occasion(desk).sentences[0]


def test_a_condition_that_does_not_hold_is_told_in_words(desk: Desk) -> None:
    publish(desk, only_if={"type": "hearing"})
    assert "    No text, since its condition does not hold (only if type is hearing)." in of_occasion(desk).sentences


def test_a_date_before_effective_from_is_told(desk: Desk) -> None:
    publish(desk, effective_from="2027-01-01")
    assert "No text, since the date lies before the rule's effective_from" in told(of_occasion(desk))


def test_quiet_hours_that_a_step_skips_are_told(desk: Desk) -> None:
    publish(desk, TWO_HOURS)
    desk.visit("A-2", contact="C-1", start="2026-12-01 10:00")
    assert "its moment lies in quiet hours and the step says skip." in told(of_occasion(desk, "A-2"))


def test_a_text_that_is_too_late_is_told(desk: Desk) -> None:
    desk.visit("A-2", contact="C-1", start="2026-11-20 18:00")
    said = told(of_occasion(desk, "A-2"))
    assert "That had passed on Fri 20 Nov 2026 12:01, when this date was recorded." in said
    assert "No text, since its moment had passed when the date was recorded" in said


def test_a_late_text_that_goes_anyway_says_when_and_why(desk: Desk) -> None:
    publish(desk, {**DAY_BEFORE, "if_late": "send_now"})
    desk.visit("A-2", contact="C-1", start="2026-11-20 18:00")
    said = told(of_occasion(desk, "A-2"))
    assert "The step says send_now, so it goes as soon as it may: Fri 20 Nov 2026 12:01." in said


def test_a_moment_in_quiet_hours_says_how_it_was_shifted(desk: Desk) -> None:
    desk.visit("A-2", contact="C-1", start="2026-11-30 10:00")
    said = told(of_occasion(desk, "A-2"))
    assert "That lies in quiet hours there, so it goes before the last window ended: Sat 28 Nov 2026 19:30." in said


def test_a_text_that_another_takes_the_place_of_names_it(desk: Desk) -> None:
    publish(desk, DAY_BEFORE, {**DAY_BEFORE, "id": "soon", "at": "16:30"})
    facts = of_occasion(desk).facts["decisions"]
    assert "No text, since another text takes its place: visit/soon." in told(of_occasion(desk))
    assert isinstance(facts, list)
    assert facts[0]["superseded_by"] == "visit/soon"


def test_a_text_whose_job_is_not_planned_yet_says_so(desk: Desk) -> None:
    publish(desk, DAY_BEFORE, {**DAY_BEFORE, "id": "early", "before": "3 days"})
    assert "Its job is not there yet: planning under the rules in force is still under way." in told(of_occasion(desk))


def test_a_text_whose_moment_had_passed_before_its_job_says_so(desk: Desk) -> None:
    publish(desk, DAY_BEFORE, {**DAY_BEFORE, "id": "early", "before": "3 days"})
    desk.later(days=9)
    assert "No text: its moment had passed when its job would have begun." in told(of_occasion(desk))


def test_a_practice_without_a_sender_says_so(desk: Desk) -> None:
    desk.publish(
        make_rulebook(steps=(DAY_BEFORE, {**DAY_BEFORE, "id": "early", "before": "3 days"}), practice={"senders": []})
    )
    assert "No text: the practice has no sender for it." in told(of_occasion(desk))


def test_a_person_without_a_phone_is_told(desk: Desk) -> None:
    desk.contact("C-1", phone="")
    assert "No text, since the person has no phone that can be texted." in told(of_occasion(desk))


def test_an_occasion_without_a_person_is_told(desk: Desk) -> None:
    desk.visit("A-1", contact=None)
    assert "Nobody can be reached for it: it names nobody." in of_occasion(desk).sentences


def test_an_occasion_that_is_off_says_so_and_what_became_of_its_jobs(desk: Desk) -> None:
    desk.visit("A-1", status="cancelled")
    life = of_occasion(desk)
    assert "It is reminded of no more: the appointment was cancelled." in life.sentences
    assert "Job" in life.sentences[-1]
    assert life.facts["off"] == "the appointment was cancelled"


def test_a_removed_occasion_lists_its_jobs_apart(desk: Desk) -> None:
    desk.intake.remove_occasion("northlight", "appointment", "A-1")
    life = of_occasion(desk)
    assert "It is reminded of no more: the appointment was removed." in life.sentences
    assert life.sentences[-2] == "Earlier or other texts about it:"
    assert life.sentences[-1].endswith("is cancelled: the appointment was removed.")


def test_a_kind_without_a_rule_says_so(desk: Desk) -> None:
    publish(desk)
    desk.publish(make_rulebook(practice={"kinds": {"deadline": {"dated": "day"}}}))
    desk.intake.upsert("northlight", "deadline", [{"ref": "D-1", "contact": "C-1", "date": "2026-12-01"}])
    assert of_occasion(desk, "D-1").sentences[-1] == "No rule is for it."


def test_an_occasion_that_cannot_be_read_says_so_and_its_jobs_still_tell_their_lives(desk: Desk) -> None:
    set_row(desk, occasions, start="next Tuesday")
    life = of_occasion(desk)
    assert "It cannot be planned: start: 'next Tuesday' is not a local time such as '2026-12-01T10:00'." in told(life)
    assert "It was planned for Mon 30 Nov 2026 16:00" in told(of_job(desk))


def test_reminders_turned_off_are_told_of_the_occasion_and_of_its_person(desk: Desk) -> None:
    set_row(desk, occasions, reminders_off=True, skip=["visit"])
    set_row(desk, contacts, reminders_off=True, name="Ana")
    said = of_occasion(desk).sentences
    assert "Reminders are turned off for it." in said
    assert "Reminders are turned off for Ana (C-1)." in said
    assert "Muted for it: visit." in said


def test_a_moved_date_keeps_the_text_that_told_the_old_one_apart(desk: Desk) -> None:
    desk.send(desk.job("day-before"))
    desk.visit("A-1", start="2026-12-08 10:00")
    life = of_occasion(desk)
    assert "Earlier or other texts about it:" in life.sentences
    assert "(visit/day-before for Tue 1 Dec 10:00) is sent." in life.sentences[-1]


def test_a_former_ref_finds_the_occasion(desk: Desk) -> None:
    alias = {"practice": "northlight", "kind": "appointment", "ref": "OLD-1", "occasion_id": desk.occasion_id()}
    desk.database.write(lambda connection: connection.execute(insert(occasion_aliases).values(alias)))
    assert of_occasion(desk, "OLD-1").facts["ref"] == "A-1"


def test_an_unknown_occasion_is_said_to_be_unknown(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="there is no occasion 'A-9' in practice northlight"):
        of_occasion(desk, "A-9")
    with pytest.raises(NotFoundError, match="there is no payment 'A-1' in practice northlight"):
        of_occasion(desk, "A-1", kind="payment")


def test_a_ref_of_two_kinds_asks_which(desk: Desk) -> None:
    desk.intake.upsert("northlight", "payment", [{"ref": "A-1", "contact": "C-1", "date": "2026-12-01"}])
    with pytest.raises(NotFoundError, match="say which as appointment/A-1 or payment/A-1"):
        of_occasion(desk)
    assert of_occasion(desk, kind="payment").facts["kind"] == "payment"


def test_the_facts_of_an_occasion_hold_each_decision_with_its_job(desk: Desk) -> None:
    facts = of_occasion(desk).as_json()
    job = desk.job("day-before")
    assert facts["decisions"] == [
        {
            "rule": "visit",
            "step": "day-before",
            "role": "contact",
            "repeat": 1,
            "reason": None,
            "detail": None,
            "superseded_by": None,
            "late": False,
            "shift": "at its own moment",
            "own_moment": "2026-11-30T21:00:00+00:00",
            "planned_for": "2026-11-30T21:00:00+00:00",
            "useful_until": "2026-12-01T15:00:00+00:00",
            "useful_by": "the start",
            "job": str(job.id),
        }
    ]
    assert facts["jobs"] == [
        {
            "job": str(job.id),
            "state": "scheduled",
            "reason": None,
            "due_at": "2026-11-30T21:00:00+00:00",
            "paused": None,
        }
    ]
    assert facts["sentences"] == list(of_occasion(desk).sentences)


def test_of_several_people_each_text_says_whom_it_is_for(desk: Desk) -> None:
    desk.contact("C-2", phone="+15145550122")
    desk.publish(make_rulebook(steps=(DAY_BEFORE,), rule={"to": ["contact", "interpreter"]}))
    desk.visit(people={"interpreter": "C-2"})
    said = [line for line in of_occasion(desk).sentences if line.startswith("Rule")]
    assert [line.rpartition(", ")[2] for line in said] == ["for the contact.", "for the interpreter."]
