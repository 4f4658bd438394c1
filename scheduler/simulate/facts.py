"""Facts of simulated jobs: the worker's own reader under a given revision, with what simulated texts have used up.

Jobs come in, facts go out. It reads; what it read of a job it keeps until planning changes that job.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from jobs.drafts import Facts
from jobs.facts import FactsReader, InForce
from jobs.records import consents
from jobs.store.values import Job
from scheduler.planning.stored import MOST_NAMED_AT_ONCE
from scheduler.simulate.reserves import Reserves


class RevisionReader(FactsReader):
    """Reads facts as the worker does, under one revision, whichever is current in the database."""

    def __init__(self, practice: str, in_force: InForce) -> None:
        """Take that revision for the one in force in its practice."""
        super().__init__()
        self._given = {practice: in_force}

    def in_force(self, _connection: Connection, practice_ids: Collection[str]) -> dict[str, InForce]:
        """Return the given revision."""
        return {practice: given for practice, given in self._given.items() if practice in practice_ids}


class FactsKept:
    """Facts by job, read in sets and kept; `changes` are the moments at which a consent runs out."""

    def __init__(
        self, connection: Connection, reader: FactsReader, reserves: Reserves, changes: Iterable[dt.datetime]
    ) -> None:
        """Keep nothing yet."""
        self._connection = connection
        self._reader = reader
        self._reserves = reserves
        self._changes = sorted(changes, reverse=True)
        self._kept: dict[uuid.UUID, Facts] = {}

    def prepare(self, jobs: Sequence[Job], now: dt.datetime) -> None:
        """Read the facts of jobs that come up later, in large sets."""
        missing = [job for job in jobs if job.id not in self._kept]
        for start in range(0, len(missing), MOST_NAMED_AT_ONCE):
            part = missing[start : start + MOST_NAMED_AT_ONCE]
            self._kept.update(self._reader.read(self._connection, part, now))

    def has(self, jobs: Iterable[Job]) -> bool:
        """Tell whether the facts of these jobs are kept."""
        return all(job.id in self._kept for job in jobs)

    def forget(self, jobs: Iterable[Job]) -> None:
        """Read these jobs' facts anew when they are asked for: planning changed them."""
        for job in jobs:
            self._kept.pop(job.id, None)

    def of(self, jobs: Sequence[Job], now: dt.datetime) -> Mapping[uuid.UUID, Facts]:
        """Return the facts of jobs that are claimed together at `now`."""
        while self._changes and self._changes[-1] <= now:
            self._changes.pop()
            self._kept.clear()
        self.prepare(jobs, now)
        found = {job.id: self._kept[job.id] for job in jobs if job.id in self._kept}
        return {job_id: self._reserves.facts_at(self._adjusted(facts, now), now) for job_id, facts in found.items()}

    def _adjusted(self, facts: Facts, _now: dt.datetime) -> Facts:
        """Return facts as they were at that moment; ahead of now they are what is stored."""
        return facts


def consents_end(connection: Connection, practice: str) -> list[dt.datetime]:
    """Return the moments at which a practice's recorded consents run out."""
    ends = select(consents.c.expires_at).where(consents.c.practice == practice, consents.c.expires_at.is_not(None))
    return list(connection.execute(ends).scalars())
