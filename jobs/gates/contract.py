"""What a gate is given and what it may answer: `gate(draft, facts, now) -> verdict`, pure, one gate a file.

Facts come from `jobs/facts`, one query a kind for a whole batch; a gate asks nothing else and changes nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from jobs.drafts import Draft, Facts
from jobs.states import State

__all__ = ["Block", "Draft", "End", "Facts", "Gate", "Hold", "Pass", "Verdict"]


@dataclass(frozen=True, slots=True)
class Pass:
    """It may go on; warnings are shown with the text but stop nothing."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: again at `until` (aware). Burns no attempt. `being_replanned`: its rule changed, planning will say."""

    until: dt.datetime
    reason: str
    being_replanned: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Forbidden, for a reason that a person understands."""

    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """No longer wanted (cancelled) or no longer useful (expired)."""

    state: State
    reason: str


Verdict: TypeAlias = Pass | Hold | Block | End


Gate: TypeAlias = Callable[[Draft, Facts, dt.datetime], Verdict]
