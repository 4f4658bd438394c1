"""Which jobs are due: read and locked for each ready sender, the most urgent first. It chooses and moves nothing.

Ready senders with how many each may want come in; due jobs go out. One LATERAL query on PostgreSQL, one query a sender
on SQLite; both walk the waiting rows' own index.
"""

import datetime as dt
import functools
from collections.abc import Mapping

from sqlalchemy import Connection, Executable, bindparam, or_, select, text

from jobs.records import Moment, jobs, pauses
from jobs.records.life import WAITING_SQL
from jobs.senders import RULE
from jobs.store.given import encode
from jobs.taking.choosing import Due
from jobs.taking.rooms import ReadySender

_COLUMNS = ("id", "practice", "sender", "provider", "segments", "urgency", "useful_until", "due_at", "deaths")
_USEFUL = " AND jobs.useful_until > :now"
_NOT_PAUSED = """
      AND NOT EXISTS (
        SELECT 1 FROM pauses
        WHERE pauses.scope = 'rule' AND pauses.target = jobs.rule AND pauses.lifted_at IS NULL
          AND (pauses.until IS NULL OR pauses.until > :now)
          AND (pauses.practice IS NULL OR pauses.practice = jobs.practice))"""


def lock_due(connection: Connection, wanted: Mapping[ReadySender, int], *, now: dt.datetime) -> list[Due]:
    """Lock and return up to so many due, useful jobs of each sender whose rule is not paused; skip locked ones."""
    asked = {sender: most for sender, most in wanted.items() if most > 0}
    if not asked:
        return []
    has_rule_pause = connection.execute(_has_rule_pause(), {"now": now}).scalar() is not None
    if connection.dialect.name == "sqlite":
        return _one_by_one(connection, asked, now, has_rule_pause=has_rule_pause)
    rows = [{"practice": each.practice, "sender": each.id, "most": most} for each, most in asked.items()]
    values = {**encode("postgresql", rows), "now": now}
    return [Due(**row) for row in connection.execute(_lateral(has_rule_pause), values).mappings()]


@functools.cache
def _has_rule_pause() -> Executable:
    now = bindparam("now", type_=Moment())
    active = pauses.c.lifted_at.is_(None) & or_(pauses.c.until.is_(None), pauses.c.until > now)
    return select(pauses.c.id).where(pauses.c.scope == RULE, active).limit(1)


def _one_by_one(
    connection: Connection, asked: Mapping[ReadySender, int], now: dt.datetime, *, has_rule_pause: bool
) -> list[Due]:
    found: list[Due] = []
    for sender, most in asked.items():
        values = {"practice": sender.practice, "sender": sender.id, "most": most, "now": now}
        found += [Due(**row) for row in connection.execute(_of_one(has_rule_pause), values).mappings()]
    return found


def _due_sql(practice: str, sender: str, most: str, rest: str) -> str:
    """Return the query for one sender's due jobs; `rest` holds further conditions."""
    return f"""
    SELECT {", ".join(f"jobs.{name}" for name in _COLUMNS)}
    FROM jobs
    WHERE jobs.practice = {practice} AND jobs.sender = {sender}
      AND {WAITING_SQL} AND jobs.due_at <= :now{rest}
    ORDER BY jobs.urgency, jobs.useful_until, jobs.due_at, jobs.id
    LIMIT {most}"""  # noqa: S608 - every piece is ours


@functools.cache
def _lateral(has_rule_pause: bool) -> Executable:  # noqa: FBT001 - a cache's key
    rest = _USEFUL + (_NOT_PAUSED if has_rule_pause else "")
    inner = _due_sql("given.practice", "given.sender", "given.most", rest)
    return _typed(f"""
    SELECT due.*
    FROM json_to_recordset(CAST(:given AS json)) AS given(practice text, sender text, most integer)
    CROSS JOIN LATERAL ({inner} FOR UPDATE OF jobs SKIP LOCKED) AS due""")  # noqa: S608 - every piece is ours


@functools.cache
def _of_one(has_rule_pause: bool) -> Executable:  # noqa: FBT001 - a cache's key
    rest = _USEFUL + (_NOT_PAUSED if has_rule_pause else "")
    return _typed(_due_sql(":practice", ":sender", ":most", rest))


def _typed(sql: str) -> Executable:
    statement = text(sql).bindparams(bindparam("now", type_=Moment()))
    return statement.columns(*(jobs.c[name] for name in _COLUMNS))
