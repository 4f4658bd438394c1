"""Reading a CSV file: a path in, rows and problems out, one after the other; it holds one line at a time.

UTF-8 (a byte order mark is fine), separated by commas, semicolons or tabs, the first line naming the columns. A column
that the file does not have keeps what is stored; an empty cell clears it. It writes nothing and asks no database.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from jobs.errors import InputError
from scheduler.intake.rows import Columns, Problem, Row, read_row

MOST_BYTES: Final = 256 * 1024 * 1024
MOST_ROWS: Final = 2_000_000
LONGEST_LINE: Final = 128 * 1024
DELIMITERS: Final = ",;\t"

_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS: Final = "save it as CSV in UTF-8 (in Excel: `CSV UTF-8`)"
_HEADER_LINE: Final = 1


class _UnreadableError(Exception):
    """The file cannot be read on from this line; the sentence says why."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.problem = Problem(sentence, line)


def read_csv(path: Path, columns: Columns, *, ignore_columns: bool = False) -> Iterator[Row | Problem]:
    """Yield every row of the file, and every problem found; unknown columns are one, unless they are to be ignored.

    Raises:
        InputError: the file does not exist, is no file or is too big.

    """
    with _open(path) as file:
        try:
            yield from _records(_lines(file), columns, ignore_columns=ignore_columns)
        except _UnreadableError as unreadable:
            yield unreadable.problem


def _open(path: Path) -> BinaryIO:
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError as error:
        message = f"{path}: cannot be read: {(error.strerror or str(error)).lower()}"
        raise InputError(message) from error
    if size > MOST_BYTES:
        file.close()
        message = f"{path}: is {size:,} bytes, {MOST_BYTES:,} are allowed: split it"
        raise InputError(message)
    return file


def _lines(file: BinaryIO) -> Iterator[str]:
    """Yield the file's lines as text; refuse what is no UTF-8 text at the line where it shows."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            raw = _without_mark(raw)
        if b"\0" in raw:
            sentence = f"is not text: {_SAVE_AS}"
            raise _UnreadableError(sentence, number)
        if len(raw) > LONGEST_LINE or (number == 1 and b"\r" in raw.rstrip(b"\r\n")):
            sentence = f"the line is too long or its ends are not those of a text file: {_SAVE_AS}"
            raise _UnreadableError(sentence, number)
        try:
            yield raw.decode()
        except UnicodeDecodeError as error:
            sentence = f"is not UTF-8 (byte {raw[error.start]:#04x} in column {error.start + 1}): {_SAVE_AS}"
            raise _UnreadableError(sentence, number) from error


def _without_mark(raw: bytes) -> bytes:
    if raw.startswith(_WIDE):
        sentence = f"is UTF-16: {_SAVE_AS}"
        raise _UnreadableError(sentence, _HEADER_LINE)
    return raw.removeprefix(b"\xef\xbb\xbf")


def _records(lines: Iterator[str], columns: Columns, *, ignore_columns: bool) -> Iterator[Row | Problem]:
    header = next(lines, "")
    delimiter = _delimiter(header, columns)
    names = [_column_name(cell) for cell in _cells(header, delimiter)]
    wrong = tuple(_header_problems(names, columns, ignore_columns=ignore_columns))
    if wrong:
        yield from wrong
        return
    for line, cells in _numbered(csv.reader(lines, delimiter=delimiter, strict=True)):
        if isinstance(cells, Problem):
            yield cells
        elif any(cell.strip() for cell in cells):
            yield from _row(line, dict(enumerate(names)), cells, columns)


def _delimiter(header: str, columns: Columns) -> str:
    """Return the separator that makes most known column names of the header; a comma where none makes any."""

    def known(delimiter: str) -> int:
        return sum(_column_name(cell) in columns.names for cell in _cells(header, delimiter))

    return max(DELIMITERS, key=known)


def _cells(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header.rstrip("\r\n")], delimiter=delimiter), [])


def _column_name(cell: str) -> str:
    return "_".join(cell.strip().casefold().replace("-", " ").split())


def _header_problems(names: list[str], columns: Columns, *, ignore_columns: bool) -> Iterator[Problem]:
    if not any(names):
        yield Problem("the first line must name the columns: " + ", ".join(columns.names), _HEADER_LINE)
        return
    for position, name in enumerate(names):
        if name and name in names[:position]:
            yield Problem("is named twice", _HEADER_LINE, name)
        elif not name and not ignore_columns:
            yield Problem(f"column {position + 1} has no name", _HEADER_LINE)
        elif name != "ref" and columns.find(name) is None and not ignore_columns:
            yield Problem(columns.unknown(name), _HEADER_LINE, name)
    if "ref" not in names:
        yield Problem("is missing: every row needs the case system's own reference", _HEADER_LINE, "ref")


def _numbered(reader: "Iterator[list[str]]") -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield each record with the line it begins on; one with wrong quotes as a problem."""
    line = _HEADER_LINE
    while True:
        begins = line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, Problem(_quotes(error), begins)
            if "limit" in str(error):
                return
            cells = []
        line = _HEADER_LINE + reader.line_num  # type: ignore[attr-defined]  # csv.reader's type has no public name
        if line > MOST_ROWS:
            yield line, Problem(f"has more than {MOST_ROWS:,} lines: split it", line)
            return
        yield begins, cells


def _quotes(error: csv.Error) -> str:
    if "limit" in str(error) or "end of data" in str(error):
        return "a quote that opens here is never closed"
    return "has a quote inside a cell: put the cell in quotes and write the quote twice"


def _row(line: int, names: Mapping[int, str], cells: list[str], columns: Columns) -> Iterator[Row | Problem]:
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        yield Problem(f"has {len(cells)} cells, the first line names {len(names)} columns", line)
        return
    known = {
        names[position]: cell
        for position, cell in enumerate(cells[: len(names)])
        if names[position] == "ref" or columns.find(names[position])
    }
    row = read_row(columns, known, line)
    if isinstance(row, Row):
        yield row
    else:
        yield from row
