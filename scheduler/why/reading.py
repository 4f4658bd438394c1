"""What `why` needs of a job or an occasion, read from the tables: rows in, frozen values out; it writes nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from jobs import store
from jobs.errors import NotFoundError
from jobs.records import attempts, contacts, occasion_aliases, occasions, pauses, timeline
from jobs.store.values import Job
from scheduler.planning.basis import Basis, basis_of
from scheduler.planning.decisions import Planned
from scheduler.planning.replanner import decide
from scheduler.planning.stored import StoredOccasion, read_occasions
from scheduler.publishing.revisions import load_current

Row = RowMapping | Mapping[str, Any]
"""A row by column name; its values are of as many types as the table has columns."""


@dataclass(frozen=True, slots=True)
class OccasionStory:
    """An occasion with its decisions under the current rulebook and the jobs that exist of it."""

    row: Row
    stored: StoredOccasion
    planned: Planned
    jobs: tuple[Job, ...]
    zone: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class JobStory:
    """A job with its timeline, attempts, contact and, for a reminder, its occasion."""

    job: Job
    events: tuple[Row, ...]
    attempts: tuple[Row, ...]
    contact: Row | None
    occasion: OccasionStory | None
    zone: str
    paused: tuple[Row, ...]


def read_job(connection: Connection, practice: str, job_id: uuid.UUID) -> JobStory:
    """Return a job's story.

    Raises:
        NotFoundError: the practice has no such job.

    """
    found = [job for job in store.read_jobs(connection, [job_id]) if job.practice == practice]
    if not found:
        message = f"there is no job {job_id} in practice {practice}"
        raise NotFoundError(message)
    job = found[0]
    occasion = None if job.occasion_id is None else _occasion_story(connection, practice, job.occasion_id)
    zone = load_current(connection, practice).rulebook.practice.timezone if occasion is None else occasion.zone
    return JobStory(
        job=job,
        events=_rows(connection, select(timeline).where(timeline.c.job_id == job.id).order_by(timeline.c.id)),
        attempts=_rows(connection, select(attempts).where(attempts.c.job_id == job.id).order_by(attempts.c.started_at)),
        contact=None if job.contact_id is None else _contact(connection, job.contact_id),
        occasion=occasion,
        zone=zone,
        paused=_pauses(connection, job),
    )


def read_occasion(connection: Connection, practice: str, kind: str | None, ref: str) -> OccasionStory:
    """Return an occasion's story, found by its ref or a former one.

    Raises:
        NotFoundError: no occasion has it, or several kinds do and none was named.

    """
    ids = _find(connection, practice, kind, ref)
    if not ids:
        message = f"there is no {kind or 'occasion'} {ref!r} in practice {practice}"
        raise NotFoundError(message)
    if len(ids) > 1:
        message = f"{ref!r} is the ref of several: say which as {' or '.join(f'{each}/{ref}' for each in sorted(ids))}"
        raise NotFoundError(message)
    return _occasion_story(connection, practice, next(iter(ids.values())))


def _occasion_story(connection: Connection, practice: str, occasion_id: uuid.UUID) -> OccasionStory:
    current = load_current(connection, practice)
    basis = basis_of(current.revision, current.rulebook, current.plan)
    stored = read_occasions(connection, [occasion_id], basis.kinds)[0]
    jobs = tuple(store.jobs_of_occasions(connection, [occasion_id]))
    row = _rows(connection, select(occasions).where(occasions.c.id == occasion_id))[0]
    zone = row["timezone"] or current.rulebook.practice.timezone
    return OccasionStory(row, stored, decide(basis, stored, jobs), jobs, zone, basis)


def _find(connection: Connection, practice: str, kind: str | None, ref: str) -> dict[str, uuid.UUID]:
    direct = select(occasions.c.kind, occasions.c.id).where(occasions.c.practice == practice, occasions.c.ref == ref)
    former = select(occasion_aliases.c.kind, occasion_aliases.c.occasion_id).where(
        occasion_aliases.c.practice == practice,
        occasion_aliases.c.ref == ref,
    )
    for query, column in ((direct, occasions.c.kind), (former, occasion_aliases.c.kind)):
        narrowed = query if kind is None else query.where(column == kind)
        found = {row[0]: row[1] for row in connection.execute(narrowed)}
        if found:
            return found
    return {}


def _contact(connection: Connection, contact_id: uuid.UUID) -> Row | None:
    return next(iter(_rows(connection, select(contacts).where(contacts.c.id == contact_id))), None)


def _pauses(connection: Connection, job: Job) -> tuple[Row, ...]:
    """Return the pauses that keep this job where it is."""
    targets = {"all": None, "practice": None, "rule": job.rule, "sender": job.sender, "provider": job.provider}
    rows = _rows(connection, select(pauses).where(pauses.c.lifted_at.is_(None)))
    return tuple(
        row
        for row in rows
        if row["practice"] in {None, job.practice}
        and (row["scope"] in {"all", "practice"} or row["target"] == targets.get(row["scope"]))
    )


def _rows(connection: Connection, query: Any) -> tuple[Row, ...]:  # noqa: ANN401 - any select of this module
    return tuple(connection.execute(query).mappings())
