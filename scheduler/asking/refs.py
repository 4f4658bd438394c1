"""Records by the refs they have or had: refs in; conditions, ids and present refs out. It writes nothing.

A ref that is somebody's now means them alone, whoever had it before (as `scheduler.intake.naming` reads one).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from jobs.records import contact_aliases, contacts, occasion_aliases, occasions
from scheduler.intake.wholes import Named, Whole


def contacts_meant(practice: str, ref: str) -> Select[Any]:
    """Return the query of the id of whom a ref means: one row or none."""
    is_theirs = and_(contacts.c.practice == practice, contacts.c.ref == ref)
    is_somebodys = select(contacts.c.id).where(is_theirs).exists()
    former = select(contact_aliases.c.contact_id).where(
        contact_aliases.c.practice == practice, contact_aliases.c.ref == ref, ~is_somebodys
    )
    return select(contacts.c.id).where(or_(is_theirs, contacts.c.id.in_(former)))


def occasions_meant(practice: str, kind: str | None, ref: str) -> Select[Any]:
    """Return the query of the ids of what a ref means, of every kind where none is named."""
    theirs: list[ColumnElement[bool]] = [occasions.c.practice == practice, occasions.c.ref == ref]
    had: list[ColumnElement[bool]] = [occasion_aliases.c.practice == practice, occasion_aliases.c.ref == ref]
    if kind is not None:
        theirs.append(occasions.c.kind == kind)
        had.append(occasion_aliases.c.kind == kind)
    is_somethings = select(occasions.c.id).where(*theirs).exists()
    former = select(occasion_aliases.c.occasion_id).where(*had, ~is_somethings)
    return select(occasions.c.id).where(or_(and_(*theirs), occasions.c.id.in_(former)))


def present_contacts(connection: Connection, practice: str, refs: Collection[str]) -> dict[str, str]:
    """Return the present refs of contacts by those of `refs` that are former ones."""
    now = contacts.alias("now")
    is_somebodys = select(now.c.id).where(now.c.practice == practice, now.c.ref == contact_aliases.c.ref).exists()
    query = (
        select(contact_aliases.c.ref, contacts.c.ref.label("present"))
        .join(contacts, contacts.c.id == contact_aliases.c.contact_id)
        .where(contact_aliases.c.practice == practice, contact_aliases.c.ref.in_(sorted(refs)), ~is_somebodys)
    )
    return {row.ref: row.present for row in connection.execute(query)} if refs else {}


def present_occasion(connection: Connection, practice: str, kind: str, ref: str) -> str:
    """Return the present ref of what a ref means; the same ref where nothing has or had it."""
    meant = select(occasions.c.ref).where(occasions.c.id.in_(occasions_meant(practice, kind, ref)))
    found: str | None = connection.execute(meant).scalar()
    return ref if found is None else found


def at_present(connection: Connection, practice: str, whole: Whole) -> Whole:
    """Return a record that comes in with the present refs of people in place of former ones: a contact's own, too."""
    given = [str(each["ref"]) for each in whole.people.values()] + _named_people(whole.named)
    own = [whole.ref] if whole.what.kind is None else []
    known = present_contacts(connection, practice, [*given, *own])
    if not known:
        return whole
    people = {role: {**each, "ref": known.get(str(each["ref"]), each["ref"])} for role, each in whole.people.items()}
    ref = known.get(whole.ref, whole.ref) if own else whole.ref
    return replace(whole, named={**_renamed(whole.named, known), "ref": ref}, people=people)


def _named_people(named: Named) -> list[str]:
    """Return the refs that a record names people by."""
    people = named.get("people")
    others = people.values() if isinstance(people, Mapping) else ()
    return [each for each in (named.get("contact"), named.get("via"), *others) if isinstance(each, str)]


def _renamed(named: Named, known: Mapping[str, str]) -> dict[str, object]:
    def present(value: object) -> object:
        return known.get(value, value) if isinstance(value, str) else value

    people = named.get("people")
    renamed = {name: present(named[name]) for name in ("contact", "via") if name in named}
    if isinstance(people, Mapping):
        renamed["people"] = {role: present(each) for role, each in people.items()}
    return {**named, **renamed}
