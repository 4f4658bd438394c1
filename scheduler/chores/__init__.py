"""Periodic duties: the ordered registry, and the one wrapper that logs, times and outlives each of them.

A context comes in, counts go out. The ticker decides when; a chore decides what.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from jobs.clock import steady_seconds
from scheduler.chores import (
    ask_prices,
    expire,
    forget,
    forget_events,
    hand_over,
    mail_staff,
    post_events,
    prune,
    read_calendars,
    redact,
    release_stale,
    replan,
    replan_fallen,
    replan_held,
    resume_imports,
    settle_in_doubt,
    take_due,
    tell_unreached,
)
from scheduler.chores.context import Context

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """A periodic duty: its name, how many seconds lie between two runs, and what it does."""

    name: str
    every_seconds: float
    run: Callable[[Context], Mapping[str, int]]


CHORES: tuple[Chore, ...] = (
    Chore("release_stale", 5, release_stale.run),
    Chore("settle_in_doubt", 5, settle_in_doubt.run),
    Chore("replan", 1, replan.run),
    Chore("replan_held", 60, replan_held.run),
    Chore("expire", 5, expire.run),
    Chore("replan_fallen", 5, replan_fallen.run),
    Chore("hand_over", 5, hand_over.run),
    Chore("take_due", 0.25, take_due.run),
    Chore("read_calendars", 5, read_calendars.run),
    Chore("resume_imports", 5, resume_imports.run),
    Chore("post_events", 1, post_events.run),
    Chore("mail_staff", 10, mail_staff.run),
    Chore("tell_unreached", 60, tell_unreached.run),
    Chore("ask_prices", 60, ask_prices.run),
    Chore("redact", 10, redact.run),
    Chore("forget", 300, forget.run),
    Chore("prune", 3600, prune.run),
    Chore("forget_events", 3600, forget_events.run),
)
"""In the order in which one turn of the clock runs those that are due."""


def run_chore(chore: Chore, context: Context) -> Mapping[str, int]:
    """Run a chore once, log its counts and duration, return the counts; a failure is logged and counted, not raised.

    A tick must outlive a database that is away: the chore runs again at its next turn. Of failures in a row the first
    is logged with its traceback, the others as a line a minute that counts them, and that it works again.
    """
    began = steady_seconds()
    try:
        counts = chore.run(context)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the other chores and the next turn go on
        _log_failure(chore, context, problem, began)
        return Counter(failed=1)
    over = context.failing.worked(chore.name)
    if over is not None:
        log.info("chore works again", chore=chore.name, failures=over.failures, lasted=over.seconds(steady_seconds()))
    if any(counts.values()):
        log.info("chore done", chore=chore.name, seconds=_since(began), **counts)
    return counts


def _log_failure(chore: Chore, context: Context, problem: Exception, began: float) -> None:
    now = steady_seconds()
    streak, is_due = context.failing.failed(chore.name, now)
    if streak.failures == 1:
        log.error("chore failed", chore=chore.name, seconds=_since(began), exc_info=problem)
    elif is_due:
        kind = type(problem).__name__
        log.error(
            "chore still fails", chore=chore.name, failures=streak.failures, lasts=streak.seconds(now), problem=kind
        )


def _since(began: float) -> float:
    return round(steady_seconds() - began, 4)
