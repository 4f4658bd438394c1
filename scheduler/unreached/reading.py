"""What is read of suspects, a set per query: rows, people, ended texts, what reached people, calls. Writes nothing."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, RowMapping, Select, select, text

from jobs.drafts import Told
from jobs.records import attempts, contacts, jobs, notes, occasions
from jobs.records.life import UNSAID_SQL
from jobs.states import Origin, State
from jobs.store.values import Ending
from scheduler.intake.notes import Did
from scheduler.planning.stored import CONTACTS_REACHED, PLANNED_OF_CONTACTS
from scheduler.unreached.judging import Ended, Heard

Pair: TypeAlias = tuple[uuid.UUID, uuid.UUID]
"""An occasion and a contact, by their ids."""

_ORIGINS = [Origin.REMINDER.value, Origin.CORRECTION.value]


@dataclass(frozen=True, slots=True)
class Called:
    """That somebody was phoned about an occasion: by whom, when, and what was noted (`contact_id` None: all of it)."""

    by: str
    at: dt.datetime
    note: str
    contact_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a set of occasions: rows and contacts by id; ended and heard texts by pair; calls."""

    rows: Mapping[uuid.UUID, RowMapping]
    contacts: Mapping[uuid.UUID, RowMapping]
    ended: Mapping[Pair, Sequence[Ended]] = field(default_factory=dict)
    heard: Mapping[Pair, Heard] = field(default_factory=dict)
    calls: Mapping[uuid.UUID, Sequence[Called]] = field(default_factory=dict)


def read_known(connection: Connection, ids: Sequence[uuid.UUID], people: Iterable[uuid.UUID]) -> Known:
    """Return what is known of at most 500 occasions and of the people whom they name."""
    row_query = select(occasions).where(occasions.c.id.in_(ids))
    return Known(
        rows={row["id"]: row for row in connection.execute(row_query).mappings()},
        contacts={row["id"]: row for row in connection.execute(_contacts(sorted(set(people)))).mappings()},
        ended=_ended(connection, ids),
        heard=_heard(connection, ids),
        calls=calls_of(connection, ids),
    )


def calls_of(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Called]]:
    """Return the calls about occasions for their present starts, the first one first."""
    query = (
        select(notes.c.occasion_id, notes.c.by, notes.c.at, notes.c.note, notes.c.contact_id)
        .join(occasions, occasions.c.id == notes.c.occasion_id)
        .where(notes.c.occasion_id.in_(ids), notes.c.did == Did.PHONED.value, notes.c.at >= occasions.c.dated_at)
        .order_by(notes.c.at, notes.c.id)
    )
    found: dict[uuid.UUID, list[Called]] = {}
    for row in connection.execute(query):
        found.setdefault(row.occasion_id, []).append(Called(row.by, row.at, row.note, row.contact_id))
    return found


def _contacts(ids: Sequence[uuid.UUID]) -> Select[Any]:
    own = ("name", "phone_given", "phone_problem", "language", "owner")
    columns = (*PLANNED_OF_CONTACTS, *(contacts.c[name] for name in own))
    return select(*columns).select_from(CONTACTS_REACHED).where(contacts.c.id.in_(ids))


def _ended(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[Pair, list[Ended]]:
    names = ("id", "occasion_id", "contact_id", "origin", "rule", "step", "state", "due_at", "updated_at", "reason")
    query = select(*(jobs.c[name] for name in names)).where(
        jobs.c.occasion_id.in_(ids), jobs.c.contact_id.is_not(None), jobs.c.origin.in_(_ORIGINS), text(UNSAID_SQL)
    )
    found: dict[Pair, list[Ended]] = {}
    for row in connection.execute(query):
        corrects = row.origin == Origin.CORRECTION
        name = f"the correction ({row.step})" if corrects else f"{row.rule}/{row.step}"
        ended = Ended(row.id, name, State(row.state), row.due_at, row.updated_at, row.reason, is_correction=corrects)
        found.setdefault((row.occasion_id, row.contact_id), []).append(ended)
    return found


def _heard(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[Pair, Heard]:
    """Return what the last text told each person that was sent and did not come back undelivered."""
    query = (
        select(
            jobs.c.occasion_id,
            jobs.c.contact_id,
            attempts.c.told_start,
            attempts.c.told_fields,
            attempts.c.started_at,
        )
        .join(attempts, attempts.c.job_id == jobs.c.id)
        .where(jobs.c.occasion_id.in_(ids), jobs.c.state.in_([State.SENT.value, State.DELIVERED.value]))
        .where(attempts.c.outcome == Ending.ACCEPTED.value, attempts.c.told_start.is_not(None))
        .order_by(attempts.c.started_at, attempts.c.id)
    )
    return {
        (row.occasion_id, row.contact_id): Heard(Told(row.told_start, row.told_fields or {}), row.started_at)
        for row in connection.execute(query)
    }
