"""How long a publish takes and holds others up: `python -m tests.bench.bench_publishing [occasions] [sqlite] [5/s]`.

On SQLite and on PostgreSQL (`postgres` for that alone, or a server's URL): a rule of five steps is published over
occasions without jobs, then its steps are moved by an hour, while one thread takes appointments in and another sends
texts, so many of each a second (`30/s` where nothing is said: as fast as they get; `alone`: nobody does). The publisher
is a process of its own. Figures, no verdict.
"""

import asyncio
import datetime as dt
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from jobs import store
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers.contract import Accepted, Capabilities, NotWritten, Outcome, SendRequest
from jobs.records import jobs, metadata
from jobs.states import Origin
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Upserted
from scheduler.processes.demo.clocks import ShiftedClock
from scheduler.publishing.applying import publish_plan
from scheduler.publishing.keeping import Draft, keep_plan
from scheduler.publishing.replanning import finish_replan
from scheduler.publishing.revisions import Signature, current_revision, publish
from scheduler.rulebook.schema import Rulebook
from tests.bench.bench_planning_and_storing import (
    NOW,
    PRACTICE,
    STEPS,
    make_contact,
    make_rows,
    make_rulebook,
    parts,
    take_contacts,
    take_occasions,
)
from tests.databases import fresh_database, with_psycopg
from tests.servers import start_postgres

WITHOUT, NEW, MOVED = "without", "new", "moved"
REST_SECONDS = 3.0
USUAL_RATE = 30
WAITS = ("in: count · median · longest", "sent: the same")


def rulebook_of(which: str) -> Rulebook:
    """Return the practice's rules: none about appointments, five steps, or the same an hour later."""
    steps = [{**step, **({"at": f"{int(str(step['at'])[:2]) + 1}:00"} if "at" in step else {})} for step in STEPS]
    given = make_rulebook().model_dump(mode="json", by_alias=True, exclude_unset=True)
    given["practice"]["sending_window"] = {"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"}
    given["practice"]["confirm_above"] = 1_000_000  # what comes in while it plans is to forbid nothing
    given["practice"]["senders"][0]["segments_per_second"] = 1000
    if which == WITHOUT:
        given["rules"][0] |= {
            "for": "payment",
            "steps": [{"id": "due", "before": "1 day", "at": "10:00", "template": "t"}],
        }
    elif which == MOVED:
        given["rules"][0]["steps"] = [{**step, "template": "t"} for step in steps]
        given["rules"][0]["steps"][3]["before"] = "3 hours"
    return Rulebook.model_validate(given)


@dataclass
class Waits:
    """How long each of many like acts took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def timed(self, act: Callable[[], object]) -> None:
        """Do something and note how long it took."""
        begun = time.perf_counter()
        act()
        self.seconds.append(time.perf_counter() - begun)

    def __str__(self) -> str:
        """Say count, median and maximum."""
        ordered = sorted(self.seconds) or [0.0]
        middle, last = ordered[len(ordered) // 2], ordered[-1]
        return f"{len(self.seconds):,} · {1000 * middle:.0f} · {1000 * last:.0f} ms"


class Accepting:
    """A provider that accepts at once."""

    id = "terminal"
    capabilities = Capabilities(at_once=20)

    async def send(self, request: SendRequest) -> Outcome:
        """Accept it."""
        return Accepted(f"P-{request.attempt_id}") if request.may_write() else NotWritten()


def open_database(url: str, now: dt.datetime = NOW) -> Database:
    """Return the database with a clock that runs on from NOW."""
    return Database(url, ShiftedClock(now), trust_clock=True)


def take_one_in(intake: Intake, count: int) -> None:
    """Take in one appointment more."""
    row = {"ref": f"X-{count}", "contact": "C-0", "start": f"2026-12-{1 + count % 28:02} 10:00"}
    if not isinstance(intake.upsert(PRACTICE, "appointment", [row]), Upserted):
        raise SystemExit(1)


def send_one(database: Database, delivery: Delivery, job_id: uuid.UUID) -> None:
    """Queue a planned text and deliver it: claim, compose, gate, intent, record."""
    database.write(lambda connection: store.enqueue(connection, [job_id], now=database.moment(connection)))
    delivery.deliver([job_id])


def plan_text(database: Database) -> uuid.UUID:
    """Plan one text of somebody's own words."""
    new = store.NewJob(
        practice=PRACTICE,
        identity=uuid.uuid4(),
        origin=Origin.ONE_OFF,
        sender="main",
        provider="terminal",
        planned_for=NOW,
        useful_until=NOW.replace(day=28),
        text="Please call us.",
        to_number="+15145550101",
    )
    [job_id] = database.write(lambda connection: store.plan(connection, [new], by="person:bench", now=NOW))
    return job_id


@contextmanager
def busy(database: Database, a_second: int) -> Iterator[tuple[Waits, Waits]]:
    """Take appointments in on one thread and send texts on another while the block runs, so many; give their waits."""
    stop, waits = threading.Event(), (Waits(), Waits())
    intake = Intake(database)
    delivery = Delivery(
        database=database, providers={"terminal": Accepting()}, run_coroutine=asyncio.run, worker="bench"
    )

    def take_in() -> None:
        while not stop.wait(1 / a_second):
            waits[0].timed(partial(take_one_in, intake, len(waits[0].seconds)))

    def send() -> None:
        while not stop.wait(1 / a_second):
            job_id = plan_text(database)
            waits[1].timed(partial(send_one, database, delivery, job_id))

    threads = [threading.Thread(target=take_in), threading.Thread(target=send)]
    for thread in threads if a_second else []:
        thread.start()
    try:
        yield waits
    finally:
        stop.set()
        for thread in threads if a_second else []:
            thread.join()


def fill(database: Database, count: int) -> None:
    """Make the tables, publish rules about payments, and take appointments in, which get no job."""
    metadata.create_all(database.engine)
    database.write(lambda connection: publish(connection, rulebook_of(WITHOUT), Signature("bench"), NOW))
    people = max(1, count // 4)
    for part in parts([make_contact(number) for number in range(people)], 500):
        database.write(partial(take_contacts, part))
    for place, rows in enumerate(parts(make_rows(count, people), 500)):
        database.write(partial(take_occasions, rows))
        if place % 40 == 0:
            look_at_sizes(database)
    finish_replan(database, PRACTICE)
    look_at_sizes(database)


def look_at_sizes(database: Database) -> None:
    """Let PostgreSQL know how large its tables are, as it finds out by itself within a minute."""
    if not database.is_sqlite:
        database.write(lambda connection: connection.exec_driver_sql("ANALYZE").close())


def publish_now(database: Database, which: str) -> tuple[float, float]:
    """Plan and publish as `quietbell apply` does; return the seconds that each took."""
    with database.read() as connection:
        base = current_revision(connection, PRACTICE)
    begun = time.perf_counter()
    kept = keep_plan(database, Draft(rulebook_of(which), {}, base, "bench"))
    planned = time.perf_counter()
    publish_plan(database, kept, Signature("bench"))
    return planned - begun, time.perf_counter() - planned


def replanned(database: Database) -> float:
    """Bring the jobs in line; return the seconds that it took."""
    begun = time.perf_counter()
    finish_replan(database, PRACTICE)
    return time.perf_counter() - begun


def publish_apart(database: Database, url: str, which: str) -> list[float]:
    """Plan and publish in a process of its own; the replan there, too, or on SQLite here, where its owner is."""
    with database.read() as connection:
        now = database.moment(connection).isoformat()
    words = [sys.executable, "-m", "tests.bench.bench_publishing", "--publish", url, which, now]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    seconds = list(map(float, done.stdout.split()))
    return [*seconds, replanned(database)] if database.is_sqlite else seconds


def measured(url: str, table: Table, count: int, a_second: int) -> None:
    """Run every publish on one database, while others work, and add its lines to the table."""
    database = open_database(url)
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    fill(database, count)
    with busy(database, a_second) as waits:
        threading.Event().wait(REST_SECONDS)
    add_row(table, name, "nobody publishes", "", "", "", "", *map(str, waits))
    for which in (NEW, MOVED):
        with busy(database, a_second) as waits:
            seconds = publish_apart(database, url, which)
        of = f"{count_jobs(database):,}"
        add_row(table, name, f"5 steps {which}", of, *(f"{each:.1f}" for each in seconds), *map(str, waits))
    database.dispose()


def add_row(table: Table, *cells: str) -> None:
    """Add a line to the table, and show it at once: a run takes minutes."""
    table.add_row(*cells)
    Console(stderr=True, width=150).print(*cells, sep=" | ")


def count_jobs(database: Database) -> int:
    """Return how many reminders there are."""
    query = select(func.count()).where(jobs.c.origin == Origin.REMINDER.value)
    with database.read() as connection:
        found: int = connection.execute(query).scalar_one()
    return found


def main(words: Sequence[str]) -> None:
    """Measure on the databases asked for and print the table."""
    count = next((int(word) for word in words if word.isdecimal()), 100_000)
    given = next((word for word in words if "://" in word), None)
    rate = next((int(word.removesuffix("/s")) for word in words if word.endswith("/s")), USUAL_RATE)
    a_second = 0 if "alone" in words else rate
    table = Table("database", "what", "jobs", "plan s", "publish s", "replan s", *WAITS)
    if "postgres" not in words and given is None:
        with tempfile.TemporaryDirectory() as folder:
            measured(f"sqlite:///{Path(folder) / 'bench.db'}", table, count, a_second)
    if "sqlite" not in words:
        server = None if given else start_postgres(durable=True)
        try:
            with fresh_database(with_psycopg(given or (server.url if server else ""))) as url:
                measured(url, table, count, a_second)
        finally:
            if server is not None:
                server.stop()
    Console(width=150).print(table)


def publish_for_another(url: str, which: str, now: str) -> None:
    """Publish for the process that started this one, and print the seconds."""
    database = open_database(url, dt.datetime.fromisoformat(now))
    seconds = publish_now(database, which)
    print(*seconds, *([] if database.is_sqlite else [replanned(database)]))  # noqa: T201 - read by that process
    database.dispose()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        publish_for_another(*sys.argv[2:5])
    else:
        main(sys.argv[1:])
