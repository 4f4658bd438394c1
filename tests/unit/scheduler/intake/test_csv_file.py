"""Reading CSV files: what spreadsheets really write, and one clear sentence for each way in which a file is wrong."""

import tracemalloc
from pathlib import Path

import pytest

from jobs.errors import InputError
from scheduler.intake.csv_file import MOST_BYTES, read_csv
from scheduler.intake.rows import Row, columns_of_contacts, columns_of_kind
from scheduler.rulebook.schema import BUILT_IN_KINDS

VISITS = columns_of_kind("appointment", BUILT_IN_KINDS["appointment"])
PAYMENTS = columns_of_kind("payment", BUILT_IN_KINDS["payment"])


def rows_of(path: Path, content: bytes | str, *, ignore_columns: bool = False) -> list[Row]:
    """Return the rows of a file that is all good."""
    found = read(path, content, ignore_columns=ignore_columns)
    assert all(isinstance(each, Row) for each in found), found
    return [each for each in found if isinstance(each, Row)]


def read(path: Path, content: bytes | str, *, ignore_columns: bool = False) -> list[object]:
    """Return rows as they are, problems as people read them."""
    file = path / "visits.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_csv(file, VISITS, ignore_columns=ignore_columns)
    return [each if isinstance(each, Row) else each.at("visits.csv") for each in found]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate(tmp_path: Path, delimiter: str) -> None:
    text = "ref,contact,start\nA-1,C-1,2026-12-01 10:00\n".replace(",", delimiter)

    (row,) = rows_of(tmp_path, text)

    assert (row.ref, row.given, row.line) == ("A-1", {"contact": "C-1", "start": "2026-12-01T10:00"}, 2)


def test_a_comma_inside_a_semicolon_file_stays_in_its_cell(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "ref;place\nA-1;12 Main St, Montreal\n")

    assert row.fields == {"place": "12 Main St, Montreal"}


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_fine(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b"\xef\xbb\xbfref,place\r\nA-1,x\r\n\r\n,\r\nA-2,y\r\n")

    assert [(row.ref, row.line) for row in rows] == [("A-1", 2), ("A-2", 5)]


def test_column_names_are_read_as_people_write_them(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "Ref,Case ref,START\nA-1,M-7,2026-12-01 10:00\n")

    assert row.given == {"case_ref": "M-7", "start": "2026-12-01T10:00"}


def test_an_absent_column_is_not_given_and_an_empty_cell_is(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "ref,case_ref,status,type,remote,version\nA-1,,,,,\n")

    assert row.given == {"case_ref": None, "status": "booked", "remote": False}
    assert row.fields == {"type": None}


def test_a_quoted_cell_may_span_lines_and_the_next_line_is_counted_right(tmp_path: Path) -> None:
    found = read(tmp_path, 'ref,place,status\nA-1,"12 Main\nMontreal",\nA-2,x,bad\n')

    assert isinstance(found[0], Row)
    assert found[0].fields == {"place": "12 Main Montreal"}
    assert str(found[1]).startswith("visits.csv:4: status: 'bad' is no status")


def test_unknown_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    assert read(tmp_path, "ref,plaice,xyz\nA-1,a,b\n") == [
        "visits.csv:1: plaice: 'plaice' is no column of appointment (did you mean 'place'?)",
        "visits.csv:1: xyz: 'xyz' is no column of appointment",
    ]


def test_unknown_columns_may_be_ignored(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "ref,plaice,place,\nA-1,a,b,c\n", ignore_columns=True)

    assert row.fields == {"place": "b"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the first line must name the columns: ref, contact, start"),
        (b"place\nx\n", "visits.csv:1: ref: is missing"),
        (b"ref,place,place\n", "visits.csv:1: place: is named twice"),
        (b"ref,,place\n", "visits.csv:1: column 2 has no name"),
        (b"ref,date\n", "visits.csv:1: date: appointment is dated by moment: name the column 'start'"),
        (b"ref,answer\n", "visits.csv:1: answer: is set by what a person replies, never by a file"),
        (b"ref,interpreter\n", "visits.csv:1: interpreter: 'interpreter' is no column of appointment"),
        ("ref,place\nA-1,Montréal\n".encode("latin-1"), "visits.csv:2: is not UTF-8 (byte 0xe9 in column 10)"),
        ("ref,place\n".encode("utf-16"), "visits.csv:1: is UTF-16: save it as CSV in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", "visits.csv:1: is not text"),
        (b"ref\rA-1\rA-2\r", "visits.csv:1: the line is too long or its ends are not those of a text file"),
        (b"ref,place\nA-1," + b"x" * 200_000, "visits.csv:2: the line is too long"),
        (b'ref,place\nA-1,"x\nA-2,y\n', "visits.csv:2: a quote that opens here is never closed"),
        (b'ref,place\nA-1,"12" Main\n', "visits.csv:2: has a quote inside a cell"),
        (b"ref,place\nA-1\n", "visits.csv:2: has 1 cells, the first line names 2 columns"),
        (b"ref,place\nA-1,a,b\n", "visits.csv:2: has 3 cells, the first line names 2 columns"),
        (b"ref,start\nA-1,\n", "visits.csv:2: start: is empty: give a date, or leave the whole column out"),
    ],
)
def test_each_way_of_being_wrong_has_its_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    found = read(tmp_path, content)

    assert len(found) == 1
    assert sentence in str(found[0])


def test_all_that_is_wrong_with_a_line_is_said_at_once_and_reading_goes_on(tmp_path: Path) -> None:
    found = read(tmp_path, 'ref,start,status,timezone\n,now,bad,Mars\nA-2,"x"y,,\nA-3,2026-12-01 10:00,booked,\n')

    assert [str(each)[:24] for each in found[:-1]] == [
        "visits.csv:2: start: 'no",
        "visits.csv:2: status: 'b",
        "visits.csv:2: timezone: ",
        "visits.csv:2: ref: is mi",
        "visits.csv:3: has a quot",
    ]
    assert isinstance(found[-1], Row)


def test_a_file_may_end_in_empty_cells_beyond_its_columns(tmp_path: Path) -> None:
    assert len(rows_of(tmp_path, "ref,place\nA-1,x,,,\n")) == 1


def test_contacts_have_their_own_columns_and_fields(tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("ref,phone,first_name,tags,timezone\nC-1,(514) 555-0100,Ana,vip new,\n")

    (row,) = read_csv(file, columns_of_contacts({"tags": "words"}))

    assert isinstance(row, Row)
    assert row.given == {"phone_given": "(514) 555-0100", "first_name": "Ana", "timezone": None}
    assert row.fields == {"tags": ["vip", "new"]}


def test_a_kind_dated_by_day_has_a_date_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "payments.csv"
    file.write_text("ref,start\n")

    (problem,) = read_csv(file, PAYMENTS)

    assert not isinstance(problem, Row)
    assert problem.sentence == "payment is dated by day: name the column 'date'"


def test_a_file_that_is_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as big:
        big.truncate(MOST_BYTES + 1)

    with pytest.raises(InputError, match="split it"):
        next(read_csv(file, VISITS))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        next(read_csv(tmp_path, VISITS))


def test_a_big_file_is_read_a_line_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    file.write_text("ref,place\n" + "".join(f"A-{number},{'x' * 200}\n" for number in range(20_000)))

    tracemalloc.start()
    count = sum(isinstance(row, Row) for row in read_csv(file, VISITS))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 20_000
    assert most < 1_000_000  # the file has 4 MB
