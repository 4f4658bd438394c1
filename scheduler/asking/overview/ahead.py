"""The next hours: texts due in each, whether the sending window is open, and how many the senders can send."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, literal, select, union_all

from jobs.records import jobs, senders
from jobs.senders import Pause, active_pauses
from jobs.windows.sending import SendingWindow, zone_of
from scheduler.asking.overview.standing import IS_WAITING, senders_of

HOURS: Final = 24
SAMPLE: Final = 500
"""Of so many texts that wait the mean length is taken."""
SECONDS_AN_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour ahead: texts due in it, whether it is quiet as it begins, and how many texts can go in it."""

    begins: dt.datetime
    ends: dt.datetime
    due: int
    is_quiet: bool
    capacity: int


def hours_ahead(
    connection: Connection, practice: str, window: SendingWindow, zone: str, now: dt.datetime
) -> list[Hour]:
    """Return the next 24 hours, the present one first; what is due in each, by sender, is counted from an index."""
    first = now.astimezone(zone_of(zone)).replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    starts = [first + dt.timedelta(hours=each) for each in range(HOURS)]
    due = _due_by_hour(connection, practice, starts)
    paces = _paces(connection, practice)
    length = _mean_segments(connection, practice)
    pauses = active_pauses(connection, [practice], now)
    return [
        Hour(
            begins=start,
            ends=start + dt.timedelta(hours=1),
            due=due[index],
            is_quiet=not window.is_open(max(start, now), (zone,)),
            capacity=int(sum(pace for pace in _running(paces, pauses, practice, start)) * SECONDS_AN_HOUR / length),
        )
        for index, start in enumerate(starts)
    ]


def _due_by_hour(connection: Connection, practice: str, starts: Sequence[dt.datetime]) -> list[int]:
    counts = [0] * len(starts)
    for sender in senders_of(connection, practice):
        parts = [
            select(literal(index), func.count())
            .select_from(jobs)
            .where(jobs.c.practice == practice, jobs.c.sender == sender, IS_WAITING)
            .where(jobs.c.due_at >= start, jobs.c.due_at < start + dt.timedelta(hours=1))
            for index, start in enumerate(starts)
        ]
        for index, count in connection.execute(union_all(*parts)):
            counts[index] += count
    return counts


def _paces(connection: Connection, practice: str) -> list[tuple[str, str, float]]:
    columns = (senders.c.id, senders.c.provider, senders.c.segments_per_second)
    query = select(*columns).where(senders.c.practice == practice, ~senders.c.gone)
    return [(row.id, row.provider, row.segments_per_second) for row in connection.execute(query)]


def _running(
    paces: Sequence[tuple[str, str, float]], pauses: Sequence[Pause], practice: str, at: dt.datetime
) -> list[float]:
    """Return the paces of the senders that no pause holds at a moment; a rule's pause holds no sender."""
    standing = [each for each in pauses if each.until is None or each.until > at]
    return [
        pace
        for sender, provider, pace in paces
        if not any(each.covers(practice=practice, rule=None, sender=sender, provider=provider) for each in standing)
    ]


def _mean_segments(connection: Connection, practice: str) -> float:
    waiting = jobs.c.practice == practice, IS_WAITING
    sample = select(jobs.c.segments).where(*waiting).limit(SAMPLE).subquery()
    mean = connection.scalar(select(func.avg(sample.c.segments)))
    return max(float(mean or 1), 1.0)
