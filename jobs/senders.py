"""Pauses, and the pace of senders: what holds jobs back without touching them. The only writer of `pauses` and `next_free`.

A pause is no state of a job: `take_due` leaves its jobs where they are, with the reason shown.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from jobs.records import new_id, pauses, senders

ALL = "all"
PRACTICE = "practice"
RULE = "rule"
SENDER = "sender"
PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Pause:
    """What does not send for now: everything, a practice, one of its rules or senders, or a provider."""

    scope: str
    practice: str | None
    target: str | None
    reason: str

    def covers(self, *, practice: str, rule: str | None, sender: str, provider: str) -> bool:
        """Tell whether a job of these is paused."""
        if self.practice is not None and self.practice != practice:
            return False
        wanted = {PRACTICE: practice, RULE: rule, SENDER: sender, PROVIDER: provider}
        return self.scope == ALL or self.target in {None, wanted.get(self.scope)}


@dataclass(frozen=True, slots=True)
class Slowed:
    """A sender that must not ask before `until`."""

    practice: str
    sender: str
    until: dt.datetime


def active_pauses(connection: Connection, practice_ids: Collection[str], now: dt.datetime) -> list[Pause]:
    """Return the pauses in force at `now` that concern any of these practices."""
    rows = connection.execute(
        select(pauses.c.scope, pauses.c.practice, pauses.c.target, pauses.c.reason).where(
            pauses.c.lifted_at.is_(None),
            or_(pauses.c.until.is_(None), pauses.c.until > now),
            or_(pauses.c.practice.is_(None), pauses.c.practice.in_(sorted(practice_ids))),
        )
    )
    return [Pause(row.scope, row.practice, row.target, row.reason) for row in rows]


def pause(connection: Connection, wanted: Sequence[Pause], *, by: str, now: dt.datetime) -> list[Pause]:
    """Pause what is not paused yet, until a person lifts it; return what is new."""
    practice_ids = {each.practice for each in wanted if each.practice is not None}
    known = {(each.scope, each.practice, each.target) for each in active_pauses(connection, practice_ids, now)}
    new = {(each.scope, each.practice, each.target): each for each in wanted}
    fresh = [each for key, each in new.items() if key not in known]
    if fresh:
        connection.execute(insert(pauses), [_row(each, by, now) for each in fresh])
    return fresh


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


def _row(wanted: Pause, by: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "scope": wanted.scope,
        "practice": wanted.practice,
        "target": wanted.target,
        "reason": wanted.reason,
        "by": by,
        "since": now,
    }
