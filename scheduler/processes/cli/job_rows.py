"""Reads jobs for a list or by a name that a person types. Questions in, rows out; it changes nothing."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, func, select

from jobs.errors import InputError, NotFoundError
from jobs.records import contacts, jobs, occasions
from scheduler.asking.listing import Question, matching, with_whom_and_what

SHORTEST_ENDING = 6
ENDING = re.compile(r"[0-9a-f]{6,32}")
SHOWN = 8
WHOLE = 32

Job = Mapping[str, Any]
"""A job with what a list shows of its contact and occasion, by column name."""

LISTED = (
    jobs.c.id,
    jobs.c.origin,
    jobs.c.rule,
    jobs.c.step,
    jobs.c.repeat,
    jobs.c.state,
    jobs.c.planned_for,
    jobs.c.due_at,
    jobs.c.useful_until,
    jobs.c.template,
    jobs.c.sender,
    jobs.c.provider,
    jobs.c.pinned,
    jobs.c.attempts,
    jobs.c.reason,
    jobs.c.moved_by,
    jobs.c.stop_wanted,
    jobs.c.fence,
    contacts.c.ref.label("contact"),
    contacts.c.name.label("contact_name"),
    occasions.c.kind,
    occasions.c.ref.label("occasion"),
    occasions.c.start,
)


def short(job_id: uuid.UUID) -> str:
    """Return the ending by which a person may name a job (the end of a UUIDv7 is random, its beginning is a date)."""
    return job_id.hex[-SHOWN:]


def kind_and_ref(text: str) -> tuple[str | None, str]:
    """Return kind and ref of `KIND/REF`; a kind is a plain word, so that a ref with a slash in it stays whole."""
    kind, slash, ref = text.partition("/")
    is_kind = bool(slash) and bool(ref) and kind.isidentifier() and kind.islower()
    return (kind, ref) if is_kind else (None, text)


def list_jobs(connection: Connection, asked: Question, *, most: int = 50) -> tuple[list[Job], int]:
    """Return up to `most` of the jobs asked for, soonest due first, and how many there are in all."""
    conditions = and_(*matching(asked))
    count = select(func.count()).select_from(with_whom_and_what()).where(conditions)
    rows = _listed().where(conditions).order_by(jobs.c.due_at, jobs.c.id).limit(most)
    return _jobs(connection, rows), connection.execute(count).scalar_one()


def find_job(connection: Connection, practice: str, name: str) -> Job:
    """Return the one job that a full id or an ending of at least 6 characters names.

    Raises:
        InputError: it cannot be an id, or several jobs end so.
        NotFoundError: no job of the practice does.

    """
    ending = name.strip().lower().replace("-", "")
    if not ENDING.fullmatch(ending):
        message = f"{name!r} names no job: give its id, or at least the last {SHORTEST_ENDING} characters of it"
        raise InputError(message)
    found = _jobs(
        connection, _listed().where(jobs.c.practice == practice, _ends_in(ending, connection.dialect.name)).limit(2)
    )
    if not found:
        message = f"no job of {practice} has an id ending in {name}"
        raise NotFoundError(message)
    if len(found) > 1:
        message = f"several jobs have an id ending in {name}: give more of it"
        raise InputError(message)
    return found[0]


def _jobs(connection: Connection, wanted: Select[tuple[object, ...]]) -> list[Job]:
    return [{str(name): value for name, value in row.items()} for row in connection.execute(wanted).mappings()]


def _listed() -> Select[tuple[object, ...]]:
    return select(*LISTED).select_from(with_whom_and_what())


def _ends_in(ending: str, dialect: str) -> ColumnElement[bool]:
    if len(ending) == WHOLE:
        return jobs.c.id == uuid.UUID(ending)
    digits = func.lower(func.hex(jobs.c.id)) if dialect == "sqlite" else func.replace(cast(jobs.c.id, Text), "-", "")
    return digits.like(f"%{ending}")
