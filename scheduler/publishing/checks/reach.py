"""Which occasions a step can be for: conditions laid over one another; those that contradict reach nothing. Pure."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.publishing.checks.subject import PlacedStep, Subject, error
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Condition, ConditionValue, Keys, Kind, Scalar, ValueTest

MOST_COMBINATIONS = 100
"""Beyond that many mappings to lay over one another a step counts as one that can fire."""


@dataclass(frozen=True, slots=True)
class Span:
    """What one field may still be: any of `allowed` (None: anything), none of `banned`, within the bounds."""

    allowed: frozenset[Scalar] | None = None
    banned: frozenset[Scalar] = frozenset()
    under: Decimal | None = None
    over: Decimal | None = None

    def narrowed(self, value: ConditionValue) -> "Span":
        """Return what is left when the value's test must hold too."""
        if not isinstance(value, ValueTest):
            wanted = frozenset(value if isinstance(value, tuple) else (value,))
            return replace(self, allowed=wanted if self.allowed is None else self.allowed & wanted)
        unwanted = value.not_ if isinstance(value.not_, tuple) else (value.not_,)
        return Span(
            self.allowed,
            self.banned | {item for item in unwanted if item is not None},
            min((bound for bound in (self.under, value.under) if bound is not None), default=None),
            max((bound for bound in (self.over, value.over) if bound is not None), default=None),
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left."""
        if self.allowed is not None:
            return not self.possible()
        return self.under is not None and self.over is not None and self.over >= self.under

    def possible(self) -> frozenset[Scalar]:
        """Return which of the allowed values are left."""
        return frozenset(item for item in (self.allowed or ()) if item not in self.banned and self._within(item))

    def implies(self, value: ConditionValue) -> bool:
        """Tell whether whatever is left passes the value's test, as far as can be said."""
        if not isinstance(value, ValueTest):
            wanted = frozenset(value if isinstance(value, tuple) else (value,))
            return self.allowed is not None and self.possible() <= wanted
        if self.allowed is not None:
            return all(not Span(frozenset({item})).narrowed(value).is_empty for item in self.possible())
        if value.not_ is not None:
            return False
        below = value.under is None or (self.under is not None and self.under <= value.under)
        above = value.over is None or (self.over is not None and self.over >= value.over)
        return below and above

    def _within(self, item: Scalar) -> bool:
        if self.under is None and self.over is None:
            return True
        if isinstance(item, (str, bool)):
            return False
        return (self.under is None or item < self.under) and (self.over is None or item > self.over)


Reach = Mapping[str, Span]
"""What each field may be, for one way in which a step can fire."""


def check_reach(subject: Subject) -> Iterator[Problem]:
    """Check that every step can fire: no condition contradicts its rule's, its change or its kind's live statuses."""
    for place in subject.steps():
        if next(reaches(place), None) is None:
            word = next((word for word in ("only_if", "unless") if place.has(word)), None)
            where = place.key(word) if word else place.at()
            text = f"the step `{place.name}` can never fire: its conditions and its rule's contradict one another"
            if place.step.on is not None:
                text = f"{text}, or the change it goes at"
            yield error(where, f"{text}. Change `only_if` or `unless`")


def reaches(place: PlacedStep) -> Iterator[Reach]:
    """Yield the ways in which a step can fire; none means never."""
    unless = [*(place.rule.unless or ()), *(place.step.unless or ())]
    ways = (len(condition or ({},)) for condition in (place.rule.only_if, place.step.only_if))
    if _product(ways) > MOST_COMBINATIONS:
        yield {}
        return
    for mappings in itertools.product(_mappings(place.rule.only_if), _mappings(place.step.only_if)):
        reach = _laid_over(mappings, place)
        if reach is not None and not any(_withholds(mapping, reach, place.kind) for mapping in unless):
            yield reach


@dataclass(frozen=True, slots=True)
class Reaching:
    """A step with the ways in which it can fire."""

    place: PlacedStep
    ways: tuple[Reach, ...]


def meet(first: Reaching, second: Reaching) -> bool:
    """Tell whether both steps can fire for one occasion (of the same kind) and one person: they share a role."""
    if set(first.place.rule.to).isdisjoint(second.place.rule.to):
        return False
    return any(_agree(left, right, first.place, second.place) for left in first.ways for right in second.ways)


def _agree(left: Reach, right: Reach, first: PlacedStep, second: PlacedStep) -> bool:
    joined = dict(left)
    for name, span in right.items():
        joined[name] = _joined(joined[name], span) if name in joined else span
    if any(span.is_empty for span in joined.values()):
        return False
    unless = [
        mapping for place in (first, second) for mapping in (*(place.rule.unless or ()), *(place.step.unless or ()))
    ]
    return not any(_withholds(mapping, joined, first.kind) for mapping in unless)


def _joined(left: Span, right: Span) -> Span:
    bounded = left.narrowed(ValueTest(under=right.under, over=right.over)) if _has_bounds(right) else left
    joined = replace(bounded, banned=left.banned | right.banned)
    return joined if right.allowed is None else joined.narrowed(tuple(right.allowed))


def _has_bounds(span: Span) -> bool:
    return span.under is not None or span.over is not None


def _laid_over(mappings: Iterable[Keys], place: PlacedStep) -> Reach | None:
    """Return what is left when all mappings must hold; None when nothing is."""
    reach: dict[str, Span] = {}
    kind = place.kind
    named = any("status" in mapping and not isinstance(mapping["status"], ValueTest) for mapping in mappings)
    # A change fires only with the status it is about, whatever statuses a condition names.
    if place.on_status is not None:
        reach["status"] = Span(frozenset({place.on_status}))
    elif place.step.on is not None or not named:
        reach["status"] = Span(frozenset(kind.status.live))
    for mapping in mappings:
        for name, value in mapping.items():
            if not _is_list(name, kind):
                reach[name] = reach.get(name, Span()).narrowed(value)
    return None if any(span.is_empty for span in reach.values()) else reach


def _withholds(mapping: Keys, reach: Reach, kind: Kind) -> bool:
    """Tell whether an `unless` mapping holds for whatever is left."""
    return bool(mapping) and all(
        not _is_list(name, kind) and name in reach and reach[name].implies(value) for name, value in mapping.items()
    )


def _is_list(name: str, kind: Kind) -> bool:
    """Tell whether a field may hold several values at once, so that two tests of it do not contradict."""
    return name.startswith("contact.") or kind.fields.get(name) == "words"


def _mappings(condition: Condition | None) -> tuple[Keys, ...]:
    return ({},) if condition is None else condition


def _product(counts: Iterable[int]) -> int:
    total = 1
    for count in counts:
        total *= count
    return total
