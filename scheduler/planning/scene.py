"""What all steps of one occasion share: its place, its anchors and the values its conditions look at. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from jobs.errors import InputError
from jobs.windows.sending import zone_of
from scheduler.planning.compiled import CompiledRulebook, KindPlan, StepTerms
from scheduler.planning.conditions import ANSWER, STATUS
from scheduler.planning.decisions import OccasionFacts
from scheduler.planning.timing import Anchor, Place, anchor_by_day, anchor_by_moment


@dataclass(frozen=True, slots=True)
class Scene:
    """One occasion, read. `day` is the local date of its start; `muted` are the rules that do not remind of it."""

    compiled: CompiledRulebook
    facts: OccasionFacts
    kind: KindPlan
    place: Place
    anchor: Anchor | None
    day: dt.date | None
    values: Mapping[str, object]
    muted: frozenset[str] = frozenset()

    def anchor_of(self, step: StepTerms) -> Anchor | None:
        """Return the anchor that another date field of the occasion is, its start and end; None if it holds none.

        Raises:
            InputError: the field holds no date.

        """
        name = step.from_field or ""
        value = self.facts.fields.get(name)
        if value is None or value == "":
            return None
        return _anchor(_written(value, by_day=step.by_day), None, self.place, by_day=step.by_day, of=name)


def read_scene(compiled: CompiledRulebook, facts: OccasionFacts) -> Scene:
    """Read an occasion.

    Raises:
        InputError: its kind or zone is not known, or its start or end cannot be read.

    """
    kind = compiled.kinds.get(facts.kind)
    if kind is None:
        message = f"{facts.kind} {facts.ref}: the practice has no kind {facts.kind!r}"
        raise InputError(message)
    place = Place(zone_of(facts.timezone or compiled.timezone), compiled.calendar)
    anchor = None
    if facts.start:
        anchor = _anchor(facts.start, facts.end or None, place, by_day=kind.by_day, of="start")
    return Scene(
        compiled,
        facts,
        kind,
        place,
        anchor,
        None if anchor is None else anchor.wall.date(),
        {**facts.fields, STATUS: facts.status or kind.live[0], ANSWER: facts.answer},
        frozenset(rule.rule for rule in kind.rules if rule.is_muted(facts.muted)) if facts.muted else frozenset(),
    )


def _anchor(start: str, end: str | None, place: Place, *, by_day: bool, of: str) -> Anchor | None:
    try:
        return anchor_by_day(start, place.zone) if by_day else anchor_by_moment(start, end, place.zone)
    except OverflowError:  # a placeholder such as 9999-12-31 is no date
        return None
    except ValueError as error:
        message = f"{of}: {start!r} is not a {'date' if by_day else 'local time'} such as "
        message += "'2026-12-01'" if by_day else "'2026-12-01T10:00'"
        raise InputError(message) from error


def _written(value: object, *, by_day: bool) -> str:
    """Return a date field as it is written, whether it came as text or already read."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if by_day else value.isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
