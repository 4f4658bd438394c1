"""What accepted attempts really cost, in their rows: whose price is not known yet, and prices as they become known.

Prices come in, reckoned; it counts no money. It moves no job.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, or_, select, text, update

from jobs.records import attempts, jobs
from jobs.records.life import UNPRICED_SQL
from jobs.states import Origin
from jobs.store.values import Ending

ASKED_FROM: Final = dt.timedelta(minutes=2)
ASKED_UNTIL: Final = dt.timedelta(days=3)
ASKED_AGAIN: Final = dt.timedelta(minutes=15)
"""A text's price is asked for from this age, until that one, this often."""


@dataclass(frozen=True, slots=True)
class Unpriced:
    """An accepted attempt whose price its provider may be asked for."""

    attempt_id: uuid.UUID
    provider: str
    provider_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What is known of an accepted attempt's cost; decimals as text, both costs in `currency`."""

    attempt_id: uuid.UUID
    practice: str
    origin: Origin
    started_at: dt.datetime
    estimated: str | None
    actual: str | None
    currency: str | None
    price: str | None
    price_currency: str | None
    month: str | None


def take_unpriced(connection: Connection, providers: Collection[str], *, most: int, now: dt.datetime) -> list[Unpriced]:
    """Return up to `most` attempts of these providers to ask about, marked as asked now; each goes to one taker only.

    Accepted ones of the last days, when there may be a price: those never asked about first, each again after a while.
    """
    if not providers:
        return []
    rows = connection.execute(
        select(attempts.c.id, attempts.c.provider, attempts.c.provider_id)
        .where(
            attempts.c.provider.in_(sorted(providers)),
            text(UNPRICED_SQL),  # word for word, or SQLite does not see that its index fits
            attempts.c.provider_id.is_not(None),
            attempts.c.started_at.between(now - ASKED_UNTIL, now - ASKED_FROM),
            or_(attempts.c.price_asked_at.is_(None), attempts.c.price_asked_at <= now - ASKED_AGAIN),
        )
        .order_by(attempts.c.price_asked_at.asc().nulls_first(), attempts.c.started_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        marked = update(attempts).where(attempts.c.id.in_([row.id for row in rows]))
        connection.execute(marked.values(price_asked_at=now))
    return [Unpriced(row.id, row.provider, row.provider_id) for row in rows]


def read_costs(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Costs]:
    """Return the costs of those of these attempts that were accepted, their rows locked until the commit."""
    if not attempt_ids:
        return {}
    rows = connection.execute(
        select(attempts, jobs.c.origin)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(attempts.c.id.in_(attempt_ids), attempts.c.outcome == Ending.ACCEPTED.value)
        .order_by(attempts.c.id)
        .with_for_update(of=attempts)
    )
    return {
        row.id: Costs(
            attempt_id=row.id,
            practice=row.practice,
            origin=Origin(row.origin),
            started_at=row.started_at,
            estimated=row.cost_estimated,
            actual=row.cost_actual,
            currency=row.currency,
            price=row.price,
            price_currency=row.price_currency,
            month=row.spending_month,
        )
        for row in rows
    }


def write_costs(connection: Connection, known: Sequence[Costs]) -> None:
    """Write prices, what they are in the cost's currency, and the month that counts them."""
    if not known:
        return
    connection.execute(
        update(attempts)
        .where(attempts.c.id == bindparam("attempt"))
        .values(
            price=bindparam("told"),
            price_currency=bindparam("told_in"),
            cost_actual=bindparam("actual"),
            currency=bindparam("counted_in"),
            spending_month=bindparam("month"),
        ),
        [
            {
                "attempt": each.attempt_id,
                "told": each.price,
                "told_in": each.price_currency,
                "actual": each.actual,
                "counted_in": each.currency,
                "month": each.month,
            }
            for each in known
        ],
    )
