"""Finds the number that a person names: by a contact's ref, also of one reached on another phone, or itself."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, case, select

from jobs.errors import InputError, NotFoundError
from jobs.phone import PhoneProblem, mask, read_phone
from jobs.records import contact_aliases, contacts, texts
from scheduler.processes.cli.desk import Place


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number (E.164) and how it was named: by a contact's ref, or itself."""

    number: str
    contact_id: uuid.UUID | None
    ref: str | None

    @property
    def shown(self) -> str:
        """The name under which listings show it."""
        return mask(self.number) if self.ref is None else f"{self.ref} ({mask(self.number)})"


def number_named(connection: Connection, place: Place, who: str) -> Numbered:
    """Return the number that somebody is reached on.

    Raises:
        InputError: the contact has none, or it is neither a ref nor a number.
        NotFoundError: there is no such contact.

    """
    row = _contact(connection, place, who)
    if row is None:
        return _written(connection, place, who)
    if row["phone"] is None:
        message = f"contact {who} has no phone"
        raise InputError(message)
    return Numbered(row["phone"], row["id"], row["ref"])


def contact_named(connection: Connection, place: Place, ref: str) -> uuid.UUID:
    """Return the id of the contact of that ref, whether they have a phone or not.

    Raises:
        NotFoundError: there is none.

    """
    row = _contact(connection, place, ref)
    if row is None:
        message = f"there is no contact {ref!r}"
        raise NotFoundError(message)
    found: uuid.UUID = row["id"]
    return found


def _contact(connection: Connection, place: Place, ref: str) -> RowMapping | None:
    """Return the contact of that ref (a merged one under its present row), with the phone they are reached on."""
    via = contacts.alias("via")
    by_alias = (contact_aliases.c.practice == place.practice) & (contact_aliases.c.ref == ref)
    phone = case((contacts.c.via_id.is_not(None), via.c.phone), else_=contacts.c.phone)
    query = (
        select(contacts.c.id, contacts.c.ref, phone.label("phone"))
        .outerjoin(via, via.c.id == contacts.c.via_id)
        .outerjoin(contact_aliases, contact_aliases.c.contact_id == contacts.c.id)
        .where(contacts.c.practice == place.practice, (contacts.c.ref == ref) | by_alias)
        .order_by(contacts.c.ref != ref)
        .limit(1)
    )
    return connection.execute(query).mappings().first()


def _written(connection: Connection, place: Place, who: str) -> Numbered:
    """Return a number as it was written; one of the conversations' counts as it stands there, a short code say."""
    is_known = select(texts.c.id).where(texts.c.practice == place.practice, texts.c.number == who).limit(1)
    if connection.execute(is_known).first() is not None:
        return Numbered(who, None, None)
    read = read_phone(who, place.terms.country)
    if not isinstance(read, PhoneProblem):
        return Numbered(read.e164, None, None)
    if any(character.isalpha() for character in who):
        message = f"there is no contact {who!r}"
        raise NotFoundError(message)
    message = f"{who!r} is no contact's ref and no number: it {read.sentence}"
    raise InputError(message)
