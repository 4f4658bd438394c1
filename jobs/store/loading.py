"""Many rows into one table at once: COPY on PostgreSQL, one prepared statement on SQLite.

Columns of values come in, of the table's own types, all of one length; nothing comes out. It looks at no key.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Table

from jobs.records.columns import to_microseconds

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""PostgreSQL's manual, COPY, text format: what must be written with a backslash."""
_NULL = "\\N"
_ROWS_A_PIECE = 2000


def load(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert the rows that these columns make up, by the fastest way the database has."""
    if not any(columns.values()):
        return
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, columns)
    else:
        _copy(connection, table, columns)


def _execute_many(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    kept = (_for_sqlite(_kind(table, name), values) for name, values in columns.items())
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours
    connection.exec_driver_sql(statement, list(zip(*kept, strict=True)))


def _copy(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    raw = cast("psycopg.Connection", connection.connection.driver_connection)
    written = [_for_copy(_kind(table, name), values) for name, values in columns.items()]
    lines = ["\t".join(row) for row in zip(*written, strict=True)]
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns))
    command = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table.name), names)
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        for start in range(0, len(lines), _ROWS_A_PIECE):
            copy.write("\n".join(lines[start : start + _ROWS_A_PIECE]) + "\n")


def _kind(table: Table, name: str) -> str:
    return type(table.c[name].type).__name__


def _for_sqlite(kind: str, values: Sequence[Any]) -> Iterable[object]:
    converters: dict[str, Callable[[Any], object]] = {"Uuid": _hex, "Moment": to_microseconds, "JSON": _json}
    convert = converters.get(kind)
    return values if convert is None else _each_once(convert, values)


def _for_copy(kind: str, values: Sequence[Any]) -> Iterable[str]:
    converters: dict[str, Callable[[Any], str]] = {
        "Uuid": _hex,
        "Moment": dt.datetime.isoformat,
        "JSON": lambda value: _json(value).translate(_ESCAPED),
        "Text": lambda value: str(value).translate(_ESCAPED),
        "Boolean": lambda value: "t" if value else "f",
    }
    return _each_once(converters.get(kind, str), values, null=_NULL)


def _each_once(convert: Callable[[Any], Any], values: Sequence[Any], null: object = None) -> list[Any]:
    """Return the values converted, each distinct object once: most columns of a plan repeat a few."""
    known: dict[int, Any] = {id(None): null}
    converted = []
    for value in values:
        key = id(value)  # the caller's columns keep every value alive, so an id means one value
        if key not in known:
            known[key] = convert(value)
        converted.append(known[key])
    return converted


def _hex(value: uuid.UUID) -> str:
    return f"{value.int:032x}"


def _json(value: Mapping[str, object] | Sequence[object]) -> str:
    return json.dumps(dict(value) if isinstance(value, Mapping) else list(value))
