"""Writing a set of rows in one statement: rows by column name in, inserted or overwritten rows out.

It knows no rule of intake; who calls it has decided and holds the locks.
"""

import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Executable, Table, Uuid, delete, select, true
from sqlalchemy.dialects import postgresql, sqlite

from jobs.store.given import encode, given


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; a row whose primary key is there already is overwritten."""
    if not rows:
        return
    dialect = connection.dialect.name
    columns = tuple(column.name for column in table.columns if column.name in rows[0])
    connection.execute(_put_statement(dialect, table, columns), encode(dialect, rows))


def remove(connection: Connection, table: Table, column: str, ids: Collection[uuid.UUID]) -> None:
    """Delete the rows whose `column` is one of the ids."""
    if not ids:
        return
    dialect = connection.dialect.name
    connection.execute(_remove_statement(dialect, table, column), encode(dialect, [{"id": each} for each in ids]))


_INSERTS: Final = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@functools.cache
def _put_statement(dialect: str, table: Table, columns: tuple[str, ...]) -> Executable:
    rows = given(dialect, {name: table.c[name].type for name in columns})
    key = [column.name for column in table.primary_key]
    # Without a WHERE, SQLite takes ON CONFLICT for a join's ON (https://sqlite.org/lang_upsert.html, section 2.2).
    source = select(*(rows.c[name] for name in columns)).where(true())
    insert = _INSERTS[dialect](table).from_select(list(columns), source, include_defaults=False)
    new = {name: insert.excluded[name] for name in columns if name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=new) if new else insert.on_conflict_do_nothing()


@functools.cache
def _remove_statement(dialect: str, table: Table, column: str) -> Executable:
    rows = given(dialect, {"id": Uuid()})
    return delete(table).where(table.c[column].in_(select(rows.c.id)))
