"""Jobs as they stand, by id, occasion, contact or identity, and whether an attempt may have reached its person.

Reads only; it locks nothing, so a verb still compares the fence.
"""

import functools
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, or_, select, text

from jobs.records import Id, attempts, jobs
from jobs.records.life import OTHERS_SQL
from jobs.states import Origin, State
from jobs.store.given import encode, encode_ids, given, given_ids
from jobs.store.values import MAYBE_ACCEPTED, Job

MAYBE = [str(ending) for ending in sorted(MAYBE_ACCEPTED)]

JOB_COLUMNS = [jobs.c[name] for name in Job.__dataclass_fields__]
_STATE_AT, _ORIGIN_AT = (list(Job.__dataclass_fields__).index(name) for name in ("state", "origin"))
_STATES = {state.value: state for state in State}
_ORIGINS = {origin.value: origin for origin in Origin}


def read_jobs(connection: Connection, ids: Collection[uuid.UUID]) -> list[Job]:
    """Return the jobs of these ids in the order of their ids; unknown ones are left out."""
    return _read(connection, "id", ids)


def jobs_of_occasions(connection: Connection, occasion_ids: Collection[uuid.UUID]) -> list[Job]:
    """Return every job of these occasions, whatever its state, in the order of their ids."""
    return _read(connection, "occasion_id", occasion_ids)


def jobs_of_contacts(connection: Connection, contact_ids: Collection[uuid.UUID]) -> list[Job]:
    """Return every job to these contacts, whatever its state, in the order of their ids."""
    return _read(connection, "contact_id", contact_ids)


def ids_by_identity(
    connection: Connection, wanted: Collection[tuple[uuid.UUID | None, uuid.UUID]]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return the ids of the jobs that already have one of these identities, by identity.

    An identity comes with its job's occasion; without one (None) no planned reminder is found, but any other job.
    """
    dialect, found = connection.dialect.name, list[Row[tuple[uuid.UUID, uuid.UUID]]]()
    paired = [{"occasion_id": occasion_id, "id": identity} for occasion_id, identity in wanted if occasion_id]
    if paired:
        found += connection.execute(_paired_statement(dialect), encode(dialect, paired)).all()
    alone = [identity for occasion_id, identity in wanted if not occasion_id]
    if alone:
        found += connection.execute(_identity_statement(dialect), encode_ids(dialect, alone)).all()
    return {row.identity: row.id for row in found}


def maybe_accepted(connection: Connection, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these jobs have an attempt that was, is being, or may have been accepted."""
    if not ids:
        return set()
    dialect = connection.dialect.name
    return set(connection.execute(_maybe_statement(dialect), encode_ids(dialect, ids)).scalars())


def job_of(row: Sequence[Any]) -> Job:
    """Return a row of JOB_COLUMNS as a value."""
    values = list(row)
    values[_STATE_AT] = _STATES[values[_STATE_AT]]
    values[_ORIGIN_AT] = _ORIGINS[values[_ORIGIN_AT]]
    return Job(*values)


def counts_as_maybe() -> ColumnElement[bool]:
    """Return the condition on `attempts` that the person may have got the text."""
    return or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_(MAYBE))


def _read(connection: Connection, name: str, ids: Collection[uuid.UUID]) -> list[Job]:
    if not ids:
        return []
    dialect = connection.dialect.name
    rows = connection.execute(_read_statement(dialect, name), encode_ids(dialect, ids))
    return [job_of(row) for row in rows]


@functools.cache
def _read_statement(dialect: str, name: str) -> Executable:
    ids = given_ids(dialect)
    return select(*JOB_COLUMNS).where(jobs.c[name].in_(select(ids.c.id))).order_by(jobs.c.id)


@functools.cache
def _identity_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return select(jobs.c.identity, jobs.c.id).where(text(OTHERS_SQL), jobs.c.identity.in_(select(ids.c.id)))


@functools.cache
def _paired_statement(dialect: str) -> Executable:
    pairs = given(dialect, {"occasion_id": Id, "id": Id})
    same = (jobs.c.occasion_id == pairs.c.occasion_id) & (jobs.c.identity == pairs.c.id)
    return select(jobs.c.identity, jobs.c.id).join_from(pairs, jobs, same)


@functools.cache
def _maybe_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return select(attempts.c.job_id).where(attempts.c.job_id.in_(select(ids.c.id)), counts_as_maybe())
