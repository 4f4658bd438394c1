"""Where things stand in the files of a rulebook, and problems that name it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a file to a value: ("rules", 0, "steps", 1, "at")."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; `line` and `column` count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place and what to do; an error forbids publishing, a warning does not."""

    position: Position
    text: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return `file:line:column: what is wrong. What to do`."""
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.position}: {mark}{self.text}"


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value, with its text as written; `plain` when it was not quoted."""

    position: Position
    value: object
    written: str
    plain: bool


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    position: Position
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping: each key, as written, with where it stands, and its value."""

    position: Position
    entries: "dict[str, tuple[Position, Node]]"


Node = ScalarNode | SequenceNode | MappingNode


def child(node: Node, segment: str | int) -> Node | None:
    """Return what lies under one key or index, or None."""
    if isinstance(node, MappingNode) and isinstance(segment, str) and segment in node.entries:
        return node.entries[segment][1]
    if isinstance(node, SequenceNode) and isinstance(segment, int) and 0 <= segment < len(node.items):
        return node.items[segment]
    return None


def walk_known(node: Node, path: Path) -> Iterator[tuple[str | int, Node]]:
    """Yield the segments of `path` that exist in the data, each with its node; other segments are skipped."""
    for segment in path:
        below = child(node, segment)
        if below is not None:
            node = below
            yield segment, node


def position_of(node: Node, path: Path) -> Position:
    """Return where the value at `path` stands; where it is missing, its nearest parent."""
    below = [found for _, found in walk_known(node, path)]
    return below[-1].position if below else node.position


def key_position_of(node: Node, path: Path) -> Position:
    """Return where the last key of `path` stands; where it is missing or an index, where the value does."""
    parent = node
    for segment in path[:-1]:
        parent = child(parent, segment) or parent
    last = path[-1] if path else None
    if isinstance(parent, MappingNode) and isinstance(last, str) and last in parent.entries:
        return parent.entries[last][0]
    return position_of(node, path)


def plain_data(node: Node) -> object:
    """Return a fresh copy of the data without positions: dicts, lists and values."""
    if isinstance(node, MappingNode):
        return {key: plain_data(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain_data(item) for item in node.items]
    return node.value
