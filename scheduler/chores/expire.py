"""Expire what waits and is no longer useful, with what it waited for as its reason."""

from collections import Counter

from jobs import store
from scheduler.chores.context import Context

MOST_CHUNKS = 20


def run(context: Context) -> Counter[str]:
    """Expire useless jobs, a chunk a transaction."""
    counts: Counter[str] = Counter()
    for _ in range(MOST_CHUNKS):
        moved = context.database.write(
            lambda connection: store.expire_useless(connection, now=context.database.moment(connection))
        )
        counts["expired"] += len(moved)
        if not moved:
            break
    return counts
