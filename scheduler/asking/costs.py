"""What a practice's texts were expected to cost and really cost, by month of its zone.

Reads attempts; what counts against the caps adds up to what `spending` holds, to the millionth. It changes nothing.
"""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, RowMapping, or_, select

from jobs.errors import InputError
from jobs.prices import from_millionths, to_millionths
from jobs.records import attempts, jobs
from jobs.spending import month_of
from jobs.store.values import MAYBE_ACCEPTED, Ending
from jobs.terms import Terms
from jobs.windows.sending import zone_of

MONTH: Final = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")


@dataclass(slots=True)
class MonthCosts:
    """What the texts of a month cost in one currency, in millionths; `unpriced`: texts without a known price.

    `estimated` is of all texts, `actual` of those with a known price. `spent` and `reserved` (in doubt) take the price
    where it is known, else the estimate, of what counts against the caps; `outside` likewise of what does not.
    """

    month: str
    currency: str | None
    texts: int = 0
    unpriced: int = 0
    sums: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("estimated", "actual", "spent", "reserved", "outside"), 0)
    )

    def add(self, row: RowMapping) -> None:
        """Count one attempt that was or may have been accepted."""
        estimated, actual = _millionths(row["cost_estimated"]), _millionths(row["cost_actual"])
        self.texts += 1
        self.unpriced += actual is None
        self.sums["estimated"] += estimated or 0
        self.sums["actual"] += actual or 0
        accepted = "spent" if row["outcome"] == Ending.ACCEPTED else "reserved"
        counts = row["spending_month"] is not None
        self.sums[accepted if counts else "outside"] += (estimated or 0) if actual is None else actual

    def as_json(self) -> dict[str, object]:
        """Return it as plain data, sums as decimals in text."""
        sums = {name: f"{from_millionths(amount):f}" for name, amount in self.sums.items()}
        return {"month": self.month, "currency": self.currency, "texts": self.texts, "unpriced": self.unpriced, **sums}


def must_be_month(written: str) -> str:
    """Return a month as it was written.

    Raises:
        InputError: it is none.

    """
    if not MONTH.fullmatch(written):
        message = f"{written!r} is no month: write it as 2026-12"
        raise InputError(message)
    return written


def read_costs(
    connection: Connection, terms: Terms, month: str | None = None, *, contact_id: uuid.UUID | None = None
) -> list[MonthCosts]:
    """Return the costs of a practice's months, of one where it is named, of a contact; each currency by itself."""
    found: dict[tuple[str, str], MonthCosts] = {}
    cap_currency = terms.spending.currency if terms.spending else None
    for row in _rows(connection, terms, month, contact_id):
        its_month = row["spending_month"] or month_of(row["started_at"], terms.timezone)
        if month is not None and its_month != month:
            continue
        currency = row["currency"] or cap_currency
        key = (its_month, currency or "")
        found.setdefault(key, MonthCosts(its_month, currency)).add(row)
    return [found[key] for key in sorted(found)]


def _rows(
    connection: Connection, terms: Terms, month: str | None, contact_id: uuid.UUID | None
) -> Iterable[RowMapping]:
    wanted = select(
        attempts.c.started_at,
        attempts.c.outcome,
        attempts.c.cost_estimated,
        attempts.c.cost_actual,
        attempts.c.currency,
        attempts.c.spending_month,
    ).where(
        attempts.c.practice == terms.practice,
        or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_([each.value for each in MAYBE_ACCEPTED])),
    )
    if contact_id is not None:
        theirs = select(jobs.c.id).where(jobs.c.practice == terms.practice, jobs.c.contact_id == contact_id)
        wanted = wanted.where(attempts.c.job_id.in_(theirs))
    if month is not None:
        first = dt.datetime.fromisoformat(f"{month}-01").replace(tzinfo=zone_of(terms.timezone))
        begins, ends = first - dt.timedelta(days=1), first + dt.timedelta(days=32)
        in_it = attempts.c.spending_month.is_(None) & attempts.c.started_at.between(begins, ends)
        wanted = wanted.where(or_(attempts.c.spending_month == month, in_it))
    return connection.execute(wanted.execution_options(yield_per=10_000)).mappings()


def _millionths(amount: str | None) -> int | None:
    return None if amount is None else to_millionths(Decimal(amount))
