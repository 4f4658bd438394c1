"""Tell of people who became unreached: time alone makes them so, so they are looked for; of each start told once."""

import datetime as dt
from collections import Counter
from functools import partial

from sqlalchemy import Connection

from jobs import events
from jobs.events import Kind, NewEvent
from scheduler.chores.context import Context
from scheduler.planning.basis import basis_of
from scheduler.publishing.revisions import load_current
from scheduler.unreached import Asked, UnreachedPerson, list_unreached


def run(context: Context) -> Counter[str]:
    """Note who is unreached and was not told of, in each practice that wants to hear of it."""
    counts: Counter[str] = Counter()
    with context.database.read() as connection:
        wanting = events.practices_wanting(connection, {Kind.OCCASION_UNREACHED})
    for practice in wanting:
        with context.database.read() as connection:
            now = context.database.moment(connection)
            found = _unreached(connection, practice, now)
        if found:
            told = context.database.write(partial(events.note, new=found, now=now))
            counts["told"] += len(told)
    return counts


def _unreached(connection: Connection, practice: str, now: dt.datetime) -> list[NewEvent]:
    current = load_current(connection, practice)
    basis = basis_of(current.revision, current.rulebook, current.plan)
    rows = list_unreached(connection, basis, current.rulebook.practice.languages, Asked(), now)
    return [_event(practice, row) for row in rows]


def _event(practice: str, row: UnreachedPerson) -> NewEvent:
    who = "" if row.contact_id is None else row.contact_id.hex
    payload = {
        "occasion": {"kind": row.kind, "ref": row.ref, "start": row.start, "timezone": row.timezone},
        "contact": row.contact,
        "role": row.role,
        "case": row.case_ref,
        "owner": row.owner,
        "why": row.why,
        "since": row.since.isoformat(),
        "job": None if row.job is None else {"id": row.job.hex},
    }
    return NewEvent(
        practice=practice,
        kind=Kind.OCCASION_UNREACHED,
        payload=payload,
        contact_id=row.contact_id,
        key=f"{row.occasion_id.hex}:{who}:{row.start}",
    )
