"""Which occasions a number was told of, newest first, and how each stands now: rows in, frozen values out."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from jobs.conversation import Arrived
from jobs.printing import wall_text
from jobs.records import attempts, contacts, jobs, occasions, told
from jobs.store.reading import counts_as_maybe
from jobs.terms import KindTerms, RuleTerms, Terms
from jobs.windows.sending import zone_of

MOST_TEXTS: Final = 100
"""So many of the newest texts to a number are looked at."""
_ONE_DAY: Final = dt.timedelta(days=1)


class Stands(Enum):
    """How an occasion that somebody was told of stands now."""

    OPEN = "it is ahead, as it was told"
    MOVED = "it is ahead, at another time than was told"
    CANCELLED = "it was called off"
    PAST = "it is over, or has no date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An occasion that an inbound text may answer about, the rule that last told it, and when."""

    occasion_id: uuid.UUID
    contact_id: uuid.UUID
    rule: RuleTerms
    told_at: dt.datetime
    stands: Stands
    answer: str
    start: str | None
    told_start: str | None
    timezone: str | None
    remote: bool
    contact_zone: str | None


def candidates(connection: Connection, terms: Terms, arrived: Arrived, now: dt.datetime) -> list[Candidate]:
    """Return the occasions that a text's number was told of by rules that take replies, the last told first.

    What was sent, or may have been, to the first role of the rule counts, while that person is reached on the number.
    """
    found: dict[uuid.UUID, Candidate] = {}
    for row in _texts_about(connection, arrived):
        rule = terms.rule(row["rule"])
        if rule is not None and rule.replies and row["role"] == rule.to[0] and row["id"] not in found:
            found[row["id"]] = _candidate(row, rule, terms, now)
    return list(found.values())


def _texts_about(connection: Connection, arrived: Arrived) -> Sequence[RowMapping]:
    columns = ("id", "kind", "status", "answer", "start", "starts_at", "timezone", "remote", "gone_at")
    query = (
        select(
            *(occasions.c[name] for name in columns),
            jobs.c.rule,
            jobs.c.role,
            jobs.c.contact_id,
            attempts.c.started_at.label("told_at"),
            told.c.start.label("told_start"),
            contacts.c.timezone.label("contact_zone"),
        )
        .select_from(attempts)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .join(occasions, occasions.c.id == jobs.c.occasion_id)
        .join(contacts, contacts.c.id == jobs.c.contact_id)
        .outerjoin(told, (told.c.occasion_id == occasions.c.id) & (told.c.contact_id == jobs.c.contact_id))
        .where(attempts.c.to_number == arrived.number, attempts.c.practice == arrived.practice)
        .where(jobs.c.rule.is_not(None), jobs.c.contact_id.in_(arrived.people), counts_as_maybe())
        .order_by(attempts.c.started_at.desc(), attempts.c.id.desc())
        .limit(MOST_TEXTS)
    )
    return connection.execute(query).mappings().all()


def _candidate(row: RowMapping, rule: RuleTerms, terms: Terms, now: dt.datetime) -> Candidate:
    return Candidate(
        occasion_id=row["id"],
        contact_id=row["contact_id"],
        rule=rule,
        told_at=row["told_at"],
        stands=_stands(row, terms, now),
        answer=row["answer"],
        start=row["start"],
        told_start=row["told_start"],
        timezone=row["timezone"],
        remote=row["remote"],
        contact_zone=row["contact_zone"],
    )


def _stands(row: RowMapping, terms: Terms, now: dt.datetime) -> Stands:
    kind = terms.kinds.get(row["kind"], KindTerms())
    ends: Any = row["starts_at"]
    if ends is not None and kind.dated == "day":
        ends += _ONE_DAY
    if ends is None or ends <= now or row["status"] in kind.done:
        return Stands.PAST
    if row["gone_at"] is not None or row["status"] in kind.off:
        return Stands.CANCELLED
    zone = zone_of(row["timezone"] or terms.timezone)
    is_other = row["told_start"] is not None and wall_text(row["told_start"], zone) != wall_text(row["start"], zone)
    return Stands.MOVED if is_other else Stands.OPEN
