"""Takes staged imports in: what a complete file lacks is removed, then rows are upserted and planned, chunk by chunk.

A chunk, what is left of the rows and the tally are one transaction: whoever goes on after a crash does nothing twice.
"""

import datetime as dt
import uuid
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy import Connection

from jobs.errors import NotFoundError, QuietbellError
from scheduler.intake import staging
from scheduler.intake.contacts import upsert_contacts
from scheduler.intake.finding import learn_sizes
from scheduler.intake.missing import find_missing
from scheduler.intake.occasions import Fires, remove_occasions, upsert_occasions
from scheduler.intake.outcomes import Imported, Refused, Upserted
from scheduler.intake.reading import Progress, Tell, say_nothing
from scheduler.intake.rows import CONTACTS, Row
from scheduler.intake.staging import Stage, Staged
from scheduler.intake.turns import Turn, Turns
from scheduler.rulebook.schema import kinds_of

ABANDONED_AFTER: Final = dt.timedelta(hours=1)
"""A file that is still being read after this has lost its reader."""

_SIZES_LEARNT_AFTER: Final = frozenset({1, 8, 64})
"""After this many chunks the tables have outgrown what the database knew of them."""


def resume_imports(turns: Turns, tell: Tell = say_nothing) -> list[Imported]:
    """Finish every import that a crash left half taken in, and drop those that were never checked whole."""
    with turns.database.read() as connection:
        found = staging.unfinished(connection)
    now = turns.database.write(turns.database.moment)
    turns.database.write(lambda connection: staging.refuse_abandoned(connection, now - ABANDONED_AFTER, now))
    return [_resume(turns, staged, tell) for staged in found]


def _resume(turns: Turns, staged: Staged, tell: Tell) -> Imported:
    """Finish an import; one that cannot go on (its kind is gone, say) is given up, so that a server still starts."""
    try:
        return apply(turns, staged, tell)
    except QuietbellError as error:
        return turns.database.write(partial(_give_up, turns, staged.id, f"was given up: {error}"))


def _give_up(turns: Turns, import_id: uuid.UUID, why: str, connection: Connection) -> Imported:
    staged = _hold(connection, import_id)
    tally = replace(staged.tally, warnings=(why, *staged.tally.warnings), warning_count=staged.tally.warning_count + 1)
    given_up = replace(staged, stage=Stage.REFUSED, tally=tally)
    staging.keep(connection, given_up, turns.database.moment(connection))
    return Imported(tally, import_id)


def apply(turns: Turns, staged: Staged, tell: Tell = say_nothing) -> Imported:
    """Take an import in to its end.

    Raises:
        NotFoundError: it does not exist any more.

    """
    practice, import_id = staged.practice, staged.id
    if not staged.has_removed:
        _remove_missing(turns, staged)
        staged = turns.take(practice, lambda turn: _note_removed(turn, import_id))
    chunks = 0
    while staged.stage is Stage.APPLYING:
        tell(Progress(is_reading=False, done=staged.applied, total=staged.total))
        if chunks in _SIZES_LEARNT_AFTER:
            turns.database.write(learn_sizes)
        chunks += 1
        staged = turns.take(practice, lambda turn: _take_rows(turn, turns.rows_each, import_id))
    tell(Progress(is_reading=False, done=staged.applied, total=staged.total))
    return Imported(staged.tally, staged.id)


def take(turn: Turn, what: str, rows: list[Row], *, fires: Fires = False) -> Upserted | Refused:
    """Upsert rows of what was asked for: contacts, or occasions of a kind (`fires`: see `upsert_occasions`)."""
    if what == CONTACTS:
        return upsert_contacts(turn.connection, turn.current, rows, turn.now)
    return upsert_occasions(turn.connection, turn.current, what, rows, turn.now, fires=fires)


def _take_rows(turn: Turn, count: int, import_id: uuid.UUID) -> Staged:
    staged = _hold(turn.connection, import_id)
    if staged.stage is not Stage.APPLYING:  # somebody else took the last chunk
        return staged
    rows, last = staging.next_rows(turn.connection, import_id, count)
    if rows:
        upserted = _take_good(turn, staged, rows)
        staging.drop_rows(turn.connection, import_id, last)
        tally = staged.tally.plus(upserted, staged.source)
        staged = replace(staged, applied=staged.applied + len(rows), tally=tally)
    if len(rows) < count:
        staged = replace(staged, stage=Stage.DONE)
    staging.keep(turn.connection, staged, turn.now)
    return staged


def _take_good(turn: Turn, staged: Staged, rows: list[Row]) -> Upserted:
    """Upsert the rows; one that can no longer be taken, though it was found good, is left out and warned of."""
    result = take(turn, staged.what, rows)
    if isinstance(result, Upserted):
        return result
    bad = {problem.line for problem in result.problems}
    rest = take(turn, staged.what, [row for row in rows if row.line not in bad])
    if isinstance(rest, Refused):
        raise NotFoundError(rest.problems[0].at(staged.source))
    left_out = tuple(replace(each, sentence=f"was left out: {each.sentence}") for each in result.problems)
    return replace(rest, warnings=(*left_out, *rest.warnings))


def _remove_missing(turns: Turns, staged: Staged) -> None:
    """Remove what the file lacks, in chunks; done again after a crash it finds only what is left."""
    kind = kinds_of(turns.current(staged.practice).rulebook.practice).get(staged.what)
    if kind is None or staged.days is None:
        return
    with turns.database.read() as connection:
        refs = set(staging.refs_of(connection, staged.id))
        missing = find_missing(connection, staged.practice, (staged.what, kind), staged.days, refs)
    for first in range(0, len(missing.ids), turns.rows_each):
        ids = missing.ids[first : first + turns.rows_each]
        turns.take(staged.practice, partial(_remove, staged.id, ids))


def _remove(import_id: uuid.UUID, ids: tuple[uuid.UUID, ...], turn: Turn) -> None:
    staged = _hold(turn.connection, import_id)
    if staged.stage is Stage.APPLYING and not staged.has_removed:
        removed = remove_occasions(turn.connection, turn.current, ids, turn.now)
        staging.keep(turn.connection, replace(staged, tally=staged.tally.plus_gone(len(ids), removed)), turn.now)


def _note_removed(turn: Turn, import_id: uuid.UUID) -> Staged:
    staged = replace(_hold(turn.connection, import_id), has_removed=True)
    staging.keep(turn.connection, staged, turn.now)
    return staged


def _hold(connection: Connection, import_id: uuid.UUID) -> Staged:
    staged = staging.hold(connection, import_id)
    if staged is None:
        message = f"the import {import_id} is gone"
        raise NotFoundError(message)
    return staged
