"""Taking a file in: read, staged and checked whole (a bad line: nothing is written), then applied in chunks.

A dry run reads the same way, takes each chunk in for real and rolls it back.
"""

import uuid
from dataclasses import replace
from functools import partial
from typing import Final

from jobs.errors import InputError
from scheduler.intake import staging
from scheduler.intake.applying import apply, take
from scheduler.intake.finding import people_by_ref
from scheduler.intake.missing import Missing, find_missing
from scheduler.intake.occasions import remove_occasions, resolve_occasions
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused, Tally, Upserted
from scheduler.intake.reading import FileRequest, Reading, Tell, say_nothing, what_of
from scheduler.intake.rows import VIA, Problem, Row, unknown_contact
from scheduler.intake.staging import Stage, Staged
from scheduler.intake.turns import Turn, Turns
from scheduler.planning.basis import Replanned

MOST_REFS_NAMED: Final = 20
MOST_VIAS_ASKED: Final = 500


def import_file(turns: Turns, request: FileRequest, tell: Tell = say_nothing) -> Imported | Refused | NeedsConfirmation:
    """Take a file in, whole or not at all.

    Raises:
        InputError: the file cannot be opened, or there is nothing of that name to import.
        NotFoundError: nothing was published for the practice.

    """
    reading = _start(turns, request)
    staged = staging.new_import(request.practice, reading.what.name, request.source, request.complete)
    turns.take(request.practice, lambda turn: staging.begin(turn.connection, staged, request.by, turn.now))
    kept = False
    try:
        _stage(turns, staged, reading, tell)
        refusal = _refusal(turns, reading)
        kept = refusal is None
    finally:
        staged = replace(staged, total=len(reading.refs), stage=Stage.APPLYING if kept else Stage.REFUSED)
        turns.take(request.practice, lambda turn: staging.end_reading(turn.connection, staged, turn.now))
    return apply(turns, staged, tell) if refusal is None else refusal


def dry_run(turns: Turns, request: FileRequest, tell: Tell = say_nothing) -> Imported | Refused | NeedsConfirmation:
    """Say what importing a file would do; nothing is kept.

    Raises:
        InputError: the file cannot be opened, or there is nothing of that name to import.
        NotFoundError: nothing was published for the practice.

    """
    reading = _start(turns, request)
    tally = Tally()
    for rows in reading.sets(turns.rows_each, tell):
        taken = [replace(row, given={name: row.given[name] for name in row.given if name != VIA}) for row in rows]
        result = turns.try_out(request.practice, partial(_take, reading.what.name, taken))
        if isinstance(result, Upserted):
            tally = tally.plus(result, request.source)
        else:
            reading.problems.extend(result.problems)
    refusal = _refusal(turns, reading)
    if refusal is not None:
        return refusal
    ids = _missing(turns, reading).ids
    for first in range(0, len(ids), turns.rows_each):
        part = ids[first : first + turns.rows_each]
        removed = turns.try_out(request.practice, partial(_remove, part))
        tally = tally.plus_gone(len(part), removed)
    return Imported(tally)


def _take(what: str, rows: list[Row], turn: Turn) -> Upserted | Refused:
    return take(turn, what, rows)


def _remove(ids: tuple[uuid.UUID, ...], turn: Turn) -> Replanned:
    return remove_occasions(turn.connection, turn.current, ids, turn.now)


def _start(turns: Turns, request: FileRequest) -> Reading:
    what = what_of(turns.current(request.practice), request.what)
    days = request.complete
    if days is not None and (what.kind is None or days.last < days.first):
        wrong = f"{what.name} have no date" if what.kind is None else f"{days.last} is before {days.first}"
        message = f"a complete file is of days, the first and the last: {wrong}"
        raise InputError(message)
    return Reading(request, what)


def _stage(turns: Turns, staged: Staged, reading: Reading, tell: Tell) -> None:
    """Keep every row and find every problem; once there is one, rows are only checked."""
    for rows in reading.sets(turns.rows_each, tell):
        found = turns.take(staged.practice, partial(_lay, staged, reading, rows))
        reading.problems.extend(found)


def _lay(staged: Staged, reading: Reading, rows: list[Row], turn: Turn) -> list[Problem]:
    staging.prolong(turn.connection, staged, turn.now)
    if not reading.problems:
        staging.lay(turn.connection, staged.id, rows)
    if reading.what.kind is None:
        return []
    resolved = resolve_occasions(turn.connection, turn.current, staged.what, rows, turn.now)
    return [problem for each in resolved for problem in each.problems]


def _refusal(turns: Turns, reading: Reading) -> Refused | NeedsConfirmation | None:
    """Return why the file is not taken: its problems, or that too much is missing from it."""
    reading.problems.extend(_unknown_vias(turns, reading))
    if reading.problems:
        return Refused(reading.in_order())
    missing = _missing(turns, reading)
    if reading.request.confirmed or not missing.is_too_many:
        return None
    return NeedsConfirmation(len(missing.ids), missing.of, missing.refs[:MOST_REFS_NAMED])


def _unknown_vias(turns: Turns, reading: Reading) -> list[Problem]:
    """Return a problem for everyone whose phone is to be used for another and who is neither stored nor in the file."""
    asked = sorted(reading.vias.keys() - reading.refs.keys())
    with turns.database.read() as connection:
        known = {
            ref: row
            for part in (asked[first : first + MOST_VIAS_ASKED] for first in range(0, len(asked), MOST_VIAS_ASKED))
            for ref, row in people_by_ref(connection, reading.request.practice, part).items()
        }
    return [
        Problem(unknown_contact(ref), reading.vias[ref], VIA)
        for ref in asked
        if ref not in known or known[ref]["gone_at"] is not None
    ]


def _missing(turns: Turns, reading: Reading) -> Missing:
    request, what = reading.request, reading.what
    if request.complete is None or what.kind is None:
        return Missing((), (), 0)
    with turns.database.read() as connection:
        return find_missing(connection, request.practice, (what.name, what.kind), request.complete, reading.refs)
