"""New jobs into the store, in bulk, each with its timeline row.

NewJobs come in, the ids of those planned go out; an identity that exists is not planned again.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from dataclasses import MISSING
from itertools import repeat
from operator import attrgetter, is_not
from typing import Any

import psycopg
from sqlalchemy import Connection, Executable, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from jobs.records import jobs, timeline
from jobs.states import State, Verb
from jobs.store.given import encode, given
from jobs.store.loading import load
from jobs.store.reading import ids_by_identity
from jobs.store.values import NewJob

FEW = 64
"""Up to here PostgreSQL gets one insert that skips known identities; above, COPY, and a look only if that collides."""

_KEPT = {
    name: field.default
    for name, field in NewJob.__dataclass_fields__.items()
    if name in jobs.c and name not in {"id", "due_at"}
}
_GIVEN = [name for name, default in _KEPT.items() if default is MISSING]
_OPTIONAL = {name: default for name, default in _KEPT.items() if default is not MISSING}
"""Columns that are left to the database's default where no job of a set gives anything else."""

_KNOWN_ALREADY = (psycopg.errors.UniqueViolation, IntegrityError)

Columns = dict[str, list[Any]]


def plan(connection: Connection, new: Sequence[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    """Store new jobs, scheduled (in doubt inside a restored backup's gap), and return the ids of those planned.

    A job whose identity exists, or came earlier in the same set, is not planned and its id does not come back.
    """
    if connection.dialect.name == "postgresql" and len(new) <= FEW:
        return _plan_few(connection, _firsts(new), by=by, now=now)
    try:
        return _plan_all(connection, new, by=by, now=now)
    except _KNOWN_ALREADY:  # rare: whoever plans much has looked, and plans only what is new
        fresh = _without_known(connection, _firsts(new))
    try:
        return _plan_all(connection, fresh, by=by, now=now)
    except psycopg.errors.UniqueViolation:  # someone planned one of them since we looked
        return _plan_few(connection, fresh, by=by, now=now)


def _firsts(new: Sequence[NewJob]) -> list[NewJob]:
    """Return the first job of each identity."""
    firsts: dict[uuid.UUID, NewJob] = {}
    for job in new:
        firsts.setdefault(job.identity, job)
    return list(firsts.values())


def _plan_all(connection: Connection, new: Sequence[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    with connection.begin_nested():
        load(connection, jobs, _columns(new, by=by, now=now))
        load(connection, timeline, _events(new, by=by, now=now))
    return [job.id for job in new]


def _plan_few(connection: Connection, new: list[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    if not new:
        return []
    columns = _columns(new, by=by, now=now)
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    planned = set(connection.execute(_insert_statement(tuple(columns)), encode("postgresql", rows)).scalars())
    fresh = [job for job in new if job.id in planned]
    load(connection, timeline, _events(fresh, by=by, now=now))
    return [job.id for job in fresh]


def _without_known(connection: Connection, new: list[NewJob]) -> list[NewJob]:
    known = ids_by_identity(connection, [(job.occasion_id, job.identity) for job in new])
    return [job for job in new if job.identity not in known]


def _columns(new: Sequence[NewJob], *, by: str, now: dt.datetime) -> Columns:
    """Return the columns that these jobs need."""
    count = len(new)
    optional = {name: list(map(attrgetter(name), new)) for name in _OPTIONAL}
    return {
        "id": [job.id for job in new],
        "state": _states(new),
        "due_at": [job.due_at or job.planned_for for job in new],
        "moved_by": [by] * count,
        "created_at": [now] * count,
        "updated_at": [now] * count,
        **{name: list(map(attrgetter(name), new)) for name in _GIVEN},
        **{name: values for name, values in optional.items() if any(map(is_not, values, repeat(_OPTIONAL[name])))},
    }


def _events(new: Sequence[NewJob], *, by: str, now: dt.datetime) -> Columns:
    count = len(new)
    return {
        "job_id": [job.id for job in new],
        "at": [now] * count,
        "verb": [Verb.PLAN.value] * count,
        "to_state": _states(new),
        "by": [by] * count,
        "reason": [job.reason for job in new],
    }


def _states(new: Sequence[NewJob]) -> list[str]:
    in_doubt, scheduled = State.IN_DOUBT.value, State.SCHEDULED.value
    return [in_doubt if job.in_doubt else scheduled for job in new]


@functools.cache
def _insert_statement(names: tuple[str, ...]) -> Executable:
    rows = given("postgresql", {name: jobs.c[name].type for name in names})
    source = select(*(rows.c[name] for name in names)).order_by(rows.c.id)
    fresh = postgresql.insert(jobs).from_select(list(names), source, include_defaults=False)
    return fresh.on_conflict_do_nothing().returning(jobs.c.id)
