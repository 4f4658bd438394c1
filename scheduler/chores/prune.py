"""Delete ended jobs that nothing can plan again, with all that hangs on them, once they are old enough."""

import datetime as dt
from collections import Counter

from sqlalchemy import Connection

from jobs import store
from scheduler.chores.context import Context

MOST_CHUNKS = 200


def run(context: Context) -> Counter[str]:
    """Delete what ended longer ago than `context.keep`, a chunk a transaction; nothing where that is None."""
    counts: Counter[str] = Counter()
    if context.keep is None:
        return counts
    keep = context.keep
    for _ in range(MOST_CHUNKS):
        gone = context.database.write(lambda connection: _prune(context, connection, keep))
        counts.update(gone)
        if not gone:
            break
    return counts


def _prune(context: Context, connection: Connection, keep: dt.timedelta) -> Counter[str]:
    return store.prune(connection, before=context.database.moment(connection) - keep)
