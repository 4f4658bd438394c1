"""Settle what is in doubt by asking providers: found is sent, surely absent is tried again, the rest by `on_doubt`."""

import datetime as dt
from collections import Counter
from functools import partial

from jobs.clock import steady_seconds
from jobs.settling import Asked, ask_all, settle_doubts, take_doubts
from scheduler.chores.context import Context


def run(context: Context) -> Counter[str]:
    """Take what may be asked about now, ask outside of any transaction, and write what came of it, a text at a time."""
    database, providers = context.database, context.providers
    doubts = database.write(
        lambda connection: take_doubts(connection, providers.keys(), now=database.moment(connection))
    )
    if not doubts:
        return Counter()
    with database.read() as connection:
        asked_at = database.moment(connection)
    answers = context.run_coroutine(ask_all(providers, doubts, _clock(asked_at)))
    counts: Counter[str] = Counter()
    for doubt, answer in zip(doubts, answers, strict=True):
        asked = Asked(doubt, answer, providers[doubt.provider].capabilities, asked_at)
        with database.read() as connection:
            now = database.moment(connection)
        counts += database.write(partial(settle_doubts, asked=[asked], now=now))
    return counts


def _clock(moment: dt.datetime) -> partial[dt.datetime]:
    """Return a clock that runs on from a moment, steadily."""
    return partial(_later, moment, steady_seconds())


def _later(moment: dt.datetime, since: float) -> dt.datetime:
    return moment + dt.timedelta(seconds=steady_seconds() - since)
