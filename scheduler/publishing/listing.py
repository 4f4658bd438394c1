"""Effects one by one, as a person reads them, the nearest first and no more than a page can bear. Pure.

What is seen of an occasion comes in, lines and their compressed form go out.
"""

import datetime as dt
import heapq
import itertools
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from scheduler.publishing.effects import Effect, What
from scheduler.publishing.ledger import Seen

MOST_LISTED: Final = 2_000
_NEVER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """One effect: what happens to which step's text about which occasion and to whom, and from when to when."""

    what: str
    step: str
    occasion: str
    contact: str
    was: dt.datetime | None = None
    becomes: dt.datetime | None = None

    @property
    def moment(self) -> dt.datetime:
        """Return the earliest moment that it is about."""
        return min(self.was or _NEVER, self.becomes or _NEVER)


class Nearest:
    """Keeps the nearest of all effects."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: list[tuple[float, int, Listed]] = []
        self._count = itertools.count()

    def add(self, seen: Seen) -> None:
        """Keep of an occasion's effects those that are nearer than the farthest one kept.

        Texts that only read otherwise are counted elsewhere, not listed.
        """
        for effect in seen.effects.each:
            if effect.what is What.REWORDED:
                continue
            near = -min(effect.was or _NEVER, effect.becomes or _NEVER).timestamp()
            if len(self._kept) < MOST_LISTED:
                heapq.heappush(self._kept, (near, next(self._count), line_of(seen, effect)))
            elif near > self._kept[0][0]:
                heapq.heapreplace(self._kept, (near, next(self._count), line_of(seen, effect)))

    def in_order(self) -> tuple[Listed, ...]:
        """Return what was kept, the nearest first."""
        return tuple(each for _, _, each in sorted(self._kept, key=lambda entry: (-entry[0], entry[1])))


def packed(listed: Iterable[Listed]) -> bytes:
    """Return the lines compressed."""
    plain = [asdict(each) for each in listed]
    return zlib.compress(json.dumps(plain, default=dt.datetime.isoformat).encode())


def unpacked(kept: bytes) -> tuple[Listed, ...]:
    """Return the lines that `packed` was given."""
    return tuple(
        Listed(**{**plain, "was": _moment(plain["was"]), "becomes": _moment(plain["becomes"])})
        for plain in json.loads(zlib.decompress(kept))
    )


def line_of(seen: Seen, effect: Effect) -> Listed:
    """Return one effect on an occasion as a line."""
    contact = seen.people.get(effect.slot.role)
    whom = "" if contact is None else str(contact["name"] or contact["ref"])
    about = f"{seen.row['kind']} {seen.row['ref']}"
    step = f"{effect.slot.rule}/{effect.slot.step}"
    return Listed(effect.what.name.lower(), step, about, whom, effect.was, effect.becomes)


def _moment(written: str | None) -> dt.datetime | None:
    return None if written is None else dt.datetime.fromisoformat(written)
