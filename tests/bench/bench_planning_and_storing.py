"""How fast jobs are planned and stored: `python -m tests.bench.bench_planning_and_storing [occasions] [url]`.

Prints a table for SQLite and for PostgreSQL (a private server, or the one whose URL is given): the first import of new
occasions of five steps each, the same again, replans, the planner alone. Figures, no verdict.
"""

import datetime as dt
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, delete, select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import jobs, metadata, occasions, timeline
from scheduler.intake.contacts import upsert_contacts
from scheduler.intake.finding import hold_intake, learn_sizes
from scheduler.intake.occasions import upsert_occasions
from scheduler.intake.outcomes import Upserted
from scheduler.intake.rows import Row
from scheduler.planning.basis import Basis, Occurrence, basis_of, occasions_a_transaction
from scheduler.planning.replanner import decide, replan
from scheduler.planning.stored import read_occasions
from scheduler.publishing.revisions import Signature, load_current, publish
from scheduler.rulebook.schema import Rulebook
from tests.databases import fresh_database, with_psycopg
from tests.servers import start_postgres

T = TypeVar("T")
PRACTICE = "northlight"
NOW = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
STEPS = (
    {"id": "two-weeks", "before": "10 business days", "at": "10:00"},
    {"id": "week", "before": "7 days", "at": "10:00"},
    {"id": "day", "before": "1 day", "at": "16:00", "in_quiet_hours": "earlier"},
    {"id": "soon", "before": "2 hours"},
    {"id": "after", "after": "1 day", "at": "11:00"},
)


def make_rulebook() -> Rulebook:
    """Return a rulebook with one rule of five steps."""
    return Rulebook.model_validate(
        {
            "practice": {
                "practice": PRACTICE,
                "name": "Northlight",
                "timezone": "America/Toronto",
                "country": "CA",
                "languages": ["en"],
                "holidays": ["CA-QC"],
                "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal"}],
            },
            "rules": [{"id": "visit", "for": "appointment", "steps": [{**step, "template": "t"} for step in STEPS]}],
            "templates": {"t": {"en": "See you {{ occasion.start | day }}"}},
        }
    )


def make_rows(count: int, people: int) -> list[Row]:
    """Return appointments over 200 days, on weekdays mostly, in opening hours."""
    first = dt.date(2026, 12, 15)
    return [
        Row(
            f"A-{number}",
            {
                "contact": f"C-{number % people}",
                "start": f"{first + dt.timedelta(days=number % 200)}T{9 + number % 9:02}:{number % 4 * 15:02}",
            },
            {"type": "consultation"},
        )
        for number in range(count)
    ]


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut items into sets of one transaction's size."""
    return (items[first : first + size] for first in range(0, len(items), size))


class Bench:
    """One database with a published practice and its contacts."""

    def __init__(self, url: str, count: int) -> None:
        """Make the tables, publish, and take in one contact for every four occasions."""
        self.database = Database(url, SteppingClock(NOW), trust_clock=True)
        metadata.create_all(self.database.engine)
        self.size = occasions_a_transaction(is_sqlite=self.database.is_sqlite)
        self.database.write(lambda connection: publish(connection, make_rulebook(), Signature("bench"), NOW))
        people = max(1, count // 4)
        self.rows = make_rows(count, people)
        for part in parts([make_contact(number) for number in range(people)], self.size):
            self.database.write(partial(take_contacts, part))

    def take_in(self) -> int:
        """Upsert every occasion as an import does; return how many jobs were planned."""
        planned = 0
        for chunk, part in enumerate(parts(self.rows, self.size)):
            planned += self.database.write(partial(take_occasions, part))
            if chunk in {0, 7, 63}:
                self.database.write(learn_sizes)
        return planned

    def replan_all(self) -> int:
        """Plan every stored occasion again; return how many jobs were planned."""
        return sum(self.database.write(partial(replan_part, part)) for part in parts(self.ids(), self.size))

    def decide_all(self) -> int:
        """Decide for every stored occasion and store nothing; return how many jobs there should be."""
        return sum(self.database.write(partial(decide_part, part)) for part in parts(self.ids(), self.size))

    def forget_jobs(self) -> None:
        """Empty the tables of jobs."""
        with self.database.engine.begin() as connection:
            connection.execute(delete(timeline))
            connection.execute(delete(jobs))

    def ids(self) -> list[uuid.UUID]:
        """Return the ids of all occasions."""
        with self.database.read() as connection:
            return list(connection.execute(select(occasions.c.id).order_by(occasions.c.id)).scalars())


def make_contact(number: int) -> Row:
    """Return a contact with a number and a zone."""
    return Row(f"C-{number}", {"phone_given": f"+1514555{number % 10_000:04}", "timezone": "America/Toronto"}, {})


def take_contacts(rows: Sequence[Row], connection: Connection) -> None:
    """Upsert contacts."""
    hold_intake(connection, PRACTICE)
    upsert_contacts(connection, load_current(connection, PRACTICE), rows, NOW)


def take_occasions(rows: Sequence[Row], connection: Connection) -> int:
    """Upsert occasions and plan their jobs."""
    hold_intake(connection, PRACTICE)
    result = upsert_occasions(connection, load_current(connection, PRACTICE), "appointment", rows, NOW)
    if not isinstance(result, Upserted):
        raise SystemExit(result.problems[0].at("bench"))
    return result.jobs.planned


def replan_part(ids: Sequence[uuid.UUID], connection: Connection) -> int:
    """Plan stored occasions again."""
    return replan(connection, basis(connection), ids, Occurrence(NOW)).planned


def decide_part(ids: Sequence[uuid.UUID], connection: Connection) -> int:
    """Decide for stored occasions."""
    found = basis(connection)
    planned = (decide(found, occasion) for occasion in read_occasions(connection, ids, found.kinds))
    return sum(decision.is_job for each in planned for decision in each.decisions)


def basis(connection: Connection) -> Basis:
    """Return what the practice plans under."""
    current = load_current(connection, PRACTICE)
    return basis_of(current.revision, current.rulebook, current.plan)


def measured(bench: Bench, table: Table, name: str) -> None:
    """Run every part on one database and add its lines to the table."""
    runs: tuple[tuple[str, Callable[[], int]], ...] = (
        ("first import: upsert, plan, store", bench.take_in),
        ("the same import again", bench.take_in),
        ("replan that changes nothing", bench.replan_all),
        ("plan and store known occasions", bench.replan_all),
        ("read and plan, store nothing", bench.decide_all),
    )
    expected = 0
    for what, run in runs:
        if what.startswith("plan and store"):
            bench.forget_jobs()
        begun = time.perf_counter()
        planned = run()
        seconds = time.perf_counter() - begun
        expected = expected or planned
        of = f"{len(bench.rows) / seconds:,.0f}"
        table.add_row(name, what, f"{planned:,}", f"{seconds:.1f}", of, f"{expected / seconds:,.0f}")


def main(count: int, given: str | None) -> None:
    """Measure on both databases and print the table."""
    table = Table("database", "what", "jobs planned", "seconds", "occasions/s", "jobs/s")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(f"sqlite:///{Path(folder) / 'bench.db'}", count)
        measured(bench, table, "SQLite")
        bench.database.dispose()
    server = None if given else start_postgres(durable=True)
    try:
        with fresh_database(with_psycopg(given) if given else server.url if server else "") as url:
            bench = Bench(url, count)
            measured(bench, table, "PostgreSQL")
            bench.database.dispose()
    finally:
        if server is not None:
            server.stop()
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else None)
