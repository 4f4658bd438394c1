"""Corrections while texts are under way, to several people, beside caps and publishes; on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from jobs import store
from jobs.providers.contract import Later, Refused, Unknown
from jobs.records import occasions
from jobs.states import State
from tests.storage.correcting import THURSDAY, TUESDAY, WEDNESDAY, Office, at, make_rule, make_rulebook, working


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url) as office:
        yield office


def test_a_text_in_doubt_counts_as_told(office: Office) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
    office.work_at("2026-11-24 10:00", Unknown("no answer"))

    office.desk.visit(start=WEDNESDAY)

    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


@pytest.mark.parametrize("outcome", [Refused("not a mobile"), Later("busy")])
def test_what_was_surely_not_sent_told_nothing(office: Office, outcome: Refused | Later) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
    office.work_at("2026-11-24 10:00", outcome)

    office.desk.visit(start=WEDNESDAY)

    assert (office.told(), office.corrections()) == ([], [])


def test_what_was_surely_not_sent_leaves_what_was_told_before(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(place="Elm St")
    office.work(Refused("suspended"))

    assert office.told() == [("2026-12-01T10:00", {"place": "Main St"})]


def test_a_correction_waits_for_the_text_that_is_going_out(office: Office) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
    office.go_to("2026-11-24 10:00")
    intent = office.start_sending(office.desk.job("week-before"))

    office.desk.visit(start=WEDNESDAY)

    assert office.work() == []
    job = office.correction()
    assert (job.state, job.attempts) == (State.HELD, 0)
    assert job.reason == "another text about it is going out to this person right now"
    office.ends(intent, store.Ending.ACCEPTED, State.SENT, provider_id="T-1")
    office.desk.later(seconds=30)
    assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_correction_of_a_text_that_did_not_go_after_all_ends_unsent(office: Office) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
    office.go_to("2026-11-24 10:00")
    intent = office.start_sending(office.desk.job("week-before"))
    office.desk.visit(start=WEDNESDAY)

    office.ends(intent, store.Ending.LATER, State.RETRYING, due_at=office.desk.clock.now())

    assert office.work() == []
    assert office.corrections() == [("moved", "cancelled")]
    assert office.correction().reason == "this person was told nothing that could be corrected"


def test_a_correction_going_out_while_it_moves_back_is_not_tried_again_and_the_next_waits_for_it(
    office: Office,
) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)
    intent = office.start_sending(office.correction())

    office.desk.visit(start=TUESDAY)

    assert office.work() == []
    office.ends(intent, store.Ending.LATER, State.RETRYING, due_at=office.desk.clock.now())
    office.desk.later(seconds=30)
    assert office.work() == []
    assert office.corrections() == [("moved", "cancelled"), ("moved", "cancelled")]
    assert office.told() == [("2026-12-01T10:00", {"place": "Main St"})]


def test_a_place_that_changes_while_a_text_is_made_is_never_told_old(office: Office) -> None:
    office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
    office.go_to("2026-11-24 10:00")
    changed: list[str] = []

    def change(step: str) -> None:
        if step == "gated" and not changed:
            changed.append(step)
            office.desk.visit(place="Elm St")

    assert office.work(checkpoint=change) == []
    assert office.work() == ["0001 December 1, 10:00 a.m., Elm St."]
    assert office.corrections() == []


def test_interpreter_and_contact_are_each_told_what_they_were_told_wrong(database_url: str) -> None:
    day_before = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder"}
    to_interpreter = make_rule("interpreting", to=["interpreter"], steps=[day_before])
    with working(database_url, make_rulebook(make_rule(), to_interpreter)) as office:
        office.desk.contact("C-2", phone="+15145550002", first_name="Ida")
        office.told_on_tuesday(people={"interpreter": "C-2"})
        assert len(office.work_at("2026-11-30 16:00")) == 2

        office.desk.visit(place="Elm St")

        assert office.work() == ["0001 Now Elm St, not Main St."]
        office.desk.visit(start=WEDNESDAY)
        assert office.work() == [
            "0001 Not December 1 10:00 a.m.: December 2 10:00 a.m.",
            "0002 Not December 1 10:00 a.m.: December 2 10:00 a.m.",
        ]


def test_two_people_with_one_phone_are_corrected_once(database_url: str) -> None:
    with working(database_url, make_rulebook(make_rule("visit", to=["contact", "payer"]))) as office:
        office.desk.contact("C-2", phone="+15145550002", first_name="Ida")
        office.desk.visit(people={"contact": "C-1", "payer": "C-2"}, start=TUESDAY, place="Main St")
        assert len(office.work_at("2026-11-24 10:00")) == 2
        office.desk.contact("C-2", phone="+15145550001")

        office.desk.visit(start=WEDNESDAY)

        assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]
        office.desk.contact("C-1", first_name="Anna")
        office.desk.contact("C-2", first_name="Ida-May", phone="+15145550001")
        assert office.work() == []


def test_who_is_not_named_any_more_is_not_corrected(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.contact("C-2", phone="+15145550002", first_name="Ida")

    office.desk.visit(contact="C-2", start=WEDNESDAY)

    assert office.corrections() == []


def test_a_waiting_correction_follows_a_changed_number(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)

    office.desk.contact("C-1", phone="+15145550009")

    assert office.work() == ["0009 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_a_refused_correction_comes_back_with_a_new_number(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)
    office.work(Refused("not a mobile number"))
    assert office.corrections() == [("moved", "failed")]

    office.desk.contact("C-1", phone="+15145550009")

    assert office.work() == ["0009 Not December 1 10:00 a.m.: December 2 10:00 a.m."]


def test_corrections_ignore_caps_and_do_not_count(database_url: str) -> None:
    sender = {"id": "main", "number": "+15145550100", "provider": "terminal", "currency": "CAD", "price": {"CA": 1}}
    spending = {"currency": "CAD", "monthly_cap": 1, "at_cap": {"rules": "block"}, "per_number_per_day": 1}
    book = make_rulebook(senders=[sender], spending=spending)
    with working(database_url, book) as office:
        office.told_on_tuesday()

        office.desk.visit(start=WEDNESDAY)

        assert office.work() == ["0001 Not December 1 10:00 a.m.: December 2 10:00 a.m."]
        office.desk.visit(start=THURSDAY)
        assert len(office.work()) == 1


def test_a_publish_begins_no_correction_and_takes_a_waiting_ones_template_along(office: Office) -> None:
    office.told_on_tuesday()
    office.desk.visit(start=WEDNESDAY)

    office.desk.publish(make_rulebook(make_rule(moved="hearing_moved")))
    office.replan()

    assert office.work() == ["0001 Hearing: December 2 10:00 a.m."]


def test_a_template_that_comes_after_the_move_tells_nobody(database_url: str) -> None:
    with working(database_url, make_rulebook(make_rule(moved=None))) as office:
        office.told_on_tuesday()
        office.desk.visit(start=WEDNESDAY)

        office.desk.publish(make_rulebook())
        office.replan()

        assert office.corrections() == []


def test_a_payment_that_is_void_on_its_day_is_told_until_the_days_end(database_url: str) -> None:
    upcoming = {"id": "upcoming", "before": "3 days", "at": "10:00", "template": "due"}
    rule = {"id": "pay", "for": "payment", "steps": [upcoming], "moved": "due_moved", "cancelled": "cancelled"}
    with working(database_url, make_rulebook(rule)) as office:
        office.desk.intake.upsert("northlight", "payment", [{"ref": "P-1", "contact": "C-1", "date": "2026-12-10"}])
        assert office.work_at("2026-12-07 10:00") == ["0001 Due December 10."]
        office.desk.intake.upsert("northlight", "payment", [{"ref": "P-1", "date": "2026-12-11"}])
        assert office.work() == ["0001 Not December 10: December 11."]
        office.go_to("2026-12-11 12:00")

        office.desk.intake.upsert("northlight", "payment", [{"ref": "P-1", "status": "void"}])

        assert office.correction_of("cancelled").useful_until == at("2026-12-12 00:00")
        assert office.work() == ["0001 Cancelled: December 11."]


def test_while_an_occasion_is_being_changed_its_text_is_given_back_and_not_waited_for(
    migrated_postgres_url: str,
) -> None:
    with working(migrated_postgres_url) as office:
        office.desk.visit(contact="C-1", start=TUESDAY, place="Main St")
        office.go_to("2026-11-24 10:00")
        with office.desk.database.engine.begin() as changing:
            changing.execute(select(occasions.c.id).with_for_update()).all()

            assert office.work() == []

        assert office.desk.job("week-before").reason == "its occasion changed meanwhile"
        assert len(office.work()) == 1
