"""Whose an API key is: a key as presented comes in, its caller goes out, remembered for a few seconds.

Most calls so cost no query. It marks a key's last use once an hour, and changes nothing else.
"""

import contextlib
import datetime as dt
import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError

from jobs.clock import Clock
from jobs.database import Database
from jobs.records import api_keys
from scheduler.identities.keys import ApiKey, find, read_written
from scheduler.identities.rights import Caller

REMEMBERED: Final = dt.timedelta(seconds=5)
"""How long a key that was revoked may still open."""
MARKED: Final = dt.timedelta(hours=1)
MOST_REMEMBERED: Final = 4096


def whose(database: Database, clock: Clock) -> Callable[[str], Caller | None]:
    """Return what tells the caller of a key as presented, None where it is none or no more. Safe between threads."""
    return _Doorkeeper(database, clock).whose


@dataclass(frozen=True, slots=True)
class _Memory:
    caller: Caller
    since: dt.datetime
    until: dt.datetime


class _Doorkeeper:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._memories: dict[bytes, _Memory] = {}
        self._lock = threading.Lock()

    def whose(self, written: str) -> Caller | None:
        parts = read_written(written)
        if parts is None:
            return None
        name, now = hashlib.sha256(written.encode()).digest(), self._clock.now()
        with self._lock:
            memory = self._memories.get(name)
        if memory is not None and memory.since <= now < memory.until:  # since: the clock may be set back
            return memory.caller
        with self._database.read() as connection:
            found, present = find(connection, parts[0]), self._database.moment(connection)
        if found is None or not hmac.compare_digest(found[1], parts[1]) or not found[0].opens(present):
            self._forget(name)
            return None
        key = found[0]
        self._mark(key, present)
        left = REMEMBERED if key.expires_at is None else min(REMEMBERED, key.expires_at - present)
        caller = Caller(key.practice, f"key:{key.name}", key.scopes)
        self._remember(name, _Memory(caller, now, now + left))
        return caller

    def _mark(self, key: ApiKey, now: dt.datetime) -> None:
        """Note the use where the last one noted is an hour old; a later call does so where the database is busy."""
        if key.last_used_at is not None and now - key.last_used_at < MARKED:
            return
        unmarked = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= now - MARKED)
        mark = update(api_keys).where(api_keys.c.id == key.id, unmarked).values(last_used_at=now)
        with contextlib.suppress(SQLAlchemyError):
            self._database.write(lambda connection: connection.execute(mark))

    def _remember(self, name: bytes, memory: _Memory) -> None:
        with self._lock:
            if len(self._memories) >= MOST_REMEMBERED:
                self._memories.clear()
            self._memories[name] = memory

    def _forget(self, name: bytes) -> None:
        with self._lock:
            self._memories.pop(name, None)
