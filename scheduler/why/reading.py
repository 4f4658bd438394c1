"""What `why` needs of a job or an occasion, read from the tables: rows in, frozen values out; it writes nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from jobs import store
from jobs.errors import InputError, NotFoundError
from jobs.records import attempts, contacts, notes, occasion_people, occasions, pauses, timeline
from jobs.senders import Pause
from jobs.store.values import Job
from scheduler.intake.naming import occasion_named
from scheduler.planning.basis import Basis, basis_of
from scheduler.planning.decisions import Planned
from scheduler.planning.replanner import decide
from scheduler.planning.stored import StoredOccasion, read_occasions
from scheduler.publishing.revisions import load_current
from scheduler.unreached.listing import UnreachedPerson, unreached_of

Row = RowMapping | Mapping[str, Any]
"""A row by column name; its values are of as many types as the table has columns."""


@dataclass(frozen=True, slots=True)
class OccasionStory:
    """An occasion with its decisions under the current rulebook and the jobs that exist of it.

    `problem`: why it cannot be planned at all. `muted`: its people whose reminders are turned off, by name. `notes`:
    what people did about it or them besides texts, the first first.
    """

    row: Row
    stored: StoredOccasion
    planned: Planned
    jobs: tuple[Job, ...]
    zone: str
    basis: Basis
    waits: "Waits"
    problem: str | None = None
    muted: tuple[str, ...] = ()
    notes: tuple[Row, ...] = ()
    unreached: tuple[UnreachedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """The moment at which one asks, and the pauses in force then."""

    now: dt.datetime
    pauses: tuple[Row, ...]

    def stopping(self, job: Job) -> Row | None:
        """Return a pause that keeps a job where it is."""
        return next((row for row in self.pauses if _stops(row, job)), None)


@dataclass(frozen=True, slots=True)
class JobStory:
    """A job with its timeline, attempts, contact and, for a reminder, its occasion."""

    job: Job
    events: tuple[Row, ...]
    attempts: tuple[Row, ...]
    contact: Row | None
    occasion: OccasionStory | None
    zone: str
    waits: Waits


def read_job(connection: Connection, practice: str, job_id: uuid.UUID, now: dt.datetime) -> JobStory:
    """Return a job's story.

    Raises:
        NotFoundError: the practice has no such job.

    """
    found = [job for job in store.read_jobs(connection, [job_id]) if job.practice == practice]
    if not found:
        message = f"there is no job {job_id} in practice {practice}"
        raise NotFoundError(message)
    job = found[0]
    occasion = None if job.occasion_id is None else _occasion_story(connection, practice, job.occasion_id, now)
    zone = load_current(connection, practice).rulebook.practice.timezone if occasion is None else occasion.zone
    return JobStory(
        job=job,
        events=_rows(connection, select(timeline).where(timeline.c.job_id == job.id).order_by(timeline.c.id)),
        attempts=_rows(connection, select(attempts).where(attempts.c.job_id == job.id).order_by(attempts.c.started_at)),
        contact=None if job.contact_id is None else _contact(connection, job.contact_id),
        occasion=occasion,
        zone=zone,
        waits=_waits(connection, practice, now),
    )


def read_occasion(connection: Connection, practice: str, kind: str | None, ref: str, now: dt.datetime) -> OccasionStory:
    """Return an occasion's story, found by its ref or a former one.

    Raises:
        NotFoundError: no occasion has it, or several kinds do and none was named.

    """
    named = occasion_named(connection, practice, kind, ref)
    return _occasion_story(connection, practice, named.id, now)


def read_occasion_ahead(
    connection: Connection, practice: str, kind: str | None, ref: str, now: dt.datetime
) -> OccasionStory:
    """Return the same for who asks only what will happen: without whom nobody has reached, which takes longest.

    Raises:
        NotFoundError: as `read_occasion`.

    """
    named = occasion_named(connection, practice, kind, ref)
    return _occasion_story(connection, practice, named.id, now, tells_unreached=False)


def _occasion_story(
    connection: Connection, practice: str, occasion_id: uuid.UUID, now: dt.datetime, *, tells_unreached: bool = True
) -> OccasionStory:
    current = load_current(connection, practice)
    basis = basis_of(current.revision, current.rulebook, current.plan)
    stored = read_occasions(connection, [occasion_id], basis.kinds)[0]
    jobs = tuple(store.jobs_of_occasions(connection, [occasion_id]))
    row = _rows(connection, select(occasions).where(occasions.c.id == occasion_id))[0]
    planned, problem = _decided(basis, stored, jobs)
    languages = current.rulebook.practice.languages
    unreached = unreached_of(connection, basis, languages, occasion_id, now) if tells_unreached else ()
    return OccasionStory(
        row=row,
        stored=stored,
        planned=planned,
        jobs=jobs,
        zone=row["timezone"] or current.rulebook.practice.timezone,
        basis=basis,
        waits=_waits(connection, practice, now),
        problem=problem,
        muted=_muted(connection, occasion_id),
        notes=_notes(connection, occasion_id),
        unreached=tuple(unreached),
    )


def _decided(basis: Basis, stored: StoredOccasion, jobs: tuple[Job, ...]) -> tuple[Planned, str | None]:
    """Return the decisions, and why there are none where the occasion cannot be read; its jobs' lives still can."""
    try:
        return decide(basis, stored, jobs), None
    except InputError as problem:
        return Planned(()), str(problem)


def _muted(connection: Connection, occasion_id: uuid.UUID) -> tuple[str, ...]:
    query = (
        select(contacts.c.name, contacts.c.ref)
        .join(occasion_people, occasion_people.c.contact_id == contacts.c.id)
        .where(occasion_people.c.occasion_id == occasion_id, contacts.c.reminders_off)
        .order_by(contacts.c.ref)
    )
    return tuple(f"{row.name} ({row.ref})" if row.name else row.ref for row in connection.execute(query))


def _notes(connection: Connection, occasion_id: uuid.UUID) -> tuple[Row, ...]:
    """Return the notes about an occasion and about the people it names, with these people's names."""
    people = select(occasion_people.c.contact_id).where(occasion_people.c.occasion_id == occasion_id)
    of_people = notes.c.occasion_id.is_(None) & notes.c.contact_id.in_(people)
    query = (
        select(notes, contacts.c.ref, contacts.c.name)
        .outerjoin(contacts, contacts.c.id == notes.c.contact_id)
        .where(or_(notes.c.occasion_id == occasion_id, of_people))
        .order_by(notes.c.at, notes.c.id)
    )
    return _rows(connection, query)


def _contact(connection: Connection, contact_id: uuid.UUID) -> Row | None:
    return next(iter(_rows(connection, select(contacts).where(contacts.c.id == contact_id))), None)


def _waits(connection: Connection, practice: str, now: dt.datetime) -> Waits:
    """Return the pauses in force at `now` that concern a practice, the oldest first."""
    ours = or_(pauses.c.practice.is_(None), pauses.c.practice == practice)
    active = pauses.c.lifted_at.is_(None) & or_(pauses.c.until.is_(None), pauses.c.until > now)
    return Waits(now, _rows(connection, select(pauses).where(ours, active).order_by(pauses.c.since, pauses.c.id)))


def _stops(row: Row, job: Job) -> bool:
    pause = Pause(row["scope"], row["practice"], row["target"], row["reason"])
    return pause.covers(practice=job.practice, rule=job.rule, sender=job.sender, provider=job.provider)


def _rows(connection: Connection, query: Any) -> tuple[Row, ...]:  # noqa: ANN401 - any select of this module
    return tuple(connection.execute(query).mappings())
