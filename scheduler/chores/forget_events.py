"""Delete events that are a month old and of which nothing is still to be delivered; what is dead by then stays so."""

import datetime as dt
from collections import Counter
from typing import Final

from jobs import events
from scheduler.chores.context import Context

KEPT_FOR: Final = dt.timedelta(days=30)
MOST_CHUNKS: Final = 200


def run(context: Context) -> Counter[str]:
    """Delete them, a chunk a transaction."""
    counts: Counter[str] = Counter()
    for _ in range(MOST_CHUNKS):
        gone = context.database.write(
            lambda connection: events.forget(connection, before=context.database.moment(connection) - KEPT_FOR)
        )
        counts["events"] += gone
        if not gone:
            break
    return counts
