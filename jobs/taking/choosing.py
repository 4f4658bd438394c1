"""Who goes next: due jobs, senders' allowances and providers' rooms come in; a fair, ordered choice goes out. Pure.

Reads and writes nothing; `senders` tells allowances and rooms, take_due enqueues the chosen.
"""

import datetime as dt
import math
import uuid
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jobs.store.values import Entry

BURST = dt.timedelta(seconds=2)
"""How much of a sender's pace one taking may use up in advance."""
ENTRY_SIZE = 50

SenderKey = tuple[str, str]
"""Practice and the sender's id."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due, waiting job, as much of it as choosing needs."""

    id: uuid.UUID
    practice: str
    sender: str
    provider: str
    segments: int
    urgency: int
    useful_until: dt.datetime
    due_at: dt.datetime
    deaths: int

    @property
    def order(self) -> tuple[int, dt.datetime, dt.datetime, uuid.UUID]:
        """Return what says who goes first: urgency, then who is useless first, then who is due first."""
        return (self.urgency, self.useful_until, self.due_at, self.id)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many segments a sender may take now, and whether it is free (then its first text may be longer than that)."""

    segments: float
    is_free: bool

    @property
    def most(self) -> int:
        """Return how many jobs may fit, at one segment each."""
        return max(math.floor(self.segments), 1 if self.is_free else 0)


def allowance(segments_per_second: float, next_free: dt.datetime | None, now: dt.datetime) -> Allowance:
    """Return what a sender may take: what its pace allows between its next free moment and BURST from now."""
    free_from = now if next_free is None else max(next_free, now)
    seconds = max((now + BURST - free_from).total_seconds(), 0.0)
    return Allowance(segments_per_second * seconds, is_free=free_from == now)


def choose(due: Iterable[Due], allowances: Mapping[SenderKey, Allowance], rooms: Mapping[str, int]) -> list[Due]:
    """Return who goes now: within each sender's allowance and each provider's room, practices taking turns.

    A sender's text that does not fit its allowance waits, and all behind it too, so that it is not overtaken for ever.
    """
    within_pace = _within_allowances(sorted(due, key=lambda each: each.order), allowances)
    chosen: list[Due] = []
    for provider in sorted({each.provider for each in within_pace}):
        of_provider = [each for each in within_pace if each.provider == provider]
        chosen += _take_turns(of_provider, rooms.get(provider, 0))
    return chosen


def entries(chosen: Sequence[Due]) -> list[Entry]:
    """Return entries of at most ENTRY_SIZE jobs of one provider; who was held by a worker that died travels alone."""
    made: list[Entry] = []
    for provider in dict.fromkeys(each.provider for each in chosen):
        of_provider = [each for each in chosen if each.provider == provider]
        together = [each.id for each in of_provider if not each.deaths]
        made += [
            Entry(provider, tuple(together[start : start + ENTRY_SIZE]))
            for start in range(0, len(together), ENTRY_SIZE)
        ]
        made += [Entry(provider, (each.id,)) for each in of_provider if each.deaths]
    return made


def _within_allowances(ordered: Iterable[Due], allowances: Mapping[SenderKey, Allowance]) -> list[Due]:
    used: dict[SenderKey, int] = {}
    is_full: set[SenderKey] = set()
    kept = []
    for each in ordered:
        key = (each.practice, each.sender)
        allowed = allowances.get(key)
        if allowed is None or key in is_full:
            continue
        taken = used.get(key, 0)
        if taken + each.segments <= allowed.segments or (taken == 0 and allowed.is_free):
            used[key] = taken + each.segments
            kept.append(each)
        else:
            is_full.add(key)
    return kept


def _take_turns(ordered: Sequence[Due], room: int) -> list[Due]:
    """Let practices take one each in turn, whose most urgent comes first beginning, until the room is full."""
    lines: dict[str, deque[Due]] = {}
    for each in ordered:
        lines.setdefault(each.practice, deque()).append(each)
    turns = deque(lines.values())
    chosen: list[Due] = []
    while turns and len(chosen) < room:
        line = turns.popleft()
        chosen.append(line.popleft())
        if line:
            turns.append(line)
    return chosen
