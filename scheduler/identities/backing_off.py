"""How long one waits after failed attempts to sign in: per user and per address, doubled each time, never for good.

An attempt counts as failed from its beginning, so that many at once gain nothing; a right one is given back. Names
that nobody bears count like others, and only hashes are kept: people type passwords into the wrong field.
"""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.records import sign_ins

FREE_FOR_A_NAME, FREE_FOR_AN_ADDRESS = 5, 30
"""So many failures in a row cost no wait; behind one address may sit a whole practice."""
FIRST_WAIT: Final = dt.timedelta(seconds=1)
LONGEST_WAIT: Final = dt.timedelta(minutes=15)
FORGOTTEN: Final = dt.timedelta(days=1)
"""After so long without an attempt the count begins anew."""
_MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Counter:
    """Something whose failures are counted."""

    key: bytes
    free: int


def counters(practice: str, name: str, address: str | None) -> list[Counter]:
    """Return what an attempt counts for: a practice's name, and where known the address (IPv6: its /64)."""
    found = [Counter(_key("name", practice, name), FREE_FOR_A_NAME), *of_address(address)]
    return sorted(found, key=lambda counter: counter.key)  # one order for all, or two attempts could deadlock


def of_address(address: str | None) -> list[Counter]:
    """Return what an attempt under no name counts for: the address, where it is known."""
    return [] if address is None else [Counter(_key("address", _network(address)), FREE_FOR_AN_ADDRESS)]


def begin(connection: Connection, counted: Sequence[Counter], now: dt.datetime) -> dt.datetime | None:
    """Count an attempt as failed; where it comes too soon count nothing, and return when the next may come."""
    rows = {counter.key: _hold(connection, counter, now) for counter in counted}
    until = max((not_before for _, not_before in rows.values()), default=now)
    if until > now:
        return until
    for counter in counted:
        failures = rows[counter.key][0] + 1
        _write(connection, counter, failures, now, now + wait(failures, counter.free))
    return None


def give_back(connection: Connection, counted: Sequence[Counter], now: dt.datetime) -> None:
    """Take one attempt back that was not a failure after all; those before it still count."""
    for counter in counted:
        failures, _ = _hold(connection, counter, now)
        _write(connection, counter, max(0, failures - 1), now, now)


def clear(connection: Connection, practice: str, name: str) -> int:
    """Begin a name's count anew; return how many failures there were."""
    key = _key("name", practice, name)
    failures = connection.execute(select(sign_ins.c.failures).where(sign_ins.c.key == key)).scalar() or 0
    connection.execute(delete(sign_ins).where(sign_ins.c.key == key))
    return int(failures)


def sweep(connection: Connection, now: dt.datetime) -> int:
    """Remove counts that are forgotten; return how many."""
    return connection.execute(delete(sign_ins).where(sign_ins.c.last_at <= now - FORGOTTEN)).rowcount


def wait(failures: int, free: int) -> dt.timedelta:
    """Return how long nobody may try after so many failures in a row."""
    over = failures - free
    if over <= 0:
        return dt.timedelta()
    doubled: int = 2 ** min(over - 1, _MOST_DOUBLINGS)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def _hold(connection: Connection, counter: Counter, now: dt.datetime) -> tuple[int, dt.datetime]:
    """Return a counter's failures and when the next attempt may come; its row is this transaction's until it ends."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(sign_ins).values(key=counter.key, failures=0, last_at=now, not_before=now)
    connection.execute(fresh.on_conflict_do_nothing(index_elements=["key"]))
    row = connection.execute(select(sign_ins).where(sign_ins.c.key == counter.key).with_for_update()).one()
    return (0, now) if row.last_at <= now - FORGOTTEN else (row.failures, row.not_before)


def _write(connection: Connection, counter: Counter, failures: int, now: dt.datetime, until: dt.datetime) -> None:
    row = update(sign_ins).where(sign_ins.c.key == counter.key)
    connection.execute(row.values(failures=failures, last_at=now, not_before=until))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def _key(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
