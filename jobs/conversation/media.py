"""What came with an inbound text, as it was noted: who brought it, and each part's address and type. Reads only."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select

from jobs.records import texts

WHOLE = 32
"""Characters of a whole id."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One part of what came with a text: where the provider keeps it, and its type as the provider says."""

    address: str
    kind: str


@dataclass(frozen=True, slots=True)
class TextWithMedia:
    """An inbound text: the provider that brought it, and what came with it, in order; often nothing."""

    id: uuid.UUID
    number: str
    provider: str | None
    media: tuple[Enclosure, ...]


def texts_ending_in(connection: Connection, practice: str, ending: str, *, most: int = 2) -> list[TextWithMedia]:
    """Return a practice's inbound texts whose id is, or ends in, these lower-case hexadecimal digits."""
    query = (
        select(texts.c.id, texts.c.number, texts.c.provider, texts.c.media)
        .where(texts.c.practice == practice, texts.c.direction == "in", _ends_in(ending, connection.dialect.name))
        .order_by(texts.c.at.desc(), texts.c.id.desc())
        .limit(most)
    )
    return [
        TextWithMedia(
            row.id, row.number, row.provider, tuple(Enclosure(address, kind) for address, kind in row.media or ())
        )
        for row in connection.execute(query)
    ]


def _ends_in(ending: str, dialect: str) -> ColumnElement[bool]:
    if len(ending) == WHOLE:
        return texts.c.id == uuid.UUID(ending)
    digits = func.lower(func.hex(texts.c.id)) if dialect == "sqlite" else func.replace(cast(texts.c.id, Text), "-", "")
    return digits.like(f"%{ending}")
