"""`quietbell demo`: a practice at work in one process, live until it is stopped, or stepped through with `--once`.

With the carrier its texts go out over real sockets, receipts and answers come back; else a terminal prints them.
"""

import contextlib
import datetime as dt
import json as json_text
import logging
import sys
import threading
from pathlib import Path

import structlog
from rich.console import Console
from rich.live import Live

from jobs.clock import Clock, SteppingClock, SystemClock
from jobs.states import State
from scheduler.carrier import read_ledger
from scheduler.identities import users
from scheduler.identities.audit import Signed
from scheduler.identities.passwords import generated, hashed
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import console
from scheduler.processes.demo import screen, story
from scheduler.processes.demo.agreement import Agreement, compare, read_ledger_of, read_ours
from scheduler.processes.demo.carried import carrier_ledger
from scheduler.processes.demo.clocks import DemoClock, demo_start, working_day_before
from scheduler.processes.demo.day_before import lived_in
from scheduler.processes.demo.stage import ZONE, Stage, new_file, settings_of, staged
from scheduler.processes.demo.stepping import take_turn
from scheduler.processes.stopping import stop_on_signals
from scheduler.processes.ticker import ticking
from scheduler.processes.worker import working
from scheduler.publishing.revisions import load_current

GOES_ON_AFTER = dt.timedelta(seconds=45)
"""How long after the beginning one appointment moves and one is called off."""
LOOK_SECONDS = 0.5
DEMO_USER = "demo"
WRONG = (State.IN_DOUBT, State.FAILED, State.QUEUED, State.CLAIMED, State.SENDING)


def run(*, once: bool, database: str | None, at: str | None, json: bool, carrier: bool = False) -> int:
    """Run the demo; return 0 when all went as it should, 1 when a text failed, is in doubt or is missing in the ledger.

    With the `carrier` its ledger, the jobs and the receipts must agree as well.

    Raises:
        RefusedError: the database file is there already.
        InputError: `at` is no moment.

    """
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    now = SystemClock().now()
    start = demo_start(now, ZONE) if at is None else read_moment(at, zone=ZONE, now=now)
    clock = SteppingClock(start) if once else DemoClock(working_day_before(start, ZONE))
    out = Console(stderr=True, quiet=True) if json else console()
    with (
        new_file(database) as file,
        staged(settings_of(file), clock, out, carrier=carrier, console=not once) as stage,
    ):
        if isinstance(clock, DemoClock):
            _live(stage, clock, start)
        else:
            _tell_beginning(stage)
            _step_through(stage, clock)
        return _end(stage, json=json)


def _tell_beginning(stage: Stage) -> None:
    parts, out = stage.parts, stage.out
    with parts.database.read() as connection:
        current = load_current(connection, story.PRACTICE)
        now = parts.database.moment(connection).astimezone(ZONE)
    practice = current.rulebook.practice
    steps = sum(len(rule.steps) for rule in current.rulebook.rules)
    out.print(f"{practice.name}: {len(current.rulebook.rules)} rules with {steps} steps, revision {current.revision}.")
    out.print(f"The demo's clock stands at {now:%a} {now.day} {now:%b %Y %H:%M:%S} in {ZONE.key}. Nothing leaves here.")
    if stage.carrier is not None:
        senders = ", ".join(f"{sender.id} by {sender.provider}" for sender in practice.senders)
        out.print(f"A stand-in carrier at {stage.carrier.url} takes what is sent: {senders}.")
    for line in story.begin(parts, ZONE, knows_people=stage.address is not None):
        out.print(line)
    if stage.address is not None:
        out.print(f"The console is at {stage.address}: sign in as {DEMO_USER} with {_new_user(stage)}", soft_wrap=True)
    out.print(
        f"To ask from another terminal: QUIETBELL_DATABASE_URL={parts.settings.database_url} quietbell jobs",
        soft_wrap=True,
    )


def _live(stage: Stage, clock: DemoClock, start: dt.datetime) -> None:
    """Live through the day before at once, then show what happens from `start` on, until a signal comes."""
    with stop_on_signals() as stop, contextlib.ExitStack() as opened:
        with stage.out.status("Living through the day before"):
            stage = opened.enter_context(lived_in(stage, clock, start, ZONE))
        _tell_beginning(stage)
        with ticking(stage.parts.context), Live(console=stage.out, auto_refresh=False, transient=True) as live:
            _show(stage, clock, live, stop)


def _show(stage: Stage, clock: Clock, live: Live, stop: threading.Event) -> None:
    """Show what happens, and let the case system change two appointments, until a signal comes."""
    out, goes_on = stage.out, clock.now() + GOES_ON_AFTER
    told = False
    while not stop.is_set():
        if not told and clock.now() >= goes_on:
            told = True
            for line in story.go_on(stage.parts, ZONE):
                out.print(line, style="cyan")
        stage.tell_news()
        now = clock.now().astimezone(ZONE)
        live.update(
            screen.panel(stage.watch, f"{now:%a %d %b %H:%M:%S} {ZONE.key}   (Ctrl-C ends)", ZONE),
            refresh=out.is_terminal,
        )
        stop.wait(LOOK_SECONDS)


def _step_through(stage: Stage, clock: SteppingClock) -> None:
    """Let the clock jump from one due moment to the next until nothing waits."""
    goes_on: dt.datetime | None = clock.now() + GOES_ON_AFTER
    with working(stage.parts):
        while True:
            coming = take_turn(stage)
            if goes_on is not None and (coming is None or coming >= goes_on):
                clock.jump_to(goes_on)
                goes_on = None
                for line in story.go_on(stage.parts, ZONE):
                    stage.out.print(line, style="cyan")
                continue
            if coming is None:
                return
            clock.jump_to(coming)


def _new_user(stage: Stage) -> str:
    """Add somebody who may see everything; return their password, made for this demo alone."""
    password = generated()
    wanted = users.NewUser(name=DEMO_USER, role=users.ADMIN, password_hash=hashed(password, DEMO_USER))
    database = stage.parts.database
    database.write(
        lambda connection: users.add(connection, wanted, Signed(story.PRACTICE, "demo", database.moment(connection)))
    )
    return password


def _end(stage: Stage, *, json: bool) -> int:
    """Print the summary and return the exit code."""
    stage.wait_for_receipts()
    stage.tell_news()
    counts = stage.watch.counts()
    agreement = None if stage.carrier is None else _agreement(stage)
    lines = _printed(stage.parts.settings.ledger) if agreement is None else agreement.accepted
    agrees = lines == counts.get(State.SENT, 0) if agreement is None else not agreement.differences
    all_well = agrees and lines > 0 and not any(counts.get(state) for state in WRONG)
    stage.out.print(screen.summary(stage.watch))
    for line in _told(lines, counts.get(State.SENT, 0)) if agreement is None else agreement.lines():
        stage.out.print(line)
    if json:
        reasons = [{"state": state, "reason": reason, "count": count} for state, reason, count in stage.watch.reasons()]
        said = {"well": all_well, "ledger": lines, "counts": counts, "reasons": reasons}
        if agreement is not None:
            said |= {"answers": agreement.written, "differences": list(agreement.differences)}
        sys.stdout.write(json_text.dumps(said, indent=2) + "\n")
    return 0 if all_well else 1


def _printed(ledger: Path | None) -> int:
    """Return how many texts the terminal has printed."""
    return len(ledger.read_text(encoding="utf-8").splitlines()) if ledger is not None and ledger.exists() else 0


def _told(lines: int, sent: int) -> list[str]:
    return [f"The provider's ledger holds {lines} texts; {sent} jobs are sent."]


def _agreement(stage: Stage) -> Agreement:
    ledger = read_ledger_of(read_ledger(carrier_ledger(stage.parts.settings)))
    with stage.parts.database.read() as connection:
        return compare(ledger, read_ours(connection))
