"""Steps of locked jobs into the database, each with its timeline row: many at once, whatever values they set.

One statement over a JSON parameter on PostgreSQL, prepared statements on SQLite, which would read that JSON anew for
every column. It decides nothing and locks nothing.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Text,
    Update,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from jobs.records import Id, Moment, jobs, timeline
from jobs.records.columns import Json
from jobs.states import State, Verb
from jobs.store.given import encode, given
from jobs.store.loading import as_rows, load


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


Of: TypeAlias = Callable[[str], ColumnElement[Any]]
"""Gives what a step sets, by its name."""


def write_steps(connection: Connection, steps: Sequence[Step], now: dt.datetime) -> int:
    """Write at least one step and their timeline; return how many of the jobs stood as their steps say."""
    extra = tuple(sorted({name for each in steps for name in each.values}))
    if connection.dialect.name == "sqlite":
        return _write_prepared(connection, steps, extra, now)
    dialect = connection.dialect.name
    rows = {**encode(dialect, map(_row, steps)), "now": now}
    moved = connection.execute(_update_statement(dialect, extra), rows).scalars().all()
    connection.execute(_timeline_statement(dialect), rows)
    return len(moved)


def _write_prepared(connection: Connection, steps: Sequence[Step], extra: tuple[str, ...], now: dt.datetime) -> int:
    prepared = _prepare(extra)
    columns = {name: [getattr(each, attribute) for each in steps] for name, attribute in _ATTRIBUTES.items()}
    columns |= {name: [each.values.get(name) for each in steps] for name in {*extra, *_HOLD_COLUMNS}}
    columns |= {"stays": [each.target is None for each in steps], "now": [now] * len(steps)}
    kinds = [(columns[name], prepared.kinds[name]) for name in prepared.order]
    moved = connection.exec_driver_sql(prepared.statement, as_rows(kinds)).rowcount
    load(
        connection,
        timeline,
        {
            "job_id": columns["id"],
            "at": columns["now"],
            "verb": columns["verb"],
            "from_state": columns["from_state"],
            "to_state": columns["state"],
            "by": columns["by"],
            "reason": columns["reason"],
            "data": [each.data for each in steps],
        },
    )
    return moved


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


_ATTRIBUTES = {
    "id": "id",
    "from_state": "from_state",
    "from_fence": "from_fence",
    "state": "to_state",
    "fence": "to_fence",
    "verb": "verb",
    "by": "by",
    "reason": "reason",
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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """SQLite's statement, the names of its parameters in their order, and the types of all."""

    statement: str
    order: tuple[str, ...]
    kinds: Mapping[str, TypeEngine[Any]]


@functools.cache
def _prepare(extra: tuple[str, ...]) -> _Prepared:
    kinds = _kinds(extra) | {"now": Moment()}
    compiled = _update_of(extra, lambda name: bindparam(f"of_{name}", type_=kinds[name])).compile(
        dialect=sqlite.dialect()
    )
    order = tuple(name.removeprefix("of_") for name in compiled.positiontup or ())
    return _Prepared(str(compiled), order, kinds)


@functools.cache
def _update_statement(dialect: str, extra: tuple[str, ...]) -> Executable:
    rows = given(dialect, _kinds(extra))
    return _update_of(extra, lambda name: rows.c[name]).returning(jobs.c.id)


def _kinds(extra: tuple[str, ...]) -> dict[str, TypeEngine[Any]]:
    held = {name: jobs.c[name].type for name in sorted(_HOLD_COLUMNS)}
    return {**_STEP_COLUMNS, **held, **{name: jobs.c[name].type for name in extra}}


def _update_of(extra: tuple[str, ...], of: Of) -> Update:
    now = bindparam("now", type_=Moment())
    stays = of("stays")
    keeps_hold = or_(stays, of("state") == _literal(State.SENDING))
    changed = {name: func.coalesce(of(name), jobs.c[name]) for name in extra if name not in _HOLD_COLUMNS}
    return (
        update(jobs)
        .where(jobs.c.id == of("id"), jobs.c.state == of("from_state"), jobs.c.fence == of("from_fence"))
        .values(
            **changed,
            **{name: case((keeps_hold, jobs.c[name]), else_=of(name)) for name in sorted(_HOLD_COLUMNS)},
            state=of("state"),
            fence=of("fence"),
            reason=case((stays, jobs.c.reason), else_=of("reason")),
            moved_by=case((stays, jobs.c.moved_by), else_=of("by")),
            queued_at=case((stays, jobs.c.queued_at), (of("state") == _literal(State.QUEUED), now), else_=null()),
            updated_at=now,
        )
    )


def _literal(state: State) -> ColumnElement[str]:
    """Return a state as part of a statement's text, so that its parameters are what a step sets and nothing else."""
    return literal_column(f"'{state}'")


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
