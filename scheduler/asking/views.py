"""Saved views of the list of jobs: a user's own names for filters. The writer of `job_views`."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from jobs.errors import InputError, RefusedError
from jobs.records import job_views, new_id

MOST: Final = 30
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 1_000


@dataclass(frozen=True, slots=True)
class View:
    """One view; `query` is what stands after the `?` of its address."""

    id: uuid.UUID
    name: str
    query: str


def views_of(connection: Connection, user_id: uuid.UUID) -> list[View]:
    """Return a user's views by name."""
    query = select(job_views).where(job_views.c.user_id == user_id).order_by(job_views.c.name)
    return [View(row.id, row.name, row.query) for row in connection.execute(query)]


def save_view(connection: Connection, user_id: uuid.UUID, name: str, query: str, *, now: dt.datetime) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        InputError: it has no name, or a name or filters that are too long.
        RefusedError: there are too many.

    """
    if not 0 < len(name) <= LONGEST_NAME or len(query) > LONGEST_QUERY:
        message = f"a view needs a name of at most {LONGEST_NAME} characters, and fewer filters than these"
        raise InputError(message)
    known = views_of(connection, user_id)
    same = next((each for each in known if each.name == name), None)
    if same is not None:
        connection.execute(update(job_views).where(job_views.c.id == same.id).values(query=query))
        return
    if len(known) >= MOST:
        message = f"there are {MOST} views already: remove one first"
        raise RefusedError(message)
    row = {"id": new_id(), "user_id": user_id, "name": name, "query": query, "created_at": now}
    connection.execute(insert(job_views).values(**row))


def remove_view(connection: Connection, user_id: uuid.UUID, view_id: uuid.UUID) -> None:
    """Remove one of a user's views; another's stays."""
    connection.execute(delete(job_views).where(job_views.c.id == view_id, job_views.c.user_id == user_id))
