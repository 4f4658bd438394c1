"""How many jobs stand in each state, and how late the oldest one that is due is. Read from indexes alone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, text

from jobs.records import jobs, senders
from jobs.records.life import IN_FLIGHT_SQL, STANDING_SQL, WAITING_SQL
from jobs.states import State
from scheduler.asking.listing import Question, matching

# As plain text: of a column's expression SQLAlchemy makes `(…) = 1` for SQLite, which then finds no partial index.
IS_WAITING: Final = text(WAITING_SQL)
IS_STANDING: Final = text(STANDING_SQL)
IS_IN_FLIGHT: Final = text(IN_FLIGHT_SQL)


@dataclass(frozen=True, slots=True)
class Standing:
    """Jobs by state; how many that wait are due already, and since when the oldest of these is."""

    counts: Mapping[State, int]
    overdue: int
    oldest_due: dt.datetime | None


def standing(connection: Connection, practice: str, now: dt.datetime) -> Standing:
    """Return how a practice's jobs stand."""
    ours = jobs.c.practice == practice
    by_state = select(jobs.c.state, func.count()).where(ours).group_by(jobs.c.state)
    counts = {State(row[0]): row[1] for row in connection.execute(by_state.where(IS_STANDING))}
    counts |= {State(row[0]): row[1] for row in connection.execute(by_state.where(IS_IN_FLIGHT))}
    waiting: int = connection.scalar(select(func.count()).select_from(jobs).where(ours, IS_WAITING)) or 0
    # The index of those that wait does not hold their state; the standing ones tell how many are not scheduled.
    counts[State.SCHEDULED] = waiting - counts.get(State.HELD, 0) - counts.get(State.RETRYING, 0)
    overdue, oldest = 0, None
    for sender in senders_of(connection, practice):
        due = select(func.count(), func.min(jobs.c.due_at)).where(
            ours, jobs.c.sender == sender, IS_WAITING, jobs.c.due_at <= now
        )
        count, first = connection.execute(due).one()
        overdue += count
        oldest = min((each for each in (oldest, first) if each is not None), default=None)
    return Standing({state: counts.get(state, 0) for state in State}, overdue, oldest)


def senders_of(connection: Connection, practice: str) -> list[str]:
    """Return the ids of every sender that a practice has or had."""
    query = select(senders.c.id).where(senders.c.practice == practice).order_by(senders.c.id)
    return list(connection.scalars(query))


def count_standing(connection: Connection, asked: Question) -> int:
    """Return how many jobs match that stand in a state for a while, whose states the question names."""
    query = select(func.count()).select_from(jobs).where(IS_STANDING, *matching(asked))
    return connection.scalar(query) or 0
