"""Texts that are not out yet, to a contact or a number: which wait, and which lately came to nothing. It reads only."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, or_, select

from jobs.records import jobs, texts
from jobs.states import State
from scheduler.asking.listing import LISTED, with_whom_and_what

AHEAD: Final = (
    State.SCHEDULED,
    State.HELD,
    State.RETRYING,
    State.QUEUED,
    State.CLAIMED,
    State.SENDING,
)
CAME_TO_NOTHING: Final = (State.BLOCKED, State.FAILED, State.EXPIRED, State.IN_DOUBT)
LATELY: Final = dt.timedelta(days=14)


def waiting_for(connection: Connection, practice: str, contact_ids: Collection[uuid.UUID]) -> Sequence[RowMapping]:
    """Return the jobs that wait to go out to these contacts, soonest first."""
    query = select(*LISTED, jobs.c.text, jobs.c.variables).select_from(with_whom_and_what())
    theirs = jobs.c.contact_id.in_(list(contact_ids))
    wanted = jobs.c.practice == practice, theirs, jobs.c.state.in_([state.value for state in AHEAD])
    return connection.execute(query.where(*wanted).order_by(jobs.c.due_at, jobs.c.id)).mappings().all()


def unsaid_to(
    connection: Connection, practice: str, number: str, contact_ids: Collection[uuid.UUID], now: dt.datetime
) -> Sequence[RowMapping]:
    """Return the one-offs to a number of which there is no text: waiting ones, and those that lately came to nothing.

    `contact_ids`: who is reached on it.
    """
    to_them = or_(
        jobs.c.contact_id.in_(list(contact_ids)), and_(jobs.c.contact_id.is_(None), jobs.c.to_number == number)
    )
    waits = jobs.c.state.in_([state.value for state in AHEAD])
    failed = and_(jobs.c.state.in_([state.value for state in CAME_TO_NOTHING]), jobs.c.updated_at >= now - LATELY)
    has_text = select(texts.c.id).where(texts.c.job_id == jobs.c.id).exists()
    query = (
        select(*LISTED, jobs.c.text, jobs.c.variables)
        .select_from(with_whom_and_what())
        .where(jobs.c.practice == practice, jobs.c.origin == "one_off", to_them, or_(waits, failed), ~has_text)
        .order_by(jobs.c.due_at, jobs.c.id)
    )
    return connection.execute(query).mappings().all()
