"""Conversations as people look at them: a line a number with its newest text, and all texts of one. Reads only."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, case, func, select, text
from sqlalchemy.sql.selectable import Subquery

from jobs.conversation.settling import IS_OPEN
from jobs.records import contacts, jobs, texts
from jobs.records.people import OPEN_TEXT_SQL

_ASKS_FIRST: Final = text(f"CASE WHEN {OPEN_TEXT_SQL} THEN 0 ELSE 1 END")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A number's conversation: whose it is (None: unclaimed), how many texts ask staff, and the newest of these.

    Where none asks, the newest text of all.
    """

    number: str
    at: dt.datetime
    direction: str
    body: str | None
    meaning: str | None
    contact: str | None
    name: str | None
    owner: str | None
    count: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One text of a conversation; of an outgoing one how its job stands, and who or which rule it is of."""

    id: uuid.UUID
    at: dt.datetime
    direction: str
    body: str | None
    contact: str | None
    case_ref: str | None
    owner: str | None
    meaning: str | None
    flagged: bool
    media: list[list[str]] | None
    own_number: str | None
    settled_at: dt.datetime | None
    settled_by: str | None
    job_id: uuid.UUID | None
    origin: str | None
    state: str | None
    reason: str | None
    rule: str | None
    step: str | None
    sent_by: dict[str, object] | None


_OF_THE_JOB: Final = ("origin", "state", "reason", "rule", "step", "sent_by")


def conversations(
    connection: Connection, practice: str, *, only_open: bool = False, unclaimed: bool = False, most: int = 50
) -> list[Conversation]:
    """Return conversations in which somebody wrote, the newest first; those that ask staff, or of unknown numbers."""
    counted = _counted(practice)
    newest = (
        select(texts.c.id)
        .where(texts.c.practice == practice, texts.c.number == counted.c.number)
        .order_by(_ASKS_FIRST, texts.c.at.desc(), texts.c.id.desc())
        .limit(1)
        .correlate(counted)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(
            texts.c.number,
            texts.c.at,
            texts.c.direction,
            texts.c.body,
            texts.c.meaning,
            contacts.c.ref.label("contact"),
            contacts.c.name,
            func.coalesce(texts.c.owner, contacts.c.owner).label("owner"),
            counted.c.count,
            counted.c.open,
        )
        .select_from(counted)
        .join(texts, texts.c.id == newest)
        .outerjoin(contacts, contacts.c.id == texts.c.contact_id)
        .order_by(texts.c.at.desc(), texts.c.number)
        .limit(most)
    )
    if only_open:
        query = query.where(counted.c.open > 0)
    if unclaimed:
        query = query.where(counted.c.unclaimed > 0)
    return [Conversation(**row) for row in connection.execute(query).mappings()]


def lines(connection: Connection, practice: str, number: str) -> list[Line]:
    """Return every text from and to a number, oldest first; of one moment ours, its answer, what acknowledges that."""
    names = [name for name in Line.__dataclass_fields__ if name not in {"contact", *_OF_THE_JOB}]
    answers = texts.alias("answers")
    said = select(answers.c.acknowledged_by).where(answers.c.practice == practice, answers.c.number == number)
    turn = case(
        (texts.c.direction == "in", 1),
        (texts.c.job_id.in_(said.where(answers.c.acknowledged_by.is_not(None))), 2),
        else_=0,
    )
    query = (
        select(
            *(texts.c[name] for name in names),
            *(jobs.c[name] for name in _OF_THE_JOB),
            contacts.c.ref.label("contact"),
        )
        .outerjoin(jobs, jobs.c.id == texts.c.job_id)
        .outerjoin(contacts, contacts.c.id == texts.c.contact_id)
        .where(texts.c.practice == practice, texts.c.number == number)
        .order_by(texts.c.at, turn, texts.c.id)
    )
    return [Line(**row) for row in connection.execute(query).mappings()]


def _counted(practice: str) -> Subquery:
    """Return, by number, how many texts came, how many of them ask staff, and how many are nobody's."""
    is_unclaimed = texts.c.contact_id.is_(None) & (texts.c.direction == "in")
    return (
        select(
            texts.c.number,
            func.count().label("count"),
            func.count().filter(IS_OPEN).label("open"),
            func.count().filter(is_unclaimed).label("unclaimed"),
        )
        .where(texts.c.practice == practice, texts.c.direction == "in")
        .group_by(texts.c.number)
        .subquery()
    )
