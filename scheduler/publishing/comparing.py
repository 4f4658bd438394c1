"""What a kept plan showed against what publishing it would do by now: the plan in, the differences out.

Runs the same code as the plan did, over what changed since or may have become another thing by time alone; writes
nothing.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

from sqlalchemy import Connection, or_, select

from jobs.database import Database
from jobs.records import contacts, jobs, occasion_people, occasions
from jobs.states import ACCEPTED, State
from jobs.store.values import Job
from scheduler.publishing.effects import Effect, Slot, What, slot_of_job
from scheduler.publishing.keeping import KeptPlan
from scheduler.publishing.ledger import Seen, go_over, go_over_these
from scheduler.publishing.listing import Listed, line_of
from scheduler.publishing.plans import grounds_of
from scheduler.publishing.shown import Shown, key_of

MOST_NAMED: Final = 20
"""Unshown effects that are named one by one."""

_MAY_BE_OUT: Final = ACCEPTED | {State.SENDING, State.IN_DOUBT}


@dataclass(slots=True)
class Differences:
    """How many identities go otherwise than the plan showed, by why.

    `sent`: they went out meanwhile; `arrived` and `changed`: of occasions that are new or changed since, and not shown;
    `too_late`: their moment has passed; `ended`: they were cancelled, blocked or expired; `others`: what else was shown
    and will not happen. `unshown` are of occasions that did not change, which forbids the publish; `named`, the first.
    """

    sent: int = 0
    arrived: int = 0
    changed: int = 0
    too_late: int = 0
    ended: int = 0
    others: int = 0
    unshown: int = 0
    named: list[Listed] = field(default_factory=list)

    @property
    def meanwhile(self) -> int:
        """Return how many sends, moves and cancellations were not shown, since their occasions changed meanwhile."""
        return self.arrived + self.changed

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "named"}

    def __str__(self) -> str:
        """Say them as people do: `3 sent meanwhile, 2 arrived`."""
        words = {"sent": "sent meanwhile", "arrived": "arrived", "changed": "changed", "too_late": "too late by now"}
        words |= {"ended": "ended meanwhile", "others": "no longer to be changed"}
        return ", ".join(f"{count:,} {words[name]}" for name, count in self.counts().items() if count and name in words)


def compare(database: Database, kept: KeptPlan) -> Differences:
    """Return how what publishing would do now differs from what the plan showed."""
    with database.read() as connection:
        now = database.moment(connection)
        passed = kept.plan.soon.passed(now)
        since = (connection, kept.draft.practice, kept.planned_at)
        again = _gone_since(*since) if passed is None else passed | _changed_since(*since)
    outlook = grounds_of(database.read, kept.draft.rulebook, now).outlook
    comparison = _Comparison(kept.plan.shown, kept.planned_at)
    if passed is None:
        go_over(database.read, outlook, comparison)
    go_over_these(database.read, outlook, again, comparison)
    return comparison.found


def _gone_since(connection: Connection, practice: str, moment: dt.datetime) -> set[uuid.UUID]:
    """Return the occasions that were removed since a moment."""
    gone = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.gone_at > moment)
    return set(connection.execute(gone).scalars())


def _changed_since(connection: Connection, practice: str, moment: dt.datetime) -> set[uuid.UUID]:
    """Return the occasions that changed since a moment, themselves, their people or their jobs."""
    of_occasions = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.updated_at > moment)
    people = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.updated_at > moment)
    reached = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.via_id.in_(people))
    of_people = select(occasion_people.c.occasion_id).where(
        or_(occasion_people.c.contact_id.in_(people), occasion_people.c.contact_id.in_(reached))
    )
    of_jobs = select(jobs.c.occasion_id).where(jobs.c.practice == practice, jobs.c.updated_at > moment).distinct()
    found: set[uuid.UUID] = set()
    for query in (of_occasions, of_people, of_jobs.where(jobs.c.occasion_id.is_not(None))):
        found.update(connection.execute(query).scalars())
    return found


class _Comparison:
    """Takes every identity off what was shown and counts what differs."""

    def __init__(self, shown: Shown, planned_at: dt.datetime) -> None:
        self._shown = shown
        self._planned_at = planned_at
        self.found = Differences()

    def see(self, seen: Seen) -> None:
        """Compare what would happen to one occasion's jobs."""
        occasion_id = seen.row["id"]
        for effect in seen.effects.each:
            key = key_of(occasion_id, effect.slot)
            if not self._shown.holds(key, effect) and effect.what is not What.REWORDED:
                self._note_unshown(seen, effect)
        for slot, name in _left(seen):
            if self._shown.what(key_of(occasion_id, slot)) is not None:
                setattr(self.found, name, getattr(self.found, name) + 1)

    def _note_unshown(self, seen: Seen, effect: Effect) -> None:
        if seen.row["created_at"] > self._planned_at:
            self.found.arrived += 1
        elif self._has_changed(seen):
            self.found.changed += 1
        else:
            self.found.unshown += 1
            if len(self.found.named) < MOST_NAMED:
                self.found.named.append(line_of(seen, effect))

    def _has_changed(self, seen: Seen) -> bool:
        """Tell whether the occasion, its people or its jobs changed since the plan was made."""
        moments: list[dt.datetime] = [
            seen.row["updated_at"],
            *(person["updated_at"] for person in seen.people.values()),
        ]
        moments += [job.updated_at for job in seen.jobs]
        return max(moments) > self._planned_at


def _left(seen: Seen) -> Iterator[tuple[Slot, str]]:
    """Yield the identities that nothing would happen to, each with the name of the count that tells why."""
    touched = {effect.slot for effect in seen.effects.each}
    stored = {slot_of_job(job): job for job in seen.jobs}
    for slot, job in stored.items():
        if slot not in touched:
            yield slot, _why_left(job)
    for slot, name in seen.effects.standing:
        if slot not in stored:
            yield slot, "too_late" if name == "too_late" else "others"


def _why_left(job: Job) -> str:
    if job.state in _MAY_BE_OUT:
        return "sent"
    return "ended" if job.state in {State.BLOCKED, State.FAILED, State.CANCELLED, State.EXPIRED} else "others"
