"""Empty words and cut numbers that a practice keeps no longer by its `keep`; counts, moments and proofs stay.

Never what is open or on legal hold. A run is short: the next one goes on where it stopped, at most a pass a day.
"""

from collections import Counter

from sqlalchemy import Connection, select

from jobs.records import practices
from scheduler.chores.context import Context
from scheduler.keeping.lengths import ago
from scheduler.keeping.sweeping import Sweeper
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Keep

SECONDS_A_RUN = 8.0


def run(context: Context) -> Counter[str]:
    """Sweep each practice that keeps anything for a time only, for some seconds; count rows by sweep."""
    counts: Counter[str] = Counter()
    with context.database.read() as connection:
        now = context.database.moment(connection)
        kept = _kept(connection)
    for practice, keep in kept.items():
        bodies, numbers = ago(keep.bodies, now), ago(keep.numbers, now)
        if bodies is not None or numbers is not None:
            sweeper = Sweeper(context.database, practice, SECONDS_A_RUN)
            counts.update(sweeper.sweep(bodies=bodies, numbers=numbers))
    return counts


def _kept(connection: Connection) -> dict[str, Keep]:
    published = select(practices.c.id).where(practices.c.current_revision.is_not(None))
    ids = connection.execute(published.order_by(practices.c.id)).scalars().all()
    return {practice: load_current(connection, practice).rulebook.practice.keep for practice in ids}
