"""The processes that the tests kill and freeze: orders come in as lines, each becomes a process of its own.

It stands by with everything imported and forks for each line (a hundred victims cost one start); victims run the
product's own parts, put together by its wiring. How one ended is written beside its log.
"""

import contextlib
import dataclasses
import json
import os
import select
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import event, func, text
from sqlalchemy import select as sql_select

from jobs.database import Database
from jobs.providers.contract import Capabilities
from jobs.providers.terminal import TerminalProvider
from jobs.queue import Queue, memory_broker, redis_broker
from jobs.records import jobs
from jobs.records.life import IN_FLIGHT_SQL, WAITING_SQL
from jobs.store import Entry
from scheduler.intake.entry import FileRequest, Intake
from scheduler.intake.staging import CompleteDays
from scheduler.processes.all_in_one import put_right
from scheduler.processes.cli import main as run_command
from scheduler.processes.ownership import owning
from scheduler.processes.replanning import publish_desk, replan_practice
from scheduler.processes.ticker import ticking
from scheduler.processes.worker import working
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings
from scheduler.wiring import Parts, assemble, print_line
from tests.faults.clocks import SharedClock
from tests.faults.orders import COMMAND, COMMIT, IMPORT, PUBLISH, STATEMENT, TELL, WORK, Order

ROOT = Path(__file__).parent.parent.parent
PRACTICE = "northlight"
AT_ONCE = 10
"""Requests a wave: so that one entry takes several waves."""
LONGEST_SECONDS = 60.0
LOOK_SECONDS = 0.02
SETTLED, NEVER_SETTLED = 0, 3
LOOP_SECONDS = 0.01


class Fate:
    """A signal that this process sends itself the nth time that it is at a place. Safe for several threads."""

    def __init__(self, order: Order) -> None:
        """Wait for the place that the order names."""
        self._order = order
        self._times = 0
        self._lock = threading.Lock()

    def meet(self, place: str) -> None:
        """Be at a place."""
        if place != self._order.at:
            return
        with self._lock:
            self._times += 1
            if self._times == self._order.nth:
                os.kill(os.getpid(), self._order.signal)

    def follow(self, database: Database) -> None:
        """Be met before statements and commits too."""
        event.listen(database.engine, "before_cursor_execute", lambda *_: self.meet(STATEMENT))
        event.listen(database.engine, "commit", lambda *_: self.meet(COMMIT))


def make_settings(order: Order) -> Settings:
    """Return the settings of the order's installation."""
    folder = Path(order.folder)
    return Settings(
        database_url=order.database_url,
        redis_url=order.redis_url,
        rules=folder / "rules",
        templates=ROOT / "templates_sms",
        ledger=folder / "ledger.jsonl",
        worker_threads=order.threads,
    )


def make_parts(order: Order, clock: SharedClock, fate: Fate) -> Parts:
    """Return the product's parts with the shared clock, small waves, and the fate at every checkpoint."""
    settings = make_settings(order)
    terminal = TerminalProvider(print_line, clock, settings.ledger_file)
    terminal.capabilities = Capabilities(at_once=AT_ONCE)
    parts = assemble(settings, clock=clock, providers={terminal.id: terminal})
    parts.broker.close()
    delivery = dataclasses.replace(parts.delivery, checkpoint=fate.meet, steady=clock.steady)
    broker = memory_broker() if settings.redis_url is None else redis_broker(settings.redis_url)
    queue = Queue(broker, delivery.deliver)

    def enqueue(entry: Entry) -> None:
        queue.put(entry.ids)

    context = dataclasses.replace(parts.context, enqueue=enqueue)
    fate.follow(parts.database)
    return dataclasses.replace(parts, broker=broker, queue=queue, delivery=delivery, context=context)


def work(order: Order, clock: SharedClock, fate: Fate) -> int:
    """Run ticker and worker, as `quietbell serve` does on a SQLite file, until nothing waits any more."""
    file = make_settings(order).database_file
    with owning(file):
        parts = make_parts(order, clock, fate)
        if file is not None:
            put_right(parts)
        with _running(order, parts):
            print_line("running")
            return _wait_until_settled(parts.database, clock) if order.until_settled else _wait_for_the_signal()


@contextlib.contextmanager
def _running(order: Order, parts: Parts) -> Iterator[None]:
    with contextlib.ExitStack() as running:
        if order.works:
            running.enter_context(working(parts))
        if order.ticks:
            running.enter_context(ticking(parts.context))
        yield
        # A calm stop is another test's: it takes dramatiq a second, and no victim of ours needs it.
        sys.stdout.flush()
        os._exit(SETTLED if _is_settled(parts.database, parts.clock.now()) else NEVER_SETTLED)


def _wait_until_settled(database: Database, clock: SharedClock) -> int:
    pause = threading.Event()
    for _ in range(int(LONGEST_SECONDS / LOOK_SECONDS)):
        if _is_settled(database, clock.now()):
            return SETTLED
        pause.wait(LOOK_SECONDS)
    print_line("jobs still wait for their turn, or are queued, claimed or sending")
    return NEVER_SETTLED
