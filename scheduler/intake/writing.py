"""Writing a set of rows in one statement: rows by column name in, inserted or overwritten rows out.

It knows no rule of intake; who calls it has decided and holds the locks.
"""

import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, Text, bindparam, delete, select, true
from sqlalchemy.dialects import postgresql, sqlite

from jobs.records import occasion_people
from jobs.store.given import encode, encode_ids, given, given_ids
from jobs.store.loading import load


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; a row whose primary key is there already is overwritten."""
    if not rows:
        return
    dialect = connection.dialect.name
    columns = tuple(column.name for column in table.columns if column.name in rows[0])
    connection.execute(_put_statement(dialect, table, columns), encode(dialect, rows))


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns and are surely not there yet, by the fastest way the database has."""
    if rows:
        load(connection, table, {name: [row[name] for row in rows] for name in rows[0]})


def unname(connection: Connection, role: str, occasion_ids: Collection[uuid.UUID]) -> None:
    """Let occasions name nobody in that role."""
    if not occasion_ids:
        return
    dialect = connection.dialect.name
    parameters = {"role": role} | encode_ids(dialect, occasion_ids)
    connection.execute(_unname_statement(dialect), parameters)


@functools.cache
def _put_statement(dialect: str, table: Table, columns: tuple[str, ...]) -> Executable:
    rows = given(dialect, {name: table.c[name].type for name in columns})
    key = [column.name for column in table.primary_key]
    # Without a WHERE, SQLite takes ON CONFLICT for a join's ON (https://sqlite.org/lang_upsert.html, section 2.2).
    source = select(*(rows.c[name] for name in columns)).where(true())
    insert = (sqlite.Insert if dialect == "sqlite" else postgresql.Insert)(table)
    insert = insert.from_select(list(columns), source, include_defaults=False)
    new = {name: insert.excluded[name] for name in columns if name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=new) if new else insert.on_conflict_do_nothing()


@functools.cache
def _unname_statement(dialect: str) -> Executable:
    rows = given_ids(dialect)
    people = occasion_people.c
    named = people.role == bindparam("role", type_=Text())
    return delete(occasion_people).where(named, people.occasion_id.in_(select(rows.c.id)))
