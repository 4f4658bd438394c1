"""What was published when by whom, and any revision of it: ids in, revisions and publishings out. It writes nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from jobs.errors import InputError, NotFoundError
from jobs.records import publishings, revisions
from scheduler.rulebook.content import rulebook_of
from scheduler.rulebook.schema import Rulebook


@dataclass(frozen=True, slots=True)
class Revision:
    """A published rulebook as its row holds it; `author`, `note` and `published_at` are of its first publishing."""

    practice: str
    id: str
    content: Mapping[str, object]
    files: Mapping[str, str]
    author: str
    note: str
    published_at: dt.datetime

    def rulebook(self) -> Rulebook:
        """Return the rulebook."""
        return rulebook_of(self.content)


@dataclass(frozen=True, slots=True)
class Publishing:
    """One publish: what became current, what was before, who did it and why; `number` grows with each."""

    number: int
    revision: str
    base: str | None
    plan: str | None
    author: str
    note: str
    at: dt.datetime


def find_revision(connection: Connection, practice: str, named: str) -> Revision:
    """Return the revision of that id, or of which it is the beginning.

    Raises:
        NotFoundError: the practice has no such revision.
        InputError: it is the beginning of several.

    """
    known = connection.execute(select(revisions.c.id).where(revisions.c.practice == practice)).scalars().all()
    wanted = f"r-{named.removeprefix('r-')}"
    found = [wanted] if wanted in known else [each for each in known if named and each.startswith(wanted)]
    if not found:
        message = f"{practice} has no revision {named!r}: `quietbell history` lists them"
        raise NotFoundError(message)
    if len(found) > 1:
        message = f"{named!r} is the beginning of {len(found)} revisions: {', '.join(sorted(found))}"
        raise InputError(message)
    chosen = (revisions.c.practice == practice, revisions.c.id == found[0])
    row = connection.execute(select(revisions).where(*chosen)).mappings().one()
    return Revision(**{name: row[name] for name in Revision.__dataclass_fields__})


def last_publishing(connection: Connection, practice: str) -> Publishing | None:
    """Return the last publish of the practice."""
    found = publishings_of(connection, practice, limit=1)
    return found[0] if found else None


def publishings_of(connection: Connection, practice: str, *, limit: int, before: int | None = None) -> list[Publishing]:
    """Return the last publishes of the practice, newest first; `before`: only those before that number."""
    query = select(publishings).where(publishings.c.practice == practice).order_by(publishings.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(publishings.c.id < before)
    return [
        Publishing(row["id"], row["revision"], row["base"], row["plan"], row["author"], row["note"], row["at"])
        for row in connection.execute(query).mappings()
    ]
