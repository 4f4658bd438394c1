"""Orders given of many jobs at once: counted first, then carried out in parts, then undone where wanted.

Which jobs are meant is written down when they are counted, so that no others are touched. Each is ordered like a
single one (`orders`): with its reason, its row in the audit log, and refused where it has gone on. The writer of
`bulk_orders` and `bulk_jobs`; every call is part of the caller's transaction.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Update,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import bulk_jobs, bulk_orders, jobs, new_id
from jobs.states import REOPENABLE, UNCLAIMED, UNSENT, State
from jobs.store.reading import read_jobs
from jobs.store.values import Job, Moved
from scheduler.asking.listing import Question, matching, with_whom_and_what
from scheduler.asking.orders import Order, cancel_job, reopen_job, reschedule_job, retry_job
from scheduler.identities.audit import Act, Signed, Subject, note

MOST: Final = 100_000
"""Jobs that one order may be of."""
PART: Final = 250
"""Jobs that are done in one transaction: well under a second."""
AHEAD, DONE, REFUSED, UNDONE, KEPT = "ahead", "done", "refused", "undone", "kept"
CANCEL, RESCHEDULE, RETRY, REOPEN = "cancel", "reschedule", "retry", "reopen"

Carry = Callable[[Connection, Job, Order], Moved]

_CARRY: Final[Mapping[str, Carry]] = {
    CANCEL: cancel_job,
    RESCHEDULE: reschedule_job,
    RETRY: retry_job,
    REOPEN: reopen_job,
}
POSSIBLE: Final[Mapping[str, frozenset[State]]] = {
    CANCEL: UNSENT,
    RESCHEDULE: UNSENT,
    RETRY: UNCLAIMED | (REOPENABLE - {State.CANCELLED}),
    REOPEN: REOPENABLE,
}
"""In which states each order is possible."""
UNDOABLE: Final = frozenset({CANCEL, RESCHEDULE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants done to many: to those of `ids`, else to all that match; `due` for a new moment."""

    did: str
    reason: str
    asked: Question
    ids: Collection[uuid.UUID] | None = None
    due: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """An order of many: its row, and how many of its jobs stand where."""

    row: RowMapping
    counts: Mapping[str, int]

    @property
    def meant(self) -> int:
        """Return how many jobs it is of: those for which it was possible when they were counted."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """Return how many are still to be done, or undone."""
        is_undoing = self.row["undone_at"] is not None
        return self.counts.get(DONE, 0) if is_undoing else self.counts.get(AHEAD, 0)

    @property
    def may_be_undone(self) -> bool:
        """Tell whether one click takes back what it did."""
        is_over = self.row["confirmed_at"] is not None and self.row["undone_at"] is None and not self.left
        return is_over and self.row["did"] in UNDOABLE and bool(self.counts.get(DONE))


def count_out(connection: Connection, signed: Signed, wanted: Wanted) -> uuid.UUID:
    """Write down which jobs are meant and can be done, and return the order's id; nothing is done to any.

    Raises:
        InputError: there is no such order, it has no reason, or it is of too many jobs.

    """
    if wanted.did not in POSSIBLE or not wanted.reason:
        message = "say what to do, and why: the reason is kept with each job"
        raise InputError(message)
    if wanted.did == RESCHEDULE and (wanted.due is None or wanted.due <= signed.at):
        message = "name a moment ahead for them"
        raise InputError(message)
    _forget_unconfirmed(connection, signed)
    meant = matching(wanted.asked)
    if wanted.ids is not None:
        meant = [jobs.c.practice == signed.practice, jobs.c.id.in_(sorted(wanted.ids))]
    matched = _count(connection, meant)
    if matched > MOST:
        message = f"{matched:,} jobs match: {MOST:,} at once are allowed, so narrow the filters down"
        raise InputError(message)
    order_id = new_id()
    row = {"id": order_id, "practice": signed.practice, "by": signed.by, "did": wanted.did, "reason": wanted.reason}
    row |= {"due_at": wanted.due, "matched": matched, "created_at": signed.at}
    connection.execute(insert(bulk_orders).values(**row))
    possible = jobs.c.state.in_([state.value for state in POSSIBLE[wanted.did]])
    picked = (
        select(literal(order_id, bulk_jobs.c.order_id.type), jobs.c.id, literal(AHEAD), jobs.c.due_at, null())
        .select_from(with_whom_and_what())
        .where(*meant, possible)
    )
    columns = ["order_id", "job_id", "stage", "was_due", "fence"]
    connection.execute(insert(bulk_jobs).from_select(columns, picked))
    return order_id


def read_many(connection: Connection, practice: str, order_id: uuid.UUID) -> Many:
    """Return an order as it stands.

    Raises:
        NotFoundError: the practice has none of that id.

    """
    query = select(bulk_orders).where(bulk_orders.c.practice == practice, bulk_orders.c.id == order_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        message = "there is no such order"
        raise NotFoundError(message)
    mine = bulk_jobs.c.order_id == order_id
    grouped = select(bulk_jobs.c.stage, func.count()).where(mine).group_by(bulk_jobs.c.stage)
    return Many(row, dict(connection.execute(grouped).all()))


def recent_orders(connection: Connection, practice: str, *, most: int = 5) -> Sequence[RowMapping]:
    """Return the orders of many that were confirmed, the newest first."""
    mine = bulk_orders.c.practice == practice, bulk_orders.c.confirmed_at.is_not(None)
    query = select(bulk_orders).where(*mine).order_by(bulk_orders.c.created_at.desc()).limit(most)
    return connection.execute(query).mappings().all()


def ids_in(connection: Connection, order_id: uuid.UUID, stage: str, *, most: int) -> list[uuid.UUID]:
    """Return some of an order's jobs that stand there, the oldest first."""
    mine = bulk_jobs.c.order_id == order_id, bulk_jobs.c.stage == stage
    query = select(bulk_jobs.c.job_id).where(*mine).order_by(bulk_jobs.c.job_id).limit(most)
    return list(connection.execute(query).scalars())


def confirm(connection: Connection, signed: Signed, many: Many) -> None:
    """Let an order begin, and note it; one that has begun goes on."""
    if many.row["confirmed_at"] is not None:
        return
    connection.execute(_of(many).values(confirmed_at=signed.at))
    _note(connection, signed, many, "confirmed")


def undo(connection: Connection, signed: Signed, many: Many) -> None:
    """Let what an order did be taken back, and note it.

    Raises:
        RefusedError: it cannot be.

    """
    if not many.may_be_undone:
        message = "only cancelling and rescheduling can be undone, once, after it is done"
        raise RefusedError(message)
    connection.execute(_of(many).values(undone_at=signed.at, undone_by=signed.by))
    _note(connection, signed, many, "undone")


def carry_on(connection: Connection, signed: Signed, many: Many) -> None:
    """Do the next part of an order that was confirmed, or undo the next part of one that is being undone."""
    if many.row["confirmed_at"] is None:
        return
    is_undoing = many.row["undone_at"] is not None
    ids = ids_in(connection, many.row["id"], DONE if is_undoing else AHEAD, most=PART)
    known = {job.id: job for job in read_jobs(connection, ids) if job.practice == signed.practice}
    kept = _read_kept(connection, many, ids) if is_undoing else {}
    for job_id in ids:
        job = known.get(job_id)
        stage, fence = (KEPT if is_undoing else REFUSED), None
        if job is not None:
            moved = (
                _undone(connection, signed, many, job, kept[job_id])
                if is_undoing
                else _done(connection, signed, many, job)
            )
            if moved is not None:
                stage, fence = (UNDONE if is_undoing else DONE), moved.fence
        mine = bulk_jobs.c.order_id == many.row["id"], bulk_jobs.c.job_id == job_id
        connection.execute(update(bulk_jobs).where(*mine).values(stage=stage, fence=fence))


def _done(connection: Connection, signed: Signed, many: Many, job: Job) -> Moved | None:
    if job.state not in POSSIBLE[many.row["did"]]:
        return None
    order = Order(by=signed.by, reason=many.row["reason"], now=signed.at, due=many.row["due_at"], signed=signed)
    return _carried(connection, _CARRY[many.row["did"]], job, order)


def _undone(connection: Connection, signed: Signed, many: Many, job: Job, kept: RowMapping) -> Moved | None:
    """Take one back: only where nothing has happened to it since; what was due meanwhile is due now."""
    if job.fence != kept["fence"]:
        return None
    due = max(kept["was_due"], signed.at)
    order = Order(by=signed.by, reason=f"undone: {many.row['reason']}", now=signed.at, due=due, signed=signed)
    carry = reopen_job if many.row["did"] == CANCEL else reschedule_job
    return _carried(connection, carry, job, order)


def _carried(connection: Connection, carry: Carry, job: Job, order: Order) -> Moved | None:
    try:
        return carry(connection, job, order)
    except (InputError, RefusedError):  # before anything of it was written
        return None


def _read_kept(connection: Connection, many: Many, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, RowMapping]:
    mine = bulk_jobs.c.order_id == many.row["id"], bulk_jobs.c.job_id.in_(ids)
    return {row["job_id"]: row for row in connection.execute(select(bulk_jobs).where(*mine)).mappings()}


def _count(connection: Connection, meant: Sequence[ColumnElement[bool]]) -> int:
    query = select(func.count()).select_from(with_whom_and_what()).where(*meant)
    found: int = connection.execute(query).scalar_one()
    return found


def _forget_unconfirmed(connection: Connection, signed: Signed) -> None:
    """Forget what the same person only counted before."""
    mine = (
        bulk_orders.c.practice == signed.practice,
        bulk_orders.c.by == signed.by,
        bulk_orders.c.confirmed_at.is_(None),
    )
    old = select(bulk_orders.c.id).where(*mine)
    connection.execute(delete(bulk_jobs).where(bulk_jobs.c.order_id.in_(old)))
    connection.execute(delete(bulk_orders).where(*mine))


def _of(many: Many) -> Update:
    return update(bulk_orders).where(bulk_orders.c.id == many.row["id"])


def _note(connection: Connection, signed: Signed, many: Many, did: str) -> None:
    after = {"order": many.row["did"], "jobs": many.meant, "due_at": many.row["due_at"]}
    note(connection, Act(signed, f"jobs.{did}", Subject("bulk_order", many.row["id"].hex), None, after))
