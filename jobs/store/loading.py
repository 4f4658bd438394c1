"""Many rows into one table at once: COPY on PostgreSQL, one prepared statement on SQLite.

Columns of values come in, of the table's own types, all of one length; nothing comes out. It looks at no key.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.types import TypeEngine

from jobs.records.columns import to_microseconds
from jobs.store.given import as_kept_by_sqlite

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""PostgreSQL's manual, COPY, text format: what must be written with a backslash."""
_NULL = "\\N"
_ROWS_A_PIECE = 250

Known: TypeAlias = dict[int, Any]
"""What values became that were converted already, by the id of each."""


def load(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert the rows that these columns make up, by the fastest way the database has."""
    if not any(columns.values()):
        return
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, columns)
    else:
        _copy(connection, table, columns)


def _execute_many(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours
    connection.exec_driver_sql(statement, as_rows([(values, table.c[name].type) for name, values in columns.items()]))


def as_rows(columns: Sequence[tuple[Sequence[Any], TypeEngine[Any]]]) -> list[tuple[Any, ...]]:
    """Return columns of values of these types as the rows that SQLite keeps."""
    known: Known = {id(None): None}
    return list(zip(*(_for_sqlite(_kind(kind), values, known) for values, kind in columns), strict=True))


def _copy(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    raw = cast("psycopg.Connection", connection.connection.driver_connection)
    known: Known = {id(None): _NULL}
    kinds = {name: _kind(table.c[name].type) for name in columns}
    count = len(next(iter(columns.values())))
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns))
    command = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table.name), names)
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        for start in range(0, count, _ROWS_A_PIECE):  # the server stores one piece while the next is written
            piece = (values[start : start + _ROWS_A_PIECE] for values in columns.values())
            written = (_for_copy(kind, values, known) for kind, values in zip(kinds.values(), piece, strict=True))
            copy.write("\n".join(map("\t".join, zip(*written, strict=True))) + "\n")


def _kind(kind: TypeEngine[Any]) -> str:
    return type(kind).__name__


def _for_sqlite(kind: str, values: Sequence[Any], known: Known) -> Iterable[object]:
    if kind == "Uuid":
        return [None if value is None else value.bytes for value in values]
    converters: dict[str, Callable[[Any], object]] = {"Moment": to_microseconds, "JSON": _json}
    convert = converters.get(kind)
    return values if convert is None else _each_once(convert, values, known)


def _for_copy(kind: str, values: Sequence[Any], known: Known) -> Iterable[str]:
    if kind == "Uuid":
        return [_NULL if value is None else f"{value.int:032x}" for value in values]
    converters: dict[str, Callable[[Any], str]] = {
        "Moment": dt.datetime.isoformat,
        "JSON": lambda value: _json(value).translate(_ESCAPED),
        "Text": lambda value: str(value).translate(_ESCAPED),
        "Boolean": lambda value: "t" if value else "f",
    }
    return _each_once(converters.get(kind, str), values, known)


def _each_once(convert: Callable[[Any], Any], values: Sequence[Any], known: Known) -> list[Any]:
    """Return the values converted, each distinct object once: most columns of a plan repeat a few.

    The caller's columns keep every value alive, so an id means one value; an object is in columns of one kind only.
    """
    converted = []
    for value in values:
        found = known.get(id(value), known)
        if found is known:
            found = known[id(value)] = convert(value)
        converted.append(found)
    return converted


def _json(value: Mapping[str, object] | Sequence[object]) -> str:
    whole = dict(value) if isinstance(value, Mapping) else list(value)
    return json.dumps(whole, default=as_kept_by_sqlite)
