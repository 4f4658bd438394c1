"""What the breakers of providers leave room for, read again with each wave's intents: rows in, numbers out.

An entry is taken while its provider still answers; once that falls silent, its later waves must not follow the first.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, select

from jobs.records import providers
from jobs.taking.rooms import CLOSED, OPEN_FOR

TO_TRY: Final = 1
"""What a provider may be asked for that has been silent for a while."""


def rooms_of_silent(connection: Connection, now: dt.datetime) -> Mapping[str, int]:
    """Return, for each provider whose breaker is not closed, how many texts it may be asked for in one wave."""
    query = select(providers.c.id, providers.c.since).where(providers.c.breaker != CLOSED)
    return {row.id: TO_TRY if _may_be_tried(row.since, now) else 0 for row in connection.execute(query)}


def _may_be_tried(opened: dt.datetime | None, now: dt.datetime) -> bool:
    return opened is None or opened + OPEN_FOR <= now
