"""Rows from named values, as JSON has them."""

import pytest

from scheduler.intake.rows import Problem, Row, columns_of_contacts, columns_of_kind, read_row
from scheduler.rulebook.schema import BUILT_IN_KINDS

VISITS = columns_of_kind("appointment", BUILT_IN_KINDS["appointment"])
PAYMENTS = columns_of_kind("payment", BUILT_IN_KINDS["payment"])


def row(read: Row | tuple[Problem, ...]) -> Row:
    """Return a row that could be read."""
    assert isinstance(read, Row)
    return read


def sentences(read: Row | tuple[Problem, ...]) -> list[str]:
    """Return what is wrong with a row that could not be read."""
    assert not isinstance(read, Row)
    return [problem.at("rows") for problem in read]


def test_plain_data_of_its_own_types_is_read() -> None:
    read = row(read_row(PAYMENTS, {"ref": 17, "date": "2026-12-01", "amount": 12.5, "version": 3, "remote": True}))

    assert read.ref == "17"
    assert read.given == {"start": "2026-12-01", "version": 3, "remote": True}
    assert read.fields == {"amount": "12.5"}


def test_null_clears_and_a_version_of_null_is_none() -> None:
    read = row(read_row(VISITS, {"ref": "A-1", "end": None, "place": None, "version": None}))

    assert (read.given, read.fields) == ({"end": None}, {"place": None})


def test_a_status_is_read_whatever_its_case() -> None:
    assert row(read_row(VISITS, {"ref": "A-1", "status": "No Show"})).given == {"status": "no_show"}


def test_an_end_before_its_start_is_refused() -> None:
    named = {"ref": "A-1", "start": "2026-12-01 10:00", "end": "2026-12-01 09:59"}

    assert sentences(read_row(VISITS, named, 3)) == [
        "rows:3: end: 2026-12-01T09:59 is before the start 2026-12-01T10:00"
    ]


def test_an_end_with_an_offset_is_not_compared_with_a_start_without() -> None:
    row(read_row(VISITS, {"ref": "A-1", "start": "2026-12-01 10:00", "end": "2026-12-01T09:00+01:00"}))


def test_people_are_named_by_role_also_in_roles_that_no_rule_writes_to() -> None:
    read = row(read_row(VISITS, {"ref": "A-1", "people": {"contact": "C-1", "payer": "C-2", "interpreter": ""}}))

    assert read.people == {"contact": "C-1", "payer": "C-2", "interpreter": None}


def test_a_role_that_a_rule_writes_to_is_a_column() -> None:
    columns = columns_of_kind("appointment", BUILT_IN_KINDS["appointment"], ("contact", "interpreter"))

    assert row(read_row(columns, {"ref": "A-1", "interpreter": "C-2"})).people == {"interpreter": "C-2"}


def test_what_is_no_role_is_refused() -> None:
    assert sentences(read_row(VISITS, {"ref": "A-1", "people": {"Interpreter ": "C-2"}})) == [
        "rows: people: 'Interpreter ' is no role: write it in small letters, like interpreter"
    ]


@pytest.mark.parametrize(("given", "announces"), [("yes", True), (False, False), ("", None), (None, None)])
def test_a_row_may_say_whether_it_is_an_event(given: object, announces: object) -> None:
    read = row(read_row(VISITS, {"ref": "A-1", "announce": given}))

    assert (read.announce, "announce" in read.given) == (announces, False)


def test_nobody_is_reached_via_themselves() -> None:
    assert sentences(read_row(columns_of_contacts({}), {"ref": "C-1", "via": "C-1"})) == [
        "rows: via: is the contact itself: leave it empty where the phone is their own"
    ]


def test_people_in_one_cell_are_pointed_to_the_column() -> None:
    assert sentences(read_row(VISITS, {"ref": "A-1", "people": "C-1"})) == [
        "rows: people: names people by role: in a file, name a column for each role"
    ]


def test_an_unknown_name_is_pointed_to_the_nearest() -> None:
    assert sentences(read_row(columns_of_contacts({}), {"ref": "C-1", "fone": "1"})) == [
        "rows: fone: 'fone' is no column of contacts (did you mean 'phone'?)"
    ]


def test_a_missing_or_endless_ref_is_refused() -> None:
    assert sentences(read_row(VISITS, {"place": "x"})) == [
        "rows: ref: is missing: give the case system's own reference"
    ]
    assert sentences(read_row(VISITS, {"ref": "x" * 201})) == ["rows: ref: has 201 characters, 200 are allowed"]


def test_reminders_and_skip_are_columns_of_an_occasion_and_empty_they_clear() -> None:
    muted = row(read_row(VISITS, {"ref": "A-1", "reminders": "off", "skip": "visit"}))
    cleared = row(read_row(VISITS, {"ref": "A-1", "reminders": "", "skip": ""}))

    assert muted.given == {"reminders_off": True, "skip": ["visit"]}
    assert cleared.given == {"reminders_off": False, "skip": None}


def test_reminders_is_a_column_of_a_contact_and_skip_is_none() -> None:
    contacts = columns_of_contacts({})

    assert row(read_row(contacts, {"ref": "C-1", "reminders": "off"})).given == {"reminders_off": True}
    assert sentences(read_row(contacts, {"ref": "C-1", "skip": "visit"})) == [
        "rows: skip: 'skip' is no column of contacts"
    ]
