"""Bring jobs in line with what was published: go on with every replan that has not ended, whoever began it.

So an `apply` that was killed heals by itself. A run is short, so that a process can stop; the next one goes on.
"""

from collections import Counter

from scheduler.chores.context import Context
from scheduler.publishing.replanning import finish_replan, unfinished_replans

SECONDS_A_RUN = 8.0


def run(context: Context) -> Counter[str]:
    """Go on with unfinished replans for some seconds each; count what has ended."""
    counts: Counter[str] = Counter()
    for practice in unfinished_replans(context.database):
        wish = finish_replan(context.database, practice, seconds=SECONDS_A_RUN, wait=False)
        if wish is not None and wish.is_ended:
            counts["ended"] += 1
            counts.update(wish.changed.counts())
    return counts
