"""Texts that did not arrive, grouped by what was wrong: a practice and a span in, groups out. It changes nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from jobs.records import attempts, jobs, receipts
from jobs.records.life import STANDING_SQL
from jobs.states import State

FAILURES: Final = (State.FAILED, State.UNDELIVERED, State.IN_DOUBT, State.BLOCKED, State.EXPIRED, State.RETRYING)
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that stand for the same cause: how many, the provider's code where it gave one, when the last was due."""

    state: State
    reason: str | None
    provider: str | None
    code: str | None
    count: int
    last_due: dt.datetime


def failures(connection: Connection, practice: str, *, since: dt.datetime, until: dt.datetime) -> Sequence[Group]:
    """Return the causes of texts due in a span that failed, the most frequent first."""
    last = select(func.max(attempts.c.id)).where(attempts.c.job_id == jobs.c.id).correlate(jobs).scalar_subquery()
    of_receipt = (
        select(func.max(receipts.c.error_code))
        .where(receipts.c.attempt_id == attempts.c.id)
        .correlate(attempts)
        .scalar_subquery()
    )
    code = func.coalesce(attempts.c.error_code, of_receipt)
    is_standing: ColumnElement[bool] = literal_column(STANDING_SQL)
    rows = (
        select(jobs.c.state, jobs.c.reason, attempts.c.provider, code.label("code"), jobs.c.due_at)
        .outerjoin(attempts, and_(attempts.c.job_id == jobs.c.id, attempts.c.id == last))
        .where(jobs.c.practice == practice, is_standing, jobs.c.state.in_([each.value for each in FAILURES]))
        .where(jobs.c.due_at >= since, jobs.c.due_at < until)
        .subquery()
    )
    grouped = (
        select(
            *(rows.c[name] for name in ("state", "reason", "provider", "code")), func.count(), func.max(rows.c.due_at)
        )
        .group_by(rows.c.state, rows.c.reason, rows.c.provider, rows.c.code)
        .order_by(func.count().desc(), rows.c.state, rows.c.reason)
        .limit(MOST)
    )
    return [Group(State(row[0]), row[1], row[2], row[3], row[4], row[5]) for row in connection.execute(grouped)]
