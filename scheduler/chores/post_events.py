"""Post due events to practices' endpoints, signed, and write what came of it; what failed is tried again for a day.

Deliveries are claimed, posted outside of any transaction, then recorded: a crash in between posts one again, never
loses it, and a receiver drops the double by its `webhook-id`.
"""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog
from sqlalchemy import Connection

from jobs import events
from jobs.events import Failed, Taken
from scheduler.chores.context import Context
from scheduler.chores.posting import Posted, Poster, Result
from scheduler.identities import audit

log = structlog.get_logger(__name__)

MOST: Final = 20
"""Deliveries to each endpoint in a run; of a contact one, so that its next comes after it."""
MOST_RUNS: Final = 50
"""So many in a row while there is something to post: a contact's events follow one another at once."""
AT_ONCE: Final = 5
PUT_BACK_FOR: Final = dt.timedelta(seconds=10)
GONE: Final = "the endpoint answered 410: it wants no more events"
BY: Final = "chore"

_jitter = random.SystemRandom()


def run(context: Context) -> Counter[str]:
    """Post what is due, and count it."""
    counts: Counter[str] = Counter()
    for _ in range(MOST_RUNS):
        found = post_once(context)
        counts.update(found)
        if not found["delivered"]:
            break
    return counts


def post_once(context: Context) -> Counter[str]:
    """Take what is due now, post it, write what came of it; count that."""
    database = context.database

    def take(connection: Connection) -> tuple[dt.datetime, list[Taken]]:
        now = database.moment(connection)
        return now, events.take(connection, events.POST, most=MOST, now=now)

    with database.read() as connection:
        if not events.is_due(connection, events.POST, now=database.moment(connection)):
            return Counter()
    now, taken = database.write(take)
    if not taken:
        return Counter()
    results = context.run_coroutine(_post_all(taken, now, may_be_private=context.events_allow_private))
    return database.write(lambda connection: _write(connection, taken, results, database.moment(connection)))


async def _post_all(taken: Sequence[Taken], now: dt.datetime, *, may_be_private: bool) -> dict[int, Result]:
    """Return what came of each by its id; what is missing was not tried."""
    results: dict[int, Result] = {}
    async with Poster(now, may_be_private=may_be_private) as poster:
        by_endpoint = groupby(taken, attrgetter("endpoint_id"))
        await asyncio.gather(*(_post_to_one(poster, list(theirs), results) for _, theirs in by_endpoint))
    return results


async def _post_to_one(poster: Poster, taken: Sequence[Taken], results: dict[int, Result]) -> None:
    """Post to one endpoint, a few at once; one that does not answer or asks for time is left alone for the run."""
    for start in range(0, len(taken), AT_ONCE):
        batch = taken[start : start + AT_ONCE]
        for each, result in zip(batch, await asyncio.gather(*map(poster.post, batch)), strict=True):
            results[each.id] = result
        if any(results[each.id].posted in {Posted.SILENT, Posted.GONE} or results[each.id].wait for each in batch):
            return


def _write(
    connection: Connection, taken: Sequence[Taken], results: dict[int, Result], now: dt.datetime
) -> Counter[str]:
    tried = [each for each in taken if each.id in results]
    done = [each for each in tried if results[each.id].posted is Posted.DELIVERED]
    lost = [
        Failed(each, results[each.id].words, results[each.id].wait)
        for each in tried
        if results[each.id].posted is not Posted.DELIVERED
    ]
    waits = {each.delivery.endpoint_id: each.wait for each in lost if each.wait}
    for each in taken:
        if each.id not in results:
            wait = max(PUT_BACK_FOR, waits.get(each.endpoint_id, PUT_BACK_FOR))
            events.put_back(connection, [each], until=now + wait)
    events.delivered(connection, done, now=now)
    counts = events.failed(connection, lost, _jitter.random, now=now)
    for endpoint_id, each in {
        each.endpoint_id: each for each in tried if results[each.id].posted is Posted.GONE
    }.items():
        counts["disabled"] += events.disable_endpoint(connection, endpoint_id, GONE, by=BY, now=now)
        _note_disabled(connection, each, now)
    counts["delivered"] = len(done)
    return counts


def _note_disabled(connection: Connection, each: Taken, now: dt.datetime) -> None:
    act = audit.Act(
        audit.Signed(each.practice, BY, now),
        "endpoint.disabled",
        audit.Subject("endpoint", each.endpoint_id.hex),
        after={"because": GONE},
    )
    audit.note(connection, act)
    log.warning("endpoint disabled", practice=each.practice, endpoint=each.endpoint_id.hex, because=GONE)
