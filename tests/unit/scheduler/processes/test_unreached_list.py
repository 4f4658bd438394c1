"""The list of unreached people as CSV: safe in a spreadsheet, and a number that one can read and dial."""

import csv
import dataclasses
import datetime as dt
import io
import uuid

import pytest

from jobs.phone import Phone, read_phone
from scheduler.processes.cli.unreached import HEAD, as_csv, calm, dialled
from scheduler.unreached import Called, UnreachedPerson

NOW = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)
ANA = UnreachedPerson(
    occasion_id=uuid.UUID(int=1),
    kind="appointment",
    ref="A-1",
    case_ref="M-7",
    start="2026-12-02T10:00",
    starts_at=NOW,
    timezone="America/Toronto",
    contact_id=uuid.UUID(int=2),
    contact="C-1",
    role="contact",
    name="Ana Díaz",
    phone="+15145550101",
    language="fr",
    owner="kim",
    why="visit/day-before failed",
    since=NOW,
)


def only_row(person: UnreachedPerson) -> dict[str, str]:
    """Return what a spreadsheet would read of one person."""
    head, cells = csv.reader(io.StringIO(as_csv([person])))
    assert tuple(head) == HEAD
    return dict(zip(head, cells, strict=True))


def test_a_row_says_whom_to_phone_about_what_and_why() -> None:
    row = only_row(ANA)

    assert (row["name"], row["phone"], row["language"], row["owner"]) == ("Ana Díaz", "(+1) 514-555-0101", "fr", "kim")
    assert (row["start"], row["timezone"], row["since"]) == ("2026-12-02 10:00", "America/Toronto", "2026-12-01 10:00")
    assert row["why"] == "visit/day-before failed"


def test_a_row_says_who_phoned() -> None:
    row = only_row(dataclasses.replace(ANA, called=Called("person:pat", NOW, "she comes")))

    assert (row["phoned_by"], row["phoned_at"], row["phoned_note"]) == ("pat", "2026-12-01 10:00", "she comes")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "\n=", " =", "＝"])  # noqa: RUF001 - full width
def test_no_cell_starts_a_formula(start: str) -> None:
    cell = f"{start}HYPERLINK(0)"

    assert calm(cell) == f"'{cell}"
    assert only_row(dataclasses.replace(ANA, name=cell))["name"] == f"'{cell}"


def test_what_starts_no_formula_stays_as_it_is() -> None:
    assert calm("Ana =-+@") == "Ana =-+@"


@pytest.mark.parametrize("phone", ["+15145550101", "+33612345678", "+442079460958"])
def test_a_number_is_read_and_dialled_and_starts_no_formula(phone: str) -> None:
    cell = calm(dialled(phone))
    read = read_phone(cell, "CA")

    assert cell.startswith("(+")
    assert isinstance(read, Phone)
    assert read.e164 == phone


def test_a_number_that_is_none_stays_as_it_was_given() -> None:
    assert calm(dialled("12")) == "12"
    assert calm(dialled("+1 call her")) == "'+1 call her"
