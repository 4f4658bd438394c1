"""The ticker: CHORES, each at its own pace, fired by APScheduler in memory; it decides when, a chore decides what.

Nothing is kept in APScheduler: no job store, no date. What is due is in the database, so any number of tickers may run.
"""

import contextlib
import logging
from collections.abc import Iterator

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs.clock import UTC, SystemClock
from scheduler.chores import CHORES, run_chore
from scheduler.chores.context import Context


@contextlib.contextmanager
def ticking(context: Context) -> Iterator[None]:
    """Run every chore at its pace while the block runs; at its end those under way finish.

    A firing that comes while its chore still runs falls away; missed ones are made up for by one, however late.
    """
    # It warns of each firing that falls away, which is nothing to see to.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    clock = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(CHORES))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for chore in CHORES:
        clock.add_job(
            run_chore,
            IntervalTrigger(seconds=chore.every_seconds, timezone=UTC),
            args=(chore, context),
            id=chore.name,
            next_run_time=SystemClock().now(),
        )
    clock.start()
    try:
        yield
    finally:
        clock.shutdown(wait=True)
