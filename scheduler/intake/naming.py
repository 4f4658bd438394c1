"""Which occasion or contact a person means by a ref, or a former one: refs in, ids out. It writes nothing."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, select

from jobs.errors import NotFoundError
from jobs.records import contact_aliases, contacts, occasion_aliases, occasions


@dataclass(frozen=True, slots=True)
class Named:
    """What was meant: its id and its present ref, of an occasion with its kind."""

    id: uuid.UUID
    ref: str
    kind: str | None = None


def occasion_named(connection: Connection, practice: str, kind: str | None, ref: str) -> Named:
    """Return the occasion of that ref, or whose ref it was; `kind` None: of whatever kind.

    Raises:
        NotFoundError: no occasion has it, or several kinds do and none was named.

    """
    found = _present(connection, practice, kind, ref) or _former(connection, practice, kind, ref)
    if not found:
        message = f"there is no {kind or 'occasion'} {ref!r} in practice {practice}"
        raise NotFoundError(message)
    if len(found) > 1:
        names = " or ".join(sorted(f"{each.kind}/{ref}" for each in found))
        message = f"{ref!r} is the ref of several: say which as {names}"
        raise NotFoundError(message)
    return found[0]


def contact_named(connection: Connection, practice: str, ref: str) -> Named:
    """Return the contact of that ref, or whose ref it was.

    Raises:
        NotFoundError: the practice has no such contact.

    """
    direct = select(contacts.c.id, contacts.c.ref).where(contacts.c.practice == practice, contacts.c.ref == ref)
    former = (
        select(contacts.c.id, contacts.c.ref)
        .join(contact_aliases, contact_aliases.c.contact_id == contacts.c.id)
        .where(contact_aliases.c.practice == practice, contact_aliases.c.ref == ref)
    )
    row = connection.execute(direct).first() or connection.execute(former).first()
    if row is None:
        message = f"there is no contact {ref!r} in practice {practice}"
        raise NotFoundError(message)
    return Named(row.id, row.ref)


def _present(connection: Connection, practice: str, kind: str | None, ref: str) -> list[Named]:
    query = select(occasions.c.id, occasions.c.ref, occasions.c.kind).where(
        occasions.c.practice == practice, occasions.c.ref == ref
    )
    narrowed = query if kind is None else query.where(occasions.c.kind == kind)
    return [Named(*row) for row in connection.execute(narrowed)]


def _former(connection: Connection, practice: str, kind: str | None, ref: str) -> list[Named]:
    query = (
        select(occasions.c.id, occasions.c.ref, occasions.c.kind)
        .join(occasion_aliases, occasion_aliases.c.occasion_id == occasions.c.id)
        .where(occasion_aliases.c.practice == practice, occasion_aliases.c.ref == ref)
    )
    narrowed = query if kind is None else query.where(occasion_aliases.c.kind == kind)
    return [Named(*row) for row in connection.execute(narrowed)]
