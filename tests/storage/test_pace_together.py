"""A sender's pace is one for all: several tickers take, several workers send, and the rows say how much went when."""

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal

import pytest
from sqlalchemy import select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import attempts, jobs, timeline
from jobs.states import State, Verb
from jobs.store import Entry
from jobs.taking.choosing import BURST
from scheduler.chores.take_due import take_due
from tests.storage.builders import NOW, make_job, make_sender_terms, plan
from tests.storage.delivering import ScriptedProvider, make_delivery, open_practice

STEP = dt.timedelta(seconds=0.5)
STEPS = 24
PACES = {"quick": Decimal(6), "steady": Decimal(1), "slow": Decimal("0.25")}
TEXTS = ("Hello.", "Hello. " * 40)
"""Of one segment and of two."""
Went = tuple[dt.datetime, int]


class Together:
    """Tickers and workers, each with connections of its own, that step through time together."""

    def __init__(self, url: str, count: int) -> None:
        """Open so many databases."""
        self.clock = SteppingClock(NOW)
        self._databases = [Database(url, self.clock, trust_clock=True) for _ in range(count)]
        self.database = self._databases[0]
        self._entries = deque[Entry]()

    def close(self) -> None:
        """Close them."""
        for each in self._databases:
            each.dispose()

    def step(self) -> None:
        """Let all take what is due at this moment, at once, then all deliver; then let time pass."""
        self._at_once(self._take)
        self._at_once(self._deliver)
        self.clock.jump_to(self.clock.now() + STEP)

    def _at_once(self, work: Callable[[int], None]) -> None:
        start = threading.Barrier(len(self._databases))

        def begin(number: int) -> None:
            start.wait(timeout=10)
            work(number)

        with ThreadPoolExecutor(len(self._databases)) as threads:
            list(threads.map(begin, range(len(self._databases))))

    def _take(self, number: int) -> None:
        now = self.clock.now()
        for _ in range(2):
            for entry in self._databases[number].write(lambda connection: take_due(connection, now=now)):
                self._entries.append(entry)

    def _deliver(self, number: int) -> None:
        delivery = make_delivery(self._databases[number], ScriptedProvider(), worker=f"w{number}")
        while True:
            try:
                entry = self._entries.popleft()
            except IndexError:
                return
            delivery.deliver(entry.ids)


@pytest.fixture
def together(database_url: str) -> Iterator[Together]:
    with closing(Together(database_url, 3)) as made:
        lay(made.database)
        yield made


def lay(database: Database) -> None:
    terms = tuple(
        make_sender_terms(id=name, number=f"+1514555010{at}", segments_per_second=pace)
        for at, (name, pace) in enumerate(PACES.items())
    )
    open_practice(database, senders=terms)
    for name, pace in PACES.items():
        count = int(pace * STEPS) + 20
        made = (
            make_job(sender=name, text=TEXTS[each % 2], segments=each % 2 + 1, to_number=f"+1514555{each:04d}")
            for each in range(count)
        )
        plan(database, *made)


def taken(database: Database, sender: str) -> list[Went]:
    """Return when a sender's jobs were queued, and their segments."""
    query = (
        select(timeline.c.at, jobs.c.segments)
        .join(jobs, jobs.c.id == timeline.c.job_id)
        .where(timeline.c.verb == Verb.ENQUEUE.value, jobs.c.sender == sender)
    )
    with database.read() as connection:
        return sorted((row.at, row.segments) for row in connection.execute(query))


def sent(database: Database, sender: str) -> list[Went]:
    """Return when requests of a sender began, and their segments."""
    query = select(attempts.c.started_at, attempts.c.segments).where(attempts.c.sender == sender)
    with database.read() as connection:
        return sorted((row.started_at, row.segments) for row in connection.execute(query))


def most_over(went: Sequence[Went], pace: Decimal) -> float:
    """Return by how many segments any span of time held more than its pace and burst; one text may be longer."""
    allowed = max(float(pace) * BURST.total_seconds(), *(segments for _, segments in went))
    return max(
        sum(segments for at, segments in went if begins <= at <= ends)
        - float(pace) * (ends - begins).total_seconds()
        - allowed
        for begins, _ in went
        for ends, _ in went
        if begins <= ends
    )


def test_together_they_keep_each_senders_pace_and_use_it_up(together: Together) -> None:
    for _ in range(STEPS):
        together.step()
    passed = (STEPS * STEP).total_seconds()
    for name, pace in PACES.items():
        queued, started = taken(together.database, name), sent(together.database, name)
        assert most_over(queued, pace) <= 0, name
        assert most_over(started, pace) <= 0, name
        assert queued == started
        assert sum(segments for _, segments in queued) >= float(pace) * passed - 1, name


def test_together_they_send_nothing_twice(together: Together) -> None:
    for _ in range(6):
        together.step()
    with together.database.read() as connection:
        asked = connection.execute(select(attempts.c.job_id)).scalars().all()
        gone = connection.execute(select(jobs.c.id).where(jobs.c.state == State.SENT.value)).scalars().all()
    assert sorted(asked) == sorted(gone)
    assert len(asked) == len(set(asked)) > 0
