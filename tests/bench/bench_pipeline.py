"""How fast due jobs become recorded texts: `python -m tests.bench.bench_pipeline [texts] [sqlite|postgres …]`.

The real parts in one process: ticker, queue in memory, worker threads, rendering, gates, intents, records; the provider
answers at once, or after 50 ms. Prints a table. Figures, no verdict.
"""

import asyncio
import contextlib
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from jobs.clock import SystemClock
from jobs.providers.contract import Accepted, Capabilities, Outcome, SendRequest
from jobs.records import jobs
from jobs.states import State
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Upserted
from scheduler.processes.all_in_one import running
from scheduler.processes.tables import set_up_tables
from scheduler.publishing.revisions import Signature, publish
from scheduler.rulebook.schema import Rulebook
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble
from tests.databases import fresh_database, with_psycopg
from tests.servers import start_postgres

TEXTS = 5_000
CHUNK = 200
OPEN = {"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"}


class Answering:
    """A provider that accepts everything after a pause."""

    id = "terminal"
    capabilities = Capabilities(at_once=50)

    def __init__(self, seconds: float) -> None:
        """Answer after so many seconds."""
        self._seconds = seconds

    async def send(self, request: SendRequest) -> Outcome:
        """Accept."""
        if self._seconds:
            await asyncio.sleep(self._seconds)
        return Accepted(f"bench-{request.attempt_id}")


def rulebook() -> Rulebook:
    """Return a practice that may text at any hour, as fast as it likes."""
    sender = {"id": "main", "number": "+15145550100", "provider": "terminal", "segments_per_second": 1000}
    return Rulebook.model_validate(
        {
            "practice": {
                "practice": "bench",
                "name": "Bench",
                "timezone": "America/Toronto",
                "country": "CA",
                "languages": ["en"],
                "sending_window": OPEN,
                "senders": [sender],
            },
            "rules": [
                {
                    "id": "soon",
                    "for": "appointment",
                    "steps": [{"id": "soon", "before": "2 hours", "template": "soon", "if_late": "send_now"}],
                },
            ],
            "templates": {
                "soon": {
                    "en": "{{ contact.first_name }}, see you {{ occasion.start | day }} at {{ occasion.start | time }}."
                },
            },
        },
    )


def fill(parts: Parts, texts: int) -> None:
    """Publish, and take in so many contacts and appointments whose one text is due at once."""
    database = parts.database
    database.write(lambda connection: publish(connection, rulebook(), Signature("bench"), database.moment(connection)))
    start = f"{SystemClock().now() + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}+00:00"
    intake = Intake(database)
    for first in range(0, texts, CHUNK):
        numbers = range(first, min(first + CHUNK, texts))
        people = [
            {"ref": f"C-{n}", "first_name": "Ada", "phone": f"+1416555{n % 10000:04d}", "name": f"Ada {n}"}
            for n in numbers
        ]
        dates = [{"ref": f"A-{n}", "contact": f"C-{n}", "start": start} for n in numbers]
        for what, rows in (("contacts", people), ("appointment", dates)):
            taken = intake.upsert("bench", what, rows)
            if not isinstance(taken, Upserted):
                raise SystemExit(str(taken))


def drain(parts: Parts, texts: int) -> float:
    """Run ticker and worker until every text is recorded; return texts a second."""
    sent = select(func.count()).where(jobs.c.state == State.SENT)
    began = time.perf_counter()
    with running(parts):
        while True:
            with parts.database.read() as connection:
                done = connection.execute(sent).scalar_one()
            if done >= texts:
                return texts / (time.perf_counter() - began)
            asyncio.run(asyncio.sleep(0.05))


@contextlib.contextmanager
def settings_for(kind: str) -> Iterator[Settings]:
    """Give settings over a new database of that kind."""
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = f"sqlite:///{Path(folder) / 'bench.db'}"
        else:
            server = start_postgres(durable=True)
            stack.callback(server.stop)
            url = with_psycopg(stack.enter_context(fresh_database(server.url)))
        yield replace(read_settings({}).with_database(url), log_level="error")


def main(words: list[str]) -> None:
    """Measure each database at two latencies of the provider."""
    texts = int(words[0]) if words else TEXTS
    table = Table("database", "provider answers after", "texts/s", title=f"{texts:,} texts, 4 worker threads")
    for kind in words[1:] or ["sqlite", "postgres"]:
        for seconds in (0.0, 0.05):
            with settings_for(kind) as settings:
                parts = assemble(settings, providers={"terminal": Answering(seconds)})
                set_up_tables(parts.database)
                fill(parts, texts)
                rate = drain(parts, texts)
                parts.close()
            table.add_row(kind, f"{seconds * 1000:.0f} ms", f"{rate:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
