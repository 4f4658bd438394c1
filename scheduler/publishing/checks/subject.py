"""What a check is given: a desk with readable settings, its kinds, and ways to walk its rules and steps. Pure."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.rulebook.desk import Desk, PlacedRule, templates_named
from scheduler.rulebook.positions import Path, Position, Problem
from scheduler.rulebook.schema import Kind, OnStatus, Practice, Rule, Rulebook, Step


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step, its rule and kind, and its place."""

    placed: PlacedRule
    kind: Kind
    index: int

    @property
    def rule(self) -> Rule:
        """Return the rule."""
        return self.placed.rule

    @property
    def step(self) -> Step:
        """Return the step."""
        return self.placed.rule.steps[self.index]

    @property
    def by_day(self) -> bool:
        """Tell whether the step counts from a day rather than a moment."""
        if self.step.from_ is None:
            return self.kind.dated == "day"
        return self.kind.fields.get(self.step.from_) == "day"

    @property
    def is_dated(self) -> bool:
        """Tell whether the step counts from a date that its kind has; what it lacks is told once."""
        return self.step.from_ is None or self.kind.fields.get(self.step.from_) in {"day", "moment"}

    @property
    def on_status(self) -> str | None:
        """Return the status word that the step goes at, or None."""
        return self.step.on.status if isinstance(self.step.on, OnStatus) else None

    @property
    def name(self) -> str:
        """Return `rule/step`."""
        return f"{self.rule.id}/{self.step.id}"

    def at(self, *path: str | int) -> Position:
        """Return where the value at `path` of the step stands."""
        return self.placed.at("steps", self.index, *path)

    def key(self, *path: str | int) -> Position:
        """Return where the key at `path` of the step stands."""
        return self.placed.key("steps", self.index, *path)

    def has(self, *path: str | int) -> bool:
        """Tell whether something is written at `path` of the step, supported or not."""
        return self.placed.has("steps", self.index, *path)


class Usage(enum.Enum):
    """What a rule, or the practice itself, uses a template for, with its name for people."""

    REMINDER = "a reminder"
    CORRECTION = "a correction"
    ACKNOWLEDGEMENT = "an acknowledgement"
    AUTO_REPLY = "an automatic answer"


_USAGES = {"steps": Usage.REMINDER, "replies": Usage.ACKNOWLEDGEMENT}


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template that a rule names, and its place in the rule."""

    placed: PlacedRule
    name: str
    path: Path

    @property
    def usage(self) -> Usage:
        """Return what the template is used for."""
        return _USAGES.get(str(self.path[0]), Usage.CORRECTION)

    @property
    def where(self) -> Position:
        """Return where the name stands."""
        return self.placed.at(*self.path)


@dataclass(frozen=True, slots=True)
class Subject:
    """A desk whose settings can be read, and its kinds that can; `current` is what is published now, where known."""

    desk: Desk
    settings: Practice
    kinds: Mapping[str, Kind]
    current: Rulebook | None = None

    @property
    def kinds_complete(self) -> bool:
        """Tell whether all of the practice's kinds could be read."""
        return "kinds" not in self.desk.broken

    def rules(self) -> Iterator[tuple[PlacedRule, Kind]]:
        """Yield the rules whose kind is known."""
        for placed in self.desk.rules:
            kind = self.kinds.get(placed.rule.for_)
            if kind is not None:
                yield placed, kind

    def steps(self) -> Iterator[PlacedStep]:
        """Yield the steps of rules whose kind is known, but for those of which a part cannot be read."""
        for placed, kind in self.rules():
            yield from steps_of(placed, kind)

    def template_uses(self) -> Iterator[TemplateUse]:
        """Yield every template that rules of a known kind name."""
        for placed, _ in self.rules():
            for name, path in templates_named(placed.rule):
                yield TemplateUse(placed, name, path)


def steps_of(placed: PlacedRule, kind: Kind) -> Iterator[PlacedStep]:
    """Yield a rule's steps, but for those of which a part cannot be read: what is left of them misleads."""
    for index in range(len(placed.rule.steps)):
        if index not in placed.unread:
            yield PlacedStep(placed, kind, index)


def error(where: Position, text: str) -> Problem:
    """Return a problem that forbids publishing."""
    return Problem(where, text)


def warning(where: Position, text: str) -> Problem:
    """Return a problem that people should see before they publish."""
    return Problem(where, text, "warning")
