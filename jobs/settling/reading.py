"""Which attempts are in doubt and may be asked about now, with their twins: rows in, groups of one text each out.

Taking a group moves the moment of its next asking, so that two tickers do not ask at once. It moves no job.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Executable, Text, and_, bindparam, func, or_, select, update

from jobs.records import Moment, attempts, jobs
from jobs.settling.judging import DoubtfulAttempt
from jobs.states import State
from jobs.store.given import encode, given
from jobs.store.outcomes import text_hash
from jobs.store.values import Ending

MOST_AT_ONCE: Final = 200
"""Doubtful attempts that are taken in one go, by `take` of all the providers it is given."""
BEING_ASKED: Final = dt.timedelta(minutes=5)
"""How long nobody else asks: longer than asking may take, whatever the provider does."""
APART: Final = dt.timedelta(hours=1)
"""So long after an attempt's deadline no later text can be its own, whatever the provider's time-out and clock."""
NEVER: Final = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Doubtful attempts of one text to one number at one provider; `jobs` by attempt, those in doubt and older ones.

    `practices` by job. `is_under_way`: another attempt of the same text to the same number is on the wire right now.
    """

    provider: str
    attempts: tuple[DoubtfulAttempt, ...]
    jobs: Mapping[uuid.UUID, uuid.UUID]
    practices: Mapping[uuid.UUID, str]
    in_doubt: frozenset[uuid.UUID]
    is_under_way: bool = False

    @property
    def to_number(self) -> str:
        """Return the number."""
        return self.attempts[0].to_number


def take(connection: Connection, providers: Collection[str], now: dt.datetime) -> list[Doubt]:
    """Return what may be asked about now, of these providers, and let nobody else ask for a while.

    What has waited longest for its turn comes first, so that nothing starves behind what is asked about often.
    """
    due = connection.execute(_due_statement(), {"now": now, "providers": sorted(providers)}).all()
    if not due:
        return []
    ids = [row.id for row in due]
    connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(ask_at=now + BEING_ASKED))
    texts = list({(row.provider, row.to_number, row.body_hash) for row in due})
    dialect = connection.dialect.name
    given_rows = [dict(zip(("provider", "to_number", "body_hash"), each, strict=True)) for each in texts]
    groups: dict[tuple[str, str, str], list[_Row]] = {}
    for row in connection.execute(_twins_statement(dialect), encode(dialect, given_rows)):
        groups.setdefault((row.provider, row.to_number, row.body_hash), []).append(_Row(*row))
    return [_doubt(rows) for rows in groups.values()]


def claimed_ids(connection: Connection, provider: str, ids: Collection[str]) -> set[str]:
    """Return which of a provider's ids attempts have already."""
    if not ids:
        return set()
    query = select(attempts.c.provider_id).where(
        attempts.c.provider == provider, attempts.c.provider_id.in_(sorted(ids))
    )
    return {found for found in connection.execute(query).scalars() if found is not None}


def still_open(connection: Connection, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these attempts have no certain ending yet."""
    query = select(attempts.c.id).where(attempts.c.id.in_(sorted(ids)), _is_open())
    return set(connection.execute(query).scalars())


def has_newer_twin(connection: Connection, doubt: Doubt) -> bool:
    """Tell whether another attempt of this text is open that the doubt was taken without.

    It began since, and a listing may show its text: nobody could say whose that is.
    """
    first = doubt.attempts[0]
    query = (
        select(attempts.c.id)
        .where(attempts.c.provider == doubt.provider, attempts.c.to_number == first.to_number)
        .where(attempts.c.body_hash == text_hash(first.body), attempts.c.body.is_not(None))
        .where(attempts.c.started_at >= first.started_at, _is_open())
        .where(attempts.c.id.not_in([each.id for each in doubt.attempts]))
    )
    return connection.execute(query.limit(1)).first() is not None


def open_moments(connection: Connection, job_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[dt.datetime | None]]:
    """Return when each attempt without a certain ending may be asked about, by job, whatever its words and provider."""
    found: dict[uuid.UUID, list[dt.datetime | None]] = {}
    query = select(attempts.c.job_id, attempts.c.ask_at).where(attempts.c.job_id.in_(sorted(job_ids)), _is_open())
    for row in connection.execute(query):
        found.setdefault(row.job_id, []).append(row.ask_at)
    return found


def ask_again(connection: Connection, moments: Mapping[uuid.UUID, dt.datetime | None]) -> None:
    """Write when each attempt may be asked about again; None: never."""
    for moment in set(moments.values()):
        ids = [each for each, at in moments.items() if at == moment]
        connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(ask_at=moment or NEVER))


@dataclass(frozen=True, slots=True)
class _Row:
    id: uuid.UUID
    job_id: uuid.UUID
    practice: str
    provider: str
    from_number: str
    to_number: str
    body: str | None
    body_hash: str
    started_at: dt.datetime
    deadline: dt.datetime
    state: str
    outcome: str | None


def _doubt(rows: Sequence[_Row]) -> Doubt:
    sending = [row for row in rows if row.state == State.SENDING.value and row.outcome is None]
    open_ones = _near([row for row in rows if row not in sending and row.body is not None])
    return Doubt(
        provider=rows[0].provider,
        attempts=tuple(
            DoubtfulAttempt(
                id=row.id,
                from_number=row.from_number,
                to_number=row.to_number,
                body=row.body or "",
                started_at=row.started_at,
                deadline=row.deadline,
            )
            for row in open_ones
        ),
        jobs={row.id: row.job_id for row in open_ones},
        practices={row.job_id: row.practice for row in open_ones},
        in_doubt=frozenset(row.job_id for row in open_ones if row.state == State.IN_DOUBT.value),
        is_under_way=bool(sending),
    )


def _near(rows: Sequence[_Row]) -> list[_Row]:
    """Leave out what was sent so long before anything in doubt that no text in question can be its own; oldest first.

    Else an attempt that nobody ever settled would have a listing read back for months.
    """
    kept: list[_Row] = []
    begins: dt.datetime | None = None
    for row in sorted(rows, key=lambda each: (each.started_at, each.id), reverse=True):
        if row.state == State.IN_DOUBT.value or (begins is not None and row.deadline + APART >= begins):
            kept.append(row)
            begins = row.started_at
    return kept[::-1]


@functools.cache
def _due_statement() -> Executable:
    now = bindparam("now", type_=Moment())
    return (
        select(attempts.c.id, attempts.c.provider, attempts.c.to_number, attempts.c.body_hash)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(
            jobs.c.state == State.IN_DOUBT.value,
            _is_open(),
            attempts.c.body.is_not(None),
            attempts.c.provider.in_(bindparam("providers", expanding=True)),
            or_(attempts.c.ask_at.is_(None), attempts.c.ask_at <= now),
        )
        .order_by(func.coalesce(attempts.c.ask_at, attempts.c.started_at), attempts.c.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(of=attempts, skip_locked=True)
    )


@functools.cache
def _twins_statement(dialect: str) -> Executable:
    """Return the statement for every open attempt of these texts, whatever became of its job."""
    texts = given(dialect, {"provider": Text(), "to_number": Text(), "body_hash": Text()})
    same = and_(*(attempts.c[name] == texts.c[name] for name in ("provider", "to_number", "body_hash")))
    columns = (attempts.c[name] for name in _Row.__dataclass_fields__ if name != "state")
    chosen = list(columns)
    chosen.insert(list(_Row.__dataclass_fields__).index("state"), jobs.c.state)
    return (
        select(*chosen)
        .select_from(attempts)
        .join(texts, same)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(_is_open())
        .order_by(attempts.c.started_at, attempts.c.id)
    )


def _is_open() -> ColumnElement[bool]:
    return or_(attempts.c.outcome.is_(None), attempts.c.outcome == Ending.UNKNOWN.value)
