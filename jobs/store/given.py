"""A set of rows as one JSON parameter that a statement reads like a table, so that a verb over a set is one statement.

`json_to_recordset` on PostgreSQL, `json_each` on SQLite. Knows no table of ours.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from jobs.records.columns import Id, to_microseconds

GIVEN = "given"
"""The parameter's name, and the table's."""


def given(dialect: str, columns: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """Return the parameter as a table named `given` with `columns`; names are ours, never a person's."""
    parameter = bindparam(GIVEN, type_=Text())
    if dialect == "sqlite":
        each = func.json_each(parameter).table_valued("value", name="each")
        read = (type_coerce(_of_each(name, kind), kind).label(name) for name, kind in columns.items())
        return select(*read).select_from(each).subquery(GIVEN)
    typed = (column(name, kind) for name, kind in columns.items())
    rows = func.json_to_recordset(cast(parameter, JSON())).table_valued(*typed)
    return rows.render_derived(name=GIVEN, with_types=True)


def given_ids(dialect: str) -> FromClause:
    """Return a parameter that is ids and nothing else as a table named `given` with the column `id`.

    On SQLite an array of them, which is read in half the time that objects of one member take.
    """
    if dialect != "sqlite":
        return given(dialect, {"id": Id})
    each = func.json_each(bindparam(GIVEN, type_=Text())).table_valued("value", name="each")
    value: ColumnElement[uuid.UUID] = literal_column('unhex("each".value)')
    return select(type_coerce(value, Id).label("id")).select_from(each).subquery(GIVEN)


def encode_ids(dialect: str, ids: Iterable[uuid.UUID]) -> dict[str, str]:
    """Return that statement's parameter."""
    if dialect != "sqlite":
        return encode(dialect, ({"id": each} for each in ids))
    return {GIVEN: json.dumps([each.hex for each in ids], separators=(",", ":"))}


def _of_each(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Return a row's value by its name on SQLite, where ids are bytes and JSON has only their digits."""
    value = f"json_extract(\"each\".value, '$.{name}')"
    return literal_column(f"unhex({value})" if isinstance(kind, Uuid) else value)


def encode(dialect: str, rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Return the statement's parameter for `rows`; a key that a row lacks is null."""
    if dialect == "sqlite":
        return {GIVEN: json.dumps(list(rows), default=as_kept_by_sqlite, ensure_ascii=False, separators=(",", ":"))}
    each = list(rows)
    naive = (value for row in each for value in row.values() if isinstance(value, dt.datetime) and not value.tzinfo)
    for value in naive:
        message = f"naive moment {value!r}"
        raise ValueError(message)
    return {GIVEN: to_json(each, fallback=_plain).decode()}


def as_kept_by_sqlite(value: object) -> object:
    """Return what JSON cannot say as SQLite keeps it: microseconds, digits, text."""
    if isinstance(value, dt.datetime):
        return to_microseconds(value)
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    message = f"cannot give {type(value).__name__} to the database"
    raise TypeError(message)
