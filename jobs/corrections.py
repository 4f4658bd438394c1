"""What a contact was told of an occasion that is no longer so, which rule corrects it, and until when that is of use.

Pure. What was told, how the occasion is now and a revision's rules come in; the planner and the gates ask the same.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jobs.drafts import About, Facts, Told
from jobs.printing import read_moment, wall_text
from jobs.states import Origin
from jobs.terms import KindTerms, RuleTerms
from jobs.windows import SendingWindow
from jobs.windows.correcting import CorrectionHours
from jobs.windows.sending import zone_of

STATUS: Final = "status"
"""Among the fields told: the status that a text told because the occasion is off. No kind has a field of that name."""

_ONE_DAY: Final = dt.timedelta(days=1)


class What(StrEnum):
    """What a correction tells, in the order in which one goes before another."""

    CANCELLED = "cancelled"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Present:
    """An occasion as it is now: its start and fields, whether it is off (or gone) or live, and its zone."""

    start: str | None
    fields: Mapping[str, object]
    is_off: bool
    is_live: bool
    zone: dt.tzinfo


@dataclass(frozen=True, slots=True)
class Untrue:
    """What of the things told is no longer so; `fields` are those that differ."""

    is_cancelled: bool = False
    is_moved: bool = False
    fields: frozenset[str] = frozenset()

    def whats(self) -> tuple[What, ...]:
        """Return what a correction may tell, the first that is to be told in front."""
        found = ((What.CANCELLED, self.is_cancelled), (What.MOVED, self.is_moved), (What.CHANGED, bool(self.fields)))
        return tuple(what for what, is_so in found if is_so)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The start that a correction is about, and when telling it is of no more use (by day: the day's end)."""

    start: dt.datetime
    until: dt.datetime


def present_of(about: About, kind: KindTerms | None, practice_zone: str) -> Present:
    """Return an occasion as it is now; one of a kind that is gone is gone."""
    return Present(
        start=about.start,
        fields=about.fields,
        is_off=about.gone or kind is None or about.status in kind.off,
        is_live=not about.gone and kind is not None and about.status in kind.live,
        zone=zone_of(about.timezone or practice_zone),
    )


def untrue(told: Told, now_is: Present) -> Untrue:
    """Return what of the things told is no longer so.

    Of what has ended (done) nothing is corrected. What was told to be off and is on again counts as moved, even to the
    start that was told: the text of a move says when it is.
    """
    if now_is.is_off:
        return Untrue(is_cancelled=not told.is_off)
    if not now_is.is_live:
        return Untrue()
    is_moved = told.is_off or wall_text(told.start, now_is.zone) != wall_text(now_is.start, now_is.zone)
    differing = (name for name, value in told.fields.items() if name != STATUS and now_is.fields.get(name) != value)
    return Untrue(is_moved=is_moved, fields=frozenset(differing))


def template_for(what: What, rule: RuleTerms, differing: Untrue) -> str | None:
    """Return the rule's template that tells this, or None."""
    if what is What.CANCELLED:
        return rule.cancelled
    if what is What.MOVED:
        return rule.moved
    return rule.changed if differing.fields.intersection(rule.changed_of) else None


def choose(differing: Untrue, rules: Iterable[RuleTerms]) -> tuple[What, RuleTerms] | None:
    """Return what is told and by which of the rules that told them: the first with a template for it."""
    told_by = tuple(rules)
    for what in differing.whats():
        for rule in told_by:
            if template_for(what, rule, differing) is not None:
                return what, rule
    return None


def ahead(told: Told, now_is: Present, now: dt.datetime) -> Ahead | None:
    """Return the earlier of the old and the new start that is still ahead, or None."""
    starts = [_read(text, now_is.zone) for text in (told.start, now_is.start) if text is not None]
    return min((start for start in starts if start is not None and start.until > now), key=_until, default=None)


def hours_of(facts: Facts, now: dt.datetime) -> SendingWindow | CorrectionHours:
    """Return the hours in which a job's text may go: a correction's, or the sending window."""
    if facts.job.origin is not Origin.CORRECTION or facts.occasion is None or facts.told is None:
        return facts.window
    now_is = present_of(facts.occasion, facts.terms.kinds.get(facts.occasion.kind), facts.terms.timezone)
    found = ahead(facts.told, now_is, now)
    return CorrectionHours(facts.window, facts.corrections_window, found.start if found else None)


def _until(found: Ahead) -> dt.datetime:
    return found.until


def _read(text: str, zone: dt.tzinfo) -> Ahead | None:
    """Return a start as written; by day it is the day's midnight, and of use to the day's end."""
    try:
        read = read_moment(text, zone)
    except (ValueError, OverflowError):
        return None
    if isinstance(read, dt.datetime):
        moment = read.astimezone(dt.UTC)
        return Ahead(moment, moment)
    midnight = dt.datetime.combine(read, dt.time(), zone)
    return Ahead(midnight.astimezone(dt.UTC), dt.datetime.combine(read + _ONE_DAY, dt.time(), zone).astimezone(dt.UTC))
