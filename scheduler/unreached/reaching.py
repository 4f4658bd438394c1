"""How far before its start an occasion of a kind can have a text that came due: compiled rules in, bounds out. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from scheduler.planning.compiled import KindPlan, Side, StepTerms
from scheduler.planning.timing import elapsed
from scheduler.rulebook.words import ELAPSED_UNITS, Unit

_MOST_DAYS: Final = {Unit.DAYS: 1, Unit.BUSINESS_DAYS: 2, Unit.WEEKS: 7, Unit.MONTHS: 31}
"""Calendar days that one of a unit has at most, with `_SLACK`; business days as if every other day were closed."""
_SLACK: Final = dt.timedelta(days=2)
_CLOSED: Final = dt.timedelta(days=31)
"""How many days in a row may be closed, around the new year, say."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How long before its start a text may come due (None: at any time), and whether recorded changes bring one."""

    before: dt.timedelta | None
    at_changes: bool


def reach_of(kind: KindPlan) -> Reach:
    """Return how far the rules of a kind reach."""
    steps = [step for rule in kind.rules for step in rule.steps]
    at_changes = any(step.side is Side.ON for step in steps)
    dated = [_before(step) for step in steps if step.side is not Side.ON]
    if any(each is None for each in dated):
        return Reach(None, at_changes)
    return Reach(max((each for each in dated if each is not None), default=dt.timedelta()), at_changes)


def _before(step: StepTerms) -> dt.timedelta | None:
    if step.from_field is not None:  # another date, which may lie anywhere before the start
        return None
    if step.side is Side.AFTER:
        return dt.timedelta()
    if step.offset.unit in ELAPSED_UNITS:
        return elapsed(step.offset)
    closed = _CLOSED if Unit.BUSINESS_DAYS in {step.offset.unit, step.every.unit if step.every else None} else _SLACK
    return dt.timedelta(days=step.offset.count * _MOST_DAYS[step.offset.unit]) + closed
