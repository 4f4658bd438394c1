"""Whom a one-off is for: a contact's ref or a number in, a recipient out. It writes nothing."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, case, select

from jobs.errors import InputError, NotFoundError
from jobs.phone import PhoneProblem, read_phone
from jobs.records import contact_aliases, contacts


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a one-off is for: a contact, or a bare number (E.164); `named`: how the asker named them."""

    contact_id: uuid.UUID | None
    number: str
    named: str


def contact_recipient(connection: Connection, practice: str, ref: str) -> Recipient:
    """Return the contact of that ref (a merged one under its present row), with the phone they are reached on.

    Raises:
        NotFoundError: the practice has no such contact, or no more.
        InputError: they have no phone that can be texted.

    """
    row = _contact(connection, practice, ref)
    if row is None:
        message = f"there is no contact {ref!r}"
        raise NotFoundError(message)
    if row["phone"] is None:
        message = f"contact {ref} has no phone that can be texted: {row['phone_problem'] or 'none was given'}"
        raise InputError(message)
    return Recipient(row["id"], row["phone"], ref)


def number_recipient(written: str, country: str) -> Recipient:
    """Return a bare number as it was written, read as one of that country.

    Raises:
        InputError: it is no number that can be texted.

    """
    read = read_phone(written, country)
    if isinstance(read, PhoneProblem):
        message = f"{written!r} is no number that can be texted: it {read.sentence}"
        raise InputError(message)
    return Recipient(None, read.e164, read.e164)


def recipient_named(connection: Connection, practice: str, to: str, country: str) -> Recipient:
    """Return the contact of that ref, else read it as a number.

    Raises:
        NotFoundError: it looks like a ref and is none.
        InputError: it is neither, or the contact has no phone.

    """
    try:
        return contact_recipient(connection, practice, to)
    except NotFoundError:
        read = read_phone(to, country)
        if not isinstance(read, PhoneProblem):
            return Recipient(None, read.e164, read.e164)
        if any(character.isalpha() for character in to):
            raise
        message = f"{to!r} is no contact's ref and no number: it {read.sentence}"
        raise InputError(message) from None


def _contact(connection: Connection, practice: str, ref: str) -> RowMapping | None:
    via = contacts.alias("via")
    by_alias = (contact_aliases.c.practice == practice) & (contact_aliases.c.ref == ref)
    is_via = contacts.c.via_id.is_not(None)
    query = (
        select(
            contacts.c.id,
            case((is_via, via.c.phone), else_=contacts.c.phone).label("phone"),
            case((is_via, via.c.phone_problem), else_=contacts.c.phone_problem).label("phone_problem"),
        )
        .outerjoin(via, via.c.id == contacts.c.via_id)
        .outerjoin(contact_aliases, contact_aliases.c.contact_id == contacts.c.id)
        .where(contacts.c.practice == practice, contacts.c.gone_at.is_(None), (contacts.c.ref == ref) | by_alias)
        .order_by(contacts.c.ref != ref)
        .limit(1)
    )
    return connection.execute(query).mappings().first()
