"""How fast a case system's records are taken in: `python -m tests.bench.bench_api [seconds] [callers …]`.

A real uvicorn server over a private PostgreSQL that keeps what it commits; callers on threads, each with a connection
of its own. `PUT /appointments/{ref}` of known appointments moves their start, so that jobs are planned anew; and bulk.
Prints a table. Figures, no verdict.
"""

import contextlib
import itertools
import statistics
import sys
import threading
import time
from collections.abc import Iterator

import httpx2
import uvicorn
from rich.console import Console
from rich.table import Table

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.records import metadata
from scheduler.api.v1.app import v1_app
from scheduler.api.v1.calling import Place
from scheduler.api.v1.limits import Limits
from scheduler.identities.rights import Caller, Right
from scheduler.intake.entry import Intake
from scheduler.publishing.revisions import Signature, publish
from tests.databases import fresh_database
from tests.servers import start_postgres
from tests.storage.intake_practice import make_rulebook

SECONDS = 5.0
CALLERS = (1, 4, 16)
KNOWN = 2_000
BULK_ROWS = 10_000
TIMED_OUT = 120.0


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Give the address of a server over a database with a practice and its appointments."""
    server = start_postgres(durable=True)
    try:
        with fresh_database(server.url) as url:
            database = Database(url, SystemClock(), pool_size=40)
            metadata.create_all(database.engine)
            signed = Signature("bench")
            database.write(lambda one: publish(one, make_rulebook(), signed, database.moment(one)))
            with answering(database) as address:
                yield address
            database.dispose()
    finally:
        server.stop()


@contextlib.contextmanager
def answering(database: Database) -> Iterator[str]:
    """Give the address of uvicorn on a thread."""
    caller = Caller("northlight", "key:bench", frozenset(Right))
    place = Place(database, SystemClock(), Intake(database), lambda _key: caller)
    app = v1_app(place, Limits(per_second=1e9, at_once=10**9))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def client(address: str) -> httpx2.Client:
    """Return a caller's client."""
    return httpx2.Client(base_url=address, headers={"Authorization": "Bearer bench"}, timeout=TIMED_OUT)


def bulk(address: str, what: str, rows: list[dict[str, object]], mode: str) -> float:
    """Take rows in; return the seconds."""
    with client(address) as calling:
        began = time.perf_counter()
        calling.post(f"/bulk/{what}?mode={mode}", json=rows).raise_for_status()
        return time.perf_counter() - began


def visits(count: int, prefix: str) -> list[dict[str, object]]:
    """Return appointments of as many contacts."""
    return [
        {"ref": f"{prefix}-{n}", "contact": f"C-{n}", "start": f"2036-{n % 12 + 1:02}-{n % 28 + 1:02}T10:00"}
        for n in range(count)
    ]


def move(address: str, callers: int, seconds: float, query: str) -> list[float]:
    """Move appointments for so many seconds from so many callers; return each call's seconds."""
    numbers, took, until = itertools.count(), list[float](), time.perf_counter() + seconds

    def run() -> None:
        with client(address) as calling:
            while time.perf_counter() < until:
                number = next(numbers)
                start = f"2037-{number % 12 + 1:02}-{number % 28 + 1:02}T{9 + number // KNOWN % 9:02}:00"
                body = {"contact": f"C-{number % KNOWN}", "start": start}
                began = time.perf_counter()
                calling.put(f"/appointments/A-{number % KNOWN}{query}", json=body).raise_for_status()
                took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=run) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    callers = [int(each) for each in sys.argv[2:]] or list(CALLERS)
    table = Table("what", "callers", "a second", "median ms", "p99 ms")
    with serving() as address:
        people: list[dict[str, object]] = [
            {"ref": f"C-{n}", "phone": f"+1514{5_550_000 + n % 10_000}"} for n in range(BULK_ROWS)
        ]
        for what, rows, mode in (
            ("contacts", people, "all_or_nothing"),
            ("appointments", visits(KNOWN, "A"), "per_row"),
            ("appointments", visits(BULK_ROWS, "B"), "all_or_nothing"),
            ("appointments", visits(BULK_ROWS, "D"), "per_row"),
        ):
            took = bulk(address, what, rows, mode)
            table.add_row(f"bulk {what}, {mode}, {len(rows):,} rows", "1", f"{len(rows) / took:,.0f}", "", "")
        for query, many in itertools.product(("", "?plan=false"), callers):
            calls = move(address, many, seconds, query)
            cut = statistics.quantiles(calls, n=100)
            rate = f"{len(calls) / seconds:,.0f}"
            table.add_row(f"PUT appointment{query}", str(many), rate, f"{cut[49] * 1e3:.1f}", f"{cut[98] * 1e3:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
