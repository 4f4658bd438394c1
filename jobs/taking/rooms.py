"""How much may be taken: senders' pace, providers' room and breaker. The one writer of `providers` and of taken pace.

Rows are locked here, providers before senders, so that any number of tickers share them out. It moves no job.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from jobs.records import Moment, jobs, pauses, providers, senders
from jobs.records.life import IN_FLIGHT_SQL, WAITING_SQL
from jobs.senders import ALL, PRACTICE, PROVIDER, SENDER
from jobs.store.given import encode, given
from jobs.taking.choosing import BURST, Allowance, SenderKey, allowance

UNKNOWNS_TO_OPEN = 5
UNKNOWNS_WITHIN = dt.timedelta(seconds=30)
OPEN_FOR = dt.timedelta(seconds=30)
"""How long an open breaker lets nothing through before one job may try."""
CLOSED = "closed"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class ReadySender:
    """A locked sender that has due jobs and may take some now."""

    practice: str
    id: str
    provider: str
    segments_per_second: float
    next_free: dt.datetime | None

    @property
    def key(self) -> SenderKey:
        """Return practice and id."""
        return (self.practice, self.id)

    def allowance(self, now: dt.datetime) -> Allowance:
        """Return how much it may take now."""
        return allowance(self.segments_per_second, self.next_free, now)


def declare_provider(connection: Connection, provider: str, *, slots: int) -> None:
    """Write how many requests a provider's adapter can have on the wire; half of them may be in flight."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    room = {"slots": slots, "in_flight": max(slots // 2, 1)}
    row = dialect.insert(providers).values(id=provider, **room)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=room))


def lock_rooms(connection: Connection, *, now: dt.datetime) -> dict[str, int]:
    """Lock the providers that nobody else is taking for, and return how many more jobs each may have in flight."""
    rows = connection.execute(select(providers).order_by(providers.c.id).with_for_update(skip_locked=True)).mappings()
    allowed = {row["id"]: _allowed(row, now) for row in rows}
    in_flight = select(jobs.c.provider, func.count()).where(text(IN_FLIGHT_SQL)).group_by(jobs.c.provider)
    busy: dict[str, int] = {provider: count for provider, count in connection.execute(in_flight)}  # noqa: C416 - rows
    return {provider: max(most - busy.get(provider, 0), 0) for provider, most in allowed.items()}


def lock_ready(connection: Connection, *, now: dt.datetime) -> list[ReadySender]:
    """Lock and return the senders that have a due job, may take now, are not gone and not paused."""
    has_due = exists().where(
        jobs.c.practice == senders.c.practice, jobs.c.sender == senders.c.id, text(WAITING_SQL), jobs.c.due_at <= now
    )
    ready = (
        select(*(senders.c[name] for name in ReadySender.__dataclass_fields__))
        .where(~senders.c.gone, has_due, ~exists().where(_is_active(now), _stops_sender()))
        .where(or_(senders.c.next_free.is_(None), senders.c.next_free < now + BURST))
        .order_by(senders.c.practice, senders.c.id)
        .with_for_update(skip_locked=True, of=senders)
    )
    return [ReadySender(**row) for row in connection.execute(ready).mappings()]


def advance(connection: Connection, spent: Mapping[ReadySender, int], *, now: dt.datetime) -> None:
    """Move the next free moment of locked senders on by the segments they took, in one statement."""
    if spent:
        dialect = connection.dialect.name
        rows = [_advanced(sender, segments, now) for sender, segments in spent.items()]
        connection.execute(_advance_statement(dialect), encode(dialect, rows))


def note_unknowns(connection: Connection, provider: str, count: int, *, now: dt.datetime) -> None:
    """Count unknown outcomes; five within 30 seconds open the provider's breaker, one does while it is not closed."""
    begins = or_(providers.c.since.is_(None), providers.c.since < now - UNKNOWNS_WITHIN)
    counted = case((begins, 0), else_=providers.c.unknowns) + count
    opens = or_(counted >= UNKNOWNS_TO_OPEN, providers.c.breaker != CLOSED)
    connection.execute(
        update(providers)
        .where(providers.c.id == provider)
        .values(
            unknowns=counted,
            breaker=case((opens, OPEN), else_=CLOSED),
            in_flight=case((opens, 1), else_=providers.c.in_flight),
            since=case((or_(opens, begins), literal(now, Moment())), else_=providers.c.since),
        )
    )


def note_answers(connection: Connection, provider: str) -> None:
    """Close the breaker of a provider that answered and let its room drift back: doubled, up to half the slots.

    It writes nothing where all is well, so a worker may call it after every wave.
    """
    full = providers.c.slots // 2
    doubled = case((providers.c.in_flight * 2 < full, providers.c.in_flight * 2), else_=full)
    is_recovering = or_(providers.c.breaker != CLOSED, providers.c.in_flight < full)
    connection.execute(
        update(providers)
        .where(providers.c.id == provider, is_recovering)
        .values(breaker=CLOSED, unknowns=0, since=None, in_flight=doubled)
    )


def _allowed(row: RowMapping, now: dt.datetime) -> int:
    """Return how many jobs a provider may have in flight: none while its breaker is open, then one to try."""
    if row["breaker"] == CLOSED:
        return int(row["in_flight"])
    opened: dt.datetime | None = row["since"]
    return 1 if opened is None or opened + OPEN_FOR <= now else 0


def _is_active(now: dt.datetime) -> ColumnElement[bool]:
    return and_(pauses.c.lifted_at.is_(None), or_(pauses.c.until.is_(None), pauses.c.until > now))


def _stops_sender() -> ColumnElement[bool]:
    """Return the condition that a pause stops a sender as a whole; a rule's pause stops single jobs."""
    is_ours = or_(pauses.c.practice.is_(None), pauses.c.practice == senders.c.practice)
    is_whole = pauses.c.scope.in_([ALL, PRACTICE])
    is_sender = and_(pauses.c.scope == SENDER, pauses.c.target == senders.c.id)
    is_provider = and_(pauses.c.scope == PROVIDER, pauses.c.target == senders.c.provider)
    return and_(is_ours, or_(is_whole, is_sender, is_provider))


def _advanced(sender: ReadySender, segments: int, now: dt.datetime) -> dict[str, object]:
    free_from = now if sender.next_free is None else max(sender.next_free, now)
    next_free = free_from + dt.timedelta(seconds=segments / sender.segments_per_second)
    return {"practice": sender.practice, "id": sender.id, "next_free": next_free}


@functools.cache
def _advance_statement(dialect: str) -> Executable:
    rows = given(dialect, {"practice": Text(), "id": Text(), "next_free": Moment()})
    mine = and_(senders.c.practice == rows.c.practice, senders.c.id == rows.c.id)
    return update(senders).where(mine).values(next_free=rows.c.next_free)
