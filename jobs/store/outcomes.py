"""The rows of attempts: laid down as intents, ended by attempt id whoever holds the job.

With them goes what was told and said.

Intents, results, proofs and settlements come in. It moves no job.
"""

import datetime as dt
import functools
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Executable, Text, bindparam, func, insert, or_, select, update
from sqlalchemy.types import TypeEngine

from jobs.records import Id, Moment, attempts
from jobs.store.given import encode, encode_ids, given, given_ids
from jobs.store.telling import add_texts, take_back
from jobs.store.values import MAYBE_ACCEPTED, Ending, Finding, Intent, Settlement

_COSTS = {"price", "price_currency", "price_asked_at", "cost_actual"}
_NOT_OF_INTENTS = {"outcome", "reason", "error_code", "provider_id", "finished_at", "ask_at"} | _COSTS
_INTENT_COLUMNS = [column for column in attempts.c if column.name not in _NOT_OF_INTENTS]
_ENDING_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Id,
    "outcome": Text(),
    "reason": Text(),
    "error_code": Text(),
    "provider_id": Text(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an intent rested on, kept as proof: the hash of its template's source, the consent, and who caused it."""

    template_hash: str | None = None
    consent: Mapping[str, object] | None = None
    caused_by: Mapping[str, object] | None = None


NO_GROUNDS = Grounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one attempt ended."""

    id: uuid.UUID
    outcome: Ending
    reason: str | None = None
    error_code: str | None = None
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """How a locked attempt stood."""

    id: uuid.UUID
    job_id: uuid.UUID
    provider: str
    outcome: str | None


def add_attempts(
    connection: Connection, intents: Sequence[Intent], grounds: Mapping[uuid.UUID, Grounds] = MappingProxyType({})
) -> None:
    """Write the rows of intents whose jobs are now sending, with what each rested on, by attempt id."""
    if intents:
        dialect = connection.dialect.name
        rows = (_intent_row(intent, grounds.get(intent.attempt_id, NO_GROUNDS)) for intent in intents)
        connection.execute(_insert_statement(dialect), encode(dialect, rows))


def end_attempts(connection: Connection, endings: Collection[Ended], *, now: dt.datetime) -> set[uuid.UUID]:
    """Write how attempts ended; return those that are newly known to be accepted.

    Acceptance wins over all; anything else is written only where nothing certain is known yet. What was surely not sent
    takes back what it told; what was accepted becomes a line of the conversation.
    """
    if not endings:
        return set()
    dialect = connection.dialect.name
    before = _before(connection, [each.id for each in endings])
    written = {
        each.id: each for each in endings if each.id in before and _may_end(before[each.id].outcome, each.outcome)
    }
    if not written:
        return set()
    rows = encode(dialect, map(_ended_row, _with_unique_ids(connection, list(written.values()), before)))
    connection.execute(_end_statement(dialect), {**rows, "now": now})
    accepted = {each.id for each in written.values() if each.outcome is Ending.ACCEPTED}
    add_texts(connection, accepted)
    take_back(connection, [each.id for each in written.values() if each.outcome not in MAYBE_ACCEPTED])
    return accepted


def doubt_attempts(connection: Connection, job_ids: Collection[uuid.UUID], *, now: dt.datetime) -> None:
    """Mark the attempts of these jobs that have no ending as unknown; a late worker may still tell better."""
    if job_ids:
        dialect = connection.dialect.name
        connection.execute(_doubt_statement(dialect), {**encode_ids(dialect, job_ids), "now": now})


def settle_attempts(connection: Connection, settlements: Sequence[Settlement], *, now: dt.datetime) -> None:
    """End the doubtful attempts of settled jobs: sent ends the newest as accepted, absent ends all as absent."""
    open_ones = _open_attempts(connection, [each.id for each in settlements])
    endings = []
    for each in settlements:
        doubtful = open_ones.get(each.id, [])
        if each.finding is Finding.SENT and doubtful:
            endings.append(Ended(id=doubtful[-1], outcome=Ending.ACCEPTED, provider_id=each.provider_id))
        elif each.finding is Finding.ABSENT:
            endings += [Ended(id=one, outcome=Ending.SETTLED_ABSENT, reason=each.reason) for one in doubtful]
    end_attempts(connection, endings, now=now)


def jobs_of_attempts(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the job's id of each known attempt."""
    if not attempt_ids:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_owner_statement(dialect), encode_ids(dialect, attempt_ids))
    return {row.id: row.job_id for row in rows}


def _intent_row(intent: Intent, grounds: Grounds) -> Mapping[str, object]:
    row: dict[str, object] = {name: getattr(intent, name) for name in Intent.__dataclass_fields__}
    row |= {name: getattr(grounds, name) for name in Grounds.__dataclass_fields__}
    return row | {"id": intent.attempt_id, "body_hash": text_hash(intent.body)}


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 in hexadecimal digits: of a body that may be redacted, of a template."""
    return hashlib.sha256(text.encode()).hexdigest()


def _ended_row(ended: Ended) -> Mapping[str, object]:
    return {name: getattr(ended, name) for name in _ENDING_COLUMNS}


def _may_end(before: str | None, ending: Ending) -> bool:
    if before == Ending.ACCEPTED:
        return False
    return ending is Ending.ACCEPTED or before is None or before == Ending.UNKNOWN


def _before(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Before]:
    dialect = connection.dialect.name
    rows = connection.execute(_before_statement(dialect), encode_ids(dialect, ids))
    return {row.id: Before(*row) for row in rows}


def _with_unique_ids(
    connection: Connection, endings: Sequence[Ended], before: Mapping[uuid.UUID, Before]
) -> list[Ended]:
    """Drop a provider's id that another attempt already has: that answer must not cost the whole batch its endings."""
    wanted = {each.provider_id: each.id for each in endings if each.provider_id is not None}
    if not wanted:
        return list(endings)
    dialect = connection.dialect.name
    rows = [{"provider": before[owner].provider, "provider_id": name} for name, owner in wanted.items()]
    owners = {row.provider_id: row.id for row in connection.execute(_taken_statement(dialect), encode(dialect, rows))}
    owners = wanted | owners
    kept: list[Ended] = []
    for each in endings:
        is_first = owners.get(each.provider_id or "") in {None, each.id}
        kept.append(each if is_first else Ended(id=each.id, outcome=each.outcome, reason=_twice(each)))
    return kept


def _twice(each: Ended) -> str:
    return f"the provider's id {each.provider_id} was given to another attempt too"


def _open_attempts(connection: Connection, job_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    if not job_ids:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_open_statement(dialect), encode_ids(dialect, job_ids))
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in rows:
        found.setdefault(row.job_id, []).append(row.id)
    return found


@functools.cache
def _insert_statement(dialect: str) -> Executable:
    rows = given(dialect, {column.name: column.type for column in _INTENT_COLUMNS})
    source = select(*(rows.c[column.name] for column in _INTENT_COLUMNS))
    return insert(attempts).from_select([column.name for column in _INTENT_COLUMNS], source, include_defaults=False)


@functools.cache
def _before_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    found = (
        select(attempts.c.id, attempts.c.job_id, attempts.c.provider, attempts.c.outcome)
        .where(attempts.c.id.in_(select(ids.c.id)))
        .order_by(attempts.c.id)
    )
    return found if dialect == "sqlite" else found.with_for_update()


@functools.cache
def _owner_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return select(attempts.c.id, attempts.c.job_id).where(attempts.c.id.in_(select(ids.c.id)))


@functools.cache
def _end_statement(dialect: str) -> Executable:
    rows = given(dialect, _ENDING_COLUMNS)
    return (
        update(attempts)
        .where(attempts.c.id == rows.c.id)
        .values(
            outcome=rows.c.outcome,
            reason=rows.c.reason,
            error_code=rows.c.error_code,
            provider_id=func.coalesce(rows.c.provider_id, attempts.c.provider_id),
            finished_at=bindparam("now", type_=Moment()),
        )
    )


@functools.cache
def _taken_statement(dialect: str) -> Executable:
    rows = given(dialect, {"provider": Text(), "provider_id": Text()})
    return select(attempts.c.id, attempts.c.provider_id).join(
        rows, (attempts.c.provider_id == rows.c.provider_id) & (attempts.c.provider == rows.c.provider)
    )


@functools.cache
def _doubt_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return (
        update(attempts)
        .where(attempts.c.job_id.in_(select(ids.c.id)), attempts.c.outcome.is_(None))
        .values(outcome=Ending.UNKNOWN.value, finished_at=bindparam("now", type_=Moment()))
    )


@functools.cache
def _open_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return (
        select(attempts.c.job_id, attempts.c.id)
        .where(
            attempts.c.job_id.in_(select(ids.c.id)),
            or_(attempts.c.outcome.is_(None), attempts.c.outcome == Ending.UNKNOWN.value),
        )
        .order_by(attempts.c.started_at, attempts.c.id)
    )
