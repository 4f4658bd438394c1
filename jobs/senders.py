"""Pauses, and the pace of senders: what holds jobs back without touching them. The only writer of `pauses`.

A pause is no state of a job: `take_due` leaves its jobs where they are, with the reason shown.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs import events, store
from jobs.database import practice_lock
from jobs.events import Kind, NewEvent
from jobs.records import new_id, pauses, practices, providers, senders
from jobs.terms import SenderTerms

ALL = "all"
PRACTICE = "practice"
RULE = "rule"
SENDER = "sender"
PROVIDER = "provider"
_CLOSERS: Final = frozenset({store.PROVIDER, store.WORKER})
"""Who pauses because of what a provider answered; anyone else is a person."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What does not send for now: everything, a practice, one of its rules or senders, or a provider.

    `until` None: until a person lifts it.
    """

    scope: str
    practice: str | None
    target: str | None
    reason: str
    until: dt.datetime | None = None

    def covers(self, *, practice: str, rule: str | None, sender: str, provider: str) -> bool:
        """Tell whether a job of these is paused."""
        if self.practice is not None and self.practice != practice:
            return False
        wanted = {PRACTICE: practice, RULE: rule, SENDER: sender, PROVIDER: provider}
        return self.scope == ALL or self.target in {None, wanted.get(self.scope)}


@dataclass(frozen=True, slots=True)
class PauseInForce:
    """A pause in force, who ordered it and since when."""

    pause: Pause
    by: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Slowed:
    """A sender that must not ask before `until`."""

    practice: str
    sender: str
    until: dt.datetime


def active_pauses(connection: Connection, practice_ids: Collection[str], now: dt.datetime) -> list[Pause]:
    """Return the pauses in force at `now` that concern any of these practices."""
    return [each.pause for each in pauses_in_force(connection, practice_ids, now)]


def pauses_in_force(
    connection: Connection, practice_ids: Collection[str] | None, now: dt.datetime
) -> list[PauseInForce]:
    """Return the same with who ordered each and when, the oldest first; None asks about every practice."""
    wanted = select(pauses).where(_is_in_force(now)).order_by(pauses.c.since, pauses.c.id)
    if practice_ids is not None:
        wanted = wanted.where(or_(pauses.c.practice.is_(None), pauses.c.practice.in_(sorted(practice_ids))))
    return [
        PauseInForce(Pause(row.scope, row.practice, row.target, row.reason, row.until), row.by, row.since)
        for row in connection.execute(wanted)
    ]


def hold_practice(connection: Connection, practice: str | None) -> None:
    """Hold a practice's lock alone (None: every practice's), so that no intent is committed between order and commit.

    A person's pause takes it before any other lock. One that a worker or a receipt sets does not: it comes last there.
    """
    every = [practice] if practice is not None else connection.execute(select(practices.c.id)).scalars().all()
    for each in sorted(every):  # by Python's order, as intents do, whatever the database's collation
        practice_lock(connection, each, exclusive=True)


def pause(connection: Connection, wanted: Sequence[Pause], *, by: str, now: dt.datetime) -> list[Pause]:
    """Pause what is not paused yet, until a person lifts it or its time is over; return what is new."""
    practice_ids = {each.practice for each in wanted if each.practice is not None}
    known = {(each.scope, each.practice, each.target) for each in active_pauses(connection, practice_ids, now)}
    new = {(each.scope, each.practice, each.target): each for each in wanted}
    fresh = [each for key, each in new.items() if key not in known]
    if fresh:
        connection.execute(insert(pauses), [_row(each, by, now) for each in fresh])
        if by in _CLOSERS:
            events.note(connection, [_closing(each) for each in fresh if each.practice is not None], now=now)
    return fresh


def _closing(found: Pause) -> NewEvent:
    """Return the event that a provider closed its account or a sender."""
    payload = {"what": found.scope, "id": found.target, "reason": found.reason}
    return NewEvent(practice=str(found.practice), kind=Kind.PROVIDER_CLOSED, payload=payload)


def slow_down(connection: Connection, slowed: Sequence[Slowed]) -> None:
    """Let these senders ask for nothing before their moment; a later one that is set already stays."""
    for each in slowed:
        connection.execute(
            update(senders)
            .where(
                senders.c.practice == each.practice,
                senders.c.id == each.sender,
                or_(senders.c.next_free.is_(None), senders.c.next_free < each.until),
            )
            .values(next_free=each.until)
        )


def resume(connection: Connection, lifted: Sequence[Pause], *, now: dt.datetime, by: str | None = None) -> int:
    """Lift every pause in force of the same scope, practice and target; return how many there were."""
    count = 0
    for each in lifted:
        same = (
            pauses.c.scope == each.scope,
            pauses.c.practice.is_not_distinct_from(each.practice),
            pauses.c.target.is_not_distinct_from(each.target),
        )
        count += connection.execute(
            update(pauses).where(*same, _is_in_force(now)).values(lifted_at=now, lifted_by=by)
        ).rowcount
    return count


def _is_in_force(now: dt.datetime) -> ColumnElement[bool]:
    return and_(pauses.c.lifted_at.is_(None), or_(pauses.c.until.is_(None), pauses.c.until > now))


def lay_senders(connection: Connection, practice: str, terms: Sequence[SenderTerms]) -> None:
    """Write a published revision's senders: new and changed ones as they are, missing ones as gone; their pace stays.

    Lays each provider's row too, which `take_due` needs.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(update(senders).where(senders.c.practice == practice).values(gone=True))
    for each in sorted(terms, key=lambda sender: sender.id):
        row = {"number": each.number, "provider": each.provider, "gone": False}
        row["segments_per_second"] = float(each.segments_per_second)
        fresh = dialect.insert(senders).values(practice=practice, id=each.id, **row)
        connection.execute(fresh.on_conflict_do_update(index_elements=["practice", "id"], set_=row))
        provider = dialect.insert(providers).values(id=each.provider)
        connection.execute(provider.on_conflict_do_nothing(index_elements=["id"]))


def _row(wanted: Pause, by: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "scope": wanted.scope,
        "practice": wanted.practice,
        "target": wanted.target,
        "reason": wanted.reason,
        "by": by,
        "since": now,
        "until": wanted.until,
    }
