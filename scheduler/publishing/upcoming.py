"""The next reminders under a rulebook that need not be published: what it would send in the coming days.

Decided by the planner over the occasions that begin next; writes and locks nothing.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from jobs.database import Database
from jobs.records import occasions
from scheduler.publishing.ledger import Seen, go_over_these
from scheduler.publishing.plans import grounds_of
from scheduler.rulebook.schema import Rulebook

MOST_OCCASIONS: Final = 2_000
BEHIND: Final = dt.timedelta(days=30)
"""Something that began so long ago may still be reminded of: a payment that is overdue."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder ahead: when, of which step, about what and to whom."""

    at: dt.datetime
    step: str
    occasion: str
    contact: str


@dataclass(slots=True)
class _Gathered:
    """Gathers what comes in a time."""

    since: dt.datetime
    until: dt.datetime
    coming: list[Coming] = field(default_factory=list)

    def see(self, seen: Seen) -> None:
        """Take in what would go about one occasion."""
        self.coming.extend(self._of(seen))

    def _of(self, seen: Seen) -> Iterator[Coming]:
        about = f"{seen.row['kind']} {seen.row['ref']}"
        for decision in seen.planned.decisions:
            at = decision.planned_for
            if decision.is_job and at is not None and self.since <= at < self.until:
                person = seen.people.get(decision.role)
                name = "" if person is None else str(person["name"] or person["ref"])
                yield Coming(at, f"{decision.rule}/{decision.of.step}", about, name)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The reminders of some days in order of time; `is_cut` where there are more occasions than were looked at."""

    coming: tuple[Coming, ...]
    is_cut: bool


def upcoming(database: Database, rulebook: Rulebook, now: dt.datetime, days: int) -> Upcoming:
    """Return what a checked rulebook would send in the next days, as if it were published now.

    Raises:
        InputError: a holiday code or the sending window cannot be read.

    """
    practice = rulebook.practice.practice
    known = (occasions.c.practice == practice) & occasions.c.gone_at.is_(None) & (occasions.c.starts_at > now - BEHIND)
    query = select(occasions.c.id).where(known).order_by(occasions.c.starts_at).limit(MOST_OCCASIONS + 1)
    with database.read() as connection:
        ids = list(connection.execute(query).scalars())
    gathered = _Gathered(now, now + dt.timedelta(days=days))
    go_over_these(database.read, grounds_of(database.read, rulebook, now).outlook, ids[:MOST_OCCASIONS], gathered)
    coming = sorted(gathered.coming, key=lambda each: (each.at, each.step, each.occasion))
    return Upcoming(tuple(coming), len(ids) > MOST_OCCASIONS)
