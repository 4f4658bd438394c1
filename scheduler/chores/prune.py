"""Delete ended jobs that nothing can plan again, with all that hangs on them, once their practice keeps them no longer.

And sessions that are over. A job is kept as long as the longest that `keep` says of bodies and of numbers; where either
is left out, for ever, and while a legal hold keeps it.
"""

import datetime as dt
from collections import Counter
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from jobs import store
from jobs.records import practices
from scheduler.chores.context import Context
from scheduler.identities import backing_off, sessions
from scheduler.keeping.lengths import ago
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Keep

MOST_CHUNKS: Final = 200


def run(context: Context) -> Counter[str]:
    """Delete what each practice keeps no longer, a chunk a transaction."""
    counts: Counter[str] = Counter()
    with context.database.read() as connection:
        kept = _kept(connection, context.database.moment(connection))
    for practice, before in kept.items():
        for _ in range(MOST_CHUNKS):
            gone = context.database.write(partial(store.prune, practice=practice, before=before))
            counts.update(gone)
            if not gone:
                break
    counts.update(context.database.write(partial(_sweep, context)))
    return counts


def _sweep(context: Context, connection: Connection) -> Counter[str]:
    """Delete sessions that are over and failed sign-ins that count no more."""
    now = context.database.moment(connection)
    return +Counter(sessions=sessions.sweep(connection, now), sign_ins=backing_off.sweep(connection, now))


def kept_since(keep: Keep, now: dt.datetime) -> dt.datetime | None:
    """Return the moment before which nothing is kept, by what is kept longest; None: for ever."""
    lengths = (keep.bodies, keep.numbers)
    moments = [found for length in lengths if length and (found := ago(length, now)) is not None]
    return min(moments) if len(moments) == len(lengths) else None


def _kept(connection: Connection, now: dt.datetime) -> dict[str, dt.datetime]:
    """Return the moment before which a practice keeps nothing, of those that do not keep for ever."""
    published = select(practices.c.id).where(practices.c.current_revision.is_not(None))
    ids = connection.execute(published.order_by(practices.c.id)).scalars().all()
    moments = {each: kept_since(load_current(connection, each).rulebook.practice.keep, now) for each in ids}
    return {practice: moment for practice, moment in moments.items() if moment is not None}
