"""A practice's desk: what was read from its folder, valid or not, and where each part of it stands. Plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.rulebook.positions import (
    MappingNode,
    Node,
    Path,
    Position,
    Problem,
    child,
    key_position_of,
    position_of,
)
from scheduler.rulebook.schema import Practice, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule and its place; where parts of it cannot be read, `unread` are the steps of which no more can be said."""

    rule: Rule
    node: Node
    unread: frozenset[int] = frozenset()

    def at(self, *path: str | int) -> Position:
        """Return where the value at `path` stands."""
        return position_of(self.node, path)

    def key(self, *path: str | int) -> Position:
        """Return where the key at `path` stands."""
        return key_position_of(self.node, path)

    def has(self, *path: str | int) -> bool:
        """Tell whether something is written at `path`."""
        node: Node | None = self.node
        for segment in path:
            node = child(node, segment) if node is not None else None
        return node is not None


@dataclass(frozen=True, slots=True)
class PlacedTemplate:
    """A template's source in one language, and the file it stands in."""

    file: str
    source: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What was read of one practice.

    `settings` is the practice without its `broken` keys (what must be there has a stand-in), None where it cannot be
    read; `rules` are those of which enough can be read to check them, all and whole only where `rules_complete`.
    `templates` are those used, by name and language; `template_names` all that exist, with their languages.
    `files` is what a revision keeps: every file's text by its path.
    """

    name: str
    settings: Practice | None
    settings_node: Node
    broken: frozenset[str] = frozenset()
    rules: tuple[PlacedRule, ...] = ()
    rules_complete: bool = True
    templates: Mapping[tuple[str, str], PlacedTemplate] = field(default_factory=dict)
    template_names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def at(self, *path: str | int) -> Position:
        """Return where the value at `path` of practice.yaml stands."""
        return position_of(self.settings_node, path)

    def key(self, *path: str | int) -> Position:
        """Return where the key at `path` of practice.yaml stands."""
        return key_position_of(self.settings_node, path)

    def has(self, key: str) -> bool:
        """Tell whether practice.yaml holds the key."""
        return isinstance(self.settings_node, MappingNode) and key in self.settings_node.entries

    def rulebook(self) -> Rulebook | None:
        """Return the rulebook, or None where something of it could not be read; checks come on top."""
        whole = self.settings is not None and not self.broken and self.rules_complete
        if not whole or self.settings is None or any(problem.severity == "error" for problem in self.problems):
            return None
        sources: dict[str, dict[str, str]] = {}
        for (name, language), template in sorted(self.templates.items()):
            sources.setdefault(name, {})[language] = template.source
        return Rulebook(practice=self.settings, rules=tuple(placed.rule for placed in self.rules), templates=sources)


def templates_named(rule: Rule) -> Iterator[tuple[str, Path]]:
    """Yield every template that a rule names, with its place in the rule: of steps, corrections, acknowledgements."""
    for index, step in enumerate(rule.steps):
        yield step.template, ("steps", index, "template")
    for key, name in (("moved", rule.moved), ("cancelled", rule.cancelled)):
        if name is not None:
            yield name, (key,)
    if rule.changed is not None:
        yield rule.changed.template, ("changed", "template")
    for key, reply in rule.replies.by_name().items() if rule.replies else ():
        if reply.say is not None:
            yield reply.say, ("replies", key, "say")


def templates_used(settings: Practice, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """Return the names of the templates that a practice uses: those that rules or settings name or say something of."""
    named = {name for rule in rules for name, _ in templates_named(rule)}
    return tuple(sorted(named | set(settings.templates) | ({settings.auto_reply} if settings.auto_reply else set())))
