"""Conditions of rules and steps, compiled once a revision and judged for one occasion and one person. Pure.

A condition is a tuple of mappings and holds when one of them does; a mapping holds when every key does. A step whose
conditions name no status under `only_if` is for live statuses, and `on: {status: x}` for x.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from scheduler.rulebook.schema import Condition, ConditionValue, ValueTest

CONTACT_PREFIX = "contact."
STATUS = "status"
ANSWER = "answer"

Values = Mapping[str, object]
"""An occasion's fields, with `status` and `answer` among them."""


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _same(value: object, wanted: object) -> bool:
    """Compare by meaning: numbers as numbers however they are written, days by their date, all else as it is."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, dt.date):
        value = value.isoformat()
    if isinstance(wanted, int | Decimal) or isinstance(value, int | float | Decimal):
        number = _number(value)
        return number is not None and number == _number(wanted)
    return value == wanted


def _given(value: object) -> tuple[object, ...]:
    """Return the values there are: none for a missing one, several for a field of words."""
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(value)
    return (value,)


@dataclass(frozen=True, slots=True)
class Test:
    """One key's test: any of `wanted` (`words` if all of them are text), or the bounds and what it must not be."""

    key: str
    of_contact: bool
    wanted: tuple[object, ...] | None = None
    words: frozenset[str] | None = None
    unwanted: tuple[object, ...] = ()
    under: Decimal | None = None
    over: Decimal | None = None

    def holds(self, occasion: Values, contact: Values) -> bool:
        """Tell whether the value passes; a missing one passes only what says nothing but `not`."""
        value = (contact if self.of_contact else occasion).get(self.key)
        if self.words is not None and isinstance(value, str):
            return value in self.words
        given = _given(value)
        if self.wanted is not None:
            return any(_same(value, wanted) for value in given for wanted in self.wanted)
        if any(_same(value, unwanted) for value in given for unwanted in self.unwanted):
            return False
        if self.under is None and self.over is None:
            return True
        return any(self._within(_number(value)) for value in given)

    def _within(self, number: Decimal | None) -> bool:
        if number is None:
            return False
        return (self.under is None or number < self.under) and (self.over is None or number > self.over)

    def __str__(self) -> str:
        """Say the test in words."""
        key = f"the contact's {self.key}" if self.of_contact else self.key
        if self.wanted is not None:
            return f"{key} is {_any_of(self.wanted)}"
        parts = [f"is not {_any_of(self.unwanted)}"] if self.unwanted else []
        parts += [
            f"is {word} {bound}" for word, bound in (("under", self.under), ("over", self.over)) if bound is not None
        ]
        return f"{key} {' and '.join(parts)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """A mapping: every test must hold. `names_status` if it says a word, or words, that the status must be."""

    tests: tuple[Test, ...]
    names_status: bool

    def holds(self, occasion: Values, contact: Values) -> bool:
        """Tell whether every test holds."""
        for test in self.tests:  # noqa: SIM110 - a loop is half the cost of a generator here, on the hottest path
            if not test.holds(occasion, contact):
                return False
        return True

    def __str__(self) -> str:
        """Say the mapping in words."""
        return " and ".join(map(str, self.tests)) or "always"


AnyOf = tuple[AllOf, ...]
_ALWAYS: AnyOf = (AllOf((), names_status=False),)


def _holding(condition: AnyOf, occasion: Values, contact: Values) -> AnyOf:
    """Return the mappings that hold."""
    if condition is _ALWAYS:
        return condition
    return tuple([mapping for mapping in condition if mapping.holds(occasion, contact)])


@dataclass(frozen=True, slots=True)
class StepCondition:
    """When a step applies: its rule's and its own conditions, and the statuses it is for if they name none."""

    rule_only_if: AnyOf
    step_only_if: AnyOf
    unless: AnyOf
    statuses: frozenset[str]
    status_words: str
    is_plain: bool

    def holds(self, occasion: Values, contact: Values) -> bool:
        """Tell whether the step is for this occasion and person."""
        if self.is_plain:
            return occasion[STATUS] in self.statuses
        rule = _holding(self.rule_only_if, occasion, contact)
        if not rule:
            return False
        step = _holding(self.step_only_if, occasion, contact)
        if not step or (self.unless and _holding(self.unless, occasion, contact)):
            return False
        if occasion[STATUS] in self.statuses:
            return True
        return any(mapping.names_status for mapping in (*rule, *step))

    def why_not(self, occasion: Values, contact: Values) -> str:
        """Say in words why the step is not for this occasion and person; empty if it is."""
        if self.holds(occasion, contact):
            return ""
        for mapping in self.unless:
            if mapping.holds(occasion, contact):
                return f"withheld since {mapping}"
        for condition in (self.rule_only_if, self.step_only_if):
            if not any(mapping.holds(occasion, contact) for mapping in condition):
                return f"only if {in_words(condition)}"
        return f"the status is {occasion[STATUS]}, and the step is for {self.status_words}"

    def __str__(self) -> str:
        """Say the whole condition in words, as `check` says it back."""
        parts = [f"only if {in_words(part)}" for part in (self.rule_only_if, self.step_only_if) if part != _ALWAYS]
        parts += [f"not if {in_words(self.unless)}"] if self.unless else []
        named = any(mapping.names_status for mapping in (*self.rule_only_if, *self.step_only_if))
        parts += [] if named else [f"for {self.status_words}"]
        return ", ".join(parts)


def in_words(condition: AnyOf) -> str:
    """Say a condition in words: mappings joined by `or`, keys by `and`."""
    if len(condition) == 1:
        return str(condition[0])
    return ", or ".join(f"({mapping})" if len(mapping.tests) > 1 else str(mapping) for mapping in condition)


def compile_condition(condition: Condition | None) -> AnyOf:
    """Compile `only_if` or `unless` as the schema holds it; none given compiles to no mapping."""
    return tuple(
        AllOf(
            tuple(_test(key, wanted) for key, wanted in mapping.items()),
            names_status=STATUS in mapping and not isinstance(mapping[STATUS], ValueTest),
        )
        for mapping in condition or ()
    )


def compile_step_condition(
    *,
    only_if: tuple[Condition | None, Condition | None],
    unless: tuple[Condition | None, Condition | None],
    live: tuple[str, ...],
    on_status: str | None,
) -> StepCondition:
    """Compile the conditions of a rule and of its step (in this order), with the kind's live words."""
    rule_only_if, step_only_if = (compile_condition(condition) or _ALWAYS for condition in only_if)
    withheld = compile_condition(unless[0]) + compile_condition(unless[1])
    return StepCondition(
        rule_only_if=rule_only_if,
        step_only_if=step_only_if,
        unless=withheld,
        statuses=frozenset(live) if on_status is None else frozenset({on_status}),
        status_words=f"live ones ({_any_of(live)})" if on_status is None else on_status,
        is_plain=rule_only_if is _ALWAYS and step_only_if is _ALWAYS and not withheld,
    )


def _test(key: str, wanted: ConditionValue) -> Test:
    of_contact = key.startswith(CONTACT_PREFIX)
    name = key.removeprefix(CONTACT_PREFIX)
    if not isinstance(wanted, ValueTest):
        values = wanted if isinstance(wanted, tuple) else (wanted,)
        words = frozenset(value for value in values if isinstance(value, str))
        return Test(name, of_contact, wanted=values, words=words if len(words) == len(values) else None)
    unwanted: tuple[object, ...] = wanted.not_ if isinstance(wanted.not_, tuple) else (wanted.not_,)
    return Test(
        name,
        of_contact,
        unwanted=() if wanted.not_ is None else unwanted,
        under=wanted.under,
        over=wanted.over,
    )


def _any_of(values: tuple[object, ...]) -> str:
    words = [("yes" if value else "no") if isinstance(value, bool) else str(value) for value in values]
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"
