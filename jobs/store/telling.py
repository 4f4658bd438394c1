"""What contacts were told of occasions, from the intent on, and the conversation's outgoing lines.

Attempts' ids come in. An attempt that was surely not sent takes back what it told. Of fields the last word stands, and
what a text that states the start does not name stays told; it says that the occasion is on, unless it says otherwise.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Executable, and_, delete, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from jobs.drafts import Told
from jobs.records import attempts, contacts, jobs, occasions, texts, told
from jobs.states import State
from jobs.store.given import encode, encode_ids, given, given_ids
from jobs.store.reading import counts_as_maybe
from jobs.store.values import Intent

_TOLD = {column.name: column.type for column in told.c}
_PAIR = {name: _TOLD[name] for name in ("occasion_id", "contact_id")}
_OFF = "status"

Pair: TypeAlias = tuple[uuid.UUID, uuid.UUID]
"""An occasion and a contact, by their ids."""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a contact was last told of an occasion, and when its intent was committed."""

    told: Told
    at: dt.datetime


def read_told(connection: Connection, occasion_ids: Collection[uuid.UUID]) -> dict[Pair, ToldRow]:
    """Return what contacts were last told of these occasions."""
    if not occasion_ids:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_told_statement(dialect), encode_ids(dialect, occasion_ids))
    return {(row.occasion_id, row.contact_id): ToldRow(Told(row.start, row.fields), row.at) for row in rows}


def being_told(connection: Connection, pairs: Mapping[uuid.UUID, Pair]) -> set[uuid.UUID]:
    """Return the jobs, given with their pairs, to whose contact another text about the occasion is going out now."""
    if not pairs:
        return set()
    dialect = connection.dialect.name
    names = {job_id: dict(zip(_PAIR, pair, strict=True)) for job_id, pair in pairs.items()}
    found = connection.execute(_sending_statement(dialect), encode(dialect, list(names.values())))
    sending = {(row.occasion_id, row.contact_id, row.id) for row in found}
    return {job_id for job_id, pair in pairs.items() if any(row[:2] == pair and row[2] != job_id for row in sending)}


def tell(connection: Connection, intents: Sequence[Intent]) -> None:
    """Remember what these intents tell each contact of each occasion; of several for one pair the last wins."""
    telling = [intent for intent in intents if intent.told_start is not None]
    if not telling:
        return
    dialect = connection.dialect.name
    rows = encode_ids(dialect, [intent.job_id for intent in telling])
    found = connection.execute(_pairs_statement(dialect), rows).all()
    pairs = {row.id: (row.occasion_id, row.contact_id) for row in found}
    before = {(row.occasion_id, row.contact_id): row.fields or {} for row in found}
    said = [_told_row(intent, *pairs[intent.job_id]) for intent in telling if intent.job_id in pairs]
    _put(connection, _laid_over(said, before))


def take_back(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> None:
    """Forget what attempts that were surely not sent told; what an earlier attempt told stands again."""
    if not attempt_ids:
        return
    dialect = connection.dialect.name
    spoken = connection.execute(_spoken_statement(dialect), encode_ids(dialect, attempt_ids)).mappings().all()
    if not spoken:
        return
    pairs = encode(dialect, [dict(row) for row in spoken])
    connection.execute(_forget_statement(dialect), pairs)
    _put(connection, _laid_over(map(dict, connection.execute(_earlier_statement(dialect), pairs).mappings()), {}))


def add_texts(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> None:
    """Write accepted attempts as outgoing lines of their conversations, once each."""
    if attempt_ids:
        dialect = connection.dialect.name
        connection.execute(_texts_statement(dialect), encode_ids(dialect, attempt_ids))


def _told_row(intent: Intent, occasion_id: uuid.UUID, contact_id: uuid.UUID) -> dict[str, object]:
    return {
        "occasion_id": occasion_id,
        "contact_id": contact_id,
        "start": intent.told_start,
        "fields": intent.told_fields or {},
        "attempt_id": intent.attempt_id,
        "at": intent.started_at,
    }


def _laid_over(rows: Iterable[dict[str, Any]], before: Mapping[Pair, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what each pair knows after these tellings, in their order."""
    known: dict[Pair, Mapping[str, Any]] = dict(before)
    spoken: dict[Pair, dict[str, Any]] = {}
    for row in rows:
        pair = (row["occasion_id"], row["contact_id"])
        old = {name: value for name, value in known.get(pair, {}).items() if name != _OFF}
        known[pair] = {**old, **(row["fields"] or {})}
        spoken[pair] = {**row, "fields": known[pair]}
    return list(spoken.values())


def _put(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        dialect = connection.dialect.name
        ordered = sorted(rows, key=lambda row: (str(row["occasion_id"]), str(row["contact_id"])))
        connection.execute(_put_statement(dialect), encode(dialect, ordered))


@functools.cache
def _pairs_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    same = and_(told.c.occasion_id == jobs.c.occasion_id, told.c.contact_id == jobs.c.contact_id)
    return (
        select(jobs.c.id, jobs.c.occasion_id, jobs.c.contact_id, told.c.fields)
        .outerjoin(told, same)
        .where(jobs.c.id.in_(select(ids.c.id)), jobs.c.occasion_id.is_not(None), jobs.c.contact_id.is_not(None))
    )


@functools.cache
def _told_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return select(told).where(told.c.occasion_id.in_(select(ids.c.id)))


@functools.cache
def _sending_statement(dialect: str) -> Executable:
    pairs = given(dialect, _PAIR)
    same = and_(jobs.c.occasion_id == pairs.c.occasion_id, jobs.c.contact_id == pairs.c.contact_id)
    return (
        select(jobs.c.id, jobs.c.occasion_id, jobs.c.contact_id)
        .join(pairs, same)
        .where(jobs.c.state == State.SENDING.value)
    )


@functools.cache
def _put_statement(dialect: str) -> Executable:
    rows = given(dialect, _TOLD)
    source = select(*(rows.c[name] for name in _TOLD)).where(rows.c.start.is_not(None))
    changed = [name for name in _TOLD if name not in _PAIR]
    if dialect == "sqlite":
        lite = sqlite.insert(told).from_select(list(_TOLD), source)
        return lite.on_conflict_do_update(
            index_elements=list(_PAIR), set_={name: lite.excluded[name] for name in changed}
        )
    post = postgresql.insert(told).from_select(list(_TOLD), source)
    return post.on_conflict_do_update(index_elements=list(_PAIR), set_={name: post.excluded[name] for name in changed})


@functools.cache
def _spoken_statement(dialect: str) -> Executable:
    """Return the statement for whom attempts told of what; their fields may stand in a row that a later one wrote."""
    ids = given_ids(dialect)
    pair = (jobs.c.occasion_id, jobs.c.contact_id)
    return (
        select(*pair)
        .join(attempts, attempts.c.job_id == jobs.c.id)
        .where(attempts.c.id.in_(select(ids.c.id)), attempts.c.told_start.is_not(None))
        .where(*(column.is_not(None) for column in pair))
        .distinct()
    )


@functools.cache
def _forget_statement(dialect: str) -> Executable:
    pairs = given(dialect, _PAIR)
    named = select(pairs.c.occasion_id, pairs.c.contact_id)
    return delete(told).where(tuple_(told.c.occasion_id, told.c.contact_id).in_(named))


@functools.cache
def _earlier_statement(dialect: str) -> Executable:
    pairs = given(dialect, _PAIR)
    return (
        select(
            jobs.c.occasion_id,
            jobs.c.contact_id,
            attempts.c.told_start.label("start"),
            attempts.c.told_fields.label("fields"),
            attempts.c.id.label("attempt_id"),
            attempts.c.started_at.label("at"),
        )
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .join(pairs, (jobs.c.occasion_id == pairs.c.occasion_id) & (jobs.c.contact_id == pairs.c.contact_id))
        .where(attempts.c.told_start.is_not(None), counts_as_maybe())
        .order_by(attempts.c.started_at, attempts.c.id)
    )


@functools.cache
def _texts_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    columns = {
        "id": attempts.c.id,
        "practice": attempts.c.practice,
        "number": attempts.c.to_number,
        "contact_id": jobs.c.contact_id,
        "direction": literal("out"),
        "body": attempts.c.body,
        "job_id": attempts.c.job_id,
        "attempt_id": attempts.c.id,
        "provider_id": attempts.c.provider_id,
        "case_ref": occasions.c.case_ref,
        "owner": contacts.c.owner,
        "at": attempts.c.started_at,
    }
    source = (
        select(*(value.label(name) for name, value in columns.items()))
        .select_from(attempts)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)
        .outerjoin(contacts, contacts.c.id == jobs.c.contact_id)
        .where(attempts.c.id.in_(select(ids.c.id)))
    )
    if dialect == "sqlite":
        return sqlite.insert(texts).from_select(list(columns), source, include_defaults=False).on_conflict_do_nothing()
    post = postgresql.insert(texts).from_select(list(columns), source, include_defaults=False)
    return post.on_conflict_do_nothing()
