"""An installation of a test: its folder, its database, the clock that it shares with its victims."""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.database import Database
from jobs.states import State
from scheduler.settings import Settings
from tests.faults.checking import Seen, look, what_is_wrong
from tests.faults.clocks import SharedClock
from tests.faults.orders import Order
from tests.faults.starting import Victim, Victims
from tests.faults.stock import DUE_AT, LAID_AT, ROOT, lay, write_rules

LEASE_AND_MORE = dt.timedelta(seconds=61)
QUEUED_AND_MORE = dt.timedelta(seconds=31)


@dataclass(frozen=True, slots=True)
class World:
    """One installation; `due` are the jobs that wait and are due when a test begins."""

    folder: Path
    database: Database
    clock: SharedClock
    victims: Victims
    order: Order
    due: frozenset[uuid.UUID] = field(repr=False)

    def start(self, **changes: object) -> Victim:
        """Start a victim of this installation."""
        return self.victims.start(replace(self.order, **changes))  # type: ignore[arg-type]  # an order's own fields

    def settle(self) -> Seen:
        """Start it once more, unharmed, until nothing waits; fail where something is wrong then; return what is."""
        victim = self.start()
        assert victim.wait() == 0, f"it did not settle:\n{victim.said()[-3000:]}"
        return self.check()

    def look(self) -> Seen:
        """Return what became of the jobs so far."""
        return look(self.database, self.folder / "ledger.jsonl")

    def check(self) -> Seen:
        """Fail where a job is lost, doubled, unexplained, or not told by its timeline; return what became of them."""
        seen = self.look()
        wrong = what_is_wrong(seen, self.clock.now())
        assert not wrong, "\n".join([*wrong, f"all: {seen.standings()}"])
        assert self.due <= seen.jobs.keys(), f"jobs are gone: {self.due - seen.jobs.keys()}"
        return seen

    def settings(self) -> Settings:
        """Return the installation's settings."""
        return make_settings(self.folder, self.order.database_url)


def make_settings(folder: Path, database_url: str) -> Settings:
    """Return the settings of an installation in a folder."""
    return Settings(database_url=database_url, rules=folder / "rules", templates=ROOT / "templates_sms")


def lay_stock(folder: Path, database_url: str) -> None:
    """Lay rules, people and appointments into a folder and an empty database."""
    write_rules(folder)
    clock = SharedClock.begin(folder / "clock", LAID_AT)
    database = Database(database_url, clock, trust_clock=True)
    try:
        lay(database, make_settings(folder, database_url))
    finally:
        database.dispose()
        clock.close()


@contextmanager
def world_over(laid: Path, folder: Path, victims: Victims, database_url: str | None = None) -> Iterator[World]:
    """Give a copy of a laid folder as an installation whose texts have just fallen due."""
    shutil.copytree(laid, folder)
    url = database_url or sqlite_url(folder)
    clock = SharedClock.begin(folder / "clock", DUE_AT)
    database = Database(url, clock, trust_clock=True)
    try:
        order = Order(folder=str(folder), database_url=url)
        due = frozenset(look(database, folder / "ledger.jsonl").due(clock.now()))
        yield World(folder, database, clock, victims, order, due)
    finally:
        victims.end()
        database.dispose()
        clock.close()


def sqlite_url(folder: Path) -> str:
    """Return the address of a folder's SQLite file."""
    return f"sqlite:///{folder}/quietbell.db"


def states_of(seen: Seen, job_ids: frozenset[uuid.UUID] | set[uuid.UUID]) -> dict[State, set[uuid.UUID]]:
    """Return these jobs by where they stand."""
    found: dict[State, set[uuid.UUID]] = {}
    for job_id in job_ids:
        found.setdefault(State(seen.jobs[job_id].state), set()).add(job_id)
    return found


def endings(seen: Seen) -> dict[uuid.UUID, str | None]:
    """Return how each attempt ended, by its id; None: nobody said yet."""
    return {each.id: each.outcome for rows in seen.attempts.values() for each in rows}
