"""A real person to preview texts for: a contact's ref in, the person and what they have coming of each kind out."""

import datetime as dt

from sqlalchemy import Connection, select

from jobs.drafts import About, Person
from jobs.errors import NotFoundError
from jobs.records import contacts, occasion_people, occasions
from scheduler.publishing.previewing import TYPICAL_PERSON, Whom


def find_whom(connection: Connection, practice: str, ref: str, now: dt.datetime) -> Whom:
    """Return the contact of that ref with the next occasion of each kind, else the last one.

    Raises:
        NotFoundError: the practice has no such contact.

    """
    chosen = (contacts.c.practice == practice) & (contacts.c.ref == ref) & contacts.c.gone_at.is_(None)
    row = connection.execute(select(contacts).where(chosen)).mappings().first()
    if row is None:
        message = f"there is no contact {ref[:80]!r}"
        raise NotFoundError(message)
    person = Person(
        name=row["name"],
        first_name=row["first_name"],
        phone=row["phone"] or TYPICAL_PERSON.phone,
        timezone=row["timezone"],
        fields=row["fields"] or {},
    )
    theirs = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id == row["id"])
    known = occasions.c.id.in_(theirs) & occasions.c.gone_at.is_(None) & occasions.c.starts_at.is_not(None)
    rows = connection.execute(select(occasions).where(known).order_by(occasions.c.starts_at)).mappings().all()
    found: dict[str, About] = {}
    is_ahead: set[str] = set()
    for each in rows:
        if each["kind"] in is_ahead:
            continue
        found[each["kind"]] = About(
            kind=each["kind"],
            start=each["start"],
            end=each["end"],
            timezone=each["timezone"],
            remote=each["remote"],
            fields=each["fields"] or {},
        )
        if each["starts_at"] >= now:
            is_ahead.add(each["kind"])
    return Whom(person, found, row["name"] or ref)
