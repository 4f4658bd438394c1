"""Gives texts of unknown numbers to their contacts: when a contact gets the number, or a person says whose they are.

A writer of `texts`, in the caller's transaction.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from jobs.records import texts


def attach(connection: Connection, practice: str, numbers: Mapping[str, uuid.UUID]) -> int:
    """Give the unclaimed texts of numbers to the contacts that have these numbers now; return how many."""
    unclaimed = select(texts.c.number).where(texts.c.practice == practice, texts.c.contact_id.is_(None)).distinct()
    found = sorted(numbers.keys() & set(connection.execute(unclaimed).scalars()))
    return sum(claim(connection, practice, number, numbers[number]) for number in found)


def claim(connection: Connection, practice: str, number: str, contact_id: uuid.UUID) -> int:
    """Give the unclaimed texts of a number to a contact, whatever number that one has; return how many."""
    unclaimed = texts.c.practice == practice, texts.c.number == number, texts.c.contact_id.is_(None)
    return connection.execute(update(texts).where(*unclaimed).values(contact_id=contact_id)).rowcount
