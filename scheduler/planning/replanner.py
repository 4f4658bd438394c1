"""Brings stored jobs in line with what should exist: occasions in; created, moved, cancelled, reopened jobs out.

The planner decides, `changes` compares, the store writes; all of a chunk in the caller's transaction, a set per verb.
What the store lost to someone else is read and planned again in the same transaction. It sends nothing.
"""

import datetime as dt
import gc
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection

from jobs import store
from jobs.errors import InputError, QuietbellError
from jobs.states import Origin
from jobs.store import ToldRow, identity
from jobs.store.values import PLANNER, Change, Job, NewJob, Pick
from scheduler.planning.basis import Basis, Occurrence, Replanned
from scheduler.planning.changes import Changes, Circumstances, Rewrite, diff, times_of
from scheduler.planning.corrections import Case, CorrectionChanges, correct, going_of
from scheduler.planning.decisions import Decision, Planned, Reason
from scheduler.planning.planner import plan
from scheduler.planning.remembering import Memory, memory_of
from scheduler.planning.renaming import under_present_names
from scheduler.planning.stored import StoredOccasion, fallen_of, in_parts, read_occasions

MOST_TRIES: Final = 5
"""How often an occasion is planned again because its jobs moved meanwhile."""


_PLANNED_ORIGINS: Final = frozenset({Origin.REMINDER, Origin.CORRECTION})
_OF_STORED_JOBS: Final = ("moves", "refreshes", "cancels", "reopens", "readdresses")


class RestlessJobsError(QuietbellError):
    """The jobs of an occasion moved each time it was planned; nothing was changed."""


def replan(connection: Connection, basis: Basis, ids: Collection[uuid.UUID], occurrence: Occurrence) -> Replanned:
    """Plan the stored occasions of those ids again, in the caller's transaction; unknown ids are left out."""
    done = Replanned()
    for part in in_parts(sorted(ids)):
        with _uncollected():
            occasions = read_occasions(connection, part, basis.kinds, locked=True)
            done = done.plus(replan_occasions(connection, basis, occasions, occurrence))
    return done


def replan_occasions(
    connection: Connection,
    basis: Basis,
    occasions: Sequence[StoredOccasion],
    occurrence: Occurrence,
    *,
    are_new: bool = False,
) -> Replanned:
    """Plan occasions that the caller holds locked, and has just written if they `are_new` (then none has a job yet).

    Raises:
        RestlessJobsError: the same jobs were lost to others each time.

    """
    with _uncollected():
        return _replan_until_nothing_is_lost(connection, basis, occasions, occurrence, are_new=are_new)


def _replan_until_nothing_is_lost(
    connection: Connection,
    basis: Basis,
    occasions: Sequence[StoredOccasion],
    occurrence: Occurrence,
    *,
    are_new: bool,
) -> Replanned:
    done = Replanned()
    left, before = list(occasions), frozenset[tuple[uuid.UUID, int]]()
    for _ in range(MOST_TRIES):
        stored = {} if are_new else _jobs_of(connection, basis, left)
        seen = frozenset((job.id, job.fence) for jobs in stored.values() for job in jobs)
        if before and seen == before:  # the store refuses for good what was asked of it
            return done
        round_ = _Round(basis, occurrence, done, memory_of(basis.plan))
        round_.plan(connection, left, stored)
        lost = round_.apply(connection)
        done = round_.done
        if not lost:
            return done
        left, before, are_new = [each for each in left if each.id in lost], seen, False
    message = f"the jobs of {len(left)} occasions moved each time they were planned: try again"
    raise RestlessJobsError(message)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's collector out for a moment.

    What planning makes goes by itself, and to look for rings in it takes a fifth of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def decide(
    basis: Basis,
    occasion: StoredOccasion,
    jobs: Collection[Job] = (),
    *,
    memory: Memory | None = None,
    corrections: Mapping[str, dt.datetime] | None = None,
) -> Planned:
    """Return the decisions for one occasion, given its jobs: those that ended unsent supersede nothing.

    A `memory` of the basis's plan may know them already. `corrections` says by contact's key when a correction goes;
    where it is not given, the jobs say.

    Raises:
        InputError: the kind, a zone or a date of the occasion cannot be read.

    """
    if occasion.removed:
        return Planned(())
    jobs, _ = under_present_names(basis.renames, jobs)
    going = going_of(occasion, jobs) if corrections is None else corrections
    fallen = fallen_of(jobs)
    facts = replace(occasion.facts, fallen=fallen, corrections=going) if fallen or going else occasion.facts
    if memory is not None:
        return memory.plan(facts, occasion.people)
    return plan(basis.plan, facts, occasion.people)


def _jobs_of(connection: Connection, basis: Basis, occasions: Sequence[StoredOccasion]) -> dict[uuid.UUID, list[Job]]:
    """Return the jobs of occasions by occasion; those of a renamed rule or step get its name, here and stored."""
    found = store.jobs_of_occasions(connection, [occasion.id for occasion in occasions])
    jobs, renamings = under_present_names(basis.renames, found)
    store.rename(connection, renamings)
    stored: dict[uuid.UUID, list[Job]] = {}
    for job in jobs:
        if job.occasion_id is not None:
            stored.setdefault(job.occasion_id, []).append(job)
    return stored


@dataclass(slots=True)
class _Round:
    """One round over a chunk: what the verbs are to do to its jobs, and whose each job is."""

    basis: Basis
    occurrence: Occurrence
    done: Replanned
    memory: Memory
    changes: Changes = field(default_factory=Changes)
    corrected: CorrectionChanges = field(default_factory=CorrectionChanges)
    creates: list[NewJob] = field(default_factory=list)
    owners: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def plan(
        self, connection: Connection, occasions: Sequence[StoredOccasion], stored: Mapping[uuid.UUID, list[Job]]
    ) -> None:
        """Decide for every occasion and gather the differences."""
        ids = [job.id for jobs in stored.values() for job in jobs if job.origin in _PLANNED_ORIGINS]
        touched = store.maybe_accepted(connection, ids)
        told = self._told(connection, stored, touched)
        unreached: list[tuple[uuid.UUID, str]] = []
        for occasion in occasions:
            jobs = stored.get(occasion.id, ())
            going = self._correct(occasion, jobs, touched, told.get(occasion.id, {}), unreached)
            planned, problem = self._decided(occasion, jobs, going)
            if problem is not None:
                unreached.append((occasion.id, problem))
            self._gather(occasion, diff(planned, jobs, self._circumstances(occasion, touched)))
        self.done = self.done.plus(Replanned(unreached=tuple(unreached)))

    def apply(self, connection: Connection) -> set[uuid.UUID]:
        """Write everything, a set per verb; return the occasions whose jobs were lost to someone else."""
        now, changes, corrected = self.occurrence.now, self.changes, self.corrected
        picks = [Pick(id=each.job.id, fence=each.job.fence, reason=each.reason) for each in changes.cancels]
        picks += corrected.cancels
        cancelled = store.cancel(connection, picks, by=PLANNER, now=now)
        stays = sum(each.to_state is each.from_state for each in cancelled)
        moves = [*self._values(changes.moves), *corrected.moves]
        moved = store.move(connection, moves, by=PLANNER, now=now)
        refreshes = [*self._values(changes.refreshes), *corrected.refreshes]
        refreshed = store.refresh(connection, refreshes, by=PLANNER, now=now)
        reopens = [*self._values(changes.reopens), *corrected.reopens]
        reopened = store.reopen(connection, reopens, by=PLANNER, now=now)
        readdressed = self._readdress(connection)
        planned = store.plan(connection, self.creates, by=PLANNER, now=now)
        self.done = self.done.plus(
            Replanned(
                planned=len(planned),
                moved=len(moved) + len(readdressed),
                refreshed=len(refreshed),
                cancelled=len(cancelled) - stays,
                stopping=stays,
                reopened=len(reopened),
                useless=changes.useless,
                without_sender=changes.without_sender + corrected.without_sender,
            )
        )
        found = {each.id for each in (*cancelled, *moved, *refreshed, *reopened)}.union(readdressed)
        lost = {owner for job, owner in self.owners.items() if job not in found}
        return lost | self._not_created(planned)

    def _not_created(self, planned: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Return the occasions of new jobs that another planned first."""
        if len(planned) == len(self.creates):
            return set()
        ids = set(planned)
        return {job.occasion_id for job in self.creates if job.id not in ids and job.occasion_id is not None}

    def _told(
        self, connection: Connection, stored: Mapping[uuid.UUID, list[Job]], touched: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, dict[uuid.UUID, ToldRow]]:
        """Return what contacts were told, by occasion and contact; asked only of occasions of which a text went."""
        ids = [
            occasion_id
            for occasion_id, jobs in stored.items()
            if any(job.id in touched for job in jobs)
            and (self.basis.rules or any(job.origin is Origin.CORRECTION for job in jobs))
        ]
        told: dict[uuid.UUID, dict[uuid.UUID, ToldRow]] = {}
        for (occasion_id, contact_id), row in store.read_told(connection, ids).items():
            told.setdefault(occasion_id, {})[contact_id] = row
        return told

    def _correct(
        self,
        occasion: StoredOccasion,
        jobs: Sequence[Job],
        touched: Collection[uuid.UUID],
        told: Mapping[uuid.UUID, ToldRow],
        unreached: list[tuple[uuid.UUID, str]],
    ) -> Mapping[str, dt.datetime]:
        """Gather what is to be done to the occasion's corrections; return when they go, by the contact's key."""
        if not told and not any(job.origin is Origin.CORRECTION for job in jobs):
            return {}
        case = Case(
            basis=self.basis, occurrence=self.occurrence, occasion=occasion, told=told, jobs=jobs, touched=touched
        )
        try:
            changes = correct(case)
        except InputError:  # its zone cannot be read, and deciding says so
            return {}
        mine = self.corrected
        for name in ("moves", "refreshes", "reopens", "cancels"):
            found = getattr(changes, name)
            getattr(mine, name).extend(found)
            self.owners.update((each.id, occasion.id) for each in found)
        self.creates.extend(changes.creates)
        mine.without_sender += changes.without_sender
        if changes.unreached is not None:
            unreached.append((occasion.id, changes.unreached))
        return changes.going

    def _decided(
        self, occasion: StoredOccasion, jobs: Collection[Job], going: Mapping[str, dt.datetime]
    ) -> tuple[Planned, str | None]:
        """Return the decisions, and why nobody can be reached, if so; what cannot be read is not planned."""
        try:
            planned = decide(self.basis, occasion, jobs, memory=self.memory, corrections=going)
        except InputError as error:
            return Planned(()), str(error)
        if planned.unreached is not None:
            return planned, str(planned.unreached)
        if any(decision.reason is Reason.NO_PHONE for decision in planned.decisions):
            return planned, "its person has no phone that can be texted"
        return planned, None

    def _circumstances(self, occasion: StoredOccasion, touched: Collection[uuid.UUID]) -> Circumstances:
        return Circumstances(
            now=self.occurrence.now,
            dated_at=occasion.facts.dated_at,
            steps=self.basis.steps,
            providers=self.basis.providers,
            contact_ids=occasion.contact_ids,
            off=occasion.off,
            cause=self.occurrence.cause,
            touched=touched,
            new_numbers=self.occurrence.new_numbers,
            fallbacks=self.basis.fallbacks,
        )

    def _gather(self, occasion: StoredOccasion, changes: Changes) -> None:
        mine = self.changes
        for name in _OF_STORED_JOBS:
            if found := getattr(changes, name):
                getattr(mine, name).extend(found)
                self.owners.update((each.job.id, occasion.id) for each in found)
        mine.useless += changes.useless
        mine.without_sender += changes.without_sender
        self.creates.extend(self._new_job(occasion, decision) for decision in changes.creates)

    def _readdress(self, connection: Connection) -> list[uuid.UUID]:
        """Send pinned jobs to another contact at their moment: no verb moves a pinned job, so they end and reopen."""
        rewrites, now = self.changes.readdresses, self.occurrence.now
        picks = [Pick(id=each.job.id, fence=each.job.fence, reason=each.reason) for each in rewrites]
        cancelled = {each.id for each in store.cancel(connection, picks, by=PLANNER, now=now)}
        changes = [replace(each, fence=None) for each in self._values(rewrites) if each.id in cancelled]
        store.reopen(connection, changes, by=PLANNER, now=now)
        return sorted(cancelled)

    def _values(self, rewrites: Sequence[Rewrite]) -> list[Change]:
        return [self._change(rewrite) for rewrite in rewrites]

    def _change(self, rewrite: Rewrite) -> Change:
        """Return the values that a stored job takes from its decision; a new anchor goes with its new identity."""
        job, decision = rewrite.job, rewrite.decision
        moves = decision.anchor != job.anchor
        return Change(
            id=job.id,
            fence=job.fence,
            planned_for=rewrite.planned_for,
            due_at=rewrite.due_at,
            useful_until=rewrite.useful_until,
            anchor=decision.anchor if moves else None,
            identity=self._identity(job.occasion_id, decision) if moves else None,
            contact_id=rewrite.contact_id,
            plan_hash=decision.plan_hash,
            template=decision.template,
            sender=rewrite.sender,
            provider=self.basis.providers.get(rewrite.sender or ""),
            revision=self.basis.revision,
            reason=rewrite.reason,
        )

    def _new_job(self, occasion: StoredOccasion, decision: Decision) -> NewJob:
        planned_for, useful_until = times_of(decision)
        sender = decision.sender or ""
        return NewJob(
            practice=self.basis.practice,
            identity=self._identity(occasion.id, decision),
            origin=Origin.REMINDER,
            sender=sender,
            provider=self.basis.providers[sender],
            planned_for=planned_for,
            useful_until=useful_until,
            rule=decision.of.rule,
            step=decision.of.step,
            occasion_id=occasion.id,
            role=decision.role,
            anchor=decision.anchor,
            repeat=decision.repeat,
            contact_id=occasion.contact_ids[decision.contact],
            template=decision.of.template,
            purpose=decision.of.purpose,
            plan_hash=decision.of.plan_hash,
            revision=self.basis.revision,
        )

    def _identity(self, occasion_id: uuid.UUID | None, decision: Decision) -> uuid.UUID:
        if occasion_id is None:
            message = f"a reminder without an occasion: {decision.identity}"
            raise ValueError(message)
        return identity.reminder_identity(
            practice=self.basis.practice,
            rule=decision.of.rule,
            step=decision.of.step,
            occasion_id=occasion_id,
            role=decision.role,
            anchor=decision.anchor,
            repeat=decision.repeat,
        )
