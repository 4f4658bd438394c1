"""What a proof is made of, read from the tables a part at a time, in the order of its moments.

It writes nothing. Everything is read in the caller's one transaction, so that the parts agree.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text

from jobs.records import attempts, consents, jobs, notes, occasion_people, occasions, receipts, texts, timeline
from jobs.store import read_jobs
from jobs.store.values import Job
from scheduler.proof.finding import Party

AT_ONCE: Final = 200
"""Jobs or texts in memory at a time."""

Row: TypeAlias = Mapping[str, Any]
"""A row by column name; its values are of as many types as the table has columns."""
Rows: TypeAlias = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, each open where None; the end is exclusive."""

    first: dt.datetime | None = None
    end: dt.datetime | None = None

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that a moment lies inside."""
        edges = [] if self.first is None else [column >= self.first]
        return and_(True, *edges, *([] if self.end is None else [column < self.end]))  # noqa: FBT003 - SQLAlchemy's way


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the conversation before it is read: `job` names a job with attempts, else it is a row of texts."""

    at: dt.datetime
    job: uuid.UUID | None = None
    text: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A job with its attempts, their receipts, its timeline and what it is about; of a text alone only `text`."""

    job: Job | None = None
    attempts: Rows = ()
    receipts: Rows = ()
    timeline: Rows = ()
    occasion: Row | None = None
    text: Row | None = None


def hold_still(connection: Connection) -> None:
    """Let every query of this transaction see one moment; ask it before the first (SQLite does so by itself)."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def words_of(connection: Connection, party: Party) -> Rows:
    """Return every word on the consent of the contact's numbers, oldest first, whatever the period."""
    query = select(consents).where(consents.c.practice == party.practice, consents.c.number.in_(party.digits))
    return _rows(connection, query.order_by(consents.c.at, consents.c.id))


def notes_of(connection: Connection, party: Party) -> Rows:
    """Return what people noted about the contact or an occasion of theirs, oldest first, whatever the period."""
    theirs = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id.in_(party.ids))
    about = and_(notes.c.contact_id.is_(None), notes.c.occasion_id.in_(theirs))
    query = (
        select(notes, occasions.c.kind, occasions.c.ref)
        .outerjoin(occasions, occasions.c.id == notes.c.occasion_id)
        .where(notes.c.practice == party.practice, or_(notes.c.contact_id.in_(party.ids), about))
    )
    return _rows(connection, query.order_by(notes.c.at, notes.c.id))


def conversation(connection: Connection, party: Party, span: Span) -> list[Line]:
    """Return the lines of a period in their order: jobs by their first attempt, texts in, and texts out without one."""
    first = func.min(attempts.c.started_at)
    asked = (
        select(attempts.c.job_id, first)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(party.has_job(), span.holds(attempts.c.started_at))
        .group_by(attempts.c.job_id)
    )
    lone = (
        select(texts.c.id, texts.c.at)
        .outerjoin(attempts, attempts.c.id == texts.c.attempt_id)
        .where(party.has_text(), span.holds(texts.c.at), attempts.c.id.is_(None))
    )
    lines = [Line(at, job=job_id) for job_id, at in connection.execute(asked)]
    lines += [Line(at, text=text_id) for text_id, at in connection.execute(lone)]
    return sorted(lines, key=lambda line: (line.at, str(line.job or line.text)))


def never_asked(connection: Connection, party: Party, span: Span) -> list[uuid.UUID]:
    """Return the jobs of a period for which no request was made, by the moment they were planned for."""
    with_attempt = select(attempts.c.id).where(attempts.c.job_id == jobs.c.id).exists()
    query = select(jobs.c.id).where(party.has_job(), span.holds(jobs.c.planned_for), ~with_attempt)
    return list(connection.execute(query.order_by(jobs.c.planned_for, jobs.c.id)).scalars())


def tell(connection: Connection, lines: Sequence[Line]) -> Iterator[Told]:
    """Yield what each line tells, in their order, however many there are."""
    for start in range(0, len(lines), AT_ONCE):
        part = lines[start : start + AT_ONCE]
        told = {each.job.id: each for each in _jobs(connection, [line.job for line in part if line.job]) if each.job}
        said = _texts(connection, [line.text for line in part if line.text])
        for line in part:
            found = told.get(line.job) if line.job else said.get(line.text) if line.text else None
            if found is not None:
                yield found


def tell_jobs(connection: Connection, ids: Sequence[uuid.UUID]) -> Iterator[Told]:
    """Yield these jobs, in their order, however many there are."""
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        told = {each.job.id: each for each in _jobs(connection, part) if each.job}
        yield from (told[each] for each in part if each in told)


def _jobs(connection: Connection, ids: Sequence[uuid.UUID]) -> list[Told]:
    found = read_jobs(connection, ids)
    asked = _by(connection, select(attempts).where(attempts.c.job_id.in_(ids)), attempts.c.started_at, "job_id")
    events = _by(connection, select(timeline).where(timeline.c.job_id.in_(ids)), timeline.c.id, "job_id")
    request_ids = [row["id"] for rows in asked.values() for row in rows]
    arrived = _by(
        connection, select(receipts).where(receipts.c.attempt_id.in_(request_ids)), receipts.c.at, "attempt_id"
    )
    about = {job.occasion_id for job in found if job.occasion_id}
    dated = {row["id"]: row for row in _rows(connection, select(occasions).where(occasions.c.id.in_(about)))}
    return [
        Told(
            job=job,
            attempts=asked.get(job.id, ()),
            receipts=tuple(each for row in asked.get(job.id, ()) for each in arrived.get(row["id"], ())),
            timeline=events.get(job.id, ()),
            occasion=dated.get(job.occasion_id) if job.occasion_id else None,
        )
        for job in found
    ]


def _texts(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Told]:
    return {row["id"]: Told(text=row) for row in _rows(connection, select(texts).where(texts.c.id.in_(ids)))}


def _by(connection: Connection, query: Select[Any], order: ColumnElement[Any], owner: str) -> dict[uuid.UUID, Rows]:
    """Return rows in order, by whose they are."""
    found: dict[uuid.UUID, list[Row]] = {}
    for row in _rows(connection, query.order_by(order)):
        found.setdefault(row[owner], []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return tuple(dict(row) for row in connection.execute(query).mappings())
