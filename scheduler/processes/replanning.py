"""Brings a practice's jobs in line with its current revision: what is due soonest with the publish, the rest in chunks.

Each chunk is one transaction at the practice's intake; going on after a crash does nothing twice.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection, case, select

from jobs.database import Database
from jobs.errors import RefusedError
from jobs.records import jobs, occasions, practices
from jobs.states import UNSENT, State
from jobs.store import BEING_REPLANNED
from scheduler.chores import Chore
from scheduler.chores.context import Context
from scheduler.intake.turns import Turn, Turns
from scheduler.planning.basis import Occurrence, Replanned, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import (
    Current,
    Published,
    Signature,
    current_revision,
    load_current,
    note_replanned,
    publish,
)
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.schema import Rulebook

SOON = dt.timedelta(hours=1)
MOST_AT_ONCE = 200
"""Occasions planned anew in the very transaction that publishes."""

Tell = Callable[[int, int], None]
"""Told how many occasions are done, and of how many."""


def _say_nothing(_done: int, _total: int) -> None:
    """Tell nobody."""


def publish_desk(
    database: Database, desk: Desk, rulebook: Rulebook, signed: Signature, *, base: str | None
) -> tuple[Published, Replanned]:
    """Publish a checked rulebook over the revision that its plan was made for, and plan what is due within the hour.

    Raises:
        RefusedError: another revision is current by now; nothing was published.

    """
    practice = rulebook.practice.practice

    def work(connection: Connection) -> tuple[Published, Replanned]:
        now = database.moment(connection)
        before = current_revision(connection, practice)
        published = publish(connection, rulebook, signed, now, desk.files)
        if before != base and published.changed:
            message = f"{practice}: {before} was published meanwhile, the plan was made for {base}: look at it again"
            raise RefusedError(message)
        if not published.changed:
            return published, Replanned()
        ids = _due_by(connection, practice, now + SOON)
        return published, _replan(connection, load_current(connection, practice), ids, now)

    return database.write(work)


def replan_practice(database: Database, practice: str, tell: Tell = _say_nothing) -> Replanned:
    """Plan every occasion of a practice under its current revision, nearest first; return what that changed."""
    turns = Turns(database, load_current)
    with database.read() as connection:
        revision = current_revision(connection, practice)
        ids = _nearest_first(connection, practice, database.moment(connection))
    done = Replanned()
    for start in range(0, len(ids), turns.rows_each):
        tell(start, len(ids))
        done = done.plus(turns.take(practice, partial(_turn, ids[start : start + turns.rows_each])))
    database.write(lambda connection: note_replanned(connection, practice, revision))
    tell(len(ids), len(ids))
    return done


def _turn(ids: Sequence[uuid.UUID], turn: Turn) -> Replanned:
    return _replan(turn.connection, turn.current, ids, turn.now)


def _replan(connection: Connection, current: Current, ids: Sequence[uuid.UUID], now: dt.datetime) -> Replanned:
    basis = basis_of(current.revision, current.rulebook, current.plan)
    return replan(connection, basis, ids, Occurrence(now, Cause.PUBLISHING))


def _due_by(connection: Connection, practice: str, moment: dt.datetime) -> list[uuid.UUID]:
    waiting = jobs.c.state.in_([state.value for state in UNSENT])
    query = (
        select(jobs.c.occasion_id)
        .where(jobs.c.practice == practice, waiting, jobs.c.due_at < moment, jobs.c.occasion_id.is_not(None))
        .distinct()
        .limit(MOST_AT_ONCE)
    )
    return list(connection.execute(query).scalars())


def _nearest_first(connection: Connection, practice: str, now: dt.datetime) -> list[uuid.UUID]:
    """Return the ids of all occasions that are there: those ahead first, then those behind, newest first."""
    is_past = case((occasions.c.starts_at >= now, 0), else_=1)
    ahead = case((occasions.c.starts_at >= now, occasions.c.starts_at), else_=None)
    query = (
        select(occasions.c.id)
        .where(occasions.c.practice == practice, occasions.c.gone_at.is_(None))
        .order_by(is_past, ahead, occasions.c.starts_at.desc(), occasions.c.id)
    )
    return list(connection.execute(query).scalars())


def finish_replans(context: Context) -> Counter[str]:
    """Plan again the practices whose last replan did not end under the current revision, or that a worker held jobs of.

    So a publish that was cut short ends by itself; the rest of the time there is nothing to find.
    """
    return finish_replans_of(context.database)


def finish_replans_of(database: Database) -> Counter[str]:
    """Do it for one database; count what happened to jobs."""
    counts: Counter[str] = Counter()
    held = (jobs.c.state == State.HELD.value) & (jobs.c.reason == BEING_REPLANNED)
    not_ended = practices.c.current_revision.is_distinct_from(practices.c.replanned_revision)
    with database.read() as connection:
        found = set(connection.execute(select(jobs.c.practice).where(held).distinct()).scalars())
        found.update(connection.execute(select(practices.c.id).where(not_ended)).scalars())
    for practice in sorted(found):
        counts.update(replan_practice(database, practice).counts())
    return counts


REPLAN = Chore("replan", 60, finish_replans)
