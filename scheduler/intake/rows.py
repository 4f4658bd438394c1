"""What one row may say: the columns of contacts and of each kind of occasion, and the row read from named values.

Pure. A name that is not given keeps what is stored; a value given empty clears it, or takes the kind's default.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

ANNOUNCE: Final = "announce"
VIA: Final = "via"
REMINDERS: Final = "reminders"
SKIP: Final = "skip"
ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""What a role may be called, as in a rule's `to`."""

_LATER: Final = MappingProxyType({"answer": "is set by what a person replies, never by a file"})


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

    `given` are columns of the table (an occasion's contact, and a contact's `via`, is a ref), `fields` the practice's
    own, `roles` refs of people in other roles; None clears. `announce`: whether what it changes fires `on:` steps,
    where the row says.
    """

    ref: str
    given: Mapping[str, Kept]
    fields: Mapping[str, Kept]
    line: int = 0
    roles: Mapping[str, Kept] = field(default_factory=dict)
    announce: bool | None = None

    @property
    def people(self) -> dict[str, Kept]:
        """Return the refs of whom an occasion names, by role: only the roles that were given."""
        contact = {ONLY_ROLE: self.given[ONLY_ROLE]} if ONLY_ROLE in self.given else {}
        return {**contact, **self.roles}


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read; `empty` is what an empty value means, where it may be empty."""

    read: Callable[[object], Kept]
    may_be_empty: bool = True
    empty: Kept = None


_PERSON: Final = Column(values.read_line)
_REMINDERS: Final = Column(values.read_turned_off, empty=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns a row of `what` may have; `renamed` maps a column to the name it is kept under.

    `roles` are the columns of `own` that name people.
    """

    what: str
    own: Mapping[str, Column]
    fields: Mapping[str, Column]
    renamed: Mapping[str, str]
    roles: frozenset[str] = frozenset()

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
        REMINDERS: _REMINDERS,
        VIA: Column(values.read_line),
        "version": Column(values.read_version),
    }
    return Columns(CONTACTS, own, _fields(fields), {"phone": "phone_given", REMINDERS: "reminders_off"})


def columns_of_kind(name: str, kind: Kind, roles: Iterable[str] = ()) -> Columns:
    """Return the columns of an occasion of that kind; `roles` are those that rules write to."""
    others = dict.fromkeys((role for role in roles if role != ONLY_ROLE), Column(values.read_line))
    moment = Column(values.read_moment, may_be_empty=False)
    day = Column(values.read_day, may_be_empty=False)
    dates = {"date": day} if kind.dated == "day" else {"start": moment, "end": Column(values.read_moment)}
    own = {
        ONLY_ROLE: Column(values.read_line),
        **others,
        **dates,
        "status": Column(partial(_read_status, name, kind), empty=kind.status.live[0]),
        "case_ref": Column(values.read_line),
        "timezone": Column(values.read_timezone),
        "remote": Column(values.read_yes_no, empty=False),
        REMINDERS: _REMINDERS,
        SKIP: Column(values.read_rule_ids),
        "version": Column(values.read_version),
        ANNOUNCE: Column(values.read_yes_no),
    }
    return Columns(name, own, _fields(kind.fields), {"date": "start", REMINDERS: "reminders_off"}, frozenset(others))


def read_row(columns: Columns, named: Mapping[str, object], line: int = 0) -> Row | tuple[Problem, ...]:
    """Read one row from values by column name (text from a file, plain data from JSON), or say all that is wrong."""
    problems: list[Problem] = []
    roles = _read_people(named.get("people"), line, problems)
    read: dict[str, Kept] = {}
    for name, value in named.items():
        if name not in {"ref", "people"}:
            _read_into(read, columns, (name, value), line, problems)
    ref = _read_ref(named.get("ref"), line, problems)
    kept = {name: value for name, value in read.items() if name in columns.own and name not in columns.roles}
    roles |= {name: value for name, value in read.items() if name in columns.roles}
    fields = {name: value for name, value in read.items() if name not in columns.own}
    if ONLY_ROLE in roles:
        kept[ONLY_ROLE] = roles.pop(ONLY_ROLE)
    announce = kept.pop(ANNOUNCE, None)
    given = {columns.renamed.get(name, name): value for name, value in kept.items()}
    problems.extend(_contradictions(ref, given, line))
    if given.get("version", 0) is None:
        del given["version"]
    if problems:
        return tuple(problems)
    return Row(ref, given, fields, line, roles, announce if isinstance(announce, bool) else None)


def _read_into(
    read: dict[str, Kept], columns: Columns, given: tuple[str, object], line: int, problems: list[Problem]
) -> None:
    """Read one named value, or say what is wrong with it."""
    name, value = given
    column = columns.find(name)
    if column is None:
        problems.append(Problem(columns.unknown(name), line, name))
        return
    try:
        read[name] = _read(column, value)
    except ValueError as error:
        problems.append(Problem(str(error), line, name))


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


def _read_people(given: object, line: int, problems: list[Problem]) -> dict[str, Kept]:
    """Read the refs of people by role; any role may be named, also one that no rule writes to yet."""
    roles: dict[str, Kept] = {}
    if given is None:
        return roles
    if not isinstance(given, Mapping):
        problems.append(Problem("names people by role: in a file, name a column for each role", line, "people"))
        return roles
    for role, ref in given.items():
        try:
            if not isinstance(role, str) or not ROLE.fullmatch(role):
                message = f"{role!r} is no role: write it in small letters, like interpreter"
                raise ValueError(message)  # noqa: TRY301 - one kind of error for whatever a person must mend
            roles[role] = _read(_PERSON, ref)
        except ValueError as error:
            problems.append(Problem(str(error), line, "people"))
    return roles


def _contradictions(ref: str, kept: Mapping[str, Kept], line: int) -> Iterable[Problem]:
    """Find an end before its start (both local times of one zone, or both with an offset), and who goes via himself."""
    if ref and kept.get(VIA) == ref:
        yield Problem("is the contact itself: leave it empty where the phone is their own", line, VIA)
    start, end = kept.get("start"), kept.get("end")
    if isinstance(start, str) and isinstance(end, str) and ends_before_it_starts(start, end):
        yield Problem(f"{end} is before the start {start}", line, "end")


def ends_before_it_starts(start: str, end: str) -> bool:
    """Tell whether an end is certainly before its start; one with an offset is not compared with one without."""
    first, last = values.wall_time(start), values.wall_time(end)
    return (first.tzinfo is None) == (last.tzinfo is None) and last < first


def unknown_contact(ref: str) -> str:
    """Return the sentence for a ref that is no contact's."""
    return f"{ref!r} is no known contact: import the contacts first"


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
