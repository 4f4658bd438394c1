"""Plan again the occasions of jobs that a worker holds because something that dates them is not as it was.

A replan of everything finds most of them first; this is for the rest: an occasion that moved, a sender that is gone.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, select

from jobs.database import practice_lock
from jobs.records import jobs, senders
from jobs.states import State
from jobs.store import BEING_REPLANNED
from scheduler.chores.context import Context
from scheduler.planning.basis import Replanned
from scheduler.publishing.replanning import replan_part
from scheduler.publishing.revisions import load_current

MOST_AT_ONCE = 100
MOST_CHUNKS = 20


def run(context: Context) -> Counter[str]:
    """Plan the occasions of held jobs again, a chunk of one practice a transaction."""
    with context.database.read() as connection:
        held = _held(connection)
    counts: Counter[str] = Counter()
    for practice, ids in held.items():
        for first in range(0, len(ids), MOST_AT_ONCE):
            done = context.database.write(partial(_replan, context, practice, ids[first : first + MOST_AT_ONCE]))
            counts.update(done.counts())
    return +counts


def _held(connection: Connection) -> dict[str, list[uuid.UUID]]:
    """Return the occasions of the held jobs by practice."""
    of_sender = (jobs.c.practice == senders.c.practice) & (jobs.c.sender == senders.c.id)
    is_held = (jobs.c.state == State.HELD.value) & (jobs.c.reason == BEING_REPLANNED)
    query = select(jobs.c.practice, jobs.c.occasion_id).select_from(senders).join(jobs, of_sender)
    query = query.where(is_held, jobs.c.occasion_id.is_not(None)).order_by(jobs.c.due_at)
    found: dict[str, dict[uuid.UUID, None]] = defaultdict(dict)
    for practice, occasion_id in connection.execute(query.limit(MOST_AT_ONCE * MOST_CHUNKS)):
        found[practice][occasion_id] = None
    return {practice: list(ids) for practice, ids in found.items()}


def _replan(context: Context, practice: str, ids: Sequence[uuid.UUID], connection: Connection) -> Replanned:
    practice_lock(connection, practice, exclusive=False)
    current = load_current(connection, practice)
    return replan_part(connection, current, ids, context.database.moment(connection))
