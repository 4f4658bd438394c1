"""What a dead provider costs: `python -m tests.bench.bench_dead_provider [seconds] [sqlite|postgres …]`.

Two practices in one process, the real parts and the real SDKs over real sockets: one has all its texts due at a carrier
that accepts them and never answers, the other a steady stream at a carrier that is well. Prints how many texts of the
first came to be in doubt and how late those of the second went out. Figures, no verdict.
"""

import asyncio
import contextlib
import datetime as dt
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import distinct, func, select

from jobs import store
from jobs.clock import SystemClock
from jobs.database import Database
from jobs.providers import messagebird, twilio
from jobs.providers.contract import Provider
from jobs.records import attempts, jobs, timeline
from jobs.states import Verb
from scheduler.processes.all_in_one import running
from scheduler.processes.logs import set_up_logs
from scheduler.processes.tables import set_up_tables
from scheduler.publishing.revisions import Signature, publish
from scheduler.rulebook.schema import Rulebook
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble
from tests.bench.bench_pipeline import OPEN
from tests.carriers import RunningCarrier, running_carrier
from tests.databases import fresh_database, with_psycopg
from tests.servers import start_postgres
from tests.storage.builders import make_job

SECONDS = 40
AT_ONCE = 2_000
"""Texts of the practice whose provider is dead, all due at once."""
A_SECOND = 20
"""Texts of the other one."""
DEAD, LIVING = "northlight", "southlight"
PACE = 200
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run."""

    in_doubt: int
    asked: int
    sent: int
    late: Sequence[float]

    def row(self) -> tuple[str, ...]:
        """Return the cells: numbers, then milliseconds."""
        cuts = statistics.quantiles(self.late, n=100)
        times = (cuts[49], cuts[98], max(self.late))
        return (str(self.in_doubt), str(self.asked), str(self.sent), *(f"{1000 * each:,.0f}" for each in times))


def providers_of(dead: RunningCarrier, living: RunningCarrier) -> dict[str, Provider]:
    """Return the adapters of both carriers."""
    first = twilio.Account(account_sid=dead.account_sid, auth_token=dead.auth_token, base_url=dead.url.rstrip("/"))
    second = messagebird.Account(access_key=living.access_key, base_url=living.url.rstrip("/"))
    return {"twilio": twilio.TwilioProvider(first), "messagebird": messagebird.MessageBirdProvider(second)}


def rulebook(practice: str, provider: str, number: str) -> Rulebook:
    """Return a practice with one fast number that may text at any hour; its texts are one-offs."""
    sender = {"id": "main", "number": number, "provider": provider, "segments_per_second": PACE}
    settings = {"practice": practice, "name": practice, "timezone": "America/Toronto", "country": "CA"}
    more = {"languages": ["en"], "sending_window": OPEN, "senders": [sender]}
    return Rulebook.model_validate({"practice": {**settings, **more}, "rules": [], "templates": {}})


def fill(database: Database, seconds: int) -> None:
    """Publish both practices and plan their texts."""
    now = SystemClock().now()
    for practice, provider, number in ((DEAD, "twilio", "+15145550100"), (LIVING, "messagebird", "+15145550177")):
        book = rulebook(practice, provider, number)
        database.write(partial(publish, rulebook=book, signed=Signature("bench"), now=now))
    begins = now + dt.timedelta(seconds=1)
    made = [text_to(each, DEAD, "twilio", now) for each in range(AT_ONCE)]
    made += [
        text_to(each, LIVING, "messagebird", begins + dt.timedelta(seconds=each / A_SECOND))
        for each in range(A_SECOND * (seconds - 5))
    ]
    for start in range(0, len(made), CHUNK):
        database.write(partial(store.plan, new=made[start : start + CHUNK], by=store.PLANNER, now=now))


def text_to(number: int, practice: str, provider: str, at: dt.datetime) -> store.NewJob:
    """Return a text that is due at that moment."""
    return make_job(
        practice=practice,
        provider=provider,
        text="See you tomorrow.",
        to_number=f"+1438555{number % 10_000:04d}",
        planned_for=at,
        useful_until=at + dt.timedelta(hours=2),
    )


def run(parts: Parts, seconds: int) -> Figures:
    """Run ticker and worker for so long; return what came of it."""
    with running(parts):
        asyncio.run(asyncio.sleep(seconds))
    with parts.database.read() as connection:
        of_dead = connection.execute(
            select(func.count(distinct(timeline.c.job_id)))
            .join(jobs, jobs.c.id == timeline.c.job_id)
            .where(jobs.c.practice == DEAD, timeline.c.verb == Verb.DOUBT.value)
        ).scalar_one()
        asked = connection.execute(select(func.count()).where(attempts.c.practice == DEAD)).scalar_one()
        rows = connection.execute(
            select(attempts.c.started_at, jobs.c.planned_for)
            .join(jobs, jobs.c.id == attempts.c.job_id)
            .where(jobs.c.practice == LIVING)
        ).all()
    late = [(row.started_at - row.planned_for).total_seconds() for row in rows]
    return Figures(of_dead, asked, len(rows), late)


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
        settings = replace(read_settings({}).with_database(url), log_level="error")
        set_up_logs(settings)
        yield settings


def measure(kind: str, seconds: int, *, is_dead: bool) -> Figures:
    """Measure one run over a database of that kind."""
    with settings_for(kind) as settings, running_carrier(seed=1) as dead, running_carrier(seed=2) as living:
        if is_dead:
            dead.mishap("accept_then_hang", on="any")
        parts = assemble(settings, providers=providers_of(dead, living))
        set_up_tables(parts.database)
        fill(parts.database, seconds)
        try:
            return run(parts, seconds)
        finally:
            parts.close()


def main(words: list[str]) -> None:
    """Measure each database, with both carriers well and with one dead."""
    seconds = int(words[0]) if words else SECONDS
    title = f"{AT_ONCE:,} texts at once at one carrier, {A_SECOND} a second at the other, {seconds} s"
    heads = ("database", "first carrier", "in doubt", "asked", "other's texts", "late: p50 ms", "p99", "most")
    table = Table(*heads, title=title)
    for kind in words[1:] or ["sqlite", "postgres"]:
        for is_dead in (False, True):
            figures = measure(kind, seconds, is_dead=is_dead)
            table.add_row(kind, "dead" if is_dead else "well", *figures.row())
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
