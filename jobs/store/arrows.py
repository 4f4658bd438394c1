"""The one place that writes a job's state: it locks rows, holds steps to the table of arrows, writes timelines.

Standings come out of `lock`, steps go into `walk`. It decides nothing: verbs do.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Executable,
    Integer,
    Text,
    bindparam,
    case,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from jobs.errors import QuietbellError
from jobs.records import Id, Moment, jobs, timeline
from jobs.records.columns import Json
from jobs.states import State, Verb, sources_of
from jobs.store.falling import FALLEN, note_fallen
from jobs.store.given import encode, given
from jobs.store.values import BEING_REPLANNED, PLANNER, Moved


class NoSuchArrowError(QuietbellError):
    """A verb tried a move that the table of arrows does not have; nothing was written."""


class LostHoldError(QuietbellError):
    """A locked row changed under the lock, which cannot be; the transaction must not be committed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a verb must know of a locked job before it decides; its fields are columns, in the order they are read."""

    id: uuid.UUID
    state: State
    fence: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One arrow for one job; `target` None stays.

    `values` are further columns to set (None keeps), `data` is the timeline's.
    """

    id: uuid.UUID
    from_state: State
    from_fence: int
    verb: Verb
    target: State | None
    by: str
    reason: str | None = None
    bump: bool = False
    values: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] | None = None

    @property
    def to_state(self) -> State:
        """Return where the job stands after it."""
        return self.from_state if self.target is None else self.target

    @property
    def to_fence(self) -> int:
        """Return the fence after it."""
        return self.from_fence + 1 if self.bump else self.from_fence


def lock_queued(connection: Connection, ids: Collection[uuid.UUID]) -> list[Queued]:
    """Lock those of the jobs that are queued and that nobody else has locked, in the order of their ids."""
    if not ids:
        return []
    dialect = connection.dialect.name
    rows = connection.execute(_queued_statement(dialect), encode(dialect, id_rows(ids)))
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
    rows = connection.execute(_lock_statement(dialect, skip_locked), encode(dialect, id_rows(ids)))
    return {row.id: Standing(row.id, _STATES[row.state], *row[2:]) for row in rows}


def walk(connection: Connection, steps: Sequence[Step], *, now: dt.datetime) -> list[Moved]:
    """Write the steps of locked jobs, at most one each, with their timeline; return what moved, in the order given.

    Raises NoSuchArrowError before anything is written, LostHoldError where a row was not as locked.
    """
    if not steps:
        return []
    for each in steps:
        _must_exist(each)
    dialect = connection.dialect.name
    extra = tuple(sorted({name for each in steps for name in each.values}))
    rows = encode(dialect, map(_row, steps))
    moved = connection.execute(_update_statement(dialect, extra), {**rows, "now": now}).scalars().all()
    if len(moved) != len(steps):
        message = f"{len(steps) - len(moved)} of {len(steps)} locked jobs were not as they were read"
        raise LostHoldError(message)
    connection.execute(_timeline_statement(dialect), {**rows, "now": now})
    note_fallen(connection, [each.id for each in steps if _asks_for_planning(each)])
    return [Moved(each.id, each.verb, each.from_state, each.to_state, each.to_fence) for each in steps]


def id_rows(ids: Iterable[uuid.UUID]) -> list[dict[str, object]]:
    """Return ids as rows for `encode`."""
    return [{"id": each} for each in ids]


def _must_exist(each: Step) -> None:
    if each.from_state not in sources_of(each.verb, each.target):
        message = f"no arrow: {each.from_state} --{each.verb}--> {each.target or '(same)'} (job {each.id})"
        raise NoSuchArrowError(message)


def _asks_for_planning(each: Step) -> bool:
    """Tell whether its occasion is to be planned again: it ended unsent, or is held for planning; not by planning."""
    if each.by == PLANNER:
        return False
    return each.target in FALLEN or (each.target is State.HELD and each.reason == BEING_REPLANNED)


def _row(each: Step) -> dict[str, object]:
    return {
        **each.values,
        "id": each.id,
        "from_state": each.from_state,
        "from_fence": each.from_fence,
        "stays": each.target is None,
        "state": each.to_state,
        "fence": each.to_fence,
        "verb": each.verb,
        "by": each.by,
        "reason": each.reason,
        "data": each.data,
    }


_STEP_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Id,
    "from_state": Text(),
    "from_fence": Integer(),
    "stays": Boolean(),
    "state": Text(),
    "fence": Integer(),
    "verb": Text(),
    "by": Text(),
    "reason": Text(),
    "data": Json,
}
_HOLD_COLUMNS = frozenset({"worker", "lease_until"})
"""Set by claim, kept by send, cleared by every other arrow that leaves."""
_STATES = {state.value: state for state in State}
_STANDING_COLUMNS = [jobs.c[name] for name in Standing.__dataclass_fields__]


@functools.cache
def _lock_statement(dialect: str, skip_locked: bool) -> Executable:  # noqa: FBT001 - a cache's key
    ids = given(dialect, {"id": Id})
    found = select(*_STANDING_COLUMNS).where(jobs.c.id.in_(select(ids.c.id))).order_by(jobs.c.id)
    return found if dialect == "sqlite" else found.with_for_update(skip_locked=skip_locked)


@functools.cache
def _queued_statement(dialect: str) -> Executable:
    ids = given(dialect, {"id": Id})
    found = (
        select(jobs.c.id, jobs.c.fence)
        .where(jobs.c.id.in_(select(ids.c.id)), jobs.c.state == State.QUEUED.value)
        .order_by(jobs.c.id)
    )
    return found if dialect == "sqlite" else found.with_for_update(skip_locked=True)


@functools.cache
def _update_statement(dialect: str, extra: tuple[str, ...]) -> Executable:
    held = {name: jobs.c[name].type for name in sorted(_HOLD_COLUMNS)}
    rows = given(dialect, {**_STEP_COLUMNS, **held, **{name: jobs.c[name].type for name in extra}})
    now = bindparam("now", type_=Moment())
    stays = rows.c.stays
    keeps_hold = or_(stays, rows.c.state == State.SENDING.value)
    changed = {name: func.coalesce(rows.c[name], jobs.c[name]) for name in extra if name not in _HOLD_COLUMNS}
    return (
        update(jobs)
        .where(jobs.c.id == rows.c.id, jobs.c.state == rows.c.from_state, jobs.c.fence == rows.c.from_fence)
        .values(
            **changed,
            **{name: case((keeps_hold, jobs.c[name]), else_=rows.c[name]) for name in sorted(_HOLD_COLUMNS)},
            state=rows.c.state,
            fence=rows.c.fence,
            reason=case((stays, jobs.c.reason), else_=rows.c.reason),
            moved_by=case((stays, jobs.c.moved_by), else_=rows.c.by),
            queued_at=case((stays, jobs.c.queued_at), (rows.c.state == State.QUEUED.value, now), else_=null()),
            updated_at=now,
        )
        .returning(jobs.c.id)
    )


@functools.cache
def _timeline_statement(dialect: str) -> Executable:
    rows = given(dialect, _STEP_COLUMNS)
    columns = ["job_id", "at", "verb", "from_state", "to_state", "by", "reason", "data"]
    source = select(
        rows.c.id,
        bindparam("now", type_=Moment()),
        rows.c.verb,
        rows.c.from_state,
        rows.c.state,
        rows.c.by,
        rows.c.reason,
        rows.c.data,
    )
    return insert(timeline).from_select(columns, source, include_defaults=False)
