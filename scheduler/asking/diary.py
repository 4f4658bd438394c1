"""Occasions by day and contacts by name, in pages, as people look for them: questions in, rows out; it changes nothing.

What is kept of a person elsewhere stays there: this tells names, refs, dates and which jobs an occasion has.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select

from jobs.errors import NotFoundError
from jobs.phone import Phone, read_phone
from jobs.records import contacts, jobs, occasion_people, occasions

MOST_MEANT: Final = 6
"""People that a few words are taken to mean: more is a list to look through."""

Place = tuple[dt.datetime | None, uuid.UUID]
"""Where a page of occasions ended: the last one's start and id."""
NamePlace = tuple[str, uuid.UUID]
"""Where a page of contacts ended: the last one's name, in small letters, and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which occasions to list; None and () ask nothing. `starts_from` is included, `starts_to` is not.

    `words`: a ref or a case, or a person's name, ref or number (read as in `country`); `is_dated` False: only those
    that have no date yet.
    """

    practice: str
    kind: str | None = None
    statuses: tuple[str, ...] = ()
    starts_from: dt.datetime | None = None
    starts_to: dt.datetime | None = None
    words: str = ""
    country: str = ""
    is_dated: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Who is named by an occasion."""

    id: uuid.UUID
    ref: str
    name: str
    phone: str | None
    timezone: str | None

    @property
    def called(self) -> str:
        """Return their name, or their ref where none is kept."""
        return self.name or self.ref


def list_occasions(connection: Connection, asked: Asked, *, after: Place | None, most: int) -> Sequence[RowMapping]:
    """Return up to `most` occasions after a place, the earliest first; removed ones are none."""
    at = occasions.c.starts_at
    query = select(occasions).where(*_conditions(asked))
    if after is not None:
        start, last = after
        query = query.where(occasions.c.id > last if start is None else (at > start) | ((at == start) & _later(last)))
    order = (at, occasions.c.id) if asked.is_dated else (occasions.c.id,)
    return connection.execute(query.order_by(*order).limit(most)).mappings().all()


def occasion_of(connection: Connection, practice: str, occasion_id: uuid.UUID) -> RowMapping:
    """Return a practice's occasion, a removed one too.

    Raises:
        NotFoundError: it has none of that id.

    """
    query = select(occasions).where(occasions.c.practice == practice, occasions.c.id == occasion_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        message = f"there is no such occasion in practice {practice}"
        raise NotFoundError(message)
    return row


def people_of(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Person]]:
    """Return whom occasions name, by occasion and role; `contact` comes first."""
    columns = (contacts.c[name] for name in ("id", "ref", "name", "phone", "timezone"))
    query = (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *columns)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id.in_(sorted(ids)))
        .order_by(occasion_people.c.role != "contact", occasion_people.c.role)
    )
    found: dict[uuid.UUID, dict[str, Person]] = {}
    for row in connection.execute(query):
        found.setdefault(row.occasion_id, {})[row.role] = Person(row.id, row.ref, row.name, row.phone, row.timezone)
    return found


def marks_of(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[RowMapping]]:
    """Return the jobs of occasions, by occasion, the soonest due first: what a mark tells of each."""
    names = ("id", "occasion_id", "origin", "rule", "step", "state", "due_at", "reason", "template")
    query = select(*(jobs.c[name] for name in names)).where(jobs.c.occasion_id.in_(sorted(ids)))
    found: dict[uuid.UUID, list[RowMapping]] = {}
    for row in connection.execute(query.order_by(jobs.c.due_at, jobs.c.id)).mappings():
        found.setdefault(row["occasion_id"], []).append(row)
    return found


def list_contacts(  # noqa: PLR0913 - what is asked, and which page
    connection: Connection, practice: str, words: str, *, country: str, after: NamePlace | None, most: int
) -> Sequence[RowMapping]:
    """Return up to `most` contacts after a place by name; `words`: a name's part, a ref or a number; "": everybody."""
    name = func.lower(contacts.c.name)
    query = select(contacts).where(contacts.c.practice == practice, contacts.c.gone_at.is_(None))
    if words:
        query = query.where(_is_called(words, country))
    if after is not None:
        query = query.where((name > after[0]) | ((name == after[0]) & (contacts.c.id > after[1])))
    return connection.execute(query.order_by(name, contacts.c.id).limit(most)).mappings().all()


def contact_of(connection: Connection, practice: str, ref: str) -> RowMapping:
    """Return a practice's contact by the ref that it has now.

    Raises:
        NotFoundError: nobody has it.

    """
    query = select(contacts).where(contacts.c.practice == practice, contacts.c.ref == ref)
    row = connection.execute(query).mappings().first()
    if row is None:
        message = f"there is no contact {ref!r} in practice {practice}"
        raise NotFoundError(message)
    return row


def meant_by(connection: Connection, practice: str, words: str, country: str) -> Sequence[RowMapping]:
    """Return whom a person's words may mean: the one of that ref alone, else some of that name or number."""
    exact = select(contacts).where(
        contacts.c.practice == practice, contacts.c.ref == words, contacts.c.gone_at.is_(None)
    )
    found = connection.execute(exact).mappings().all()
    if found:
        return found
    return list_contacts(connection, practice, words, country=country, after=None, most=MOST_MEANT)


def next_starts(connection: Connection, ids: Collection[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, dt.datetime]:
    """Return when the next occasion of each contact starts; who has none is left out."""
    query = (
        select(occasion_people.c.contact_id, func.min(occasions.c.starts_at).label("at"))
        .join(occasions, occasions.c.id == occasion_people.c.occasion_id)
        .where(
            occasion_people.c.contact_id.in_(sorted(ids)), occasions.c.starts_at >= now, occasions.c.gone_at.is_(None)
        )
        .group_by(occasion_people.c.contact_id)
    )
    return {row.contact_id: row.at for row in connection.execute(query)}


def refs_of(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the refs of contacts by id."""
    found = connection.execute(select(contacts.c.id, contacts.c.ref).where(contacts.c.id.in_(sorted(ids)))).all()
    return {row.id: row.ref for row in found}


def _later(last: uuid.UUID) -> ColumnElement[bool]:
    return occasions.c.id > last


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        occasions.c.practice == asked.practice,
        occasions.c.gone_at.is_(None),
        occasions.c.starts_at.is_not(None) if asked.is_dated else occasions.c.starts_at.is_(None),
    ]
    if asked.kind is not None:
        found.append(occasions.c.kind == asked.kind)
    if asked.statuses:
        found.append(occasions.c.status.in_(asked.statuses))
    if asked.is_dated and asked.starts_from is not None:
        found.append(occasions.c.starts_at >= asked.starts_from)
    if asked.is_dated and asked.starts_to is not None:
        found.append(occasions.c.starts_at < asked.starts_to)
    if asked.words:
        of_them = (
            select(occasion_people.c.occasion_id)
            .join(contacts, contacts.c.id == occasion_people.c.contact_id)
            .where(contacts.c.practice == asked.practice, _is_called(asked.words, asked.country))
        )
        names_it = or_(occasions.c.ref == asked.words, occasions.c.case_ref == asked.words)
        found.append(names_it | occasions.c.id.in_(of_them))
    return found


def _is_called(words: str, country: str) -> ColumnElement[bool]:
    fits = or_(contacts.c.ref == words, contacts.c.name.icontains(words, autoescape=True))
    read = read_phone(words, country) if country else None
    return fits | (contacts.c.phone == read.e164) if isinstance(read, Phone) else fits
