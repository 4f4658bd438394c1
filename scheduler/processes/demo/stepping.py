"""Lets the demo's clock jump from one due moment to the next, and everything that is due happen at each."""

import datetime as dt
from collections.abc import Callable

from jobs.clock import SteppingClock
from scheduler.chores import CHORES, run_chore
from scheduler.processes.demo.stage import Stage


def take_turn(stage: Stage) -> dt.datetime | None:
    """Let everything happen that is due now; return the next moment at which something is."""
    for chore in CHORES:
        run_chore(chore, stage.parts.context)
    stage.wait_for_requests()
    stage.tell_news()
    return stage.watch.next_moment(stage.parts.clock.now())


def step_to(stage: Stage, clock: SteppingClock, until: dt.datetime, after_turn: Callable[[], object]) -> None:
    """Go from one due moment to the next, up to `until`; the workers run already."""
    while True:
        coming = take_turn(stage)
        after_turn()
        if coming is None or coming >= until:
            break
        clock.jump_to(coming)
    clock.jump_to(until)
