"""Attempts whose words their provider is to delete: wanted, taken up, done.

Attempts come in, those to ask about go out. It moves no job and deletes nothing here.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, text, update

from jobs.records import attempts
from jobs.records.life import UNREDACTED_SQL

ASKED_AGAIN: Final = dt.timedelta(minutes=1)
"""The shortest time between two requests; it grows with the attempt's age."""


@dataclass(frozen=True, slots=True)
class Unredacted:
    """An attempt whose words are still at its provider."""

    attempt_id: uuid.UUID
    provider: str
    provider_id: str


def want(connection: Connection, attempt_ids: Collection[uuid.UUID], *, now: dt.datetime) -> None:
    """Note that the words of attempts that have ended are to be deleted; once deleted they are not asked for again."""
    if not attempt_ids:
        return
    fresh = attempts.c.id.in_(attempt_ids), attempts.c.redact_at.is_(None), attempts.c.redacted_at.is_(None)
    connection.execute(update(attempts).where(*fresh).values(redact_at=now))


def take(connection: Connection, providers: Collection[str], *, most: int, now: dt.datetime) -> list[Unredacted]:
    """Return up to `most` attempts to ask these providers about now; each goes to one taker, and comes back later.

    The time until it comes back grows with its age, so that what is never done costs less and less.
    """
    rows = connection.execute(
        select(attempts.c.id, attempts.c.provider, attempts.c.provider_id, attempts.c.started_at)
        .where(
            text(UNREDACTED_SQL),  # word for word, or SQLite does not see that its index fits
            attempts.c.redact_at <= now,
            attempts.c.provider.in_(sorted(providers)),
            attempts.c.provider_id.is_not(None),
        )
        .order_by(attempts.c.redact_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        again = now + max(ASKED_AGAIN, now - row.started_at)
        connection.execute(update(attempts).where(attempts.c.id == row.id).values(redact_at=again))
    return [Unredacted(row.id, row.provider, row.provider_id) for row in rows]


def done(connection: Connection, attempt_ids: Sequence[uuid.UUID], *, now: dt.datetime) -> None:
    """Record that the words of these attempts are gone from their provider."""
    if attempt_ids:
        gone = update(attempts).where(attempts.c.id.in_(attempt_ids))
        connection.execute(gone.values(redact_at=None, redacted_at=now))
