"""Finding what is stored of the rows that come in: refs in, locked rows by ref out. It writes nothing."""

import functools
import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    RowMapping,
    Table,
    and_,
    select,
    text,
)

from jobs.database import practice_lock
from jobs.records import contacts, occasion_people, occasions
from jobs.store.given import encode, encode_ids, given, given_ids
from scheduler.planning.stored import CONTACTS_REACHED, PLANNED_OF_CONTACTS

INTAKE_LOCK_CLASS: Final = 7102
"""First key of the lock under which one transaction at a time takes rows into a practice: no two add the same ref."""


def hold_intake(connection: Connection, practice: str) -> None:
    """Hold the practice's lock shared and its intake alone, until the transaction ends; nothing on SQLite."""
    practice_lock(connection, practice, exclusive=False)
    if connection.dialect.name != "sqlite":
        statement = text("SELECT pg_advisory_xact_lock(:class, number) FROM practices WHERE id = :practice")
        connection.execute(statement, {"class": INTAKE_LOCK_CLASS, "practice": practice})


def learn_sizes(connection: Connection) -> None:
    """Let PostgreSQL look how big the tables are that an import fills; nothing on SQLite.

    Of a table that it never analysed it expects one row of a practice and kind, reads them all and compares each with
    each ref: 500 refs took 0.6 s at 6,000 rows. It analyses by itself only once a minute.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("ANALYZE contacts, occasions, occasion_people, jobs"))


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
    """Return the occasions, not the removed ones, that name one of those contacts, or one reached via them."""
    if not contact_ids:
        return []
    contact_ids = {*contact_ids, *reached_via(connection, contact_ids)}
    statement, parameters = _naming_statement(connection.dialect.name), _these(connection, contact_ids)
    return list(connection.execute(statement, parameters).scalars())


def reached_via(connection: Connection, contact_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the contacts for whom the phone of one of those contacts is used."""
    if not contact_ids:
        return []
    statement, parameters = _via_statement(connection.dialect.name), _these(connection, contact_ids)
    return list(connection.execute(statement, parameters).scalars())


def phones_used(connection: Connection, contact_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these contacts whose phones are used for others."""
    if not contact_ids:
        return set()
    statement, parameters = _phones_used_statement(connection.dialect.name), _these(connection, contact_ids)
    return set(connection.execute(statement, parameters).scalars())


def _by_ref(
    connection: Connection, statement: Executable, of: Mapping[str, str], refs: Collection[str]
) -> dict[str, RowMapping]:
    """Return rows by ref; whose they are stands in each given row, so that the join is on the whole unique key."""
    if not refs:
        return {}
    parameters = encode(connection.dialect.name, [{**of, "ref": ref} for ref in refs])
    return {row["ref"]: row for row in connection.execute(statement, parameters).mappings()}


@functools.cache
def _contacts_statement(dialect: str) -> Executable:
    found = select(contacts).join(*_on_given(dialect, contacts, "practice", "ref"))
    return found.order_by(contacts.c.id).with_for_update(of=contacts)


@functools.cache
def _named_statement(dialect: str) -> Executable:
    joined = CONTACTS_REACHED.join(*_on_given(dialect, contacts, "practice", "ref"))
    return select(*PLANNED_OF_CONTACTS).select_from(joined)


@functools.cache
def _occasions_statement(dialect: str) -> Executable:
    found = select(occasions).join(*_on_given(dialect, occasions, "practice", "kind", "ref"))
    return found.order_by(occasions.c.id).with_for_update(of=occasions)


def _on_given(dialect: str, table: Table, *names: str) -> tuple[FromClause, ColumnElement[bool]]:
    """Return the given rows and the condition that the columns of those names are theirs."""
    rows = given(dialect, {name: table.c[name].type for name in names})
    return rows, and_(*(table.c[name] == rows.c[name] for name in names))


def _these(connection: Connection, ids: Collection[uuid.UUID]) -> dict[str, str]:
    """Return the parameter of a statement that is about these ids."""
    return encode_ids(connection.dialect.name, ids)


def _is_one_of(dialect: str, column: Column[Any]) -> ColumnElement[bool]:
    rows = given_ids(dialect)
    return column.in_(select(rows.c.id))


@functools.cache
def _people_statement(dialect: str) -> Executable:
    return (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *PLANNED_OF_CONTACTS)
        .select_from(occasion_people.join(CONTACTS_REACHED, contacts.c.id == occasion_people.c.contact_id))
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


@functools.cache
def _phones_used_statement(dialect: str) -> Executable:
    return select(contacts.c.via_id).where(_is_one_of(dialect, contacts.c.via_id)).distinct()


@functools.cache
def _via_statement(dialect: str) -> Executable:
    return select(contacts.c.id).where(_is_one_of(dialect, contacts.c.via_id))
