"""All that was said to and by a contact, or about a case, newest first: texts, and jobs of which there is no text.

Ids in, lines out, in pages; it changes nothing. A job that was sent is told by its text.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, or_, select

from jobs.records import contacts, jobs, occasions, texts

Place = tuple[dt.datetime, uuid.UUID]
"""Where a page ended: the last one's moment and id."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a history: a text, or a job without one; the other is None. Rows by column name."""

    at: dt.datetime
    id: uuid.UUID
    text: RowMapping | None
    job: RowMapping | None


def history_of_contact(
    connection: Connection, practice: str, contact_id: uuid.UUID, *, before: Place | None, most: int
) -> list[Said]:
    """Return up to `most` lines of a contact's history before a place."""
    of_texts = texts.c.practice == practice, texts.c.contact_id == contact_id
    of_jobs = jobs.c.practice == practice, jobs.c.contact_id == contact_id
    return _merged(connection, of_texts, of_jobs, before, most)


def history_of_case(
    connection: Connection, practice: str, case_ref: str, *, before: Place | None, most: int
) -> list[Said]:
    """Return up to `most` lines about a case before a place, whoever they were said to."""
    about = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.case_ref == case_ref)
    theirs = select(jobs.c.id).where(jobs.c.practice == practice, jobs.c.occasion_id.in_(about))
    of_texts = texts.c.practice == practice, or_(texts.c.case_ref == case_ref, texts.c.job_id.in_(theirs))
    of_jobs = jobs.c.practice == practice, jobs.c.occasion_id.in_(about)
    return _merged(connection, of_texts, of_jobs, before, most)


def knows_case(connection: Connection, practice: str, case_ref: str) -> bool:
    """Tell whether anything of the practice is of that case."""
    of_occasion = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.case_ref == case_ref)
    of_text = select(texts.c.id).where(texts.c.practice == practice, texts.c.case_ref == case_ref)
    return any(connection.execute(query.limit(1)).first() is not None for query in (of_occasion, of_text))


def _merged(
    connection: Connection,
    of_texts: Sequence[ColumnElement[bool]],
    of_jobs: Sequence[ColumnElement[bool]],
    before: Place | None,
    most: int,
) -> list[Said]:
    said = [
        Said(row["at"], row["id"], row, None)
        for row in _page(connection, _texts().where(*of_texts), (texts.c.at, texts.c.id), before, most)
    ]
    said += [
        Said(row["due_at"], row["id"], None, row)
        for row in _page(connection, _jobs().where(*of_jobs), (jobs.c.due_at, jobs.c.id), before, most)
    ]
    return sorted(said, key=lambda each: (each.at, each.id), reverse=True)[:most]


def _texts() -> Select[tuple[object, ...]]:
    names = ("id", "at", "direction", "body", "number", "job_id", "case_ref", "owner", "meaning", "read_at")
    columns = [texts.c[name] for name in names]
    return (
        select(*columns, jobs.c.state, jobs.c.reason, jobs.c.rule, jobs.c.step, jobs.c.sent_by, contacts.c.ref)
        .outerjoin(jobs, jobs.c.id == texts.c.job_id)
        .outerjoin(contacts, contacts.c.id == texts.c.contact_id)
    )


def _jobs() -> Select[tuple[object, ...]]:
    names = ("id", "due_at", "state", "reason", "rule", "step", "sent_by", "origin", "text", "template")
    has_text = select(texts.c.id).where(texts.c.job_id == jobs.c.id, texts.c.practice == jobs.c.practice)
    return (
        select(*(jobs.c[name] for name in names), contacts.c.ref, occasions.c.case_ref)
        .outerjoin(contacts, contacts.c.id == jobs.c.contact_id)
        .outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)
        .where(~has_text.exists())
    )


def _page(
    connection: Connection,
    query: Select[tuple[object, ...]],
    order: tuple[ColumnElement[dt.datetime], ColumnElement[uuid.UUID]],
    before: Place | None,
    most: int,
) -> Sequence[RowMapping]:
    at, last = order
    if before is not None:
        query = query.where(at <= before[0], (at < before[0]) | (last < before[1]))
    return connection.execute(query.order_by(at.desc(), last.desc()).limit(most)).mappings().all()
