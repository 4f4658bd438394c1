"""Takes staged imports in: what a complete file lacks is removed, then rows are upserted and planned, chunk by chunk.

A chunk, what is left of the rows and the tally are one transaction: whoever goes on after a crash does nothing twice.
Each is fenced by the claim on the import: who stood still so long that it was taken over takes nothing in any more.
"""

import datetime as dt
import math
import uuid
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy import Connection

from jobs.clock import steady_seconds
from jobs.database import Database
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


class TakenOverError(QuietbellError):
    """Another process took the import over, since this one stood still for too long; it is finished there."""


def resume_imports(turns: Turns, tell: Tell = say_nothing, *, seconds: float = math.inf) -> list[Imported]:
    """Finish every import whose process died half-way, and drop those that were never checked whole.

    One that a living process takes in is left alone. After `seconds` what is not finished is let go, for the next call.
    """
    began = steady_seconds()
    turns.database.write(partial(_refuse_abandoned, turns.database))
    finished: list[Imported] = []
    while (staged := turns.database.write(partial(_take_over, turns.database))) is not None:
        left = seconds - (steady_seconds() - began)
        came = _resume(turns, staged, tell, left)
        if came is None:
            break
        finished.append(came)
    return finished


def _refuse_abandoned(database: Database, connection: Connection) -> None:
    now = database.moment(connection)
    staging.refuse_abandoned(connection, now - ABANDONED_AFTER, now)


def _take_over(database: Database, connection: Connection) -> Staged | None:
    return staging.take_over(connection, database.moment(connection))


def _resume(turns: Turns, staged: Staged, tell: Tell, seconds: float) -> Imported | None:
    """Go on with an import, None where it is not finished in time.

    One that cannot go on (its kind is gone, say) is given up, so that a server still starts.
    """
    try:
        reached = _go_on(turns, staged, tell, seconds)
    except TakenOverError:
        return None
    except QuietbellError as error:
        return turns.database.write(partial(_give_up, turns, staged, f"was given up: {error}"))
    if reached.stage is Stage.APPLYING:
        turns.database.write(lambda connection: staging.let_go(connection, reached))
        return None
    return Imported(reached.tally, reached.id)


def _give_up(turns: Turns, mine: Staged, why: str, connection: Connection) -> Imported:
    staged = _hold(connection, mine)
    tally = replace(staged.tally, warnings=(why, *staged.tally.warnings), warning_count=staged.tally.warning_count + 1)
    given_up = replace(staged, stage=Stage.REFUSED, tally=tally)
    staging.keep(connection, given_up, turns.database.moment(connection))
    return Imported(tally, staged.id)


def apply(turns: Turns, staged: Staged, tell: Tell = say_nothing) -> Imported:
    """Take an import in to its end.

    Raises:
        NotFoundError: it does not exist any more.
        TakenOverError: this process stood still for so long that another took it over.

    """
    reached = _go_on(turns, staged, tell, math.inf)
    return Imported(reached.tally, reached.id)


def _go_on(turns: Turns, staged: Staged, tell: Tell, seconds: float) -> Staged:
    """Take in chunk after chunk, to the end or until so many seconds have passed; return where it stands then."""
    practice, mine, began = staged.practice, staged, steady_seconds()
    if not staged.has_removed:
        _remove_missing(turns, staged)
        staged = turns.take(practice, lambda turn: _note_removed(turn, mine))
    chunks = 0
    while staged.stage is Stage.APPLYING and (not chunks or steady_seconds() - began < seconds):
        tell(Progress(is_reading=False, done=staged.applied, total=staged.total))
        if chunks in _SIZES_LEARNT_AFTER:
            turns.database.write(learn_sizes)
        chunks += 1
        staged = turns.take(practice, lambda turn: _take_rows(turn, turns.rows_each, mine))
    tell(Progress(is_reading=False, done=staged.applied, total=staged.total))
    return staged


def take(turn: Turn, what: str, rows: list[Row], *, fires: Fires = False) -> Upserted | Refused:
    """Upsert rows of what was asked for: contacts, or occasions of a kind (`fires`: see `upsert_occasions`)."""
    if what == CONTACTS:
        return upsert_contacts(turn.connection, turn.current, rows, turn.now)
    return upsert_occasions(turn.connection, turn.current, what, rows, turn.now, fires=fires)


def _take_rows(turn: Turn, count: int, mine: Staged) -> Staged:
    staged = _hold(turn.connection, mine)
    if staged.stage is not Stage.APPLYING:  # somebody else took the last chunk
        return staged
    rows, last = staging.next_rows(turn.connection, mine.id, count)
    if rows:
        upserted = _take_good(turn, staged, rows)
        staging.drop_rows(turn.connection, mine.id, last)
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
        turns.take(staged.practice, partial(_remove, staged, ids))


def _remove(mine: Staged, ids: tuple[uuid.UUID, ...], turn: Turn) -> None:
    staged = _hold(turn.connection, mine)
    if staged.stage is Stage.APPLYING and not staged.has_removed:
        removed = remove_occasions(turn.connection, turn.current, ids, turn.now)
        staging.keep(turn.connection, replace(staged, tally=staged.tally.plus_gone(len(ids), removed)), turn.now)


def _note_removed(turn: Turn, mine: Staged) -> Staged:
    staged = _hold(turn.connection, mine)
    if staged.stage is Stage.APPLYING:
        staged = replace(staged, has_removed=True)
        staging.keep(turn.connection, staged, turn.now)
    return staged


def _hold(connection: Connection, mine: Staged) -> Staged:
    """Return an import as it stands, locked, while its claim is still mine or it has ended."""
    staged = staging.hold(connection, mine.id)
    if staged is None:
        message = f"the import {mine.id} is gone"
        raise NotFoundError(message)
    if staged.stage is Stage.APPLYING and staged.claim != mine.claim:
        message = (
            f"{mine.source}: this process stood still for so long that another took the import over; "
            "it is finished there, and need not be imported again"
        )
        raise TakenOverError(message)
    return staged
