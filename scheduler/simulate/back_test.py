"""A draft rulebook over a past period, compared with what was really sent: what would have differed, and why.

The draft counts as published long before. Occasions are taken as they are stored (see `past`); nothing is written.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select

from jobs import store
from jobs.facts import InForce
from jobs.records import attempts, jobs
from jobs.states import Origin, State
from jobs.store.values import Ending, Job
from jobs.taking.rooms import ReadySender
from jobs.terms import Terms
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.compiled import compile_rulebook
from scheduler.planning.stored import in_parts
from scheduler.publishing.revisions import current_revision
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.schema import Rulebook
from scheduler.simulate import reading
from scheduler.simulate.book import Book
from scheduler.simulate.comparing import Comparison, Really, key_of
from scheduler.simulate.delivering import Worker
from scheduler.simulate.facts import RevisionReader
from scheduler.simulate.fates import Period
from scheduler.simulate.likeness import Compared, Key, Said
from scheduler.simulate.line import Line
from scheduler.simulate.past import PastFacts, PastNumbers, PastOccasion, past_occasions, past_reserves
from scheduler.simulate.stepping import Replan, Stepping

WARM_UP: Final = dt.timedelta(days=3)
"""How long before the period the draft is run, so that what it would have held until then is met."""

Renamed = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BackTest:
    """How a draft compares with what was sent in a period, text by text in order of time."""

    practice: str
    base: str | None
    draft: str
    timezone: str
    period: Period
    compared: tuple[Compared, ...]

    @property
    def was_sent(self) -> int:
        """Return how many texts were really sent by rules in the period; without any there is nothing to compare."""
        return sum(each.really is not None and self._is_in(each.really.at) for each in self.compared)

    def _is_in(self, at: dt.datetime) -> bool:
        return self.period.since <= at < self.period.until

    def of_contacts(self, ids: Collection[uuid.UUID]) -> "BackTest":
        """Return what of it concerns these contacts."""
        return replace(self, compared=tuple(each for each in self.compared if each.contact_id in ids))


def back_test(connection: Connection, rulebook: Rulebook, period: Period) -> BackTest:
    """Return how a checked rulebook would have done in a past period, beside what its practice really sent.

    Raises:
        InputError: a holiday code, a zone or the sending window of the draft cannot be read.

    """
    content = content_of(rulebook)
    draft, revision = rulebook_of(content), revision_id(content)
    terms = derive_terms(draft)
    warmed = Period(period.since - WARM_UP, period.until)
    basis = basis_of(revision, draft, compile_rulebook(draft))
    past = past_occasions(connection, terms.practice, basis.kinds, warmed)
    renamed = _renamed(draft)
    stored = _stored_jobs(connection, past, renamed)
    reserves = past_reserves(connection, terms.practice, terms.timezone, warmed)
    reader = RevisionReader(terms.practice, InForce(revision, terms, basis.plan.window))
    facts = PastFacts(connection, reader, reserves, PastNumbers(connection, terms.practice, warmed.since))
    pauses = reading.pause_spans(connection, terms.practice, warmed.since)
    line = Line(_senders(terms), reading.rooms(connection), pauses)
    book = Book(basis, (), begin=_Known(stored, warmed.since).begin)
    stepping = Stepping(book, line, Worker(facts, reserves), facts)
    stepping.run(warmed, [replan for each in past for replan in _replans(each, warmed)])
    really = dict(_sent_really(connection, terms.practice, warmed, renamed))
    comparison = Comparison(stepping, {each.stored.id: each for each in past}, stored, period)
    base = current_revision(connection, terms.practice)
    compared = _with_names(connection, comparison.of(really))
    return BackTest(terms.practice, base, revision, terms.timezone, period, compared)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a text whatever the draft says: that its moment lies before all this, or that a person chose."""

    stored: Mapping[Key, Job]
    since: dt.datetime

    def begin(self, job: Job) -> Job:
        """Return a new job of the draft as it begins."""
        real = self.stored.get(key_of(job))
        if real is not None and (real.moved_by or "").startswith("person:") and real.state is State.CANCELLED:
            return replace(job, state=State.CANCELLED, reason=f"a person did: {real.reason}")
        if real is not None and real.pinned:
            job = replace(job, pinned=True, due_at=real.due_at, useful_until=real.useful_until)
        return replace(job, state=State.SENT) if job.due_at < self.since else job


def _replans(past: PastOccasion, period: Period) -> Iterator[Replan]:
    """Yield when an occasion is planned: once its date was recorded, and again when it ended."""
    recorded = past.live.facts.dated_at
    if past.ended_at is None or past.ended_at <= max(recorded, period.since):
        yield Replan(Occurrence(recorded, Cause.INTAKE), [past.stored])
        return
    yield Replan(Occurrence(recorded, Cause.INTAKE), [past.live])
    yield Replan(Occurrence(past.ended_at, Cause.INTAKE), [past.stored])


def _senders(terms: Terms) -> list[ReadySender]:
    return [
        ReadySender(terms.practice, each.id, each.provider, float(each.segments_per_second), None)
        for each in terms.senders
    ]


def _renamed(rulebook: Rulebook) -> Renamed:
    """Return the draft's names of steps by those they had before."""
    return {
        (rule.was or rule.id, step.was or step.id): (rule.id, step.id) for rule in rulebook.rules for step in rule.steps
    }


def _under(job: Job, renamed: Renamed) -> Key:
    """Return a stored reminder's identity under the draft's names."""
    rule, step = renamed.get((job.rule or "", job.step or ""), (job.rule or "", job.step or ""))
    return replace(key_of(job), rule=rule, step=step)


def _with_names(connection: Connection, found: Sequence[Compared]) -> tuple[Compared, ...]:
    whom = {each.contact_id for each in found if each.contact_id is not None}
    names = reading.Names(connection, {each.key.occasion_id for each in found}, whom)
    return tuple(replace(each, named=names.of(each.key.occasion_id, each.contact_id)) for each in found)


def _stored_jobs(connection: Connection, past: Collection[PastOccasion], renamed: Renamed) -> dict[Key, Job]:
    found = (
        job
        for part in in_parts(sorted(each.stored.id for each in past))
        for job in store.jobs_of_occasions(connection, part)
    )
    return {_under(job, renamed): job for job in found if job.origin is Origin.REMINDER and not job.again_count}


def _sent_really(
    connection: Connection, practice: str, period: Period, renamed: Renamed
) -> Iterator[tuple[Key, Really]]:
    """Yield the rules' texts that were accepted in the period, the first acceptance last."""
    query = (
        select(attempts)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(
            attempts.c.practice == practice,
            attempts.c.outcome == Ending.ACCEPTED.value,
            attempts.c.started_at >= period.since,
            attempts.c.started_at < period.until,
            jobs.c.origin == Origin.REMINDER.value,
            jobs.c.again_count == 0,
        )
        .order_by(attempts.c.started_at.desc())
    )
    rows = connection.execute(query).mappings().all()
    ids = sorted({row["job_id"] for row in rows})
    by_id = {job.id: job for part in in_parts(ids) for job in store.read_jobs(connection, part)}
    for row in rows:
        job = by_id[row["job_id"]]
        said = Said(row["started_at"], row["body"], row["body_hash"] or None, row["segments"])
        yield _under(job, renamed), Really(job, said)
