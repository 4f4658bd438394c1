"""What a simulation begins with, read from the tables: occasions, jobs, pauses, senders, names. It locks nothing."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select

from jobs import spending, store
from jobs.drafts import Money
from jobs.errors import NotFoundError
from jobs.records import contact_aliases, contacts, jobs, number_days, occasions, pauses, providers, senders
from jobs.senders import Pause
from jobs.states import UNSENT
from jobs.store.values import Job
from jobs.taking.rooms import ReadySender
from scheduler.planning.stored import in_parts
from scheduler.simulate.fates import Named
from scheduler.simulate.line import PauseSpan

LOOKED_BACK: Final = dt.timedelta(days=60)
"""How long before now an occasion may have begun that has no waiting job and might still get one."""


def occasions_ahead(connection: Connection, practice: str, now: dt.datetime) -> list[uuid.UUID]:
    """Return the ids of a practice's occasions that may have texts ahead: with a waiting job, or begun not long ago."""
    waiting = select(jobs.c.occasion_id).where(jobs.c.practice == practice, _is(UNSENT))
    begun = or_(occasions.c.starts_at.is_(None), occasions.c.starts_at >= now - LOOKED_BACK)
    wanted = or_(occasions.c.id.in_(waiting), begun & occasions.c.gone_at.is_(None))
    found = select(occasions.c.id).where(occasions.c.practice == practice, wanted).order_by(occasions.c.id)
    return list(connection.execute(found).scalars())


def jobs_ahead(connection: Connection, practice: str, occasion_ids: Collection[uuid.UUID]) -> list[Job]:
    """Return every job of these occasions, and the practice's other jobs that are still unsent."""
    found = {
        job.id: job for part in in_parts(sorted(occasion_ids)) for job in store.jobs_of_occasions(connection, part)
    }
    unsent = select(jobs.c.id).where(jobs.c.practice == practice, _is(UNSENT))
    rest = [job_id for job_id in connection.execute(unsent).scalars() if job_id not in found]
    others = (job for part in in_parts(rest) for job in store.read_jobs(connection, part))
    return [*found.values(), *others]


def pause_spans(connection: Connection, practice: str, since: dt.datetime) -> list[PauseSpan]:
    """Return the pauses that concern a practice and ended after `since`, or have not ended."""
    ours = or_(pauses.c.practice.is_(None), pauses.c.practice == practice)
    rows = connection.execute(select(pauses).where(ours).order_by(pauses.c.since, pauses.c.id)).mappings()
    spans = [
        PauseSpan(
            Pause(row["scope"], row["practice"], row["target"], row["reason"]),
            row["since"],
            min((end for end in (row["until"], row["lifted_at"]) if end is not None), default=None),
        )
        for row in rows
    ]
    return [span for span in spans if span.until is None or span.until > since]


def senders_ready(connection: Connection, practice: str) -> list[ReadySender]:
    """Return a practice's senders with their pace; gone ones are left out."""
    columns = (senders.c[name] for name in ReadySender.__dataclass_fields__)
    rows = connection.execute(select(*columns).where(senders.c.practice == practice, ~senders.c.gone)).mappings()
    return [ReadySender(**row) for row in rows]


def rooms(connection: Connection) -> dict[str, int]:
    """Return how many jobs each provider may have in flight while all is well."""
    found = connection.execute(select(providers.c.id, providers.c.slots))
    return {row.id: max(row.slots // 2, 1) for row in found}


def month_reader(connection: Connection) -> Callable[[spending.MonthKey], Money]:
    """Return what tells a month's money as it is stored."""
    return lambda key: spending.read_months(connection, [key])[key]


def day_reader(connection: Connection, practice: str) -> Callable[[spending.DayKey], int]:
    """Return what tells a number's texts of a day as they are stored; read at once, since most days have none."""
    texts = number_days.c.count.label("texts")
    query = select(number_days.c.number, number_days.c.day, texts).where(number_days.c.practice == practice)
    counts = {(practice, row.number, row.day): row.texts for row in connection.execute(query)}
    return lambda key: counts.get(key, 0)


class Names:
    """The names that people know occasions and contacts by."""

    def __init__(self, connection: Connection, about: Collection[uuid.UUID], whom: Collection[uuid.UUID]) -> None:
        """Read the names of these occasions and contacts."""
        self._occasions = {
            row.id: (row.kind, row.ref)
            for part in in_parts(sorted(about))
            for row in connection.execute(
                select(occasions.c.id, occasions.c.kind, occasions.c.ref).where(occasions.c.id.in_(part))
            )
        }
        self._contacts = {
            row.id: (row.ref, row.name, row.phone)
            for part in in_parts(sorted(whom))
            for row in connection.execute(
                select(contacts.c.id, contacts.c.ref, contacts.c.name, contacts.c.phone).where(contacts.c.id.in_(part))
            )
        }

    def of(self, occasion_id: uuid.UUID | None, contact_id: uuid.UUID | None, number: str | None = None) -> Named:
        """Return the names of an occasion and a contact; `number` is a one-off's that has no contact."""
        kind, occasion = self._occasions.get(occasion_id, (None, None)) if occasion_id else (None, None)
        ref, name, phone = self._contacts.get(contact_id, (None, "", None)) if contact_id else (None, "", None)
        return Named(kind, occasion, ref, name, phone or number)


def find_contact(connection: Connection, practice: str, ref: str) -> frozenset[uuid.UUID]:
    """Return the id of the contact of that ref or former ref, and of those whose texts go to their phone.

    Raises:
        NotFoundError: the practice has no such contact.

    """
    direct = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.ref == ref)
    former = select(contact_aliases.c.contact_id).where(
        contact_aliases.c.practice == practice, contact_aliases.c.ref == ref
    )
    found = connection.execute(direct).scalar() or connection.execute(former).scalar()
    if found is None:
        message = f"there is no contact {ref!r} in practice {practice}"
        raise NotFoundError(message)
    theirs = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.via_id == found)
    return frozenset([found, *connection.execute(theirs).scalars()])


def _is(states: Collection[str]) -> ColumnElement[bool]:
    return jobs.c.state.in_([str(state) for state in sorted(states)])
