"""What would be sent from now on: a practice's stored records and its current rules in, the fate of each text out.

It begins with the jobs as they are and brings them in line first, as the chore that plans again would.
"""

import datetime as dt
import uuid
from collections.abc import Iterator

from sqlalchemy import Connection

from jobs import store
from jobs.facts import InForce
from jobs.states import WAITING
from jobs.store.values import Job
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.decisions import Decision
from scheduler.planning.stored import read_occasions
from scheduler.publishing.revisions import load_current
from scheduler.simulate import reading
from scheduler.simulate.book import Book, Decided
from scheduler.simulate.delivering import Worker
from scheduler.simulate.facts import FactsKept, RevisionReader, consents_end
from scheduler.simulate.fates import Fate, Period, Simulation, Untexted
from scheduler.simulate.line import Line
from scheduler.simulate.reserves import Reserves
from scheduler.simulate.stepping import Course, Replan, Stepping


def simulate(connection: Connection, practice: str, period: Period, now: dt.datetime) -> Simulation:
    """Return what would be sent, held, blocked or left out of a practice in a period that begins now or later.

    It steps from `now` on, since what goes before the period uses up money, days and turns. Every provider is taken to
    accept what it is asked for, and nothing new to come in.

    Raises:
        NotFoundError: nothing was published for the practice.

    """
    current = load_current(connection, practice)
    basis = basis_of(current.revision, current.rulebook, current.plan)
    ids = reading.occasions_ahead(connection, practice, now)
    jobs = reading.jobs_ahead(connection, practice, ids)
    book = Book(basis, jobs, store.maybe_accepted(connection, [job.id for job in jobs if job.occasion_id is not None]))
    reserves = Reserves(reading.month_reader(connection), reading.day_reader(connection, practice))
    reader = RevisionReader(practice, InForce(current.revision, current.terms, current.plan.window))
    facts = FactsKept(connection, reader, reserves, [end for end in consents_end(connection, practice) if end > now])
    line = Line(
        reading.senders_ready(connection, practice),
        reading.rooms(connection),
        reading.pause_spans(connection, practice, now),
    )
    stepping = Stepping(book, line, Worker(facts, reserves), facts)
    occasions = read_occasions(connection, ids, basis.kinds)
    stepping.run(Period(now, period.until), [Replan(Occurrence(now, Cause.PUBLISHING), occasions)])
    return told(connection, stepping, period, (current.revision, current.terms.timezone))


def told(connection: Connection, stepping: Stepping, period: Period, under: tuple[str, str]) -> Simulation:
    """Return what happened in a period; `under` is the revision and the practice's zone."""
    book = stepping.book
    fates = list(_fates(stepping, period))
    untexted = list(_untexted(book, period))
    about = {job.occasion_id for job, _, _ in fates if job.occasion_id} | {each[0].occasion.id for each in untexted}
    whom = {job.contact_id for job, _, _ in fates if job.contact_id} | {each[3] for each in untexted if each[3]}
    names = reading.Names(connection, about, whom)
    return Simulation(
        practice=book.basis.practice,
        revision=under[0],
        timezone=under[1],
        period=period,
        fates=tuple(
            Fate(
                job=job,
                at=at,
                named=names.of(job.occasion_id, job.contact_id, job.to_number),
                draft=course.draft,
                decision=book.decision_of(job),
                waits=tuple(course.waits),
                warnings=course.warnings,
            )
            for job, at, course in sorted(fates, key=lambda each: (each[1], each[0].id))
        ),
        untexted=tuple(
            Untexted(at, names.of(decided.occasion.id, contact), decision, contact, decided.occasion.facts.dated_at)
            for decided, at, decision, contact in sorted(untexted, key=lambda each: each[1])
        ),
        dated_at={each.occasion.id: each.occasion.facts.dated_at for each in book.decided.values()},
    )


def _fates(stepping: Stepping, period: Period) -> Iterator[tuple[Job, dt.datetime, Course]]:
    """Yield the jobs that came to something in the period, and those that fell due in it and still wait."""
    for job in stepping.book.jobs.values():
        course = stepping.courses.get(job.id, Course())
        if job.state in WAITING:
            if job.due_at < period.until or course.at is not None:
                at = course.at or max(job.due_at, period.since)
                yield stepping.waiting(job), at, course
        elif course.at is not None and period.holds(course.at):
            yield job, course.at, course


def _untexted(book: Book, period: Period) -> Iterator[tuple[Decided, dt.datetime, Decision, uuid.UUID | None]]:
    """Yield the decisions without a job whose moment lies in the period."""
    for decided in book.decided.values():
        for decision in book.without_job(decided):
            at = decision.planned_for or decision.own_moment
            if at is not None and period.holds(at):
                yield decided, at, decision, decided.occasion.contact_ids.get(decision.contact)
