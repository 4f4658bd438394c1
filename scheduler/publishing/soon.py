"""Occasions of which something comes due soon: what time alone may change between a plan and its publish.

Planning is pure but for the present moment, which it compares with the moments that it decides. So an occasion that did
not change, and none of whose moments has passed since, is planned as it was. What was seen goes in, ids come out.
"""

import datetime as dt
import struct
import uuid
from collections.abc import Iterator
from typing import Final

from jobs.states import UNSENT, Origin
from scheduler.planning.decisions import Planned
from scheduler.publishing.ledger import Seen

HORIZON: Final = dt.timedelta(days=1)
"""Of what comes due later nothing is remembered: a plan older than that is made anew from the first occasion."""
GRACE: Final = dt.timedelta(minutes=10)
"""A step is late from 5 minutes after its moment on."""
MOST_REMEMBERED: Final = 8_192

_ENTRY: Final = struct.Struct("<16sI")


class Soon:
    """The occasions with a moment within a day of a plan, each with the first of them."""

    def __init__(self, planned_at: dt.datetime | None = None) -> None:
        """Begin with none."""
        self._since = (planned_at or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) - GRACE
        self._first: dict[uuid.UUID, int] = {}
        self._known: dict[int, tuple[Planned, int | None]] = {}

    def add(self, seen: Seen) -> None:
        """Remember the occasion if something of it comes due within the day."""
        waiting = [job for job in seen.jobs if job.state in UNSENT]
        moments = [moment for job in waiting for moment in (job.planned_for, job.useful_until)]
        offsets = [self._offset(seen.planned), *map(self._seconds, moments)]
        if any(job.origin is Origin.CORRECTION for job in waiting):
            offsets.append(0)  # when a correction goes is reckoned from the present moment on
        known = [each for each in offsets if each is not None]
        if known:
            self._first[seen.row["id"]] = min(known)

    def passed(self, now: dt.datetime) -> set[uuid.UUID] | None:
        """Return the occasions of which a moment has passed by now; None where it is too long ago to say."""
        seconds = (now - self._since).total_seconds()
        if seconds > HORIZON.total_seconds():
            return None
        return {occasion_id for occasion_id, first in self._first.items() if first <= seconds}

    def packed(self) -> bytes:
        """Return it as bytes, twenty for each occasion."""
        return b"".join(_ENTRY.pack(each.bytes, first) for each, first in self._first.items())

    @classmethod
    def unpacked(cls, planned_at: dt.datetime, kept: bytes) -> "Soon":
        """Return what `packed` gave."""
        soon = cls(planned_at)
        soon._first = {uuid.UUID(bytes=each): first for each, first in _ENTRY.iter_unpack(kept)}
        return soon

    def _offset(self, planned: Planned) -> int | None:
        """Return the first moment of decisions; those that many occasions share are looked at once."""
        known = self._known.get(id(planned))
        if known is None or known[0] is not planned:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            offsets = [each for moment in _of(planned) if (each := self._seconds(moment)) is not None]
            known = self._known[id(planned)] = (planned, min(offsets, default=None))
        return known[1]

    def _seconds(self, moment: dt.datetime) -> int | None:
        seconds = (moment - self._since).total_seconds()
        return int(seconds) if 0 <= seconds <= HORIZON.total_seconds() else None


def _of(planned: Planned) -> Iterator[dt.datetime]:
    for decision in planned.decisions:
        for moment in (decision.own_moment, decision.planned_for, decision.useful_until):
            if moment is not None:
                yield moment
