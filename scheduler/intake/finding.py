"""Finding what is stored of the rows that come in: refs in, locked rows by ref out. It writes nothing."""

import functools
import uuid
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import BindParameter, Connection, Executable, RowMapping, Text, Uuid, bindparam, select, text

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


def occasions_by_ref(connection: Connection, practice: str, kind: str, refs: Collection[str]) -> dict[str, RowMapping]:
    """Return the stored occasions of that kind and those refs, locked, gone ones too."""
    statement = _occasions_statement(connection.dialect.name)
    return _by_ref(connection, statement, {"practice": practice, "kind": kind}, refs)


def people_of(connection: Connection, occasion_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, RowMapping]]:
    """Return the contacts whom occasions name, by occasion and role."""
    if not occasion_ids:
        return {}
    dialect = connection.dialect.name
    people: dict[uuid.UUID, dict[str, RowMapping]] = {}
    for row in connection.execute(_people_statement(dialect), encode(dialect, _ids(occasion_ids))).mappings():
        people.setdefault(row["occasion_id"], {})[row["role"]] = row
    return people


def occasions_naming(connection: Connection, contact_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the occasions, not the removed ones, that name one of those contacts in any role."""
    if not contact_ids:
        return []
    dialect = connection.dialect.name
    return list(connection.execute(_naming_statement(dialect), encode(dialect, _ids(contact_ids))).scalars())


def _by_ref(
    connection: Connection, statement: Executable, where: dict[str, str], refs: Collection[str]
) -> dict[str, RowMapping]:
    if not refs:
        return {}
    parameters = where | encode(connection.dialect.name, [{"ref": ref} for ref in refs])
    return {row["ref"]: row for row in connection.execute(statement, parameters).mappings()}


def _ids(ids: Iterable[uuid.UUID]) -> list[dict[str, object]]:
    return [{"id": each} for each in ids]


@functools.cache
def _contacts_statement(dialect: str) -> Executable:
    refs = given(dialect, {"ref": Text()})
    return (
        select(contacts)
        .where(contacts.c.practice == _named("practice"), contacts.c.ref.in_(select(refs.c.ref)))
        .order_by(contacts.c.id)
        .with_for_update()
    )


@functools.cache
def _occasions_statement(dialect: str) -> Executable:
    refs = given(dialect, {"ref": Text()})
    return (
        select(occasions)
        .where(
            occasions.c.practice == _named("practice"),
            occasions.c.kind == _named("kind"),
            occasions.c.ref.in_(select(refs.c.ref)),
        )
        .order_by(occasions.c.id)
        .with_for_update()
    )


@functools.cache
def _people_statement(dialect: str) -> Executable:
    ids = given(dialect, {"id": Uuid()})
    return (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *PLANNED_OF_CONTACTS)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id.in_(select(ids.c.id)))
    )


@functools.cache
def _naming_statement(dialect: str) -> Executable:
    ids = given(dialect, {"id": Uuid()})
    return (
        select(occasion_people.c.occasion_id)
        .join(occasions, occasions.c.id == occasion_people.c.occasion_id)
        .where(occasion_people.c.contact_id.in_(select(ids.c.id)), occasions.c.gone_at.is_(None))
        .distinct()
    )


def _named(name: str) -> BindParameter[str]:
    return bindparam(name, type_=Text())
