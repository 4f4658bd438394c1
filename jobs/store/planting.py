"""New jobs into the store, in bulk: COPY on PostgreSQL, one prepared statement on SQLite, each with its timeline row.

NewJobs come in, the ids of those planned go out; an identity that exists is not planned again.
"""

import datetime as dt
import functools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import psycopg
from sqlalchemy import Connection, Executable, Table, select
from sqlalchemy.dialects import postgresql

from jobs.records import jobs, timeline
from jobs.records.columns import to_microseconds
from jobs.states import State, Verb
from jobs.store.given import encode, given
from jobs.store.reading import ids_by_identity
from jobs.store.values import NewJob

FEW = 64
"""Up to here PostgreSQL gets one insert that skips existing identities; above, a look first and then COPY."""

_OPTIONAL = {
    name: field.default
    for name, field in NewJob.__dataclass_fields__.items()
    if name in jobs.c and name not in {"id", "due_at"}
}
"""Columns that are left to the database's default where no job of a set gives anything else."""
_FIXED = ["id", "state", "due_at", "moved_by", "created_at", "updated_at"]
_TIMELINE = ["job_id", "at", "verb", "to_state", "by", "reason"]

Row = tuple[object, ...]


def plan(connection: Connection, new: Sequence[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    """Store new jobs, scheduled (in doubt inside a restored backup's gap), and return the ids of those planned.

    A job whose identity exists, or came earlier in the same set, is not planned and its id does not come back.
    """
    unique = list({job.identity: job for job in reversed(new)}.values())[::-1]
    if not unique:
        return []
    if connection.dialect.name == "sqlite":
        return _plan_on_sqlite(connection, unique, by=by, now=now)
    if len(unique) <= FEW:
        return _plan_few(connection, unique, by=by, now=now)
    return _plan_many(connection, unique, by=by, now=now)


def _plan_on_sqlite(connection: Connection, new: list[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    fresh = _without_known(connection, new)
    names, rows = _rows(fresh, by=by, now=now)
    _execute_many(connection, jobs, names, _converted(jobs, names, rows))
    _execute_many(connection, timeline, _TIMELINE, _converted(timeline, _TIMELINE, _events(fresh, by=by, now=now)))
    return [job.id for job in fresh]


def _plan_few(connection: Connection, new: list[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    names, rows = _rows(new, by=by, now=now)
    given_rows = encode("postgresql", (dict(zip(names, row, strict=True)) for row in rows))
    planned = set(connection.execute(_insert_statement(tuple(names)), given_rows).scalars())
    fresh = [job for job in new if job.id in planned]
    _copy(connection, timeline, _TIMELINE, _events(fresh, by=by, now=now))
    return [job.id for job in fresh]


def _plan_many(connection: Connection, new: list[NewJob], *, by: str, now: dt.datetime) -> list[uuid.UUID]:
    fresh = _without_known(connection, new)
    names, rows = _rows(fresh, by=by, now=now)
    try:
        with connection.begin_nested():
            _copy(connection, jobs, names, rows)
    except psycopg.errors.UniqueViolation:  # someone planned one of them since we looked
        return _plan_few(connection, fresh, by=by, now=now)
    _copy(connection, timeline, _TIMELINE, _events(fresh, by=by, now=now))
    return [job.id for job in fresh]


def _without_known(connection: Connection, new: list[NewJob]) -> list[NewJob]:
    known = ids_by_identity(connection, [job.identity for job in new])
    return [job for job in new if job.identity not in known]


def _state(job: NewJob) -> str:
    return State.IN_DOUBT.value if job.in_doubt else State.SCHEDULED.value


def _rows(new: Sequence[NewJob], *, by: str, now: dt.datetime) -> tuple[list[str], Iterator[Row]]:
    """Return the columns that these jobs need, and their rows."""
    given_ones = [name for name, default in _OPTIONAL.items() if any(getattr(job, name) != default for job in new)]
    read = attrgetter("id", *given_ones)  # with "id" it returns a tuple even where nothing else is given
    rows = (
        (job.id, _state(job), job.due_at or job.planned_for, by, now, now, *read(job)[1:]) for job in new
    )
    return [*_FIXED, *given_ones], rows


def _events(new: Iterable[NewJob], *, by: str, now: dt.datetime) -> Iterator[Row]:
    return ((job.id, now, Verb.PLAN.value, _state(job), by, job.reason) for job in new)


def _converted(table: Table, names: Sequence[str], rows: Iterable[Row]) -> list[Row]:
    """Return rows as SQLite keeps them."""
    converters = [_converter(table, name) for name in names]
    return [
        tuple(value if value is None or convert is None else convert(value) for convert, value in zip(converters, row))  # noqa: B905 - hot, and of equal length by construction
        for row in rows
    ]


def _converter(table: Table, name: str) -> Callable[[Any], object] | None:
    kind = type(table.c[name].type).__name__
    converters: dict[str, Callable[[Any], object]] = {"Uuid": _hex, "Moment": to_microseconds, "JSON": _json}
    return converters.get(kind)


def _hex(value: uuid.UUID) -> str:
    return f"{value.int:032x}"


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(dict(value))


def _execute_many(connection: Connection, table: Table, names: Sequence[str], rows: list[Row]) -> None:
    if rows:
        columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - names are ours


def _copy(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Stream rows by psycopg's COPY through the transaction's own connection."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    columns = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, names))
    command = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table.name), columns)
    json_at = [index for index, name in enumerate(names) if type(table.c[name].type).__name__ == "JSON"]
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(_with_json(row, json_at) if json_at else row)


def _with_json(row: Row, places: Sequence[int]) -> Row:
    return tuple(
        json.dumps(dict(value)) if index in places and isinstance(value, Mapping) else value
        for index, value in enumerate(row)
    )


@functools.cache
def _insert_statement(names: tuple[str, ...]) -> Executable:
    rows = given("postgresql", {name: jobs.c[name].type for name in names})
    source = select(*(rows.c[name] for name in names)).order_by(rows.c.id)
    fresh = postgresql.insert(jobs).from_select(list(names), source, include_defaults=False)
    return fresh.on_conflict_do_nothing(index_elements=["identity"]).returning(jobs.c.id)
