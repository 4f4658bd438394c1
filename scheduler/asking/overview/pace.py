"""How late texts went lately, and how many went a day and what they cost. Read from the jobs' moments; no writes."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, TextClause, func, select, union_all

from jobs.prices import from_millionths, to_millionths
from jobs.records import attempts, jobs
from jobs.states import State
from jobs.store.values import Ending
from scheduler.asking.overview.standing import IS_STANDING

GONE_OUT: Final = (State.SENT, State.DELIVERED, State.UNDELIVERED)
LATELY: Final = dt.timedelta(hours=24)
MOST: Final = 2_000
"""So many of the last texts tell how late texts go."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after its moment a text's first accepted request began, in seconds; of how many texts that is told."""

    texts: int
    p50: float
    p95: float
    p99: float


@dataclass(slots=True)
class Day:
    """Texts that were due on a day and went out, and what they cost by currency: the price, else its estimate."""

    day: dt.date
    begins: dt.datetime
    ends: dt.datetime
    texts: int = 0
    sums: Counter[str] = field(default_factory=Counter)

    @property
    def costs(self) -> list[tuple[Decimal, str]]:
        """Return each sum with its currency."""
        return [(from_millionths(amount), currency) for currency, amount in sorted(self.sums.items())]


def lateness(connection: Connection, practice: str, now: dt.datetime) -> Lateness | None:
    """Return how late the last texts of a day went, at most so many; None where none went."""
    parts = []
    for state in GONE_OUT:
        part = (
            select(jobs.c.id, jobs.c.due_at)
            .where(*_out(practice, state), jobs.c.due_at >= now - LATELY)
            .order_by(jobs.c.due_at.desc())
            .limit(MOST)
            .subquery()
        )
        parts.append(select(part.c.id, part.c.due_at))
    every = union_all(*parts).subquery()
    last = select(every.c.id, every.c.due_at).order_by(every.c.due_at.desc()).limit(MOST).subquery()
    began = func.min(attempts.c.started_at)
    query = (
        select(last.c.due_at, began)
        .join(attempts, attempts.c.job_id == last.c.id)
        .where(attempts.c.outcome == Ending.ACCEPTED.value)
        .group_by(last.c.id, last.c.due_at)
    )
    late = sorted(max((at - due).total_seconds(), 0.0) for due, at in connection.execute(query))
    return Lateness(len(late), *(_at(late, share) for share in (0.50, 0.95, 0.99))) if late else None


def days(connection: Connection, practice: str, zone: ZoneInfo, now: dt.datetime, count: int = 7) -> list[Day]:
    """Return the last days of a zone with what went out and what it cost, today first."""
    today = now.astimezone(zone).date()
    return [_day(connection, practice, zone, today - dt.timedelta(days=back)) for back in range(count)]


def _day(connection: Connection, practice: str, zone: ZoneInfo, day: dt.date) -> Day:
    begins, ends = (
        dt.datetime.combine(each, dt.time(), zone).astimezone(dt.UTC) for each in (day, day + dt.timedelta(days=1))
    )
    found = Day(day, begins, ends)
    cost = func.coalesce(attempts.c.cost_actual, attempts.c.cost_estimated)
    for state in GONE_OUT:
        query = (
            select(cost, attempts.c.currency, func.count())
            .join_from(jobs, attempts, attempts.c.job_id == jobs.c.id)
            .where(*_out(practice, state), jobs.c.due_at >= begins, jobs.c.due_at < ends)
            .where(attempts.c.outcome == Ending.ACCEPTED.value)
            .group_by(cost, attempts.c.currency)
        )
        for amount, currency, texts in connection.execute(query):
            found.texts += texts
            if amount is not None and currency is not None:
                found.sums[currency] += to_millionths(Decimal(amount)) * texts
    return found


def _out(practice: str, state: State) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (jobs.c.practice == practice, IS_STANDING, jobs.c.state == state.value)


def _at(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all does not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
