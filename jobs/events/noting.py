"""Notes events in the transaction of what they tell of, with a delivery to each endpoint that wants their kind.

Where no endpoint wants a kind nothing is read or written: which are wanted is known for a few seconds at a time.
"""

import datetime as dt
import threading
import uuid
import weakref
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from jobs.clock import steady_seconds
from jobs.events.kinds import Kind
from jobs.records import deliveries, endpoints, events, new_id

KNOWN_FOR_SECONDS: Final = 5.0
"""How long a process goes by what it read of the endpoints."""
_MOST_KEYS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something to be told: `payload` is its `data` on the wire; `contact_id` orders it; `key`: told only once."""

    practice: str
    kind: Kind
    payload: Mapping[str, object]
    contact_id: uuid.UUID | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Which practices want which kinds, and when that was read (steady seconds)."""

    read_at: float
    practices: Mapping[str, frozenset[str]]


_known: weakref.WeakKeyDictionary[Engine, _Wishes] = weakref.WeakKeyDictionary()
_lock: Final = threading.Lock()


def wants(connection: Connection, kind: Kind, practice: str) -> bool:
    """Tell whether an endpoint of the practice wants that kind; at most five seconds out of date."""
    return kind in _wishes(connection).get(practice, ())


def practices_wanting(connection: Connection, kinds: Collection[Kind]) -> list[str]:
    """Return the practices of which an endpoint wants one of these kinds; at most five seconds out of date."""
    return sorted(practice for practice, wanted in _wishes(connection).items() if not wanted.isdisjoint(kinds))


def note(connection: Connection, new: Sequence[NewEvent], *, now: dt.datetime) -> list[uuid.UUID]:
    """Note events that an endpoint wants, with their deliveries, due now; return the ids of those noted.

    One whose key was told before is passed over.
    """
    wishes = _wishes(connection)
    wanted = [each for each in new if each.kind in wishes.get(each.practice, ())]
    fresh = _untold(connection, wanted) if wanted else []
    rows = [
        {
            "id": new_id(),
            "practice": each.practice,
            "kind": each.kind.value,
            "contact_id": each.contact_id,
            "key": each.key,
            "payload": dict(each.payload),
            "at": now,
        }
        for each in fresh
    ]
    written = _write(connection, rows) if rows else []
    if written:
        _lay_deliveries(connection, written)
    return [row["id"] for row in written]


def forget_wishes(connection: Connection) -> None:
    """Let this process read anew which kinds are wanted: the endpoints change in this transaction."""
    with _lock:
        _known.pop(connection.engine, None)


def _wishes(connection: Connection) -> Mapping[str, frozenset[str]]:
    engine, now = connection.engine, steady_seconds()
    known = _known.get(engine)
    if known is None or now - known.read_at >= KNOWN_FOR_SECONDS:
        found: dict[str, frozenset[str]] = {}
        live = select(endpoints.c.practice, endpoints.c.kinds).where(endpoints.c.disabled_at.is_(None))
        for row in connection.execute(live):
            found[row.practice] = found.get(row.practice, frozenset()) | frozenset(row.kinds)
        known = _Wishes(now, found)
        with _lock:
            _known[engine] = known
    return known.practices


def _untold(connection: Connection, wanted: Sequence[NewEvent]) -> list[NewEvent]:
    """Return those without a key, and the first of each key that was not told yet."""
    keys = sorted({each.key for each in wanted if each.key is not None})
    told: set[tuple[str, str, str | None]] = set()
    for start in range(0, len(keys), _MOST_KEYS):
        known = select(events.c.practice, events.c.kind, events.c.key)
        rows = connection.execute(known.where(events.c.key.in_(keys[start : start + _MOST_KEYS])))
        told.update((row.practice, row.kind, row.key) for row in rows)
    fresh = []
    for each in wanted:
        name = (each.practice, each.kind.value, each.key)
        if each.key is None or name not in told:
            told.add(name)
            fresh.append(each)
    return fresh


def _write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Insert events and return those inserted: of one key another transaction may just have told."""
    plain = [row for row in rows if row["key"] is None]
    if plain:
        connection.execute(insert(events), plain)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    once = dialect.insert(events).on_conflict_do_nothing()
    keyed = [row for row in rows if row["key"] is not None]
    return [*plain, *(row for row in keyed if connection.execute(once, row).rowcount)]


def _lay_deliveries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lay a delivery of each event to each endpoint that wants it right now."""
    query = select(endpoints.c.id, endpoints.c.practice, endpoints.c.kinds).where(
        endpoints.c.practice.in_(sorted({row["practice"] for row in rows})), endpoints.c.disabled_at.is_(None)
    )
    live = connection.execute(query.order_by(endpoints.c.id)).all()
    laid = [
        {
            "event_id": row["id"],
            "endpoint_id": endpoint.id,
            "contact_id": row["contact_id"],
            "at": row["at"],
            "next_at": row["at"],
        }
        for row in rows
        for endpoint in live
        if endpoint.practice == row["practice"] and row["kind"] in endpoint.kinds
    ]
    if laid:
        connection.execute(insert(deliveries), laid)
