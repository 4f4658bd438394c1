"""The simulation's clock: it jumps from one moment at which something happens to the next, as a ticker would meet them.

At each it plans what is to be planned, ends what is useless, takes what is due and works it. All in memory.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.drafts import Draft
from jobs.states import WAITING, Origin, State
from jobs.store.falling import FALLEN
from jobs.store.values import CHORE, Job
from scheduler.planning.basis import Occurrence
from scheduler.planning.stored import StoredOccasion
from scheduler.simulate.book import Book
from scheduler.simulate.delivering import Delivered, Worker
from scheduler.simulate.facts import FactsKept
from scheduler.simulate.fates import Period, Wait
from scheduler.simulate.line import TICK, Line

READ_AHEAD: Final = 450
"""Jobs whose facts are read together with those of an entry that is due, since they come next."""


@dataclass(frozen=True, slots=True)
class Replan:
    """Occasions to be planned at one moment, and why."""

    occurrence: Occurrence
    occasions: Sequence[StoredOccasion]


@dataclass(slots=True)
class Course:
    """What happened to one job so far; `at` is when it came to where it stands (None: nothing happened yet)."""

    at: dt.datetime | None = None
    draft: Draft | None = None
    waits: list[Wait] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


Courses = dict[uuid.UUID, Course]


class Stepping:
    """Runs one practice through a period. Afterwards `book` holds the jobs and `courses` what happened to them."""

    def __init__(self, book: Book, line: Line, worker: Worker, facts: FactsKept) -> None:
        """Let every job that waits stand in line; one that a process held is taken for given back."""
        self.book = book
        self.courses: Courses = {}
        self._line = line
        self._worker = worker
        self._facts = facts
        self._fallen: dict[uuid.UUID, None] = {}
        for job in list(book.jobs.values()):
            if job.state in {State.QUEUED, State.CLAIMED}:
                book.jobs[job.id] = replace(job, state=State.SCHEDULED)
            line.put(book.jobs[job.id])

    def run(self, period: Period, replans: Iterable[Replan]) -> None:
        """Step from the period's beginning to its end."""
        coming = sorted(replans, key=lambda each: each.occurrence.now, reverse=True)
        now: dt.datetime | None = period.since
        while now is not None and now < period.until:
            while coming and coming[-1].occurrence.now <= now:
                self._replan(coming.pop())
            self._step(now)
            again = now + TICK if self._fallen else None
            moments = (self._line.next_moment(now), coming[-1].occurrence.now if coming else None, again)
            now = min((moment for moment in moments if moment is not None), default=None)

    def waiting(self, job: Job) -> Job:
        """Return a job that still waits with why it does, where that is not for its turn."""
        why = self._line.why(job.id)
        return job if why is None else replace(job, reason=why)

    def _replan(self, replan: Replan) -> None:
        for occasion in replan.occasions:
            changed = self.book.replan(occasion, replan.occurrence)
            self._facts.forget(changed)
            for job in changed:
                self._line.put(job)
                if job.state not in WAITING:
                    self._course(job).at = replan.occurrence.now

    def _step(self, now: dt.datetime) -> None:
        for job in self._line.take_useless(now):
            self._end(replace(job, state=State.EXPIRED, reason=_why_expired(job), moved_by=CHORE, updated_at=now), now)
        self._plan_fallen(now)
        for entry in self._line.take_due(now):
            if not self._facts.has(entry):
                self._facts.prepare([*entry, *self._line.coming(READ_AHEAD)], now)
            for delivered in self._worker.deliver(entry, now):
                self._note(delivered, now)

    def _plan_fallen(self, now: dt.datetime) -> None:
        """Plan again the occasions of texts that ended unsent, as the chore does: some superseded others."""
        decided = [self.book.decided[each].occasion for each in self._fallen if each in self.book.decided]
        self._fallen.clear()
        self._replan(Replan(Occurrence(now), decided))

    def _note(self, delivered: Delivered, now: dt.datetime) -> None:
        job, course = delivered.job, self._course(delivered.job)
        course.draft, course.warnings = delivered.draft or course.draft, delivered.warnings
        if job.state is State.HELD:
            course.waits.append(Wait(now, job.due_at, job.reason or ""))
        self._end(job, now)
        self._line.put(job)

    def _end(self, job: Job, now: dt.datetime) -> None:
        self._course(job).at = now
        if job.state is State.SENT:
            self.book.note_sent(job)
        else:
            self.book.jobs[job.id] = job
            if job.state in FALLEN and job.origin is Origin.REMINDER and job.occasion_id is not None:
                self._fallen[job.occasion_id] = None

    def _course(self, job: Job) -> Course:
        return self.courses.setdefault(job.id, Course())


def _why_expired(job: Job) -> str:
    waited = "while held" if job.state is State.HELD else "for its turn"
    return f"no longer useful; it waited {waited}" + (f" ({job.reason})" if job.reason else "")
