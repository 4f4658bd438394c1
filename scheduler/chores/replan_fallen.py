"""Plan again the occasions of which a text ended unsent: what it superseded may still be useful.

What was noted with the end is taken up here, in the transaction that plans: whoever goes on after a crash finds it.
"""

from collections import Counter
from functools import partial
from typing import Final

from jobs import store
from scheduler.chores.context import Context
from scheduler.intake.turns import Turn, Turns
from scheduler.planning.basis import Occurrence, Replanned, basis_of
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import load_current

MOST_CHUNKS: Final = 10


def run(context: Context) -> Counter[str]:
    """Plan again what is noted, a chunk a transaction."""
    turns = Turns(context.database, load_current)
    with context.database.read() as connection:
        practices = store.practices_with_fallen(connection)
    counts: Counter[str] = Counter()
    for practice in practices:
        for _ in range(MOST_CHUNKS):
            done = turns.take(practice, partial(_plan, turns.rows_each))
            if done is None:
                break
            counts.update(done.counts())
    return counts


def _plan(most: int, turn: Turn) -> Replanned | None:
    """Plan up to so many occasions again; None where nothing was noted."""
    current = turn.current
    ids = store.take_fallen(turn.connection, current.rulebook.practice.practice, most)
    if not ids:
        return None
    basis = basis_of(current.revision, current.rulebook, current.plan)
    return replan(turn.connection, basis, ids, Occurrence(turn.now))
