"""Finding what is stored of the rows that come in: refs in, locked rows by ref out. It writes nothing."""

import functools
import uuid
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Text,
    any_,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects import postgresql

from jobs.database import practice_lock
from jobs.records import contacts, occasion_people, occasions
from jobs.store.given import encode, given
from scheduler.planning.stored import PLANNED_OF_CONTACTS

INTAKE_LOCK_CLASS: Final = 7102
"""First key of the lock under which one transaction at a time takes rows into a practice: no two add the same ref."""


def hold_intake(connection: Connection, practice: str) -> None:
    """Hold the practice's lock shared and its intake alone, until the transaction ends; nothing on SQLite."""
    practice_lock(connection, practice, exclusive=False)
    if connection.dialect.name != "sqlite":
        statement = text("SELECT pg_advisory_xact_lock(:class, number) FROM practices WHERE id = :practice")
        connection.execute(statement, {"class": INTAKE_LOCK_CLASS, "practice": practice})


def contacts_by_ref(connection: Connection, practice: str, refs: Collection[str]) -> dict[str, RowMapping]:
    """Return the stored contacts of those refs, locked, gone ones too."""
    return _by_ref(connection, _contacts_statement(connection.dialect.name), {"practice": practice}, refs)


def people_by_ref(connection: Connection, practice: str, refs: Collection[str]) -> dict[str, RowMapping]:
    """Return of the stored contacts of those refs what planning wants to know, gone ones too; nothing is locked."""
    return _by_ref(connection, _named_statement(connection.dialect.name), {"practice": practice}, refs)


def occasions_by_ref(connection: Connection, practice: str, kind: str, refs: Collection[str]) -> dict[str, RowMapping]:
    """Return the stored occasions of that kind and those refs, locked, gone ones too."""
    statement = _occasions_statement(connection.dialect.name)
    return _by_ref(connection, statement, {"practice": practice, "kind": kind}, refs)


def people_of(connection: Connection, occasion_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, RowMapping]]:
    """Return the contacts whom occasions name, by occasion and role."""
    if not occasion_ids:
        return {}
    people: dict[uuid.UUID, dict[str, RowMapping]] = {}
    statement, parameters = _people_statement(connection.dialect.name), _these(connection, occasion_ids)
    for row in connection.execute(statement, parameters).mappings():
        people.setdefault(row["occasion_id"], {})[row["role"]] = row
    return people


def occasions_naming(connection: Connection, contact_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the occasions, not the removed ones, that name one of those contacts in any role."""
    if not contact_ids:
        return []
    statement, parameters = _naming_statement(connection.dialect.name), _these(connection, contact_ids)
    return list(connection.execute(statement, parameters).scalars())


def _by_ref(
    connection: Connection, statement: Executable, where: dict[str, str], refs: Collection[str]
) -> dict[str, RowMapping]:
    if not refs:
        return {}
    rows = connection.execute(statement, where | _these(connection, refs)).mappings()
    return {row["ref"]: row for row in rows}


def _these(connection: Connection, values: Collection[Any]) -> dict[str, Any]:
    """Return the parameter of a statement that is about these ids or refs."""
    if connection.dialect.name == "sqlite":
        return encode("sqlite", [{"value": each} for each in values])
    return {"these": list(values)}


def _is_one_of(dialect: str, column: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that a column is one of `these`.

    An array on PostgreSQL: of a set from JSON it expects a hundred rows, and before a growing table was first analysed
    it compares every row with every one of them.
    """
    if dialect == "sqlite":
        rows = given(dialect, {"value": column.type})
        return column.in_(select(rows.c.value))
    return column == any_(bindparam("these", type_=postgresql.ARRAY(column.type)))


@functools.cache
def _contacts_statement(dialect: str) -> Executable:
    return (
        select(contacts)
        .where(contacts.c.practice == _named("practice"), _is_one_of(dialect, contacts.c.ref))
        .order_by(contacts.c.id)
        .with_for_update()
    )


@functools.cache
def _named_statement(dialect: str) -> Executable:
    chosen = (contacts.c.practice == _named("practice"), _is_one_of(dialect, contacts.c.ref))
    return select(*PLANNED_OF_CONTACTS).where(*chosen)


@functools.cache
def _occasions_statement(dialect: str) -> Executable:
    chosen = (occasions.c.practice == _named("practice"), occasions.c.kind == _named("kind"))
    return (
        select(occasions)
        .where(*chosen, _is_one_of(dialect, occasions.c.ref))
        .order_by(occasions.c.id)
        .with_for_update()
    )


@functools.cache
def _people_statement(dialect: str) -> Executable:
    return (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *PLANNED_OF_CONTACTS)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(_is_one_of(dialect, occasion_people.c.occasion_id))
    )


@functools.cache
def _naming_statement(dialect: str) -> Executable:
    return (
        select(occasion_people.c.occasion_id)
        .join(occasions, occasions.c.id == occasion_people.c.occasion_id)
        .where(_is_one_of(dialect, occasion_people.c.contact_id), occasions.c.gone_at.is_(None))
        .distinct()
    )


def _named(name: str) -> BindParameter[str]:
    return bindparam(name, type_=Text())
