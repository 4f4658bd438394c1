"""Goes over every occasion of a practice and gathers what a rulebook would do to its jobs: rows in, effects out.

Runs the planner and the replanner's comparison; writes and locks nothing. What it finds is told to a `Reader` at once.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from sqlalchemy import Connection, RowMapping, select

from jobs import store
from jobs.errors import InputError
from jobs.records import contacts, occasion_people, occasions
from jobs.states import Origin
from jobs.store.values import Job
from scheduler.planning.basis import Basis, Occurrence
from scheduler.planning.changes import Cause, Circumstances, diff
from scheduler.planning.corrections import Case, CorrectionChanges, correct
from scheduler.planning.decisions import Planned
from scheduler.planning.remembering import memory_of
from scheduler.planning.renaming import under_present_names
from scheduler.planning.replanner import decide
from scheduler.planning.stored import CONTACTS_REACHED, PLANNED_OF_CONTACTS, StoredOccasion, stored_occasion
from scheduler.publishing.effects import Effects, effects_of, with_corrections

OCCASIONS_AT_ONCE: Final = 500

_PLANNED_ORIGINS: Final = frozenset({Origin.REMINDER, Origin.CORRECTION})
_SAID_OF_CONTACTS: Final = (contacts.c.name, contacts.c.first_name, contacts.c.language, contacts.c.updated_at)

Reading: TypeAlias = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection to read one part with, so that no transaction lasts as long as the whole."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One occasion, the people it names by role, its jobs, what was decided, and what would happen to them."""

    row: RowMapping
    people: Mapping[str, RowMapping]
    jobs: Sequence[Job]
    planned: Planned
    effects: Effects


class Reader(Protocol):
    """Is told of one occasion after another."""

    def see(self, seen: Seen) -> None:
        """Take in what would happen to an occasion's jobs."""
        ...


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rulebook would do when: the basis it gives, the moment of the publish, and the templates it changes."""

    basis: Basis
    now: dt.datetime
    reworded: frozenset[str]


def go_over(reading: Reading, outlook: Outlook, reader: Reader) -> None:
    """Tell the reader of every occasion that is there what the publish would do to its jobs.

    Those that are gone have no job left to change.
    """
    query = select(occasions.c.id).where(occasions.c.practice == outlook.basis.practice, occasions.c.gone_at.is_(None))
    with reading() as connection:
        ids = connection.execute(query).scalars().all()
    go_over_these(reading, outlook, ids, reader)


def go_over_these(reading: Reading, outlook: Outlook, ids: Collection[uuid.UUID], reader: Reader) -> None:
    """Tell the reader the same of some occasions, those that are gone too."""
    ordered = sorted(ids)
    for first in range(0, len(ordered), OCCASIONS_AT_ONCE):
        query = select(occasions).where(occasions.c.id.in_(ordered[first : first + OCCASIONS_AT_ONCE]))
        with reading() as connection:
            part = connection.execute(query.order_by(occasions.c.id)).mappings().all()
            for seen in _seen(connection, outlook, part):
                reader.see(seen)


def _seen(connection: Connection, outlook: Outlook, part: Sequence[RowMapping]) -> Iterator[Seen]:
    basis = outlook.basis
    ids = [row["id"] for row in part]
    people = _people_of(connection, ids)
    jobs: dict[uuid.UUID, list[Job]] = {}
    for job in under_present_names(basis.renames, store.jobs_of_occasions(connection, ids))[0]:
        if job.occasion_id is not None:
            jobs.setdefault(job.occasion_id, []).append(job)
    planned = [job.id for each in jobs.values() for job in each if job.origin in _PLANNED_ORIGINS]
    touched = store.maybe_accepted(connection, planned)
    told = _told(connection, basis, jobs, touched)
    given = _Given(basis, Occurrence(outlook.now, Cause.PUBLISHING), touched, outlook.reworded)
    for row in part:
        roles, stored = people.get(row["id"], {}), jobs.get(row["id"], [])
        occasion = stored_occasion(row, roles, basis.kinds.get(row["kind"]))
        yield Seen(row, roles, stored, *given.effects(occasion, stored, told.get(row["id"], {})))


@dataclass(frozen=True, slots=True)
class _Given:
    """What is the same for every occasion of a part."""

    basis: Basis
    occurrence: Occurrence
    touched: set[uuid.UUID]
    reworded: frozenset[str]

    def effects(
        self, occasion: StoredOccasion, jobs: Sequence[Job], told: Mapping[uuid.UUID, store.ToldRow]
    ) -> tuple[Planned, Effects]:
        """Decide and compare as the replanner does."""
        basis = self.basis
        case = Case(
            basis=basis, occurrence=self.occurrence, occasion=occasion, told=told, jobs=jobs, touched=self.touched
        )
        corrected = CorrectionChanges()
        try:
            corrected = correct(case)
            planned = decide(basis, occasion, jobs, memory=memory_of(basis.plan), corrections=corrected.going)
        except InputError:  # what cannot be read is not planned
            planned = Planned(())
        circumstances = Circumstances(
            now=self.occurrence.now,
            dated_at=occasion.facts.dated_at,
            steps=basis.steps,
            providers=basis.providers,
            contact_ids=occasion.contact_ids,
            off=occasion.off,
            cause=self.occurrence.cause,
            touched=self.touched,
            fallbacks=basis.fallbacks,
        )
        found = effects_of(planned, jobs, diff(planned, jobs, circumstances), self.reworded)
        if corrected.cancels or corrected.moves:
            found = with_corrections(found, jobs, corrected)
        return planned, found


def _told(
    connection: Connection, basis: Basis, jobs: Mapping[uuid.UUID, Sequence[Job]], touched: set[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, store.ToldRow]]:
    """Return what contacts were told, by occasion and contact; asked only of occasions of which a text went."""
    ids = [occasion_id for occasion_id, each in jobs.items() if any(job.id in touched for job in each)]
    told: dict[uuid.UUID, dict[uuid.UUID, store.ToldRow]] = {}
    if basis.rules:
        for (occasion_id, contact_id), row in store.read_told(connection, ids).items():
            told.setdefault(occasion_id, {})[contact_id] = row
    return told


def _people_of(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, RowMapping]]:
    """Return the people by occasion and role: what planning wants to know of them, and what a text says of them."""
    query = (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *PLANNED_OF_CONTACTS, *_SAID_OF_CONTACTS)
        .select_from(occasion_people.join(CONTACTS_REACHED, contacts.c.id == occasion_people.c.contact_id))
        .where(occasion_people.c.occasion_id.in_(ids))
    )
    people: dict[uuid.UUID, dict[str, RowMapping]] = {}
    for row in connection.execute(query).mappings():
        people.setdefault(row["occasion_id"], {})[row["role"]] = row
    return people
