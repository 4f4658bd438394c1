"""The jobs that wait in a simulation, and who of them goes next: by the pace and the order that `take_due` keeps. Pure.

Jobs and moments come in, entries go out. Choosing is `jobs.taking.choosing`'s; here is only what the tables would hold.
"""

import datetime as dt
import heapq
import itertools
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.senders import Pause
from jobs.states import WAITING
from jobs.store.values import Job
from jobs.taking.choosing import BURST, Due, choose, entries
from jobs.taking.rooms import ReadySender

TICK = dt.timedelta(seconds=0.25)
"""How often `take_due` runs while something due waits for its turn."""
USUAL_ROOM = 100

Timed = tuple[dt.datetime, int, Job]
Ordered = tuple[tuple[int, dt.datetime, dt.datetime, uuid.UUID], int, Job]


@dataclass(frozen=True, slots=True)
class PauseSpan:
    """A pause with its time; `until` None is until a person lifts it."""

    pause: Pause
    since: dt.datetime
    until: dt.datetime | None

    def stops(self, job: Job, now: dt.datetime) -> bool:
        """Tell whether a job may not be taken at `now`."""
        if not (self.since <= now and (self.until is None or now < self.until)):
            return False
        return self.pause.covers(practice=job.practice, rule=job.rule, sender=job.sender, provider=job.provider)


class Line:
    """Waiting jobs of one practice. `senders` that are not among those given send nothing."""

    def __init__(self, senders: Iterable[ReadySender], rooms: Mapping[str, int], pauses: Sequence[PauseSpan]) -> None:
        """Begin empty; `rooms` are jobs that each provider may have in flight."""
        self._senders = {each.id: each for each in senders}
        self._rooms = {each.provider: rooms.get(each.provider, USUAL_ROOM) for each in self._senders.values()}
        self._pauses = pauses
        self._jobs: dict[uuid.UUID, Job] = {}
        self._coming: list[Timed] = []
        self._useful: list[Timed] = []
        self._due: dict[str, list[Ordered]] = {}
        self._why: dict[uuid.UUID, str] = {}
        self._order = itertools.count()

    def put(self, job: Job) -> None:
        """Let a job wait for its `due_at`; one that no longer waits leaves the line."""
        self._jobs.pop(job.id, None)
        if job.state in WAITING:
            self._jobs[job.id] = job
            self._wake(job, job.due_at)
            heapq.heappush(self._useful, (job.useful_until, next(self._order), job))

    def why(self, job_id: uuid.UUID) -> str | None:
        """Return why a due job was passed over, where that was not for its turn."""
        return self._why.get(job_id)

    def coming(self, most: int) -> list[Job]:
        """Return about so many jobs that go next: those due, in no order, and those that fall due first."""
        due = [job for waiting in self._due.values() for _, _, job in waiting if self._stands(job)]
        later = heapq.nsmallest(max(most - len(due), 0), self._coming)
        return [*due, *(job for _, _, job in later if self._stands(job))]

    def take_useless(self, now: dt.datetime) -> list[Job]:
        """Take out and return the jobs that are no longer useful."""
        found = []
        while self._useful and self._useful[0][0] <= now:
            job = heapq.heappop(self._useful)[2]
            if self._stands(job):
                found.append(self._jobs.pop(job.id))
        return found

    def take_due(self, now: dt.datetime) -> list[list[Job]]:
        """Take out and return the jobs that go now, by entries."""
        self._note_due(now)
        allowances = {(each.practice, each.id): each.allowance(now) for each in self._senders.values()}
        due: dict[uuid.UUID, Job] = {}
        for sender_id, sender in self._senders.items():
            if self._due.get(sender_id) and (sender.next_free is None or sender.next_free < now + BURST):
                most = min(allowances[sender.key].most, self._rooms[sender.provider])
                due.update((job.id, job) for job in self._first(sender_id, most, now))
        chosen = choose([_due(job) for job in due.values()], allowances, self._rooms)
        taken = {each.id for each in chosen}
        for job in due.values():
            if job.id not in taken:
                self._queue(job)
        self._advance([due[each.id] for each in chosen], now)
        return [[self._jobs.pop(job_id) for job_id in entry.ids] for entry in entries(chosen)]

    def next_moment(self, now: dt.datetime) -> dt.datetime | None:
        """Return the next moment after `now` at which something may happen here; None where nothing waits."""
        coming = self._first_of(self._coming)
        useful = self._first_of(self._useful)
        events = [moment for moment in (coming, useful) if moment is not None]
        turns = [self._ready_at(self._senders[sender], due[0][2]) for sender, due in self._due.items() if due]
        if not turns:
            return max(min(events), now + TICK) if events else None
        # One tick early rather than late: a tick at which nobody may go yet costs nothing.
        ticks = math.floor((min(turns + events) - now) / TICK)
        return now + TICK * max(ticks, 1)

    def _note_due(self, now: dt.datetime) -> None:
        while self._coming and self._coming[0][0] <= now:
            job = heapq.heappop(self._coming)[2]
            if self._stands(job):
                self._begin_waiting(job)

    def _begin_waiting(self, job: Job) -> None:
        if job.sender in self._senders:
            self._queue(job)
        else:
            self._why[job.id] = f"its sender {job.sender} is gone"

    def _first(self, sender_id: str, most: int, now: dt.datetime) -> list[Job]:
        """Take the first due jobs of a sender that are not paused; paused ones are looked at again afterwards."""
        found: list[Job] = []
        due = self._due[sender_id]
        while due and len(found) < most:
            job = heapq.heappop(due)[2]
            if not self._stands(job):
                continue
            stopping = [span for span in self._pauses if span.stops(job, now)]
            if stopping:
                self._pause(job, stopping)
            else:
                found.append(job)
        return found

    def _pause(self, job: Job, stopping: Sequence[PauseSpan]) -> None:
        self._why[job.id] = f"paused: {stopping[0].pause.reason}"
        ends = [span.until for span in stopping if span.until is not None]
        if len(ends) == len(stopping):
            self._wake(job, max(ends))

    def _advance(self, taken: Iterable[Job], now: dt.datetime) -> None:
        for job in taken:
            sender = self._senders[job.sender]
            free_from = now if sender.next_free is None else max(sender.next_free, now)
            next_free = free_from + dt.timedelta(seconds=job.segments / sender.segments_per_second)
            self._senders[job.sender] = replace(sender, next_free=next_free)

    def _ready_at(self, sender: ReadySender, first: Job) -> dt.datetime:
        """Return when the pace lets a sender's first due job go."""
        if sender.next_free is None:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
        needed = dt.timedelta(seconds=first.segments / sender.segments_per_second)
        return min(sender.next_free, sender.next_free - BURST + needed)

    def _first_of(self, timed: list[Timed]) -> dt.datetime | None:
        while timed and not self._stands(timed[0][2]):
            heapq.heappop(timed)
        return timed[0][0] if timed else None

    def _wake(self, job: Job, moment: dt.datetime) -> None:
        heapq.heappush(self._coming, (moment, next(self._order), job))

    def _queue(self, job: Job) -> None:
        heapq.heappush(self._due.setdefault(job.sender, []), (_due(job).order, next(self._order), job))

    def _stands(self, job: Job) -> bool:
        return self._jobs.get(job.id) is job


def _due(job: Job) -> Due:
    return Due(
        id=job.id,
        practice=job.practice,
        sender=job.sender,
        provider=job.provider,
        segments=job.segments,
        urgency=job.urgency,
        useful_until=job.useful_until,
        due_at=job.due_at,
        deaths=job.deaths,
    )
