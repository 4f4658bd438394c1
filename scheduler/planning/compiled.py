"""What planning needs of a rulebook, compiled once a revision into flat frozen values.

A rulebook comes in; the terms of every step, the calendar and the window go out. Nothing here looks at an occasion.
"""

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jobs.windows import Calendar, SendingWindow
from scheduler.planning.conditions import StepCondition, compile_step_condition
from scheduler.planning.hashing import plan_hash, sender_of
from scheduler.rulebook.schema import Kind, OnStatus, Practice, Rule, Rulebook, Step, kinds_of
from scheduler.rulebook.words import Duration, Unit, UsefulUntil

LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_NO_PUBLISHING: Mapping[tuple[str, str], dt.datetime] = MappingProxyType({})
_AT_ONCE = Duration(0, Unit.MINUTES)
_EARLIER_UNITS = frozenset({Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS})


class Side(enum.Enum):
    """What a step's moment is reckoned from."""

    BEFORE = "before"
    AFTER = "after"
    ON = "on"


class QuietHours(enum.Enum):
    """What a step does whose own moment lies outside the sending window."""

    LATER = "later"
    EARLIER = "earlier"
    NEAREST = "nearest"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class StepTerms:
    """One step with everything of its rule, kind and practice that dates or chooses its jobs.

    `order` is its place in the revision. `offset` is the duration of `before` or `after`, the `wait` of an `on:` step.
    `by_day` says how what it counts from is dated (its kind, or the field under `from`). `on_status` is
    the word under `on: {status: …}`; an `on:` step without it is `on: created`.
    """

    rule: str
    step: str
    order: tuple[int, int]
    template: str
    sender: str | None
    purpose: str
    roles: tuple[str, ...]
    condition: StepCondition
    effective_from: dt.date | None
    first_published: dt.datetime
    plan_hash: str
    side: Side
    offset: Duration
    by_day: bool
    from_field: str | None
    at: dt.time | None
    on_status: str | None
    every: Duration | None
    times: int
    in_quiet_hours: QuietHours
    sends_late: bool
    useful_until: UsefulUntil | None

    @property
    def is_zero_days(self) -> bool:
        """Whether this is `before: 0 days`, the day itself."""
        return self.side is Side.BEFORE and not self.offset.count and not self.offset.is_elapsed

    @property
    def is_on_created(self) -> bool:
        """Whether this is `on: created`."""
        return self.side is Side.ON and self.on_status is None


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A rule's roles and steps, and the id that it had before, if no rule has that now."""

    rule: str
    roles: tuple[str, ...]
    steps: tuple[StepTerms, ...]
    was: str | None = None

    def is_muted(self, ids: Collection[str]) -> bool:
        """Tell whether the rule's present or former id is among these."""
        return self.rule in ids or self.was in ids


@dataclass(frozen=True, slots=True)
class KindPlan:
    """A kind as planning sees it: how it is dated, its live status words (the first is the default) and its rules."""

    by_day: bool
    live: tuple[str, ...]
    rules: tuple[RuleTerms, ...]


@dataclass(frozen=True, slots=True)
class CompiledRulebook:
    """A revision, ready to plan with."""

    timezone: str
    calendar: Calendar
    window: SendingWindow
    kinds: Mapping[str, KindPlan]

    @property
    def plan_hashes(self) -> dict[str, str]:
        """The hash of each step, by `rule/step`."""
        return {
            f"{step.rule}/{step.step}": step.plan_hash
            for kind in self.kinds.values()
            for rule in kind.rules
            for step in rule.steps
        }


def compile_rulebook(
    rulebook: Rulebook,
    first_published: Mapping[tuple[str, str], dt.datetime] = _NO_PUBLISHING,
) -> CompiledRulebook:
    """Compile a rulebook that has passed its checks.

    `first_published` says by (rule, step) when that step was first published, a renamed one under its present name; a
    step that is not in it counts as published long ago.

    Raises:
        InputError: a holiday code, a zone or the sending window cannot be read.

    """
    practice = rulebook.practice
    calendar = Calendar(practice.holidays, practice.extra_closed, practice.extra_open)
    kinds = kinds_of(practice)
    by_kind: dict[str, list[RuleTerms]] = {name: [] for name in kinds}
    ids = {rule.id for rule in rulebook.rules}
    for place, rule in enumerate(rulebook.rules):
        steps = tuple(
            _compile_step(
                _Source(practice, kinds[rule.for_], rule, step),
                order=(place, place_in_rule),
                first_published=first_published.get((rule.id, step.id), LONG_AGO),
            )
            for place_in_rule, step in enumerate(rule.steps)
        )
        by_kind[rule.for_].append(RuleTerms(rule.id, rule.to, steps, None if rule.was in ids else rule.was))
    return CompiledRulebook(
        timezone=practice.timezone,
        calendar=calendar,
        window=SendingWindow.read(practice.sending_window, calendar),
        kinds={
            name: KindPlan(kind.dated == "day", kind.status.live, tuple(by_kind[name])) for name, kind in kinds.items()
        },
    )


@dataclass(frozen=True, slots=True)
class _Source:
    practice: Practice
    kind: Kind
    rule: Rule
    step: Step


def _compile_step(source: _Source, *, order: tuple[int, int], first_published: dt.datetime) -> StepTerms:
    practice, kind, rule, step = source.practice, source.kind, source.rule, source.step
    side, offset = _offset(step)
    on_status = step.on.status if isinstance(step.on, OnStatus) else None
    by_day = kind.dated == "day" if step.from_ is None else kind.fields.get(step.from_) == "day"
    return StepTerms(
        rule=rule.id,
        step=step.id,
        order=order,
        template=step.template,
        sender=sender_of(practice, rule),
        purpose=rule.purpose,
        roles=rule.to,
        condition=compile_step_condition(
            only_if=(rule.only_if, step.only_if),
            unless=(rule.unless, step.unless),
            live=kind.status.live,
            on_status=on_status,
        ),
        effective_from=rule.effective_from,
        first_published=first_published,
        plan_hash=plan_hash(practice, kind, rule, step),
        side=side,
        offset=offset,
        by_day=by_day,
        from_field=step.from_,
        at=step.at,
        on_status=on_status,
        every=step.every,
        times=step.times if step.every else 1,
        in_quiet_hours=_quiet_hours(step, side, offset),
        sends_late=step.if_late == "send_now",
        useful_until=step.useful_until,
    )


def _offset(step: Step) -> tuple[Side, Duration]:
    if step.before is not None:
        return Side.BEFORE, step.before
    if step.after is not None:
        return Side.AFTER, step.after
    return Side.ON, step.wait or _AT_ONCE


def _quiet_hours(step: Step, side: Side, offset: Duration) -> QuietHours:
    if step.in_quiet_hours is not None:
        return QuietHours(step.in_quiet_hours)
    draws_back = side is Side.BEFORE and offset.unit in _EARLIER_UNITS and offset.count > 0
    return QuietHours.EARLIER if draws_back else QuietHours.LATER
