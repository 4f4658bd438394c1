"""What somebody may order of one job: cancel, reschedule, reopen, retry, settle; each with its reason.

Through the store, and noted in the audit log; the reason, words of a person, stays with the job alone. A job that is no
longer where the order is possible is refused with where it stands; nothing is changed then.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import Connection

from jobs import spending
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.states import REOPENABLE, UNCLAIMED, State
from jobs.store.people import cancel, reschedule, settle
from jobs.store.planner import reopen
from jobs.store.reading import read_jobs
from jobs.store.values import Change, Finding, Job, Moved, Pick, Settlement
from scheduler.asking.one_offs import ahead
from scheduler.identities.audit import Act, Signed, Subject, note


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders, why, and at what moment; `due` and `useful_until` where the order dates the job anew.

    `signed`: who the audit log says did it, where that is not `by`: a key in whose call somebody is named.
    """

    by: str
    reason: str
    now: dt.datetime
    due: dt.datetime | None = None
    useful_until: dt.datetime | None = None
    signed: Signed | None = None


def job_of_practice(connection: Connection, practice: str, job_id: uuid.UUID) -> Job:
    """Return a practice's job.

    Raises:
        NotFoundError: it has none of that id.

    """
    found = [job for job in read_jobs(connection, [job_id]) if job.practice == practice]
    if not found:
        message = f"there is no job {job_id.hex}"
        raise NotFoundError(message)
    return found[0]


def cancel_job(connection: Connection, job: Job, order: Order) -> Moved:
    """Cancel a job; one that is going out already keeps its state and is not tried again."""
    moved = _only(job, cancel(connection, [Pick(id=job.id, reason=order.reason)], by=order.by, now=order.now))
    return _noted(connection, "cancelled", job, order, moved)


def reschedule_job(connection: Connection, job: Job, order: Order) -> Moved:
    """Give a waiting job another moment; it stays there until its occasion moves."""
    return _noted(connection, "rescheduled", job, order, _rescheduled(connection, job, order))


def reopen_job(connection: Connection, job: Job, order: Order) -> Moved:
    """Open a cancelled, blocked, failed or expired job again."""
    return _noted(connection, "reopened", job, order, _reopened(connection, job, order))


def retry_job(connection: Connection, job: Job, order: Order) -> Moved:
    """Let a job go now: one that waits at once, one that was blocked, failed or expired once more."""
    waits = job.state in UNCLAIMED
    moved = (_rescheduled if waits else _reopened)(connection, job, order)
    return _noted(connection, "retried", job, order, moved)


def settle_job(connection: Connection, job: Job, finding: Finding, order: Order) -> Moved:
    """Settle a job in doubt by what somebody found, and the money that was reserved for it."""
    held = spending.open_reserves_of_jobs(connection, [job.id])
    settlement = Settlement(id=job.id, finding=finding, reason=order.reason)
    moved = _only(job, settle(connection, [settlement], by=order.by, now=order.now))
    spending.close(connection, held)
    return _noted(connection, "settled", job, order, moved)


def _rescheduled(connection: Connection, job: Job, order: Order) -> Moved:
    return _only(job, reschedule(connection, [_change(job, order)], by=order.by, now=order.now))


def _reopened(connection: Connection, job: Job, order: Order) -> Moved:
    if job.state not in REOPENABLE:
        raise RefusedError(_refusal(job))
    return _only(job, reopen(connection, [_change(job, order)], by=order.by, now=order.now))


def _noted(connection: Connection, did: str, job: Job, order: Order, moved: Moved) -> Moved:
    """Note an order that was carried out, and return what it moved."""
    signed = order.signed or Signed(job.practice, order.by, order.now)
    before: dict[str, object] = {"state": moved.from_state.value}
    after: dict[str, object] = {"state": moved.to_state.value}
    if did in {"rescheduled", "reopened", "retried"}:
        before["due_at"] = job.due_at
        after["due_at"] = order.due or order.now
    if signed.by != order.by:
        after["in_the_name_of"] = order.by
    note(connection, Act(signed, f"job.{did}", Subject("job", job.id.hex), before, after))
    return moved


def _change(job: Job, order: Order) -> Change:
    due = ahead(order.due, order.now)
    ends = order.useful_until or job.useful_until
    if due >= ends:
        message = f"its use ends on {ends:%Y-%m-%d %H:%M} UTC: give an earlier moment, or a later end of its use"
        raise InputError(message)
    return Change(id=job.id, due_at=due, useful_until=order.useful_until, reason=order.reason)


def _only(job: Job, moved: list[Moved]) -> Moved:
    if not moved:
        raise RefusedError(_refusal(job))
    return moved[0]


def _refusal(job: Job) -> str:
    because = f" ({job.reason})" if job.reason else ""
    advice = ""
    if job.state is State.CANCELLED:
        advice = "; a cancelled one is reopened only in a person's name"
    return f"job {job.id.hex} is {job.state}{because}: that cannot be done to it now{advice}; nothing was changed"
