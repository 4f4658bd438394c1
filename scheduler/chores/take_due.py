"""Take what is due: paced by sender, fair over practices, within each provider's room; hand it to the queue in entries.

Rows of jobs, senders, providers and pauses come in; entries go out once their jobs are committed as queued.
"""

import datetime as dt
from collections import Counter

from sqlalchemy import Connection

from jobs import store
from jobs.taking.choosing import Due, choose, entries
from jobs.taking.due import lock_due
from jobs.taking.rooms import ReadySender, advance, lock_ready, lock_rooms
from scheduler.chores.context import Context

REFUSED = "the queue did not take it"


def take_due(connection: Connection, *, now: dt.datetime) -> list[store.Entry]:
    """Move due jobs to queued and return their entries, of at most 50 jobs of one provider each.

    Any number of tickers may run it at once: each locks providers, senders and jobs that no other has, in that order.
    """
    rooms = lock_rooms(connection, now=now)
    if not any(rooms.values()):
        return []
    ready = {sender.key: sender for sender in lock_ready(connection, now=now) if rooms.get(sender.provider)}
    allowances = {key: sender.allowance(now) for key, sender in ready.items()}
    wanted = {sender: min(allowances[key].most, rooms[sender.provider]) for key, sender in ready.items()}
    chosen = choose(lock_due(connection, wanted, now=now), allowances, rooms)
    queued = {moved.id for moved in store.enqueue(connection, [each.id for each in chosen], now=now)}
    taken = [each for each in chosen if each.id in queued]
    advance(connection, _spent(taken, ready), now=now)
    return entries(taken)


def run(context: Context) -> Counter[str]:
    """Take, commit, then hand over; jobs of an entry that the queue refuses are released at once."""
    taken = context.database.write(lambda connection: take_due(connection, now=context.database.moment(connection)))
    counts: Counter[str] = Counter()
    for position, entry in enumerate(taken):
        try:
            context.enqueue(entry)
        except Exception:
            _give_back(context, taken[position:])
            raise
        counts["jobs"] += len(entry.ids)
        counts["entries"] += 1
    return counts


def _spent(taken: list[Due], ready: dict[tuple[str, str], ReadySender]) -> dict[ReadySender, int]:
    spent: Counter[ReadySender] = Counter()
    for each in taken:
        spent[ready[each.practice, each.sender]] += each.segments
    return dict(spent)


def _give_back(context: Context, refused: list[store.Entry]) -> None:
    picks = [store.Pick(id=job_id, reason=REFUSED) for entry in refused for job_id in entry.ids]
    context.database.write(lambda connection: store.release(connection, picks, now=context.database.moment(connection)))
