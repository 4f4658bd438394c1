"""Which occasions a replan plans, and in which order: what is due soon and not in line, then all, the nearest first.

Reads only; a place in the order is a value that survives a crash.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, text

from jobs.records import jobs, occasions, senders
from jobs.records.life import IN_FLIGHT_SQL, WAITING_SQL
from jobs.states import Origin, State
from scheduler.publishing.replans import Position, Wish, position_of
from scheduler.publishing.revisions import Current

MOST_SOON: Final = 1_000
"""Occasions that jump the queue in one go."""

_ON_THE_WAY: Final = [State.QUEUED.value, State.CLAIMED.value]


def due_otherwise(connection: Connection, current: Current, before: dt.datetime) -> list[uuid.UUID]:
    """Return the occasions with a reminder due before a moment that another rule than the current one dated."""
    hashes = current.terms.plan_hashes
    practice = current.rulebook.practice.practice
    found: dict[uuid.UUID, None] = {}
    for job in _due(connection, practice, before):
        if job.plan_hash != hashes.get(f"{job.rule}/{job.step}"):
            found[job.occasion_id] = None
    return list(found)


class _Due(NamedTuple):
    occasion_id: uuid.UUID
    rule: str
    step: str
    plan_hash: str


def _due(connection: Connection, practice: str, before: dt.datetime) -> Iterator[_Due]:
    """Yield unsent reminders that are due before a moment; each query is one that an index of jobs answers."""
    query = select(jobs.c.occasion_id, jobs.c.rule, jobs.c.step, jobs.c.plan_hash).where(
        jobs.c.practice == practice, jobs.c.origin == Origin.REMINDER.value
    )
    on_the_way = query.where(text(IN_FLIGHT_SQL), jobs.c.state.in_(_ON_THE_WAY), jobs.c.due_at < before)
    known = select(senders.c.id, senders.c.provider).where(senders.c.practice == practice)
    found = connection.execute(known).all()
    for provider in sorted({row.provider for row in found}):
        yield from map(_Due._make, connection.execute(on_the_way.where(jobs.c.provider == provider)))
    for row in found:
        waiting = query.where(text(WAITING_SQL), jobs.c.sender == row.id, jobs.c.due_at < before)
        yield from map(_Due._make, connection.execute(waiting.order_by(jobs.c.due_at).limit(MOST_SOON)))


def in_order(connection: Connection, wish: Wish) -> list[Position]:
    """Return the place of every occasion of the practice, in the order in which the replan takes them.

    Tuples of plain values, of which Python's collector keeps no count: of a hundred thousand it would keep looking.
    """
    query = select(occasions.c.starts_at, occasions.c.id).where(
        occasions.c.practice == wish.practice, occasions.c.gone_at.is_(None)
    )
    rows = connection.execution_options(stream_results=True).execute(query)
    return sorted(position_of(starts_at, occasion_id, wish.wanted_at) for starts_at, occasion_id in rows)


def parts(ids: Sequence[uuid.UUID], size: int) -> Iterator[Sequence[uuid.UUID]]:
    """Cut ids into parts of a size."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
