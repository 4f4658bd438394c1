"""Texts that staff are asked about, by number: which are still open, and settling them. A writer of `texts`.

While one is open, rules' texts to its number wait; see the gate `unclear`.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, select, text, update

from jobs.records import texts
from jobs.records.people import OPEN_TEXT_SQL

AMBIGUOUS: Final = "ambiguous"
UNCLEAR: Final = "unclear"
"""Meanings of `jobs.replies`, as `texts.meaning` holds them."""

IS_OPEN: Final = text(OPEN_TEXT_SQL)

Key: TypeAlias = tuple[str, str]
"""A practice and a number (E.164)."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What a number wrote that staff have not settled: when it was last unclear, and whether it may be an opt-out."""

    unclear_at: dt.datetime | None = None
    perhaps_opted_out: bool = False


def unsettled(connection: Connection, keys: Collection[Key]) -> dict[Key, Unsettled]:
    """Return which of these numbers wrote something that texts of rules wait for."""
    if not keys:
        return {}
    rows = connection.execute(
        select(texts.c.practice, texts.c.number, texts.c.meaning, texts.c.at)
        .where(
            texts.c.practice.in_(sorted({practice for practice, _ in keys})),
            texts.c.number.in_(sorted({number for _, number in keys})),
            texts.c.meaning.in_((AMBIGUOUS, UNCLEAR)),
            IS_OPEN,
        )
        .order_by(texts.c.at)
    )
    found: dict[Key, Unsettled] = {}
    for row in rows:
        before = found.get((row.practice, row.number), Unsettled())
        is_ambiguous = row.meaning == AMBIGUOUS
        unclear_at = before.unclear_at if is_ambiguous else row.at
        found[row.practice, row.number] = Unsettled(unclear_at, before.perhaps_opted_out or is_ambiguous)
    return found


def settle(connection: Connection, practice: str, number: str, *, by: str, now: dt.datetime) -> int:
    """Note that a person saw to all that a number had asked; return how many texts that were."""
    chosen = update(texts).where(texts.c.practice == practice, texts.c.number == number, IS_OPEN)
    return connection.execute(chosen.values(settled_at=now, settled_by=by, read_at=now)).rowcount
