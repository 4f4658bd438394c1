"""Hand over what is due and waits for a closed sender to its fallback, unless it may have been sent before.

Only for what a provider closed; what a person paused waits for that person.
"""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Executable, bindparam, select, text

from jobs import store
from jobs.delivery.recording import doubted
from jobs.delivery.taking_over import free_fallback, is_stopped_by
from jobs.facts import FactsReader
from jobs.records import Moment, jobs
from jobs.records.life import WAITING_SQL
from jobs.senders import PROVIDER, SENDER, Pause, PauseInForce, pauses_in_force
from jobs.store.values import BEING_REPLANNED
from jobs.terms import SenderTerms, Terms
from scheduler.chores.context import Context

MOST = 500
"""Jobs of a sender in one run."""
_CLOSERS = frozenset({store.WORKER, store.PROVIDER})


def run(context: Context) -> Counter[str]:
    """Hand over, in one transaction, and count the jobs."""
    database = context.database
    moved = database.write(lambda connection: hand_over(connection, now=database.moment(connection)))
    return Counter(jobs=len(moved))


def hand_over(connection: Connection, *, now: dt.datetime) -> list[store.Moved]:
    """Give due jobs of closed senders to the first fallback that nothing stops; where there is none, they wait."""
    in_force = pauses_in_force(connection, None, now)
    closed = [each.pause for each in in_force if _is_closed(each)]
    practice_ids = {each.practice for each in closed if each.practice is not None}
    if not practice_ids:
        return []
    paused = [each.pause for each in in_force]
    changes: list[store.Change] = []
    for practice, found in sorted(FactsReader().in_force(connection, practice_ids).items()):
        for sender, other in _handed_over(found.terms, closed, paused):
            changes += _changes(connection, practice, (sender, other), now)
    return store.refresh(connection, changes, by=store.CHORE, now=now) if changes else []


def _is_closed(each: PauseInForce) -> bool:
    """Tell whether a provider's answer stopped a sender, or a practice's account: a worker or a receipt brought it."""
    return each.pause.scope in {SENDER, PROVIDER} and each.by in _CLOSERS


def _handed_over(
    terms: Terms, closed: Sequence[Pause], paused: Sequence[Pause]
) -> Iterator[tuple[SenderTerms, SenderTerms]]:
    """Yield each closed sender with who takes over from it."""
    for sender in terms.senders:
        if any(is_stopped_by(each, terms.practice, sender) for each in closed):
            other = free_fallback(terms, sender.id, paused)
            if other is not None:
                yield sender, other


def _changes(
    connection: Connection, practice: str, pair: tuple[SenderTerms, SenderTerms], now: dt.datetime
) -> list[store.Change]:
    sender, other = pair
    due = {"practice": practice, "sender": sender.id, "now": now}
    ids = connection.execute(_due_statement(), due).scalars().all()
    unsent = sorted(set(ids) - doubted(connection, ids)) if ids else []
    reason = f"{sender.id} is closed; {other.id} takes over"
    return [store.Change(id=each, sender=other.id, provider=other.provider, reason=reason) for each in unsent]


@functools.cache
def _due_statement() -> Executable:
    """Return the statement for a sender's due jobs that nobody else moves right now, in the order of their ids."""
    now = bindparam("now", type_=Moment())
    of_sender = (jobs.c.practice == bindparam("practice")) & (jobs.c.sender == bindparam("sender"))
    due = (
        select(jobs.c.id, jobs.c.due_at)
        .where(of_sender, text(WAITING_SQL), jobs.c.due_at <= now, jobs.c.useful_until > now)
        .where(jobs.c.reason.is_distinct_from(BEING_REPLANNED))
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    return select(due.subquery().c.id)
