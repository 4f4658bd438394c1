"""Release entries that nobody took and end holds whose lease is over.

Claimed jobs go back, or fail as poison; sending ones are in doubt.
"""

from collections import Counter

from jobs import store
from scheduler.chores.context import Context

MOST_CHUNKS = 20


def run(context: Context) -> Counter[str]:
    """End stale holds, a chunk a transaction; count by the state they went to."""
    counts: Counter[str] = Counter()
    for _ in range(MOST_CHUNKS):
        moved = context.database.write(
            lambda connection: store.release_stale(connection, now=context.database.moment(connection))
        )
        counts.update(each.to_state.value for each in moved)
        if not moved:
            break
    return counts
