"""Changed contacts, on both databases: what a number, a zone or a field does to the jobs about them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from jobs.records import contacts, occasion_people
from jobs.states import State
from scheduler.intake.outcomes import Outcome, Upserted
from tests.storage.intake_practice import Desk, make_rulebook, opened

VISIT = {"contact": "C-1", "start": "2026-12-01 10:00", "status": "booked"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def outcome(result: Upserted) -> Outcome:
    """Return the only row's outcome."""
    (row,) = result.outcomes
    return row.outcome


def test_a_changed_number_leaves_the_waiting_jobs_to_follow_it(desk: Desk) -> None:
    desk.visit()
    before = desk.jobs()

    result = desk.contact(phone="+15145550009")

    assert outcome(result) is Outcome.CHANGED
    assert desk.jobs() == before


def test_a_number_that_cannot_be_read_is_kept_and_its_occasion_unreached(desk: Desk) -> None:
    result = desk.contact("C-2", phone="514 555")
    visit = desk.visit(contact="C-2", start="2026-12-01 10:00")

    assert [str(each.sentence) for each in result.warnings] == [
        "'514 555' has too few digits for CA: C-2 is kept and cannot be texted"
    ]
    with desk.database.read() as connection:
        row = connection.execute(select(contacts).where(contacts.c.ref == "C-2")).mappings().one()
    assert (row["phone_given"], row["phone"], row["phone_problem"]) == ("514 555", None, "has too few digits for CA")
    assert [each.sentence for each in visit.warnings] == [
        "nobody can be reached about A-1: its person has no phone that can be texted"
    ]
    assert desk.jobs() == []


def test_a_number_given_later_plans_what_had_no_phone(desk: Desk) -> None:
    desk.contact("C-2", phone="")
    desk.visit(contact="C-2", start="2026-12-01 10:00")

    result = desk.contact("C-2", phone="+15145550002")

    assert result.jobs.planned == 2


def test_a_number_taken_away_cancels_and_given_back_reopens(desk: Desk) -> None:
    desk.visit()

    desk.contact(phone="")
    cancelled = {(job.state, job.reason) for job in desk.jobs()}
    desk.contact(phone="+15145550001")

    assert cancelled == {(State.CANCELLED, "no phone")}
    assert {job.state for job in desk.jobs()} == {State.SCHEDULED}


def test_a_new_number_brings_back_what_was_blocked_or_failed_for_the_old_one(desk: Desk) -> None:
    desk.visit()
    desk.set_job(desk.job("week-before"), state="failed", moved_by="worker", reason="the number does not exist")
    desk.set_job(desk.job("day-before"), state="blocked", moved_by="person:ana")

    desk.contact(phone="+15145550009")

    assert desk.states() == [("week-before", "scheduled"), ("day-before", "blocked")]


def test_a_contacts_zone_moves_the_jobs_about_them(desk: Desk) -> None:
    desk.visit()

    result = desk.contact(timezone="America/Vancouver")

    assert result.jobs.moved == 1
    # 10:00 in Toronto is 07:00 there, before the window opens: half an hour before the last one ended.
    assert desk.job("week-before").planned_for.isoformat() == "2026-11-24T03:30:00+00:00"


def test_a_contacts_field_that_a_condition_names_plans_again(desk: Desk) -> None:
    practice = {"contact_fields": {"tags": "words"}}
    desk.publish(make_rulebook(rule={"only_if": {"contact.tags": ["vip"]}}, practice=practice))
    desk.visit()

    assert desk.jobs() == []
    assert desk.contact(tags="vip, new").jobs.planned == 2
    assert desk.contact(tags="").jobs.cancelled == 2


def test_a_contacts_name_plans_nothing_again(desk: Desk) -> None:
    desk.visit()
    before = desk.jobs()

    assert outcome(desk.contact(first_name="Anna", name="Anna Roy", language="fr-ca", owner="lea")) is Outcome.CHANGED
    assert desk.jobs() == before


def test_an_older_version_of_a_contact_changes_nothing(desk: Desk) -> None:
    desk.contact(phone="+15145550001", version=2)

    assert outcome(desk.contact(phone="+15145550009", version=1)) is Outcome.OLDER


def test_a_persons_possible_zones_without_a_common_hour_are_said(desk: Desk) -> None:
    desk.publish(make_rulebook(practice={"sending_window": {"mon-fri": "09:00-10:00"}}))
    desk.contact("C-3", phone="+18675550001")  # an area code of four zones

    result = desk.visit(contact="C-3", start="2026-12-01 10:00")

    (warning,) = result.warnings
    assert "state this person's zone" in warning.sentence


def test_naming_nobody_is_taken_and_said(desk: Desk) -> None:
    result = desk.visit(start="2026-12-01 10:00")

    assert [each.sentence for each in result.warnings] == ["nobody can be reached about A-1: it names nobody"]


def test_what_changed_the_contact_is_kept_once_per_role(desk: Desk) -> None:
    desk.contact("C-2", phone="+15145550002")
    desk.visit()
    desk.visit(contact="C-2")

    with desk.database.read() as connection:
        assert len(connection.execute(select(occasion_people)).all()) == 1
