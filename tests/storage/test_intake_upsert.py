"""Upserts of contacts and occasions, on both databases: what changes, what stays, and what that does to jobs."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.errors import InputError, NotFoundError
from scheduler.intake.outcomes import Outcome, Refused, Upserted
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

VISIT = {"contact": "C-1", "start": "2026-12-01 10:00", "status": "booked"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def outcome(result: Upserted) -> Outcome:
    """Return the only row's outcome."""
    (row,) = result.outcomes
    return row.outcome


def refused(result: Upserted | Refused) -> list[str]:
    """Return the problems of a refusal as people read them."""
    assert isinstance(result, Refused)
    return [problem.at("rows") for problem in result.problems]


def test_each_kind_of_change_is_named(desk: Desk) -> None:
    named = [
        outcome(desk.visit()),
        outcome(desk.visit(**VISIT)),
        outcome(desk.visit(place="12 Main St")),
        outcome(desk.visit(start="2026-12-02 10:00")),
        outcome(desk.visit(status="cancelled")),
        outcome(desk.visit(status="booked")),
        outcome(desk.visit(status="attended")),
        outcome(desk.visit(status="booked")),
    ]

    assert named == [
        Outcome.ADDED,
        Outcome.UNCHANGED,
        Outcome.CHANGED,
        Outcome.MOVED,
        Outcome.CANCELLED,
        Outcome.RESTORED,
        Outcome.DONE,
        Outcome.RESTORED,
    ]


def test_the_same_rows_again_write_nothing_at_all(desk: Desk) -> None:
    desk.visit()
    before = desk.rows()
    desk.later(hours=1)

    desk.visit(**VISIT)
    desk.contact(phone="+15145550001", first_name="Ana")

    assert desk.rows() == before


def test_an_older_version_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.visit(**VISIT, version=4)
    before = desk.rows()

    result = desk.visit(start="2026-12-08 10:00", status="cancelled", version=3)

    assert outcome(result) is Outcome.OLDER
    assert desk.rows() == before


def test_the_same_version_is_taken_and_a_newer_one_is_remembered(desk: Desk) -> None:
    desk.visit(**VISIT, version=4)

    assert outcome(desk.visit(place="12 Main St", version=4)) is Outcome.CHANGED
    assert outcome(desk.visit(version=5)) is Outcome.UNCHANGED
    assert outcome(desk.visit(place="7 Elm St", version=4)) is Outcome.OLDER
    assert desk.occasion()["version"] == 5


def test_a_row_without_a_version_is_taken_and_the_stored_version_stays(desk: Desk) -> None:
    desk.visit(**VISIT, version=4)

    assert outcome(desk.visit(place="12 Main St")) is Outcome.CHANGED
    assert desk.occasion()["version"] == 4


def test_what_is_not_given_stays(desk: Desk) -> None:
    desk.visit(**VISIT, end="2026-12-01 11:00", case_ref="M-77", place="12 Main St", type="consultation")
    before = desk.occasion()

    desk.visit(type="hearing")

    after = desk.occasion()
    assert after["fields"] == {"place": "12 Main St", "type": "hearing"}
    changed = ("fields", "updated_at", "change_count")
    assert after | dict.fromkeys(changed) == before | dict.fromkeys(changed)


def test_what_is_given_empty_is_cleared(desk: Desk) -> None:
    desk.visit(**VISIT, end="2026-12-01 11:00", case_ref="M-77", place="12 Main St", timezone="Europe/Paris")

    desk.visit(end="", case_ref="", place=None, timezone="")

    after = desk.occasion()
    assert (after["end"], after["case_ref"], after["timezone"], after["fields"]) == (None, None, None, {})


def test_an_empty_status_is_the_first_live_one(desk: Desk) -> None:
    desk.visit(contact="C-1", start="2026-12-01 10:00")
    desk.visit(status="confirmed")

    desk.visit(status="")

    assert desk.occasion()["status"] == "booked"


def test_a_new_start_is_dated_now_and_clears_the_answer(desk: Desk) -> None:
    desk.visit()
    desk.intake.set_answer("northlight", desk.occasion_id(), "confirmed")
    desk.later(hours=1)

    desk.visit(start="2026-12-02 10:00")

    after = desk.occasion()
    assert (after["dated_at"], after["answer"]) == (desk.clock.now(), "none")
    assert after["starts_at"].isoformat() == "2026-12-02T15:00:00+00:00"


def test_anything_else_keeps_the_answer_and_the_moment_of_dating(desk: Desk) -> None:
    desk.visit()
    dated_at = desk.clock.now()
    desk.intake.set_answer("northlight", desk.occasion_id(), "confirmed")
    desk.later(hours=1)

    desk.visit(status="cancelled")
    desk.visit(status="booked", place="12 Main St", end="2026-12-01 11:30")

    assert (desk.occasion()["dated_at"], desk.occasion()["answer"]) == (dated_at, "confirmed")


def test_the_same_start_written_with_its_offset_is_no_new_start(desk: Desk) -> None:
    desk.visit()

    result = desk.visit(start="2026-12-01T10:00:00-05:00")

    assert outcome(result) is Outcome.UNCHANGED
    assert desk.occasion()["start"] == "2026-12-01T10:00"


def test_another_zone_is_a_new_start(desk: Desk) -> None:
    desk.visit()

    result = desk.visit(timezone="America/Vancouver")

    assert outcome(result) is Outcome.MOVED
    assert desk.occasion()["starts_at"].isoformat() == "2026-12-01T18:00:00+00:00"
    assert desk.job("week-before").planned_for.isoformat() == "2026-11-24T18:00:00+00:00"


def test_an_end_that_is_not_given_moves_with_its_start(desk: Desk) -> None:
    desk.visit(**VISIT, end="2026-12-01 11:15")

    desk.visit(start="2026-12-08 14:00")

    assert desk.occasion()["end"] == "2026-12-08T15:15"


def test_a_payment_is_dated_by_day(desk: Desk) -> None:
    result = desk.intake.upsert(
        "northlight", "payment", [{"ref": "P-1", "contact": "C-1", "date": "2026-12-03", "amount": "1 250,50 $"}]
    )

    assert isinstance(result, Upserted)
    row = desk.occasion("P-1")
    assert (row["start"], row["fields"]) == ("2026-12-03", {"amount": "1250.5"})
    assert row["starts_at"].isoformat() == "2026-12-03T05:00:00+00:00"
    assert desk.job("upcoming").planned_for.isoformat() == "2026-12-01T15:00:00+00:00"


def test_people_may_be_named_by_role(desk: Desk) -> None:
    result = desk.visit(people={"contact": "C-1"}, start="2026-12-01 10:00")

    assert result.jobs.planned == 2


def test_an_unknown_person_is_refused_in_their_role(desk: Desk) -> None:
    named = [{"ref": "A-1", "people": {"contact": "C-1", "interpreter": "C-2"}, "start": "2026-12-01 10:00"}]

    assert refused(desk.intake.upsert("northlight", "appointment", named)) == [
        "rows:1: interpreter: 'C-2' is no known contact: import the contacts first"
    ]


def test_a_refused_row_keeps_the_others_out_too(desk: Desk) -> None:
    before = desk.rows()
    named = [
        {"ref": "A-1", **VISIT},
        {"ref": "A-2", **VISIT, "contact": "C-11"},
        {"ref": "A-3", "contact": "C-1"},
        {"ref": "A-4", **VISIT, "end": "2026-11-30 10:00"},
    ]

    assert refused(desk.intake.upsert("northlight", "appointment", named[:3])) == [
        "rows:2: contact: 'C-11' is no known contact: import the contacts first",
        "rows:3: start: is missing, and A-3 is not known yet: give its date",
    ]
    assert refused(desk.intake.upsert("northlight", "appointment", named[3:])) == [
        "rows:1: end: 2026-11-30T10:00 is before the start 2026-12-01T10:00"
    ]
    assert desk.rows() == before


def test_an_end_before_the_stored_start_is_refused(desk: Desk) -> None:
    desk.visit()

    named = [{"ref": "A-1", "end": "2026-12-01 09:00"}]

    assert refused(desk.intake.upsert("northlight", "appointment", named)) == [
        "rows:1: end: 2026-12-01T09:00 is before the start 2026-12-01T10:00"
    ]


def test_one_ref_twice_at_once_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="'A-1' is given twice"):
        desk.intake.upsert("northlight", "appointment", [{"ref": "A-1", **VISIT}, {"ref": "A-1", **VISIT}])


def test_an_unknown_kind_is_named_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"'apointment' cannot be imported \(did you mean 'appointments'\?\)"):
        desk.intake.upsert("northlight", "apointment", [])


def test_a_removed_occasion_loses_its_jobs_and_comes_back_with_the_same_ref(desk: Desk) -> None:
    desk.visit()

    removed = desk.intake.remove_occasion("northlight", "appointment", "A-1")
    gone_at = desk.occasion()["gone_at"]
    reasons = {job.reason for job in desk.jobs()}
    result = desk.visit(**VISIT)

    assert (removed.cancelled, gone_at, reasons) == (2, desk.clock.now(), {"the appointment was removed"})
    assert (outcome(result), result.jobs.reopened) == (Outcome.RESTORED, 2)
    assert desk.occasion()["gone_at"] is None


def test_removing_what_is_not_there_says_so(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="there is no appointment 'A-9'"):
        desk.intake.remove_occasion("northlight", "appointment", "A-9")


def test_an_answer_withholds_the_step_that_names_it(desk: Desk) -> None:
    desk.publish(make_rulebook(steps=({**DAY_BEFORE, "unless": {"answer": "confirmed"}},)))
    desk.visit()

    confirmed = desk.intake.set_answer("northlight", desk.occasion_id(), "confirmed")
    taken_back = desk.intake.set_answer("northlight", desk.occasion_id(), "none")

    assert (confirmed.cancelled, taken_back.reopened) == (1, 1)


def test_an_unknown_answer_is_refused(desk: Desk) -> None:
    desk.visit()

    with pytest.raises(InputError, match="did you mean 'confirmed'"):
        desk.intake.set_answer("northlight", desk.occasion_id(), "confirm")


def test_a_late_step_of_a_new_occasion_is_judged_by_when_it_was_recorded(desk: Desk) -> None:
    desk.visit(contact="C-1", start="2026-11-23 10:00")
    desk.later(hours=1)

    desk.visit(place="12 Main St")

    assert desk.states() == [("day-before", "scheduled")]


def test_a_practice_without_a_sender_gets_no_job_and_is_told(desk: Desk) -> None:
    desk.publish(make_rulebook(practice={"senders": []}))

    assert desk.visit().jobs.without_sender == 2


def test_two_who_bring_the_same_new_rows_at_once_add_them_once(desk: Desk) -> None:
    rows = [{"ref": f"A-{number}", **VISIT} for number in range(40)]

    def bring(_who: int) -> Upserted | Refused:
        return desk.intake.upsert("northlight", "appointment", rows)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(bring, range(8)))

    added = [each for each in results if isinstance(each, Upserted) and each.outcomes[0].outcome is Outcome.ADDED]
    assert (len(added), len(desk.jobs())) == (1, 80)


def test_more_rows_than_one_transaction_takes_are_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="501 rows at once: give at most 500, or import a file"):
        desk.intake.upsert("northlight", "contacts", [{"ref": f"C-{number}"} for number in range(501)])


def test_many_rows_are_taken_at_once(desk: Desk) -> None:
    rows = [{"ref": f"A-{number}", **VISIT} for number in range(300)]

    result = desk.intake.upsert("northlight", "appointment", rows)

    assert isinstance(result, Upserted)
    assert result.jobs.planned == 600
    assert desk.clock.now() - dt.timedelta(minutes=2) < desk.occasion("A-299")["created_at"] <= desk.clock.now()
