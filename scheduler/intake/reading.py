"""What a file is said to hold, and its rows in sets that one transaction takes; a ref given twice names both lines.

Nothing here asks a database.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jobs.errors import InputError
from scheduler.intake.csv_file import read_csv
from scheduler.intake.rows import CONTACTS, VIA, Columns, Problem, Row, columns_of_contacts, columns_of_kind
from scheduler.intake.spelling import suggestion
from scheduler.intake.staging import CompleteDays
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import Kind, kinds_of

MOST_PROBLEMS: Final = 10_000
"""A file with more bad lines than this is not what it is said to be: reading it stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """What to import: a path and what it holds (`contacts`, a kind, or its plural), for a practice; and who asks.

    `complete`: the days of which it holds everything; `confirmed`: a person agreed that more than a fifth is gone.
    """

    practice: str
    what: str
    path: Path
    by: str
    ignore_columns: bool = False
    complete: CompleteDays | None = None
    confirmed: bool = False

    @property
    def source(self) -> str:
        """Return the file's name, as errors name it."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: rows read (the total is not known then), or rows taken in of all."""

    is_reading: bool
    done: int
    total: int | None = None


Tell = Callable[[Progress], None]


def say_nothing(_progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class What:
    """What is imported: contacts (`kind` None) or occasions of a kind, with the columns a row may have."""

    name: str
    columns: Columns
    kind: Kind | None = None


def what_of(current: Current, word: str) -> What:
    """Return what a word of a person means: `contacts`, a kind or its plural.

    Raises:
        InputError: it is none of these.

    """
    practice = current.rulebook.practice
    kinds = kinds_of(practice)
    if word in {CONTACTS, "contact"}:
        return What(CONTACTS, columns_of_contacts(practice.contact_fields))
    name = word if word in kinds else word.removesuffix("s")
    if name not in kinds:
        known = (CONTACTS, *(f"{kind}s" for kind in kinds))
        message = f"{word!r} cannot be imported{suggestion(word, known)}: it is one of {', '.join(known)}"
        raise InputError(message)
    roles = dict.fromkeys(role for rule in current.rulebook.rules if rule.for_ == name for role in rule.to)
    return What(name, columns_of_kind(name, kinds[name], roles), kinds[name])


@dataclass(slots=True)
class Reading:
    """One reading of a file: its refs with their lines and its problems fill up while the sets are taken.

    So do `vias`: the refs of those whose phone is used for another, with the first line that names them.
    """

    request: FileRequest
    what: What
    refs: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    vias: dict[str, int] = field(default_factory=dict)

    def sets(self, size: int, tell: Tell) -> Iterator[list[Row]]:
        """Yield the good rows in sets; stop where there are more problems than anybody reads."""
        found = read_csv(self.request.path, self.what.columns, ignore_columns=self.request.ignore_columns)
        while batch := list(itertools.islice(found, size)):
            good = [row for row in batch if isinstance(row, Row) and self._is_first(row)]
            for row in good:
                if via := row.given.get(VIA):
                    self.vias.setdefault(str(via), row.line)
            yield good
            self.problems.extend(each for each in batch if isinstance(each, Problem))
            tell(Progress(is_reading=True, done=len(self.refs)))
            if len(self.problems) > MOST_PROBLEMS:
                self.problems.append(Problem(f"more than {MOST_PROBLEMS:,} problems: the rest was not read"))
                return
        if not self.refs and not self.problems:
            self.problems.append(Problem("holds no rows"))

    def in_order(self) -> tuple[Problem, ...]:
        """Return the problems by line."""
        return tuple(sorted(self.problems, key=lambda problem: problem.line))

    def _is_first(self, row: Row) -> bool:
        first = self.refs.setdefault(row.ref, row.line)
        if first == row.line:
            return True
        self.problems.append(Problem(f"{row.ref!r} is given on line {first} already: give it once", row.line, "ref"))
        return False
