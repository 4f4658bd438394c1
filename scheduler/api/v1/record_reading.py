"""Contacts and occasions as they are stored: refs and filters in, rows out, of the caller's practice alone."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, RowMapping, Select, select

from jobs.errors import InputError, NotFoundError
from jobs.records import contacts, occasion_people, occasions
from scheduler.api.v1.calling import Place
from scheduler.api.v1.problems import FieldProblem
from scheduler.api.v1.record_bodies import invalid
from scheduler.intake.naming import contact_named, occasion_named
from scheduler.intake.reading import What, what_of
from scheduler.intake.turns import Turns
from scheduler.intake.values import read_line
from scheduler.publishing.revisions import Current, load_current

FIRST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def turns_of(here: Place) -> Turns:
    """Return turns at intake."""
    return Turns(here.database, load_current)


def line_of(value: str, field: str) -> str:
    """Return a ref or a filter as intake keeps such a value.

    Raises:
        Trouble: 422, it can be none.

    """
    try:
        line = read_line(value)
    except ValueError as error:
        raise invalid([FieldProblem(field=field, detail=str(error))]) from error
    if not line:
        raise invalid([FieldProblem(field=field, detail="is empty")])
    return line


def kind_of(current: Current, word: str) -> What:
    """Return the kind of that name, or plural.

    Raises:
        NotFoundError: the practice has none.

    """
    try:
        what = what_of(current, word)
    except InputError as error:
        message = f"there is no kind of that name: {error}"
        raise NotFoundError(message) from error
    if what.kind is None:
        message = f"{word!r} is no kind of occasion"
        raise NotFoundError(message)
    return what


def contact_row(connection: Connection, practice: str, ref: str) -> RowMapping:
    """Return a contact by its ref, or a former one.

    Raises:
        NotFoundError: there is none.

    """
    named = contact_named(connection, practice, ref)
    return connection.execute(select(contacts).where(contacts.c.id == named.id)).mappings().one()


def occasion_row(connection: Connection, practice: str, kind: str, ref: str) -> RowMapping:
    """Return an occasion by its ref, or a former one.

    Raises:
        NotFoundError: there is none.

    """
    named = occasion_named(connection, practice, kind, ref)
    return connection.execute(select(occasions).where(occasions.c.id == named.id)).mappings().one()


def refs_of_via(connection: Connection, rows: Collection[RowMapping]) -> dict[uuid.UUID, str]:
    """Return the refs of whose phones are used for these contacts, by id."""
    ids = {row["via_id"] for row in rows if row["via_id"] is not None}
    if not ids:
        return {}
    found = connection.execute(select(contacts.c.id, contacts.c.ref).where(contacts.c.id.in_(sorted(ids))))
    return {row.id: row.ref for row in found}


def people_of_occasions(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Return the refs of whom occasions name, by occasion and role."""
    query = (
        select(occasion_people.c.occasion_id, occasion_people.c.role, contacts.c.ref)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id.in_(sorted(ids)))
        .order_by(occasion_people.c.role)
    )
    people: dict[uuid.UUID, dict[str, str]] = {}
    for row in connection.execute(query):
        people.setdefault(row.occasion_id, {})[row.role] = row.ref
    return people


def page_rows(
    connection: Connection, query: Select[tuple[object, ...]], after: tuple[str, ...] | None, limit: int
) -> list[RowMapping]:
    """Return the rows of a page by ref, and one more where there are further ones."""
    ref = next(column for column in query.selected_columns if column.key == "ref")
    later = query if after is None else query.where(ref > after[0])
    return list(connection.execute(later.order_by(ref).limit(limit + 1)).mappings())
