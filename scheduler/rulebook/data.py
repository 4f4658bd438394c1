"""From a rule file's bytes to data with positions, by YAML 1.2's core schema: `on`, `NO`, `10:00` and dates stay text.

Duplicate keys are reported with both places; numbers are exact (int or Decimal).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

import yaml

from scheduler.rulebook.positions import MappingNode, Node, Position, Problem, ScalarNode, SequenceNode
from scheduler.rulebook.yaml_guard import MOST_NODES, UnreadableError, guarded_events, position_of_mark, read_text

MOST_PROBLEMS = 100

_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL = re.compile(r"0o[0-7]{1,18}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_LONGEST_FLOAT = 16
"""Characters: at most 15 digits, which a JSON number keeps exactly."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file holds (None when it cannot be read) and what is wrong with it."""

    node: Node | None
    problems: tuple[Problem, ...] = ()
    size: int = 0
    """How many values it holds, aliases written out."""


def resolve(written: str) -> object:
    """Return what an unquoted scalar means by YAML 1.2's core schema; numbers too long to be meant stay text.

    Source: YAML 1.2.2, section 10.3.2 (tag resolution), without `.inf` and `.nan`, which stay text.
    """
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    if _OCTAL.fullmatch(written) or _HEXADECIMAL.fullmatch(written):
        return int(written, 0)
    if len(written) > _LONGEST_FLOAT or not _FLOAT.fullmatch(written):
        return written
    number = Decimal(written)
    return int(number) if number == number.to_integral_value() else number


def read_yaml(content: bytes, file: str) -> YamlFile:
    """Read one file; `file` is the name that problems carry."""
    composer: _Composer | None = None
    try:
        composer = _Composer(guarded_events(read_text(content, file), file), file)
        node = composer.compose()
    except UnreadableError as error:
        found = composer.problems if composer else []
        return YamlFile(None, (*found, error.problem))
    return YamlFile(node, tuple(composer.problems), composer.size)


class _Composer:
    """Builds nodes out of events; recursion is bounded by the guard's depth, aliases by the size they expand to."""

    def __init__(self, events: Iterator[yaml.Event], file: str) -> None:
        self._events = events
        self._file = file
        self._anchors: dict[str, tuple[Node, int]] = {}
        self.size = 0
        self.problems: list[Problem] = []

    def compose(self) -> Node | None:
        """Return the document's node, or None for an empty file."""
        document: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                document = self._node(event)
        return document

    def _node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self.size
        self.size += 1
        node = self._fresh(event)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[str(anchor)] = (node, self.size - before)
        return node

    def _fresh(self, event: yaml.Event) -> Node:
        where = self._where(event)
        if isinstance(event, yaml.MappingStartEvent):
            return MappingNode(where, self._entries())
        if isinstance(event, yaml.SequenceStartEvent):
            return SequenceNode(where, tuple(self._items()))
        if not isinstance(event, yaml.ScalarEvent):
            raise UnreadableError(Problem(where, "this is not well-formed YAML. Check the indentation"))
        plain = bool(event.implicit[0])
        return ScalarNode(where, resolve(event.value) if plain else event.value, event.value, plain)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        known = self._anchors.get(str(event.anchor))
        if known is None:
            self._refuse(
                event, f"the alias `*{str(event.anchor)[:40]}` names nothing written before it. Write the value out"
            )
        node, size = known
        self.size += size
        if self.size > MOST_NODES:
            self._refuse(event, f"aliases expand to more than {MOST_NODES:,} values. Write the values out")
        return node

    def _items(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event)

    def _entries(self) -> dict[str, tuple[Position, Node]]:
        entries: dict[str, tuple[Position, Node]] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, where = self._key(event), self._where(event)
            value = self._node(next(self._events))
            if key in entries and len(self.problems) < MOST_PROBLEMS:
                first = entries[key][0]
                text = (
                    f"the key `{key[:60]}` stands here a second time (first in line {first.line}). Remove one of them"
                )
                self.problems.append(Problem(where, text))
            entries.setdefault(key, (where, value))
        return entries

    def _key(self, event: yaml.Event) -> str:
        node = self._node(event)
        if not isinstance(node, ScalarNode):
            self._refuse(event, "a key must be a word, not a list or a mapping. Quote a value that holds braces")
        return node.written

    def _where(self, event: yaml.Event) -> Position:
        return position_of_mark(event.start_mark, self._file)

    def _refuse(self, event: yaml.Event, text: str) -> NoReturn:
        raise UnreadableError(Problem(self._where(event), text))
