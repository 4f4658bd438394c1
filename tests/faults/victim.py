"""The processes that the tests kill and freeze: orders come in as lines, each becomes a process of its own.

It stands by with everything imported and forks for each line (a hundred victims cost one start); victims run the
product's own parts, put together by its wiring. How one ended is written beside its log.
"""

import contextlib
import dataclasses
import datetime as dt
import gc
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select as wait_for_input

from babel.dates import format_date
from sqlalchemy import event, or_, select, text

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
from scheduler.processes.ticker import ticking
from scheduler.processes.worker import working
from scheduler.publishing.applying import publish_draft
from scheduler.publishing.keeping import Draft
from scheduler.publishing.replanning import finish_replan
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings
from scheduler.wiring import Parts, assemble, print_line
from tests.faults.clocks import SharedClock
from tests.faults.orders import COMMAND, COMMIT, FREEZE, IMPORT, PUBLISH, STATEMENT, TELL, WORK, Order
from tests.faults.stock import DUE_AT, PRACTICE, ROOT

AT_ONCE = 5
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
        self._writer: contextlib.AbstractContextManager[object] = contextlib.nullcontext()

    @property
    def is_awaited(self) -> bool:
        """Whether the order names a place that was not passed often enough yet."""
        with self._lock:
            return bool(self._order.at) and self._times < self._order.nth

    def meet(self, place: str) -> None:
        """Be at a place."""
        if place != self._order.at:
            return
        with self._lock:
            self._times += 1
            if self._times == self._order.nth:
                # At this very thread, which then does nothing more; another one would be a moment late to stop it.
                with self._writer if self._order.signal == FREEZE else contextlib.nullcontext():
                    signal.pthread_kill(threading.get_ident(), self._order.signal)

    def follow(self, database: Database) -> None:
        """Be met before statements and commits too; freeze while no other thread holds SQLite's lock from everybody."""
        self._writer = database._writer  # noqa: SLF001 - held for as long as it is frozen
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
        queue.put(entry.ids, entry.provider)

    context = dataclasses.replace(parts.context, enqueue=enqueue)
    fate.follow(parts.database)
    return dataclasses.replace(parts, broker=broker, queue=queue, delivery=delivery, context=context)


def work(order: Order, clock: SharedClock, fate: Fate) -> int:
    """Run ticker and worker, as `quietbell serve` does on a SQLite file, until nothing waits any more."""
    file = make_settings(order).database_file
    with owning(file), contextlib.ExitStack() as running:
        parts = make_parts(order, clock, fate)
        if file is not None:
            put_right(parts)
        if order.works:
            running.enter_context(working(parts))
        if order.ticks:
            running.enter_context(ticking(parts.context))
        print_line("running")
        code = _wait_until_settled(parts.database, clock) if order.until_settled else _wait_for_a_signal()
        # A calm stop is another test's affair and takes dramatiq a second. Only who still awaits its fate needs it:
        # the database is settled at the last commit, a moment before the places that come after it.
        if fate.is_awaited:
            running.close()
        os._exit(code)


def take_file_in(order: Order, clock: SharedClock, fate: Fate) -> int:
    """Import a file as `quietbell import` does: its kind, its path, and the days of which it holds everything."""
    kind, path, *days = order.words
    complete = CompleteDays(*map(dt.date.fromisoformat, days)) if days else None
    request = FileRequest(practice=PRACTICE, what=kind, path=Path(path), by="test", complete=complete, confirmed=True)
    with _database(order, clock, fate) as database:
        came = Intake(database).import_file(request, lambda _progress: fate.meet(TELL))
    print_line(type(came).__name__)
    return 0


def publish_rules(order: Order, clock: SharedClock, fate: Fate) -> int:
    """Publish the installation's rules as `quietbell apply --yes` does."""
    settings = make_settings(order)
    desk = read_desk(settings.rules, settings.templates, PRACTICE)
    rulebook = desk.rulebook()
    if rulebook is None:
        print_line("\n".join(map(str, desk.problems)))
        return 1
    with _database(order, clock, fate) as database:
        with database.read() as connection:
            base = current_revision(connection, PRACTICE)
        publish_draft(database, Draft(rulebook, desk.files, base, "test"), Signature("test"), base=base)
        finish_replan(database, PRACTICE, lambda _done, _total: fate.meet(TELL))
    return 0


def command(order: Order, _clock: SharedClock, _fate: Fate) -> int:
    """Run the command `quietbell` with these words; it goes by the machine's own clock."""
    settings = {"DATABASE_URL": order.database_url, "RULES": f"{order.folder}/rules", "PRACTICE": PRACTICE}
    os.environ.update({f"QUIETBELL_{name}": value for name, value in settings.items()})  # noqa: TID251 - a child's own
    return run_command(order.words)


ACTS: dict[str, Callable[[Order, SharedClock, Fate], int]] = {
    WORK: work,
    IMPORT: take_file_in,
    PUBLISH: publish_rules,
    COMMAND: command,
}


@contextlib.contextmanager
def _database(order: Order, clock: SharedClock, fate: Fate) -> Iterator[Database]:
    database = Database(order.database_url, clock, trust_clock=True)
    fate.follow(database)
    try:
        yield database
    finally:
        database.dispose()


def _wait_until_settled(database: Database, clock: SharedClock) -> int:
    """Wait, within bounds, until nothing is under way and nothing that is due waits."""
    pause = threading.Event()
    for _ in range(int(LONGEST_SECONDS / LOOK_SECONDS)):
        if is_settled(database, clock.now()):
            return SETTLED
        pause.wait(LOOK_SECONDS)
    print_line("jobs still wait for their turn, or are queued, claimed or sending")
    return NEVER_SETTLED


def is_settled(database: Database, now: dt.datetime) -> bool:
    """Tell whether no job is queued, claimed or sending, and none that is due waits."""
    due = text(WAITING_SQL) & (jobs.c.due_at <= now)
    with database.read() as connection:
        return connection.execute(select(jobs.c.id).where(or_(text(IN_FLIGHT_SQL), due)).limit(1)).first() is None


def _wait_for_a_signal() -> int:
    threading.Event().wait(LONGEST_SECONDS)
    return NEVER_SETTLED


def stand_by() -> None:
    """Fork for each line of orders and answer with the process id; end, and end all victims, when no line can come."""
    _warm_up()
    living: dict[int, Path] = {}
    unread = b""
    while True:
        ready, _, _ = wait_for_input([0], [], [], LOOP_SECONDS)
        _note_the_ended(living)
        if not ready:
            continue
        read = os.read(0, 65536)
        if not read:
            break
        *lines, unread = (unread + read).split(b"\n")
        for line in lines:
            order, log = Order.from_line(line.decode())
            pid = os.fork()
            if pid == 0:
                _be(order, log)
            living[pid] = log
            os.write(1, f"{pid}\n".encode())
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _warm_up() -> None:
    """Load what is loaded at first use, so that no victim has to; no thread and no random number before a fork."""
    importlib.import_module("holidays.countries")
    for language in ("en", "fr"):
        format_date(DUE_AT, locale=language)
    gc.freeze()


def _note_the_ended(living: dict[int, Path]) -> None:
    """Write the exit code of each victim that ended (a signal: negative) beside its log."""
    for pid, log in list(living.items()):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            del living[pid]
            note = log.with_suffix(".note")
            note.write_text(str(os.waitstatus_to_exitcode(status)), encoding="ascii")
            note.rename(log.with_suffix(".ended"))


def _be(order: Order, log: Path) -> None:
    """Be the victim of an order; never return."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(said, 1)
        os.dup2(said, 2)
        clock = SharedClock(Path(order.folder) / "clock")
        code = ACTS[order.act](order, clock, Fate(order))
    except BaseException:  # noqa: BLE001 - whatever it was, the test shall read it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    stand_by()
