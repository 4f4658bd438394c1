"""What a back-test finds: texts that were sent and those of a draft, and how they compare. Frozen values, pure."""

import datetime as dt
import enum
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.planning.decisions import Decision
from scheduler.simulate.fates import Named, Period

SAME_TIME: dt.timedelta = dt.timedelta(minutes=5)
"""Texts that went no further apart went at the same time: a queue before a sender moves them by as much."""
NOT_NAMED = Named()


class Likeness(enum.StrEnum):
    """How a text that was sent and the same one under the draft compare."""

    SAME = "the same"
    OTHER_TIME = "at another time"
    OTHER_WORDS = "in other words"
    ONLY_REALLY = "only really"
    ONLY_DRAFT = "only by the draft"
    CHANGED_SINCE = "cannot be told"


@dataclass(frozen=True, slots=True)
class Said:
    """A text, really or by the draft: when, its words (None after redaction, or before it is written), its segments."""

    at: dt.datetime
    body: str | None = None
    body_hash: str | None = None
    segments: int = 0

    @property
    def digest(self) -> str | None:
        """What tells whether two texts have the same words."""
        return hashlib.sha256(self.body.encode()).hexdigest() if self.body is not None else self.body_hash


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a text that was sent and one of the draft the same: a reminder's identity, under the draft's names."""

    occasion_id: uuid.UUID
    rule: str
    step: str
    role: str
    anchor: str
    repeat: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One text and how it compares.

    Where one side sent nothing, `why` says what it did instead, for people; `decision` is the draft's for no text.
    """

    likeness: Likeness
    key: Key
    named: Named = NOT_NAMED
    contact_id: uuid.UUID | None = None
    really: Said | None = None
    draft: Said | None = None
    decision: Decision | None = None
    why: str = ""

    @property
    def at(self) -> dt.datetime:
        """When it went or would have, whichever came first."""
        return min(said.at for said in (self.really, self.draft) if said is not None)


def likeness_of(really: Said, draft: Said) -> Likeness:
    """Return how two texts of one identity compare: another time counts before other words."""
    if abs(really.at - draft.at) > SAME_TIME:
        return Likeness.OTHER_TIME
    is_same = draft.digest is None or really.digest is None or really.digest == draft.digest
    return Likeness.SAME if is_same else Likeness.OTHER_WORDS


def is_of(period: Period, *said: Said | None) -> bool:
    """Tell whether any of the texts lies in the period."""
    return any(each is not None and period.holds(each.at) for each in said)


def counts_by_rule(compared: Iterable[Compared]) -> dict[str, Counter[Likeness]]:
    """Return how many texts of each rule compare how, rules in the order of their names."""
    counts: dict[str, Counter[Likeness]] = {}
    for each in compared:
        counts.setdefault(each.key.rule, Counter())[each.likeness] += 1
    return dict(sorted(counts.items()))
