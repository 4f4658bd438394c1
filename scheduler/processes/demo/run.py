"""`quietbell demo`: a practice at work in one process, live until it is stopped, or stepped through with `--once`."""

import contextlib
import dataclasses
import datetime as dt
import json as json_text
import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console
from rich.live import Live

from jobs.clock import Clock, SteppingClock, SystemClock
from jobs.errors import RefusedError
from jobs.states import State
from scheduler.chores import CHORES, run_chore
from scheduler.processes.all_in_one import put_right, running
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import console
from scheduler.processes.demo import screen, story
from scheduler.processes.demo.clocks import ShiftedClock, demo_start
from scheduler.processes.demo.watch import Watch
from scheduler.processes.ownership import owning
from scheduler.processes.stopping import stop_on_signals
from scheduler.processes.worker import working
from scheduler.publishing.revisions import load_current
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble

ZONE = ZoneInfo("America/Toronto")
GOES_ON_AFTER = dt.timedelta(seconds=45)
"""How long after the beginning one appointment moves and one is called off."""
LOOK_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
WRONG = (State.IN_DOUBT, State.FAILED, State.QUEUED, State.CLAIMED, State.SENDING)


def run(*, once: bool, database: str | None, at: str | None, json: bool) -> int:
    """Run the demo; return 0 when all went as it should, 1 when a text failed, is in doubt or is missing in the ledger.

    Raises:
        RefusedError: the database file is there already.
        InputError: `at` is no moment.

    """
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    now = SystemClock().now()
    start = demo_start(now, ZONE) if at is None else read_moment(at, zone=ZONE, now=now)
    clock = SteppingClock(start) if once else ShiftedClock(start)
    with _parts(database, clock) as parts:
        watch = Watch(parts.database, story.PRACTICE)
        out = Console(stderr=True, quiet=True) if json else console()
        _tell_beginning(parts, out)
        if isinstance(clock, SteppingClock):
            _step_through(parts, clock, watch, out)
        else:
            _live(parts, clock, watch, out)
        return _end(parts, watch, out, json=json)


@contextlib.contextmanager
def _parts(database: str | None, clock: Clock) -> Iterator[Parts]:
    """Give the parts of the demo over a new SQLite file: the one named, kept afterwards, else a temporary one."""
    with tempfile.TemporaryDirectory(prefix="quietbell-demo-") as folder:
        file = Path(folder) / "demo.db" if database is None else Path(database.removeprefix("sqlite:///"))
        if file.exists():
            message = f"{file} is there already: name a file that is not, or run it with `quietbell serve`"
            raise RefusedError(message)
        settings = _settings(file)
        with owning(file):
            parts = assemble(settings, clock=clock, sink=lambda _line: None)
            try:
                put_right(parts)
                yield parts
            finally:
                parts.close()


def _settings(file: Path) -> Settings:
    return dataclasses.replace(
        read_settings().with_database(f"sqlite:///{file.resolve()}"),
        redis_url=None,
        ledger=file.with_suffix(".ledger"),
        worker_threads=2,
    )


def _tell_beginning(parts: Parts, out: Console) -> None:
    with parts.database.read() as connection:
        current = load_current(connection, story.PRACTICE)
        now = parts.database.moment(connection).astimezone(ZONE)
    practice = current.rulebook.practice
    steps = sum(len(rule.steps) for rule in current.rulebook.rules)
    out.print(f"{practice.name}: {len(current.rulebook.rules)} rules with {steps} steps, revision {current.revision}.")
    out.print(f"The demo's clock stands at {now:%a} {now.day} {now:%b %Y %H:%M:%S} in {ZONE.key}. Nothing leaves here.")
    for line in story.begin(parts, ZONE):
        out.print(line)
    out.print(
        f"To ask from another terminal: QUIETBELL_DATABASE_URL={parts.settings.database_url} quietbell jobs",
        soft_wrap=True,
    )


def _tell_news(watch: Watch, out: Console) -> None:
    for news in watch.news():
        out.print(screen.news_line(news, ZONE))


def _live(parts: Parts, clock: Clock, watch: Watch, out: Console) -> None:
    """Show what happens until a signal comes."""
    goes_on = clock.now() + GOES_ON_AFTER
    told = False
    with stop_on_signals() as stop, running(parts), Live(console=out, auto_refresh=False, transient=True) as live:
        while not stop.is_set():
            if not told and clock.now() >= goes_on:
                told = True
                for line in story.go_on(parts, ZONE):
                    out.print(line, style="cyan")
            _tell_news(watch, out)
            now = clock.now().astimezone(ZONE)
            live.update(
                screen.panel(watch, f"{now:%a %d %b %H:%M:%S} {ZONE.key}   (Ctrl-C ends)", ZONE),
                refresh=out.is_terminal,
            )
            stop.wait(LOOK_SECONDS)


def _step_through(parts: Parts, clock: SteppingClock, watch: Watch, out: Console) -> None:
    """Let the clock jump from one due moment to the next until nothing waits."""
    goes_on: dt.datetime | None = clock.now() + GOES_ON_AFTER
    with working(parts):
        while True:
            for chore in CHORES:
                run_chore(chore, parts.context)
            _wait_until_idle(watch)
            _tell_news(watch, out)
            coming = watch.next_moment(clock.now())
            if goes_on is not None and (coming is None or coming >= goes_on):
                clock.jump_to(goes_on)
                goes_on = None
                for line in story.go_on(parts, ZONE):
                    out.print(line, style="cyan")
                continue
            if coming is None:
                return
            clock.jump_to(coming)


def _wait_until_idle(watch: Watch) -> None:
    """Wait, in real time, until no job is queued, claimed or sending; give up after LONGEST_WAIT_SECONDS."""
    pause = threading.Event()
    for _ in range(int(LONGEST_WAIT_SECONDS / 0.005)):
        if not watch.is_busy():
            return
        pause.wait(0.005)


def _end(parts: Parts, watch: Watch, out: Console, *, json: bool) -> int:
    """Print the summary and return the exit code."""
    counts = watch.counts()
    ledger = parts.settings.ledger
    lines = len(ledger.read_text(encoding="utf-8").splitlines()) if ledger is not None and ledger.exists() else 0
    all_well = lines == counts.get(State.SENT, 0) and lines > 0 and not any(counts.get(state) for state in WRONG)
    out.print(screen.summary(watch))
    out.print(f"The provider's ledger holds {lines} texts; {counts.get(State.SENT, 0)} jobs are sent.")
    if json:
        reasons = [{"state": state, "reason": reason, "count": count} for state, reason, count in watch.reasons()]
        sys.stdout.write(
            json_text.dumps({"well": all_well, "ledger": lines, "counts": counts, "reasons": reasons}, indent=2) + "\n"
        )
    return 0 if all_well else 1
