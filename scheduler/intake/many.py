"""Many contacts or occasions of one kind at once, as named values: whole or not at all, or each row for itself.

Whole: staged, checked and applied as a file is, so that a crash half-way is made good. Each for itself: rows that can
be taken are, in sets; the others say why not. A name that a row does not give keeps what is stored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias, TypeVar

from scheduler.intake import staging
from scheduler.intake.applying import apply, take
from scheduler.intake.finding import people_by_ref
from scheduler.intake.occasions import resolve_occasions
from scheduler.intake.outcomes import Imported, Outcome, Refused, Upserted
from scheduler.intake.reading import What
from scheduler.intake.rows import VIA, Problem, Row, read_row, unknown_contact
from scheduler.intake.staging import Stage, Staged
from scheduler.intake.turns import Turn, Turns
from scheduler.planning.basis import Replanned

T = TypeVar("T")
Named: TypeAlias = Mapping[str, object]

VIAS_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What is given, for which practice, from where and by whom; a row's line is its place, counted from 1.

    `wrong` are problems that were found before: such a row is left out of `rows`, as None.
    """

    practice: str
    what: What
    rows: Sequence[Named | None]
    source: str
    by: str
    wrong: tuple[Problem, ...] = ()


@dataclass(slots=True)
class EachTaken:
    """What became of each row by its line (one with problems: not there), every problem and warning, and of jobs."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    jobs: Replanned = field(default_factory=Replanned)

    def counts(self) -> dict[str, int]:
        """Return how many rows had which outcome."""
        return dict(Counter(str(outcome) for outcome in self.outcomes.values()))


def take_whole_set(turns: Turns, many: Many) -> Imported | Refused:
    """Take all rows in, or none where one cannot be taken.

    Raises:
        TakenOverError: this process stood still for so long that another finished it.

    """
    rows, problems = _read(many)
    problems += _unknown_vias(turns, many, rows)
    if problems:  # what the rows alone tell needs no staging
        problems += turns.try_out(many.practice, partial(_problems_of, many, rows))
        return Refused(_in_order(problems))
    staged = staging.new_import(many.practice, many.what.name, many.source, None)
    turns.take(many.practice, lambda turn: staging.begin(turn.connection, staged, many.by, turn.now))
    is_good = False
    try:
        for part in _parts(rows, turns.rows_each):
            problems += turns.take(many.practice, partial(_lay, many, staged, part))
        is_good = not problems
    finally:
        staged = replace(staged, total=len(rows), stage=Stage.APPLYING if is_good else Stage.REFUSED)
        turns.take(many.practice, lambda turn: staging.end_reading(turn.connection, staged, turn.now))
    return apply(turns, staged) if is_good else Refused(_in_order(problems))


def take_each(turns: Turns, many: Many) -> EachTaken:
    """Take every row that can be taken, in sets of one transaction."""
    rows, problems = _read(many)
    done = EachTaken(problems=problems)
    first = [row for row in rows if not row.given.get(VIA)]
    for part in _parts([*first, *(row for row in rows if row.given.get(VIA))], turns.rows_each):
        _take_part(turns, many, part, done)
    done.problems = list(_in_order(done.problems))
    return done


def _take_part(turns: Turns, many: Many, part: list[Row], done: EachTaken) -> None:
    """Take a set; while it is refused for some of its rows, take it without them."""
    while part:
        result = turns.take(many.practice, partial(_take, many, part))
        if isinstance(result, Upserted):
            done.outcomes.update((each.line, each.outcome) for each in result.outcomes)
            done.warnings.extend(result.warnings)
            done.jobs = done.jobs.plus(replace(result.jobs, unreached=()))
            return
        done.problems.extend(result.problems)
        bad = {problem.line for problem in result.problems}
        part = [row for row in part if row.line not in bad]


def _take(many: Many, rows: list[Row], turn: Turn) -> Upserted | Refused:
    return take(turn, many.what.name, rows)


def _read(many: Many) -> tuple[list[Row], list[Problem]]:
    """Read the rows; of those with the same ref only the first counts."""
    read = [read_row(many.what.columns, named, line) for line, named in enumerate(many.rows, 1) if named is not None]
    problems = [*many.wrong, *(problem for each in read if not isinstance(each, Row) for problem in each)]
    rows: dict[str, Row] = {}
    for row in (each for each in read if isinstance(each, Row)):
        first = rows.setdefault(row.ref, row)
        if first is not row:
            sentence = f"{row.ref!r} is given in row {first.line} already: give it once"
            problems.append(Problem(sentence, row.line, "ref"))
    return list(rows.values()), problems


def _lay(many: Many, staged: Staged, rows: list[Row], turn: Turn) -> list[Problem]:
    staging.prolong(turn.connection, staged, turn.now)
    staging.lay(turn.connection, staged.id, rows)
    return _problems_of(many, rows, turn)


def _problems_of(many: Many, rows: Sequence[Row], turn: Turn) -> list[Problem]:
    if many.what.kind is None:
        return []
    resolved = resolve_occasions(turn.connection, turn.current, many.what.name, rows, turn.now)
    return [problem for each in resolved for problem in each.problems]


def _unknown_vias(turns: Turns, many: Many, rows: Sequence[Row]) -> list[Problem]:
    """Return a problem for everyone whose phone is to be used for another and who is neither stored nor given."""
    given = {row.ref for row in rows}
    asked = {str(via): row.line for row in rows if (via := row.given.get(VIA)) and str(via) not in given}
    problems: list[Problem] = []
    with turns.database.read() as connection:
        for part in _parts(sorted(asked), VIAS_ASKED_AT_ONCE):
            known = people_by_ref(connection, many.practice, part)
            unknown = (ref for ref in part if ref not in known or known[ref]["gone_at"] is not None)
            problems += [Problem(unknown_contact(ref), asked[ref], VIA) for ref in unknown]
    return problems


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _parts(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    return (list(rows[first : first + size]) for first in range(0, len(rows), size))


__all__ = ["EachTaken", "Many", "take_each", "take_whole_set"]
