"""Occasions that are to be planned again since a text about them ended unsent: noted with the end, taken up by a chore.

What ended blocked, failed, expired or cancelled superseded others that may still be useful; planning cancels by itself.
"""

import functools
import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, Executable, delete, insert, or_, select

from jobs.records import fallen, jobs
from jobs.states import Origin, State
from jobs.store.given import encode_ids, given_ids

FALLEN: Final = frozenset({State.BLOCKED, State.FAILED, State.EXPIRED, State.CANCELLED})
"""How a text ends that tells nobody."""

_STATES: Final = [state.value for state in sorted(FALLEN)]


def note_fallen(connection: Connection, job_ids: Collection[uuid.UUID]) -> None:
    """Note the occasions of reminders and corrections that just ended unsent, of corrections held to be planned.

    And of texts that are to go once more: planning says whether they are still wanted.
    """
    if job_ids:
        dialect = connection.dialect.name
        connection.execute(_note_statement(dialect), encode_ids(dialect, job_ids))


def practices_with_fallen(connection: Connection) -> list[str]:
    """Return the practices that have occasions to be planned again."""
    return list(connection.execute(select(fallen.c.practice).distinct().order_by(fallen.c.practice)).scalars())


def take_fallen(connection: Connection, practice: str, most: int) -> set[uuid.UUID]:
    """Return occasions to be planned again, and forget that they are; those another transaction took are left to it."""
    query = select(fallen.c.id, fallen.c.occasion_id).where(fallen.c.practice == practice).order_by(fallen.c.id)
    rows = connection.execute(query.limit(most).with_for_update(skip_locked=True)).all()
    if rows:
        connection.execute(delete(fallen).where(fallen.c.id.in_([row.id for row in rows])))
    return {row.occasion_id for row in rows}


@functools.cache
def _note_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    is_reminder = (jobs.c.origin == Origin.REMINDER.value) & (jobs.c.state.in_(_STATES) | (jobs.c.again_count > 0))
    source = select(jobs.c.practice, jobs.c.occasion_id).where(
        jobs.c.id.in_(select(ids.c.id)),
        jobs.c.occasion_id.is_not(None),
        or_(is_reminder, jobs.c.origin == Origin.CORRECTION.value),
    )
    return insert(fallen).from_select(["practice", "occasion_id"], source.distinct(), include_defaults=False)
