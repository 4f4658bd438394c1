"""Finds a contact by ref, with everything that is theirs: former refs, numbers, and who else the numbers are used for.

Rows in, frozen values out; it writes nothing.
"""

import datetime as dt
import difflib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select

from jobs.errors import NotFoundError
from jobs.records import attempts, contact_aliases, contacts, jobs, texts

MOST_NEAR: Final = 5
_REFS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was, or is, used for a contact; how many texts went to it, and when first and last."""

    number: str
    is_present: bool
    texts: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A contact of a practice: the row, the one whose phone is used, former refs, every id and number of theirs.

    `ids` holds those of contacts that were merged into this one, too.
    """

    practice: str
    row: RowMapping
    via: RowMapping | None
    former_refs: tuple[str, ...]
    ids: tuple[uuid.UUID, ...]
    numbers: tuple[Number, ...]

    @property
    def digits(self) -> list[str]:
        """Return the numbers alone."""
        return [each.number for each in self.numbers]

    def has_job(self) -> ColumnElement[bool]:
        """Return the condition on `jobs` that it is theirs: to them, or to their bare number."""
        bare = and_(jobs.c.contact_id.is_(None), jobs.c.to_number.in_(self.digits))
        return and_(jobs.c.practice == self.practice, or_(jobs.c.contact_id.in_(self.ids), bare))

    def has_text(self) -> ColumnElement[bool]:
        """Return the condition on `texts` that it is theirs."""
        bare = and_(texts.c.contact_id.is_(None), texts.c.number.in_(self.digits))
        return and_(texts.c.practice == self.practice, or_(texts.c.contact_id.in_(self.ids), bare))


@dataclass(frozen=True, slots=True)
class Other:
    """How many texts went to the same numbers for another contact."""

    ref: str
    texts: int


def find_party(connection: Connection, practice: str, ref: str) -> Party:
    """Return the contact of that ref or former ref, gone or not.

    Raises:
        NotFoundError: there is none; the message names the nearest refs.

    """
    found = connection.execute(select(contacts).where(_is(practice, ref))).mappings().first()
    if found is None:
        named = select(contact_aliases.c.contact_id).where(
            contact_aliases.c.practice == practice, contact_aliases.c.ref == ref
        )
        found = connection.execute(select(contacts).where(contacts.c.id.in_(named))).mappings().first()
    if found is None:
        raise NotFoundError(_unknown(connection, practice, ref))
    former = select(contact_aliases.c.ref).where(
        contact_aliases.c.practice == practice, contact_aliases.c.contact_id == found["id"]
    )
    refs = tuple(sorted(connection.execute(former).scalars()))
    merged = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.ref.in_(refs))
    ids = tuple(dict.fromkeys([found["id"], *connection.execute(merged).scalars()]))
    via = connection.execute(select(contacts).where(contacts.c.id == found["via_id"])).mappings().first()
    return Party(practice, found, via, refs, ids, _numbers(connection, ids, (found if via is None else via)["phone"]))


def others_at(connection: Connection, party: Party) -> list[Other]:
    """Return for which other contacts texts went to the same numbers; their words are not this contact's."""
    query = (
        select(contacts.c.ref, func.count(attempts.c.id))
        .select_from(attempts)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .join(contacts, contacts.c.id == jobs.c.contact_id)
        .where(
            attempts.c.practice == party.practice,
            attempts.c.to_number.in_(party.digits),
            jobs.c.contact_id.not_in(party.ids),
        )
        .group_by(contacts.c.ref)
        .order_by(contacts.c.ref)
    )
    return [Other(ref, count) for ref, count in connection.execute(query)]


def _numbers(connection: Connection, ids: tuple[uuid.UUID, ...], present: str | None) -> tuple[Number, ...]:
    """Return the numbers of a contact: those texted, those that texts came from, and the present one, in front."""
    query = (
        select(
            attempts.c.to_number,
            func.count(attempts.c.id),
            func.min(attempts.c.started_at),
            func.max(attempts.c.started_at),
        )
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(jobs.c.contact_id.in_(ids))
        .group_by(attempts.c.to_number)
    )
    found = {row[0]: Number(row[0], row[0] == present, *row[1:]) for row in connection.execute(query)}
    spoken = select(texts.c.number).where(texts.c.contact_id.in_(ids)).distinct()
    for number in [*connection.execute(spoken).scalars(), *([present] if present else [])]:
        found.setdefault(number, Number(number, number == present))
    return tuple(sorted(found.values(), key=lambda each: (not each.is_present, each.number)))


def _is(practice: str, ref: str) -> ColumnElement[bool]:
    return and_(contacts.c.practice == practice, contacts.c.ref == ref)


def _unknown(connection: Connection, practice: str, ref: str) -> str:
    near = nearest_refs(ref, _refs(connection, practice))
    helps = f"; the nearest are: {', '.join(near)}" if near else ""
    return f"there is no contact {ref!r} in practice {practice}{helps}"


def _refs(connection: Connection, practice: str) -> Iterable[list[str]]:
    """Yield every ref of a practice's contacts, a part at a time."""
    query: Any = select(contacts.c.ref).where(contacts.c.practice == practice)
    found = connection.execution_options(yield_per=_REFS_AT_ONCE).execute(query).scalars()
    for part in found.partitions():
        yield list(part)


def nearest_refs(ref: str, parts: Iterable[list[str]]) -> list[str]:
    """Return the few refs that are most like one that does not exist, the likest first; case does not count."""
    found: list[str] = []
    for part in parts:
        folded = {each.casefold(): each for each in [*found, *part]}
        likest = difflib.get_close_matches(ref[:100].casefold(), folded, n=MOST_NEAR, cutoff=0.6)
        found = [folded[each] for each in likest]
    return found
