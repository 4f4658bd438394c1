"""A practice with several numbers: a contact keeps hearing from the one of the rule, whatever is planned again."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from jobs.providers.contract import Later
from jobs.records import attempts
from tests.storage.correcting import TUESDAY, WEDNESDAY, Office, make_rule, make_rulebook, working

MAIN, OTHER, SPARE = "+15145550100", "+15145550111", "+15145550122"
SENDERS = [
    {"id": "main", "number": MAIN, "provider": "terminal", "segments_per_second": 100, "fallback": "spare"},
    {"id": "other", "number": OTHER, "provider": "terminal", "segments_per_second": 100},
    {"id": "spare", "number": SPARE, "provider": "terminal", "segments_per_second": 100},
]
RULES = (
    make_rule("visit", only_if={"type": ["visit"]}),
    make_rule("hearing", only_if={"type": ["hearing"]}, sender="other"),
)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url, make_rulebook(*RULES, senders=SENDERS)) as made:
        yield made


def visit(office: Office, ref: str, contact: str, kind: str, start: str = TUESDAY) -> None:
    office.desk.visit(ref=ref, contact=contact, start=start, status="booked", place="Main St", type=kind)


def heard_from(office: Office) -> dict[str, Counter[str]]:
    """Return from which numbers each phone was texted, and how often."""
    with office.desk.database.read() as connection:
        rows = connection.execute(select(attempts.c.to_number, attempts.c.from_number)).all()
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(row.to_number, Counter())[row.from_number] += 1
    return found


def test_all_texts_of_a_rule_come_from_its_number(office: Office) -> None:
    visit(office, "A-1", "C-1", "visit")
    office.work_at("2026-11-24 10:00")
    visit(office, "A-2", "C-1", "visit", WEDNESDAY)
    office.work_at("2026-11-25 10:00")
    office.work_at("2026-11-30 16:00")
    office.work_at("2026-12-01 16:00")
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 4})}


def test_a_correction_comes_from_the_number_that_told_what_it_corrects(office: Office) -> None:
    visit(office, "A-1", "C-1", "hearing")
    office.work_at("2026-11-24 10:00")
    visit(office, "A-1", "C-1", "hearing", WEDNESDAY)
    assert len(office.work()) == 1
    visit(office, "A-1", "C-1", "hearing", WEDNESDAY)
    office.work_at("2026-12-01 16:00")
    assert heard_from(office) == {"+15145550001": Counter({OTHER: 3})}


def test_the_same_data_again_changes_no_number(office: Office) -> None:
    visit(office, "A-1", "C-1", "hearing")
    office.work_at("2026-11-24 10:00")
    visit(office, "A-1", "C-1", "hearing")
    office.replan()
    office.work_at("2026-11-30 16:00")
    assert heard_from(office) == {"+15145550001": Counter({OTHER: 2})}


def test_a_new_number_of_the_practice_takes_no_contact_from_the_old_one(office: Office) -> None:
    visit(office, "A-1", "C-1", "visit")
    office.work_at("2026-11-24 10:00")
    added = {"id": "new", "number": "+15145550133", "provider": "terminal", "segments_per_second": 100}
    office.desk.publish(make_rulebook(*RULES, senders=[*SENDERS, added]))
    office.replan()
    office.work_at("2026-11-30 16:00")
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 2})}


def test_a_text_that_another_number_took_over_is_the_only_one_from_there(office: Office) -> None:
    visit(office, "A-1", "C-1", "visit")
    office.work_at("2026-11-24 10:00", Later("it was not reached"))
    office.work()
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 1, SPARE: 1})}
    office.work_at("2026-11-30 16:00")
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 2, SPARE: 1})}


def test_a_text_that_another_number_took_over_stays_there_when_the_same_data_comes_again(office: Office) -> None:
    visit(office, "A-1", "C-1", "visit")
    office.work_at("2026-11-24 10:00", Later("it was not reached"))
    visit(office, "A-1", "C-1", "visit")
    office.replan()
    office.work()
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 1, SPARE: 1})}


def test_so_does_a_correction(office: Office) -> None:
    visit(office, "A-1", "C-1", "visit")
    office.work_at("2026-11-24 10:00")
    visit(office, "A-1", "C-1", "visit", WEDNESDAY)
    office.work(Later("it was not reached"))
    visit(office, "A-1", "C-1", "visit", WEDNESDAY)
    office.replan()
    office.work()
    assert heard_from(office) == {"+15145550001": Counter({MAIN: 2, SPARE: 1})}
