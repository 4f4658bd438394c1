"""What the clock does to jobs: enqueue the due, release what nobody took, doubt what nobody recorded, expire, prune.

Sets are chosen here by time, or handed in by take_due; each call is one short transaction's worth.
"""

import datetime as dt
import functools
import uuid
from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, Executable, Table, bindparam, delete, or_, select, text

from jobs.records import Moment, attempts, jobs, occasions, one_off_keys, receipts, senders, timeline
from jobs.records.life import IN_FLIGHT_SQL, WAITING_SQL
from jobs.states import ENDED, UNCLAIMED, WAITING, State, Verb
from jobs.store.arrows import Standing, lock, step, walk
from jobs.store.given import encode_ids, given_ids
from jobs.store.held import is_held_job
from jobs.store.outcomes import doubt_attempts
from jobs.store.stepping import Step
from jobs.store.values import CHORE, Moved, Pick

CHUNK = 500
"""Rows a call: on SQLite a write transaction stays well under 200 ms."""
QUEUED_FOR = dt.timedelta(seconds=30)
"""Older entries are taken for lost."""
DEATHS_ALONE = 3
"""A job whose worker died that often while the job travelled alone is poison."""

NOT_TAKEN = "no worker took it within 30 seconds"
LEASE_OVER = "the worker that held it went silent before sending"
SENDER_SILENT = "the worker went silent while sending: the text may have gone or not"
OWNER_GONE = "the program ended while holding it, before sending"
OWNER_GONE_SENDING = "the program ended while sending: the text may have gone or not"
POISON = f"every worker that took it died ({DEATHS_ALONE} times alone): poison"


def enqueue(connection: Connection, ids: Collection[uuid.UUID], *, now: dt.datetime) -> list[Moved]:
    """Move waiting jobs that take_due chose to queued; those locked by others stay."""
    standings = lock(connection, ids, skip_locked=True)
    steps = [step(each, Verb.ENQUEUE, State.QUEUED, by=CHORE) for each in standings.values() if each.state in WAITING]
    return walk(connection, steps, now=now)


def release(connection: Connection, picks: Sequence[Pick], *, by: str = CHORE, now: dt.datetime) -> list[Moved]:
    """Give queued jobs back to waiting, unharmed: their entry was refused."""
    reasons = {pick.id: pick.reason for pick in picks}
    steps = [
        step(each, Verb.RELEASE, State.SCHEDULED, by=by, reason=reasons[each.id])
        for each in lock(connection, reasons).values()
        if each.state is State.QUEUED
    ]
    return walk(connection, steps, now=now)


def release_stale(connection: Connection, *, now: dt.datetime) -> list[Moved]:
    """Release what is queued too long, and end the holds whose lease is over; at most CHUNK jobs.

    Claimed: scheduled again, alone next time, failed at the third death alone. Sending: in doubt.
    """
    moment = {"now": now, "queued_before": now - QUEUED_FOR}
    ids = connection.execute(_stale_statement(), moment).scalars().all()
    standings = lock(connection, ids, skip_locked=True)
    steps = [found for each in standings.values() if (found := _end_hold(each, LEASE_OVER, SENDER_SILENT))]
    return _walk_and_doubt(connection, steps, now=now)


def owner_restarted(connection: Connection, *, now: dt.datetime) -> list[Moved]:
    """Release every claim and queued job and doubt every sending one at once: who held them is dead."""
    ids = connection.execute(select(jobs.c.id).where(text(IN_FLIGHT_SQL)).order_by(jobs.c.id)).scalars().all()
    standings = lock(connection, ids)
    steps = [found for each in standings.values() if (found := _end_hold(each, OWNER_GONE, OWNER_GONE_SENDING))]
    return _walk_and_doubt(connection, steps, now=now)


def expire_useless(connection: Connection, *, now: dt.datetime) -> list[Moved]:
    """Expire due jobs, waiting or queued, that are useful no longer, with what they waited for; at most CHUNK jobs."""
    ids = connection.execute(_useless_statement(), {"now": now}).scalars().all()
    steps = [
        step(each, Verb.EXPIRE, State.EXPIRED, by=CHORE, reason=_why_expired(each))
        for each in lock(connection, ids, skip_locked=True).values()
        if each.state in UNCLAIMED and each.useful_until <= now
    ]
    return walk(connection, steps, now=now)


def prune(connection: Connection, practice: str, *, before: dt.datetime) -> Counter[str]:
    """Delete a practice's ended jobs that nothing can plan again, with all of theirs; at most CHUNK jobs.

    Ended, useless and their occasion past, all before that moment, and of nobody who is on legal hold. Returns how many
    rows of each table went.
    """
    ids = connection.execute(_prunable_statement(), {"practice": practice, "before": before}).scalars().all()
    gone: Counter[str] = Counter()
    if not ids:
        return gone
    dialect = connection.dialect.name
    rows = encode_ids(dialect, ids)
    for statement, name in _prune_statements(dialect):
        gone[name] += connection.execute(statement, rows).rowcount
    return gone


def _end_hold(standing: Standing, claimed_reason: str, sending_reason: str) -> Step | None:
    if standing.state is State.QUEUED:
        return step(standing, Verb.RELEASE, State.SCHEDULED, by=CHORE, reason=NOT_TAKEN)
    if standing.state is State.SENDING:
        return step(standing, Verb.DOUBT, State.IN_DOUBT, by=CHORE, reason=sending_reason)
    if standing.state is not State.CLAIMED:
        return None
    values = {"deaths": standing.deaths + 1}
    if standing.deaths >= DEATHS_ALONE:
        return step(standing, Verb.FAIL, State.FAILED, by=CHORE, reason=POISON, bump=True, values=values)
    return step(standing, Verb.RELEASE, State.SCHEDULED, by=CHORE, reason=claimed_reason, bump=True, values=values)


def _walk_and_doubt(connection: Connection, steps: Sequence[Step], *, now: dt.datetime) -> list[Moved]:
    moved = walk(connection, steps, now=now)
    doubt_attempts(connection, [each.id for each in moved if each.to_state is State.IN_DOUBT], now=now)
    return moved


def _why_expired(standing: Standing) -> str:
    waited = {State.RETRYING: "to be tried again", State.HELD: "while held"}.get(standing.state, "for its turn")
    why = f" ({standing.reason})" if standing.reason else ""
    return f"no longer useful; it waited {waited}{why}"


@functools.cache
def _stale_statement() -> Executable:
    now, queued_before = bindparam("now", type_=Moment()), bindparam("queued_before", type_=Moment())
    stale: ColumnElement[bool] = or_(
        (jobs.c.state == State.QUEUED.value) & (jobs.c.queued_at <= queued_before),
        (jobs.c.state != State.QUEUED.value) & (jobs.c.lease_until <= now),
    )
    return select(jobs.c.id).where(text(IN_FLIGHT_SQL), stale).order_by(jobs.c.id).limit(CHUNK)


@functools.cache
def _useless_statement() -> Executable:
    """Look where each partial index can be used: among each sender's waiting and due, and among the few in flight."""
    now = bindparam("now", type_=Moment())
    of_sender = (jobs.c.practice == senders.c.practice) & (jobs.c.sender == senders.c.id)
    waiting = (
        select(jobs.c.id)
        .join_from(senders, jobs, of_sender)
        .where(text(WAITING_SQL), jobs.c.due_at <= now, jobs.c.useful_until <= now)
        .limit(CHUNK)
        .subquery()
    )
    queued = (
        select(jobs.c.id)
        .where(text(IN_FLIGHT_SQL), jobs.c.state == State.QUEUED.value, jobs.c.useful_until <= now)
        .limit(CHUNK)
        .subquery()
    )
    return select(waiting.c.id).union_all(select(queued.c.id))


@functools.cache
def _prunable_statement() -> Executable:
    before = bindparam("before", type_=Moment())
    is_past = or_(
        jobs.c.occasion_id.is_(None),
        occasions.c.starts_at < before,
        occasions.c.starts_at.is_(None) & (occasions.c.gone_at < before),
    )
    ended = jobs.c.state.in_([state.value for state in sorted(ENDED)])
    return (
        select(jobs.c.id)
        .outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)
        .where(jobs.c.practice == bindparam("practice"), ended, jobs.c.useful_until < before)
        .where(jobs.c.updated_at < before, is_past, ~is_held_job())
        .order_by(jobs.c.id)
        .limit(CHUNK)
        .with_for_update(of=jobs, skip_locked=True)  # what a person reopens right now is not taken
    )


@functools.cache
def _prune_statements(dialect: str) -> list[tuple[Executable, str]]:
    ids = select(given_ids(dialect).c.id)
    theirs = select(attempts.c.id).where(attempts.c.job_id.in_(ids))
    pieces: list[tuple[Table, ColumnElement[bool]]] = [
        (receipts, receipts.c.attempt_id.in_(theirs)),
        (attempts, attempts.c.job_id.in_(ids)),
        (timeline, timeline.c.job_id.in_(ids)),
        (one_off_keys, one_off_keys.c.job_id.in_(ids)),
        (jobs, jobs.c.id.in_(ids)),
    ]
    return [(delete(table).where(condition), table.name) for table, condition in pieces]
