"""What a legal hold keeps: conditions on rows, for whoever deletes or empties any. It writes nothing.

A hold is on a contact, with those merged into them, or on a case: its occasions, and whom they name.
"""

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select
from sqlalchemy.sql.selectable import CompoundSelect

from jobs.records import contact_aliases, contacts, holds, jobs, occasion_people, occasions, texts

_STANDS = holds.c.released_at.is_(None)


def held_contacts() -> CompoundSelect[tuple[object]]:
    """Return the query of the ids of contacts that a hold keeps, in any practice."""
    named = select(holds.c.contact_id).where(_STANDS, holds.c.contact_id.is_not(None))
    merged = (
        select(contacts.c.id)
        .join(
            contact_aliases,
            _same(contact_aliases.c.practice, contacts.c.practice, contact_aliases.c.ref, contacts.c.ref),
        )
        .where(contact_aliases.c.contact_id.in_(named))
    )
    of_case = select(occasion_people.c.contact_id).where(occasion_people.c.occasion_id.in_(held_occasions()))
    return named.union(merged, of_case)


def held_occasions() -> Select[tuple[object]]:
    """Return the query of the ids of occasions whose case a hold keeps."""
    of_case = _same(holds.c.practice, occasions.c.practice, holds.c.case_ref, occasions.c.case_ref)
    return select(occasions.c.id).join(holds, of_case).where(_STANDS)


def is_held(contact: ColumnElement[object]) -> ColumnElement[bool]:
    """Return the condition that a column names a contact that a hold keeps; false where it names nobody."""
    return and_(contact.is_not(None), contact.in_(held_contacts()))


def is_held_job() -> ColumnElement[bool]:
    """Return the condition on `jobs` that a hold keeps a job: its contact's, or its case's."""
    of_case = and_(jobs.c.occasion_id.is_not(None), jobs.c.occasion_id.in_(held_occasions()))
    return or_(is_held(jobs.c.contact_id), of_case)


def is_held_text(of: FromClause = texts) -> ColumnElement[bool]:
    """Return the condition on `texts` (or an alias) that a hold keeps a text: its contact's, or its case's."""
    case = exists().where(_STANDS, _same(holds.c.practice, of.c.practice, holds.c.case_ref, of.c.case_ref))
    return or_(is_held(of.c.contact_id), case)


def is_held_number(practice: ColumnElement[str], number: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a number is that of a contact that a hold keeps, or that texts of theirs have it."""
    has, said = contacts.alias("has"), texts.alias("said")
    theirs = exists().where(_same(has.c.practice, practice, has.c.phone, number), is_held(has.c.id))
    texted = exists().where(_same(said.c.practice, practice, said.c.number, number), is_held_text(said))
    return or_(theirs, texted)


def _same(
    one: ColumnElement[str], other: ColumnElement[str], further: ColumnElement[str], same: ColumnElement[str]
) -> ColumnElement[bool]:
    return and_(one == other, further == same)
