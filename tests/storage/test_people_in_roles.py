"""People in roles, and people who are reached on another's phone; on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.intake.outcomes import Refused
from tests.storage.correcting import TUESDAY, Office, at, make_rule, make_rulebook, working
from tests.storage.intake_practice import imported, taken


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with working(database_url, make_rulebook(make_rule(to=["contact", "interpreter"]))) as office:
        office.desk.contact("C-2", phone="+15145550002", first_name="Ida")
        yield office


def via(office: Office, *rows: dict[str, object]) -> list[str]:
    """Upsert contacts; return what is wrong with them."""
    result = office.desk.intake.upsert("northlight", "contacts", list(rows))
    return [problem.at("rows") for problem in result.problems] if isinstance(result, Refused) else []


def test_each_role_is_texted(office: Office) -> None:
    office.desk.visit(people={"contact": "C-1", "interpreter": "C-2"}, start=TUESDAY, place="Main St")

    assert [text[:4] for text in office.work_at("2026-11-24 10:00")] == ["0001", "0002"]


def test_a_file_names_people_by_column(office: Office, tmp_path: Path) -> None:
    text = f"ref,contact,interpreter,start,place\nA-1,C-1,C-2,{TUESDAY},x\nA-2,C-1,,{TUESDAY},x\n"
    imported(office.desk.import_text(tmp_path, text))

    assert len(office.desk.jobs()) == 6


def test_a_role_that_is_not_given_stays_and_one_given_empty_is_nobodys(office: Office) -> None:
    office.desk.visit(people={"contact": "C-1", "interpreter": "C-2"}, start=TUESDAY)
    office.desk.visit(people={"contact": "C-2"})
    assert {job.role for job in office.desk.jobs() if job.state.value == "scheduled"} == {"contact"}
    office.desk.visit(people={"contact": "C-1"})
    assert {job.role for job in office.desk.jobs() if job.state.value == "scheduled"} == {"contact", "interpreter"}

    result = office.desk.visit(people={"interpreter": None})

    assert result.jobs.cancelled == 2
    assert {job.role for job in office.desk.jobs() if job.state.value == "scheduled"} == {"contact"}


def test_one_phone_in_two_roles_gets_one_text(office: Office) -> None:
    office.desk.contact("C-2", phone="+15145550001")
    office.desk.visit(people={"contact": "C-1", "interpreter": "C-2"}, start=TUESDAY, place="Main St")

    assert len(office.work_at("2026-11-24 10:00")) == 1


def test_who_is_reached_via_another_is_texted_there_in_that_ones_hours(database_url: str) -> None:
    with working(database_url, make_rulebook()) as office:
        office.desk.contact("C-9", phone="+16045550009", first_name="Mum")
        office.desk.contact("C-3", first_name="Kid", via="C-9")
        office.desk.visit(contact="C-3", start=TUESDAY, place="Main St")

        assert office.desk.job("week-before").planned_for == at("2026-11-23 22:30")  # 19:30 in Vancouver
        assert office.work_at("2026-11-23 22:30") == ["0009 December 1, 10:00 a.m., Main St."]


@pytest.mark.parametrize(("own", "words"), [(None, "1er décembre"), ("en", "December 1")])
def test_a_text_via_another_is_in_ones_own_language_else_in_theirs(
    database_url: str, own: str | None, words: str
) -> None:
    book = make_rulebook(languages=["en", "fr"])
    french = {name: {**sources, "fr": sources["en"]} for name, sources in book.templates.items()}
    with working(database_url, book.model_copy(update={"templates": french})) as office:
        office.desk.contact("C-9", phone="+15145550009", language="fr")
        office.desk.contact("C-3", via="C-9", language=own)
        office.desk.visit(contact="C-3", start=TUESDAY, place="x")

        (text,) = office.work_at("2026-11-24 10:00")
        assert words in text


def test_a_changed_number_of_whose_phone_is_used_is_followed(office: Office) -> None:
    office.desk.contact("C-3", first_name="Kid", via="C-2")
    office.desk.visit(contact="C-3", start=TUESDAY, place="Main St")
    office.desk.contact("C-2", phone="")
    assert {job.state.value for job in office.desk.jobs()} == {"cancelled"}

    office.desk.contact("C-2", phone="+15145550007")

    assert office.work_at("2026-11-24 10:00") == ["0007 December 1, 10:00 a.m., Main St."]


def test_via_given_empty_is_ones_own_phone_again(office: Office) -> None:
    office.desk.contact("C-3", phone="+15145550003", via="C-2")

    office.desk.contact("C-3", via="")
    office.desk.visit(contact="C-3", start=TUESDAY, place="Main St")

    assert [text[:4] for text in office.work_at("2026-11-24 10:00")] == ["0003"]


def test_two_who_are_reached_via_one_phone_get_one_text(office: Office) -> None:
    office.desk.contact("C-3", via="C-2", first_name="Kid")
    office.desk.visit(people={"contact": "C-3", "interpreter": "C-2"}, start=TUESDAY, place="Main St")

    assert len(office.work_at("2026-11-24 10:00")) == 1


def test_via_must_be_known_and_have_a_phone_of_their_own(office: Office) -> None:
    assert via(office, {"ref": "C-3", "via": "C-7"}) == [
        "rows:1: via: 'C-7' is no known contact: import the contacts first"
    ]
    assert via(office, {"ref": "C-3", "via": "C-2"}) == []
    assert via(office, {"ref": "C-4", "via": "C-3"}) == [
        "rows:1: via: 'C-3' is reached via another contact: name that one"
    ]
    assert via(office, {"ref": "C-2", "via": "C-1"}) == [
        "rows:1: via: others are reached via 'C-2', who needs a phone of their own"
    ]
    assert via(office, {"ref": "C-5", "via": "C-6"}, {"ref": "C-6", "phone": "+15145550006"}) == []


def test_in_a_file_whose_phone_is_used_may_stand_anywhere(office: Office, tmp_path: Path) -> None:
    kids = "".join(f"K-{number},,M-1\n" for number in range(600))
    result = imported(office.desk.import_text(tmp_path, f"ref,phone,via\n{kids}M-1,+15145550011,\n", "contacts"))

    assert (result.tally.rows, result.tally.warning_count) == (601, 0)
    taken(office.desk.intake.upsert("northlight", "appointment", [{"ref": "A-1", "contact": "K-7", "start": TUESDAY}]))
    assert len(office.desk.jobs()) == 2


def test_a_file_that_names_an_unknown_phone_is_refused_whole(office: Office, tmp_path: Path) -> None:
    before = office.desk.rows()

    result = office.desk.import_text(tmp_path, "ref,phone,via\nK-1,,M-1\nK-2,+15145550012,\n", "contacts")

    assert isinstance(result, Refused)
    assert [problem.at("f") for problem in result.problems] == [
        "f:2: via: 'M-1' is no known contact: import the contacts first"
    ]
    assert office.desk.rows() == before
