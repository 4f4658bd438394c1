"""What one row may say: the columns of contacts and of each kind of occasion, and the row read from named values.

Pure. A name that is not given keeps what is stored; a value given empty clears it, or takes the kind's default.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from jobs.errors import InputError
from scheduler.intake import values
from scheduler.intake.spelling import suggestion
from scheduler.intake.values import Kept
from scheduler.rulebook.schema import Kind

CONTACTS: Final = "contacts"
"""What is imported when it is no kind of occasion."""

ONLY_ROLE: Final = "contact"

_LATER: Final = MappingProxyType(
    {
        "announce": "is not supported yet: a file never fires `on:` steps",
        "answer": "is set by what a person replies, never by a file",
        "via": "is not supported yet",
    },
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value, where (line 0: not in a file), and what to do."""

    sentence: str
    line: int = 0
    column: str | None = None

    def at(self, source: str) -> str:
        """Return it as people read it: `file:line: column: sentence`."""
        place = f"{source}:{self.line}" if self.line else source
        return f"{place}: {self.column}: {self.sentence}" if self.column else f"{place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Row:
    """A contact or an occasion as given: only what was given, already in the form in which it is kept.

    `given` are columns of the table (an occasion's contact is its ref), `fields` the practice's own; None clears.
    """

    ref: str
    given: Mapping[str, Kept]
    fields: Mapping[str, Kept]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read; `empty` is what an empty value means, where it may be empty."""

    read: Callable[[object], Kept]
    may_be_empty: bool = True
    empty: Kept = None


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns a row of `what` may have; `renamed` maps a column to the name it is kept under."""

    what: str
    own: Mapping[str, Column]
    fields: Mapping[str, Column]
    renamed: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every column's name, `ref` first."""
        return ("ref", *self.own, *(name for name in self.fields if name not in self.own))

    def find(self, name: str) -> Column | None:
        """Return the column of that name; a column of ours wins over a field of the same name."""
        return self.own.get(name) or self.fields.get(name)

    def unknown(self, name: str) -> str:
        """Return the sentence for a column that does not exist here."""
        if name in _LATER:
            return _LATER[name]
        if name in {"date", "start"}:
            return f"{self.what} is dated by {'day' if name == 'start' else 'moment'}: name the column {self._date!r}"
        return f"{name!r} is no column of {self.what}{suggestion(name, self.names)}"

    @property
    def _date(self) -> str:
        return "date" if "date" in self.own else "start"


def columns_of_contacts(fields: Mapping[str, str]) -> Columns:
    """Return a contact's columns; `fields` are the practice's own contact fields with their types."""
    line = Column(values.read_line, empty="")
    own = {
        "name": line,
        "first_name": line,
        "phone": line,
        "language": Column(values.read_language),
        "timezone": Column(values.read_timezone),
        "owner": Column(values.read_line),
        "version": Column(values.read_version),
    }
    return Columns(CONTACTS, own, _fields(fields), {"phone": "phone_given"})


def columns_of_kind(name: str, kind: Kind) -> Columns:
    """Return the columns of an occasion of that kind."""
    moment = Column(values.read_moment, may_be_empty=False)
    day = Column(values.read_day, may_be_empty=False)
    dates = {"date": day} if kind.dated == "day" else {"start": moment, "end": Column(values.read_moment)}
    own = {
        ONLY_ROLE: Column(values.read_line),
        **dates,
        "status": Column(partial(_read_status, name, kind), empty=kind.status.live[0]),
        "case_ref": Column(values.read_line),
        "timezone": Column(values.read_timezone),
        "remote": Column(values.read_yes_no, empty=False),
        "version": Column(values.read_version),
    }
    return Columns(name, own, _fields(kind.fields), {"date": "start"})


def read_row(columns: Columns, named: Mapping[str, object], line: int = 0) -> Row | tuple[Problem, ...]:
    """Read one row from values by column name (text from a file, plain data from JSON), or say all that is wrong."""
    problems: list[Problem] = []
    kept: dict[str, Kept] = {}
    fields: dict[str, Kept] = {}
    for name, value in _without_people(named, line, problems):
        column = columns.find(name)
        if column is None:
            problems.append(Problem(columns.unknown(name), line, name))
            continue
        try:
            read = _read(column, value)
        except ValueError as error:
            problems.append(Problem(str(error), line, name))
            continue
        if name in columns.own:
            kept[columns.renamed.get(name, name)] = read
        else:
            fields[name] = read
    ref = _read_ref(named.get("ref"), line, problems)
    problems.extend(_contradictions(kept, line))
    if kept.get("version", 0) is None:
        del kept["version"]
    return tuple(problems) if problems else Row(ref, kept, fields, line)


def _fields(types: Mapping[str, str]) -> dict[str, Column]:
    return {name: Column(values.FIELD_READERS[kind]) for name, kind in types.items()}


def _read(column: Column, value: object) -> Kept:
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.may_be_empty:
            return column.empty
        message = "is empty: give a date, or leave the whole column out to keep the dates that are stored"
        raise ValueError(message)
    return column.read(value)


def _read_ref(value: object, line: int, problems: list[Problem]) -> str:
    """Read the ref, without which nothing can be recognised again."""
    try:
        ref = values.read_line(value if isinstance(value, str) else "" if value is None else str(value))
    except ValueError as error:
        problems.append(Problem(str(error), line, "ref"))
        return ""
    if not ref:
        problems.append(Problem("is missing: give the case system's own reference", line, "ref"))
    return ref


def _read_status(name: str, kind: Kind, value: object) -> str:
    known = (*kind.status.live, *kind.status.done, *kind.status.off)
    word = values.read_line(value)
    folded = word.casefold().replace(" ", "_")
    if folded in known:
        return folded
    message = f"{word!r} is no status of {name}{suggestion(word, known)}: it is one of {', '.join(known)}"
    raise ValueError(message)


def _without_people(named: Mapping[str, object], line: int, problems: list[Problem]) -> Iterable[tuple[str, object]]:
    """Give all values but the ref; `people` by role become the contact, other roles are refused."""
    for name, value in named.items():
        if name == "ref":
            continue
        if name != "people":
            yield name, value
        elif not isinstance(value, Mapping):
            problems.append(Problem("names people by role: in a file, name the column 'contact'", line, name))
        else:
            problems.extend(
                Problem(f"the role {role!r} is not supported yet: only {ONLY_ROLE!r} is", line, name)
                for role in value
                if role != ONLY_ROLE
            )
            if ONLY_ROLE in value:
                yield ONLY_ROLE, value[ONLY_ROLE]


def _contradictions(kept: Mapping[str, Kept], line: int) -> Iterable[Problem]:
    """Find an end before its start, where both are local times of one zone or both have an offset."""
    start, end = kept.get("start"), kept.get("end")
    if isinstance(start, str) and isinstance(end, str) and ends_before_it_starts(start, end):
        yield Problem(f"{end} is before the start {start}", line, "end")


def ends_before_it_starts(start: str, end: str) -> bool:
    """Tell whether an end is certainly before its start; one with an offset is not compared with one without."""
    first, last = values.wall_time(start), values.wall_time(end)
    return (first.tzinfo is None) == (last.tzinfo is None) and last < first


def refuse_doubles(rows: Sequence[Row]) -> None:
    """Refuse a set of rows of which two have the same ref: the order of a set says nothing.

    Raises:
        InputError: naming the ref.

    """
    seen: set[str] = set()
    for row in rows:
        if row.ref in seen:
            message = f"{row.ref!r} is given twice at once: give each once"
            raise InputError(message)
        seen.add(row.ref)
