"""Settle what is in doubt by asking providers: found is sent, surely absent is tried again, the rest by `on_doubt`.

Providers are asked side by side and each one's answers are written when they are there: one that is slow, or answers
nothing at all, holds up its own texts only.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial

from sqlalchemy import Connection

from jobs.clock import steady_seconds
from jobs.settling import Answer, Asked, Doubt, NotAsked, ask_all, put_back, settle_doubts, take_doubts
from scheduler.chores.context import Context


def run(context: Context) -> Counter[str]:
    """Take what may be asked about now, ask outside of any transaction, and write what came of it, a text at a time."""
    taken = _take(context)
    if not taken:
        return Counter()
    with context.database.read() as connection:
        asked_at = context.database.moment(connection)
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(len(taken), "asking") as threads:
        asking = {
            threads.submit(_ask, context, provider, doubts, asked_at): provider for provider, doubts in taken.items()
        }
        for done in as_completed(asking):
            counts += _write(context, taken[asking[done]], done, asked_at)
    return counts


def _take(context: Context) -> dict[str, list[Doubt]]:
    """Return what may be asked about, by provider: as much of each, however much another has."""
    database = context.database

    def take(connection: Connection, providers: Collection[str]) -> dict[str, list[Doubt]]:
        now = database.moment(connection)
        return {each: take_doubts(connection, [each], now=now) for each in sorted(providers)}

    found = database.write(partial(take, providers=context.providers.keys())) if context.providers else {}
    return {provider: doubts for provider, doubts in found.items() if doubts}


def _ask(context: Context, provider: str, doubts: Sequence[Doubt], asked_at: dt.datetime) -> list[Answer]:
    """Ask one provider, on a thread of its own; no row is read or written here."""
    return context.run_coroutine(ask_all(context.providers[provider], doubts, _clock(asked_at)))


def _write(
    context: Context, doubts: Sequence[Doubt], answers: Future[list[Answer]], asked_at: dt.datetime
) -> Counter[str]:
    """Write what one provider said, and put back what it was not asked."""
    database, counts = context.database, Counter[str]()
    unasked: list[Doubt] = []
    for doubt, answer in zip(doubts, answers.result(), strict=True):
        if isinstance(answer, NotAsked):
            unasked.append(doubt)
            continue
        asked = Asked(doubt, answer, context.providers[doubt.provider].capabilities, asked_at)
        with database.read() as connection:
            now = database.moment(connection)
        counts += database.write(partial(settle_doubts, asked=[asked], now=now))
    if unasked:
        database.write(lambda connection: put_back(connection, unasked, now=database.moment(connection)))
        counts["not_asked"] += len(unasked)
    return counts


def _clock(moment: dt.datetime) -> partial[dt.datetime]:
    """Return a clock that runs on from a moment, steadily."""
    return partial(_later, moment, steady_seconds())


def _later(moment: dt.datetime, since: float) -> dt.datetime:
    return moment + dt.timedelta(seconds=steady_seconds() - since)
