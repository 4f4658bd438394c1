"""What a complete read lacks of what was known: rows in, what has vanished and how much that is out.

Only what is ahead, live, and in no other calendar has vanished; the rest is forgotten. A fifth or less is removed
unasked; of more, a person is asked and nothing is removed.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select

from jobs.records import calendar_events, occasions
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.begun import Reading
from scheduler.intake.calendars.storing import CalendarKey, Question
from scheduler.intake.missing import MOST_GONE_UNASKED
from scheduler.intake.occasions import remove_occasions
from scheduler.intake.outcomes import Tally
from scheduler.intake.turns import Turn, Turns
from scheduler.rulebook.schema import Kind, kinds_of

MOST_REFS_NAMED: Final = 20
_ONE_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Lost:
    """An event that is no longer there, with the occasion that was taken in for it."""

    kind: str
    ref: str
    occasion_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Vanished:
    """Events ahead that a read lacks, of how many that were known before, and rows of others that it lacks."""

    lost: tuple[_Lost, ...]
    of: int
    forgotten: tuple[tuple[str, str], ...]

    def question(self, now: dt.datetime) -> Question | None:
        """Return what a person is to be asked before these are removed; nothing where they are few."""
        if len(self.lost) <= MOST_GONE_UNASKED * self.of:
            return None
        return Question(len(self.lost), self.of, tuple(each.ref for each in self.lost[:MOST_REFS_NAMED]), now)


def remove_vanished(
    turns: Turns, reading: Reading, seen: Collection[str], added: Collection[str], tally: Tally
) -> tuple[Tally, Question | None]:
    """Remove what the read lacks, or return the question that a person must answer first.

    `seen` are the refs that it has, `added` those of them that were not known before.
    """
    with turns.database.read() as connection:
        vanished = find_vanished(connection, reading, seen, added)
    question = None if reading.source.confirmed else vanished.question(reading.began)
    _forget(turns, reading, vanished.forgotten)
    if question is not None:
        return tally, question
    for first in range(0, len(vanished.lost), turns.rows_each):
        part = vanished.lost[first : first + turns.rows_each]
        tally = _remove(turns, reading, part, tally)
    return tally, None


def find_vanished(connection: Connection, reading: Reading, seen: Collection[str], added: Collection[str]) -> Vanished:
    """Return what the read lacks of what was known; it writes nothing."""
    key, kind = reading.key, reading.calendar.kind
    rows = connection.execute(_known_events(key)).all()
    kinds = kinds_of(reading.practice)
    ahead = {id(row) for row in rows if _is_ahead(row, kinds.get(row.kind), reading.began)}
    known = [row for row in rows if id(row) in ahead and not (row.kind == kind and row.ref in added)]
    missing = [row for row in rows if not (row.kind == kind and row.ref in seen)]
    lost = [row for row in missing if id(row) in ahead]
    shared = _elsewhere(connection, key, [row.occasion_id for row in lost])
    gone = tuple(_Lost(row.kind, row.ref, row.occasion_id) for row in lost if row.occasion_id not in shared)
    names = {(each.kind, each.ref) for each in gone}
    forgotten = tuple((row.kind, row.ref) for row in missing if (row.kind, row.ref) not in names)
    return Vanished(gone, len(known), forgotten)


def _known_events(key: CalendarKey) -> Any:  # noqa: ANN401 - SQLAlchemy's selects have long types
    """Return the query of a calendar's events with how their occasions stand, soonest first."""
    return (
        select(
            calendar_events.c.kind,
            calendar_events.c.ref,
            calendar_events.c.occasion_id,
            occasions.c.status,
            occasions.c.starts_at,
            occasions.c.gone_at,
        )
        .outerjoin(occasions, occasions.c.id == calendar_events.c.occasion_id)
        .where(calendar_events.c.practice == key.practice, calendar_events.c.calendar == key.calendar)
        .order_by(calendar_events.c.starts_at, calendar_events.c.ref)
    )


def _is_ahead(row: Any, kind: Kind | None, now: dt.datetime) -> bool:  # noqa: ANN401 - a row of the query above
    """Tell whether an event's occasion is live and its start, by day its day's end, still ahead."""
    if row.occasion_id is None or row.gone_at is not None or row.starts_at is None:
        return False
    if kind is not None and row.status not in kind.status.live:
        return False
    return bool(row.starts_at > (now - _ONE_DAY if kind is not None and kind.dated == "day" else now))


def _elsewhere(connection: Connection, key: CalendarKey, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of the occasions stand in another calendar of the practice, too."""
    shared: set[uuid.UUID] = set()
    other = or_(calendar_events.c.calendar != key.calendar, calendar_events.c.practice != key.practice)
    for first in range(0, len(ids), storing.MOST_NAMED):
        these = calendar_events.c.occasion_id.in_(ids[first : first + storing.MOST_NAMED])
        shared.update(connection.execute(select(calendar_events.c.occasion_id).where(and_(these, other))).scalars())
    return shared


def _remove(turns: Turns, reading: Reading, part: Iterable[_Lost], tally: Tally) -> Tally:
    lost = tuple(part)

    def work(turn: Turn) -> Tally:
        storing.hold(turn.connection, reading.key, reading.token, turn.now)
        removed = remove_occasions(turn.connection, turn.current, [each.occasion_id for each in lost], turn.now)
        storing.forget_events(turn.connection, reading.key, [(each.kind, each.ref) for each in lost])
        return tally.plus_gone(len(lost), removed)

    return turns.take(reading.key.practice, work)


def _forget(turns: Turns, reading: Reading, events: Collection[tuple[str, str]]) -> None:
    def work(turn: Turn) -> None:
        storing.hold(turn.connection, reading.key, reading.token, turn.now)
        storing.forget_events(turn.connection, reading.key, events)

    turns.take(reading.key.practice, work)
