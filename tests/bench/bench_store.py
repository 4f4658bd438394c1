"""How fast jobs are stored, taken, claimed, sent and recorded, and how small the waiting index stays: prints a table.

python -m tests.bench.bench_store [sqlite|postgres|URL] [--jobs 100000] [--future 200000]
"""

import argparse
import contextlib
import datetime as dt
import functools
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from jobs import store
from jobs.clock import SystemClock
from jobs.database import Database
from jobs.records import new_id
from jobs.states import Origin
from jobs.taking.rooms import declare_provider
from scheduler import migrations
from scheduler.chores.take_due import take_due
from tests.databases import fresh_database
from tests.servers import start_postgres
from tests.storage.builders import (
    LEASE,
    accepted,
    add_contact,
    add_practice,
    make_intent,
    make_sender_terms,
)

T = TypeVar("T")
CHUNK = 1000
"""Jobs a transaction: 200 occasions of five steps, what intake does on SQLite."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database", nargs="?", default="sqlite")
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--future", type=int, default=200_000)
    given = parser.parse_args()
    table = Table("step", "count", "seconds", "a second")
    with database_of(given.database) as url:
        database = Database(url, SystemClock())
        migrations.upgrade(database.engine)
        for name, count, seconds in measure(database, given.jobs, given.future):
            table.add_row(name, f"{count:,}", f"{seconds:.2f}", f"{count / seconds:,.0f}")
        database.dispose()
    Console().print(table)


@contextlib.contextmanager
def database_of(name: str) -> Iterator[str]:
    """Yield the URL of a fresh database."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.db"
    elif name == "postgres":
        server = start_postgres(durable=True)
        try:
            with fresh_database(server.url) as url:
                yield url
        finally:
            server.stop()
    else:
        yield name


def measure(database: Database, count: int, future: int) -> Iterator[tuple[str, int, float]]:
    """Yield each step's name, how many, and seconds."""
    now = SystemClock().now()
    database.write(
        lambda connection: add_practice(connection, "bench", make_sender_terms(segments_per_second=Decimal(100_000)))
    )
    database.write(lambda connection: declare_provider(connection, "terminal", slots=2 * count))
    contact = database.write(lambda connection: add_contact(connection, "bench"))
    occasions = [new_id() for _ in range(1 + (count + future) // 5)]
    seconds, jobs = timed(lambda: [reminder(contact, occasions[n // 5], n, now) for n in range(count)])
    yield "make NewJob values", count, seconds
    seconds, _ = timed(lambda: plan_all(database, jobs))
    yield f"plan, {CHUNK} a transaction", count, seconds
    seconds, _ = timed(lambda: plan_all(database, jobs[: count // 5]))
    yield "plan what exists", count // 5, seconds
    later = now + dt.timedelta(days=30)
    far = [reminder(contact, occasions[n // 5], n, later) for n in range(count, count + future)]
    plan_all(database, far)
    yield from measure_sending(database)


def measure_sending(database: Database) -> Iterator[tuple[str, int, float]]:
    """Yield taking and the worker's three writes, over a part of the due jobs."""
    entries: list[store.Entry] = []
    seconds, _ = timed(lambda: entries.extend(take(database)))
    taken = sum(len(entry.ids) for entry in entries)
    yield "take due, all at once", taken, seconds
    some = entries[:200]
    seconds, claimed = timed(lambda: [claim(database, entry.ids) for entry in some])
    held = sum(len(batch) for batch in claimed)
    yield "claim, 50 at a time", held, seconds
    intents = [[make_intent(job) for job in batch] for batch in claimed]
    seconds, _ = timed(lambda: [write(database, store.send, batch) for batch in intents])
    yield "send (commit intents)", held, seconds
    results = [[accepted(intent) for intent in batch] for batch in intents]
    seconds, _ = timed(lambda: [write(database, store.record, batch) for batch in results])
    yield "record acceptance", held, seconds
    seconds, _ = timed(lambda: [take(database) for _ in range(20)])
    yield "take due, one round", 20, seconds


def reminder(contact: uuid.UUID, occasion: uuid.UUID, number: int, at: dt.datetime) -> store.NewJob:
    """Return a reminder as the replanner makes it."""
    identity = store.reminder_identity(
        practice="bench",
        rule="appointment",
        step="day-before",
        occasion_id=occasion,
        role="contact",
        anchor="2026-12-01T10:00",
        repeat=number,
    )
    return store.NewJob(
        practice="bench",
        identity=identity,
        origin=Origin.REMINDER,
        sender="main",
        provider="terminal",
        planned_for=at,
        useful_until=at + dt.timedelta(days=1),
        rule="appointment",
        step="day-before",
        occasion_id=occasion,
        role="contact",
        anchor="2026-12-01T10:00",
        repeat=number % 3 + 1,
        contact_id=contact,
        template="appointment_reminder",
        plan_hash="0123456789ab",
        revision="r-0123456789ab",
    )


def plan_all(database: Database, jobs: Sequence[store.NewJob]) -> None:
    """Plan in transactions of CHUNK."""
    for start in range(0, len(jobs), CHUNK):
        chunk = jobs[start : start + CHUNK]
        write(database, functools.partial(store.plan, by=store.PLANNER), chunk)


def take(database: Database) -> list[store.Entry]:
    """Take what is due."""
    return database.write(lambda connection: take_due(connection, now=database.moment(connection)))


def claim(database: Database, ids: Sequence[uuid.UUID]) -> list[store.Job]:
    """Claim one entry."""
    return database.write(
        lambda connection: store.claim(connection, ids, worker="w", lease=LEASE, now=database.moment(connection))
    )


def write(database: Database, verb: Callable[..., object], batch: Sequence[object]) -> object:
    """Run one of the worker's verbs over a batch."""

    def work(connection: Connection) -> object:
        return verb(connection, batch, now=database.moment(connection))

    return database.write(work)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return seconds and the result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
