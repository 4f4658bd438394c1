"""One contact or occasion as a case system gives it: whole or in parts, an occasion with the people it brings along.

Named values come in, all is written in the caller's turn or nothing is. What a whole leaves out is cleared, but for
what people here decide as well: `reminders` and `skip`; parts change only what they name, of what is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sqlalchemy import RowMapping

from jobs.errors import NotFoundError, QuietbellError
from scheduler.intake.contacts import upsert_contacts
from scheduler.intake.finding import contacts_by_ref, occasions_by_ref, people_of
from scheduler.intake.occasions import upsert_occasions
from scheduler.intake.outcomes import Outcome, Refused, RowOutcome, Upserted
from scheduler.intake.reading import What
from scheduler.intake.rows import (
    ANNOUNCE,
    CONTACTS,
    REMINDERS,
    SKIP,
    Columns,
    Problem,
    Row,
    columns_of_contacts,
    read_row,
)
from scheduler.intake.turns import Turn
from scheduler.planning.basis import Replanned

Named: TypeAlias = Mapping[str, object]

_KEPT = frozenset({REMINDERS, SKIP, ANNOUNCE, "version"})
"""What a whole that does not name it leaves as it is."""


class RefusedWholeError(QuietbellError):
    """Nothing was written; `problems` by whose they are: "" of the record itself, else the role of who came along."""

    def __init__(self, problems: Sequence[tuple[str, Problem]]) -> None:
        """Say how many there are."""
        super().__init__("some values cannot be taken: nothing was changed")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Whole:
    """What is given: the record by column name, with its ref; and people who come along, by role, as contacts.

    `is_part`: only what is named changes, and the record must be known.
    """

    what: What
    named: Named
    people: Mapping[str, Named] = field(default_factory=dict)
    is_part: bool = False

    @property
    def ref(self) -> str:
        """The record's ref."""
        return str(self.named["ref"])


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the record and of whom it brought along, and of jobs; warnings by whose they are, as problems."""

    outcome: Outcome
    people: tuple[RowOutcome, ...]
    warnings: tuple[tuple[str, Problem], ...]
    jobs: Replanned


def take_whole(turn: Turn, whole: Whole) -> Taken:
    """Take a contact or an occasion in; an older version changes nothing at all.

    Raises:
        InputError: the same person comes along twice.
        NotFoundError: parts of what is not known, or was removed.
        RefusedWholeError: something given cannot be taken.

    """
    stored = _stored(turn, whole)
    if whole.is_part and (stored is None or stored["gone_at"] is not None):
        message = f"there is no {whole.what.name.removesuffix('s')} {whole.ref!r}: PUT it whole"
        raise NotFoundError(message)
    row = _read("", whole.what.columns, whole.named if whole.is_part else _completed(turn, whole, stored))
    if _is_older(stored, row):
        return Taken(Outcome.OLDER, (), (), Replanned())
    brought = _bring(turn, whole)
    upserted = _taken("", _upsert(turn, whole, row))
    jobs = upserted.jobs if brought is None else brought.jobs.plus(upserted.jobs)
    came = () if brought is None else brought.outcomes
    said = () if brought is None else _by_role(whole, brought.warnings)
    own = (("", warning) for warning in upserted.warnings)
    return Taken(upserted.outcomes[0].outcome, came, (*said, *own), jobs)


def _stored(turn: Turn, whole: Whole) -> RowMapping | None:
    practice = turn.current.rulebook.practice.practice
    if whole.what.kind is None:
        return contacts_by_ref(turn.connection, practice, [whole.ref]).get(whole.ref)
    return occasions_by_ref(turn.connection, practice, whole.what.name, [whole.ref]).get(whole.ref)


def _completed(turn: Turn, whole: Whole, stored: RowMapping | None) -> Named:
    """Return the record with everything that it does not name cleared, whom it named before included."""
    columns = whole.what.columns
    given = whole.named.get("people")
    roles = given if isinstance(given, Mapping) else {}
    cleared = {
        name: None for name in columns.names if name not in _KEPT and name not in roles and _may_be_empty(columns, name)
    }
    named = {**cleared, **whole.named}
    if whole.what.kind is not None and stored is not None:
        before = people_of(turn.connection, [stored["id"]]).get(stored["id"], {})
        named["people"] = {**{role: None for role in before if role not in columns.own}, **roles}
    return named


def _may_be_empty(columns: Columns, name: str) -> bool:
    column = columns.find(name)
    return column is not None and column.may_be_empty


def _read(role: str, columns: Columns, named: Named, place: int = 0) -> Row:
    row = read_row(columns, named, place)
    if isinstance(row, Row):
        return row
    raise RefusedWholeError([(role, replace(problem, line=0)) for problem in row])


def _is_older(stored: RowMapping | None, row: Row) -> bool:
    given, known = row.given.get("version"), None if stored is None else stored["version"]
    return isinstance(given, int) and known is not None and given < known


def _bring(turn: Turn, whole: Whole) -> Upserted | None:
    """Take in who comes along, in parts: what is not named of them stays."""
    if not whole.people:
        return None
    columns = columns_of_contacts(turn.current.rulebook.practice.contact_fields)
    rows = [_read(role, columns, named, place) for place, (role, named) in enumerate(whole.people.items(), 1)]
    result = upsert_contacts(turn.connection, turn.current, rows, turn.now)
    if isinstance(result, Refused):
        raise RefusedWholeError(_by_role(whole, result.problems))
    return result


def _by_role(whole: Whole, problems: Sequence[Problem]) -> list[tuple[str, Problem]]:
    """Return problems of those who come along by where they stand; their lines are their places."""
    roles = list(whole.people)
    return [(roles[each.line - 1], replace(each, line=0)) for each in problems]


def _upsert(turn: Turn, whole: Whole, row: Row) -> Upserted | Refused:
    if whole.what.name == CONTACTS:
        return upsert_contacts(turn.connection, turn.current, [row], turn.now)
    return upsert_occasions(turn.connection, turn.current, whole.what.name, [row], turn.now, fires=True)


def _taken(role: str, result: Upserted | Refused) -> Upserted:
    if isinstance(result, Upserted):
        return result
    raise RefusedWholeError([(role, problem) for problem in result.problems])
