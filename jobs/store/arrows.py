"""The one place that writes a job's state: it locks rows, holds steps to the table of arrows, writes timelines.

Standings come out of `lock`, steps go into `walk`. It decides nothing: verbs do.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, select

from jobs.errors import QuietbellError
from jobs.records import jobs
from jobs.states import State, Verb, sources_of
from jobs.store.falling import FALLEN, note_fallen
from jobs.store.given import encode_ids, given_ids
from jobs.store.stepping import Step, write_steps
from jobs.store.telling_out import tell_steps
from jobs.store.values import BEING_REPLANNED, PLANNER, Moved


class NoSuchArrowError(QuietbellError):
    """A verb tried a move that the table of arrows does not have; nothing was written."""


class LostHoldError(QuietbellError):
    """A locked row changed under the lock, which cannot be; the transaction must not be committed."""


@dataclass(slots=True)
class Standing:
    """What a verb must know of a locked job before it decides; its fields are columns, in the order they are read.

    Nobody changes one; a frozen one takes three times as long to make.
    """

    id: uuid.UUID
    state: State
    fence: int
    occasion_id: uuid.UUID | None
    due_at: dt.datetime
    useful_until: dt.datetime
    pinned: bool
    anchor: str | None
    attempts: int
    deaths: int
    doubled: int
    reason: str | None
    moved_by: str | None
    stop_wanted: bool
    stop_reason: str | None
    stop_by: str | None


@dataclass(frozen=True, slots=True)
class Queued:
    """A locked, queued job: all that a claim must know."""

    id: uuid.UUID
    state: State
    fence: int


def lock_queued(connection: Connection, ids: Collection[uuid.UUID]) -> list[Queued]:
    """Lock those of the jobs that are queued and that nobody else has locked, in the order of their ids."""
    if not ids:
        return []
    dialect = connection.dialect.name
    rows = connection.execute(_queued_statement(dialect), encode_ids(dialect, ids))
    return [Queued(row.id, State.QUEUED, row.fence) for row in rows]


def step(standing: Standing | Queued, verb: Verb, target: State | None, *, by: str, **rest: Any) -> Step:  # noqa: ANN401
    """Return the step of `verb` from where the job stands."""
    return Step(
        id=standing.id, from_state=standing.state, from_fence=standing.fence, verb=verb, target=target, by=by, **rest
    )


def lock(connection: Connection, ids: Collection[uuid.UUID], *, skip_locked: bool = False) -> dict[uuid.UUID, Standing]:
    """Lock the jobs in the order of their ids and return how they stand; unknown (and skipped) ones are left out."""
    if not ids:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_lock_statement(dialect, skip_locked), encode_ids(dialect, ids))
    return {row.id: Standing(row.id, _STATES[row.state], *row[2:]) for row in rows}


def walk(connection: Connection, steps: Sequence[Step], *, now: dt.datetime) -> list[Moved]:
    """Write the steps of locked jobs, at most one each, with their timeline; return what moved, in the order given.

    Raises NoSuchArrowError before anything is written, LostHoldError where a row was not as locked.
    """
    if not steps:
        return []
    for each in steps:
        _must_exist(each)
    written = write_steps(connection, steps, now)
    if written != len(steps):
        message = f"{len(steps) - written} of {len(steps)} locked jobs were not as they were read"
        raise LostHoldError(message)
    note_fallen(connection, [each.id for each in steps if _asks_for_planning(each)])
    tell_steps(connection, steps, now=now)
    return [Moved(each.id, each.verb, each.from_state, each.to_state, each.to_fence) for each in steps]


def _must_exist(each: Step) -> None:
    if each.from_state not in sources_of(each.verb, each.target):
        message = f"no arrow: {each.from_state} --{each.verb}--> {each.target or '(same)'} (job {each.id})"
        raise NoSuchArrowError(message)


def _asks_for_planning(each: Step) -> bool:
    """Tell whether its occasion is to be planned again: it ended unsent, or is held for planning; not by planning."""
    if each.by == PLANNER:
        return False
    return each.target in FALLEN or (each.target is State.HELD and each.reason == BEING_REPLANNED)


_STATES = {state.value: state for state in State}
_STANDING_COLUMNS = [jobs.c[name] for name in Standing.__dataclass_fields__]


@functools.cache
def _lock_statement(dialect: str, skip_locked: bool) -> Executable:  # noqa: FBT001 - a cache's key
    ids = given_ids(dialect)
    found = select(*_STANDING_COLUMNS).where(jobs.c.id.in_(select(ids.c.id))).order_by(jobs.c.id)
    return found if dialect == "sqlite" else found.with_for_update(skip_locked=skip_locked)


@functools.cache
def _queued_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    found = (
        select(jobs.c.id, jobs.c.fence)
        .where(jobs.c.id.in_(select(ids.c.id)), jobs.c.state == State.QUEUED.value)
        .order_by(jobs.c.id)
    )
    return found if dialect == "sqlite" else found.with_for_update(skip_locked=True)
