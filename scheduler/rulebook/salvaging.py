"""What of a part that has problems can still be read, so that what else is wrong with it is told at once. Pure.

A node and the places of its problems come in, the node without them goes out. Never makes anything publishable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.rulebook.positions import MappingNode, Node, Path, Position, ScalarNode, SequenceNode
from scheduler.rulebook.schema import Rule

_WHOM = frozenset({"only_if", "unless", "to"})
"""Keys of a rule without which nobody can tell when its steps fire."""
_STEP = ("steps",)
_NAMING_STEP = frozenset({"id", "template"})
_STAND_INS: dict[str, object] = {
    "practice": "unread",
    "name": "unread",
    "timezone": "UTC",
    "country": "CA",
    "languages": ("en",),
    "phone": "unread",
}
"""What stands for a key of the practice that cannot be read or is missing; checks that need the key are not run."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A rule without what cannot be read; `unread` are its steps that lack something, by their index in `node`."""

    node: MappingNode
    unread: frozenset[int]


def rest_of_rule(node: Node, places: Sequence[Path]) -> Rest | None:
    """Return what is left of a rule; None where nothing can be said without what is missing."""
    if not isinstance(node, MappingNode) or any(not place for place in places):
        return None
    own = {str(place[0]) for place in places if not _is_in_step(place)}
    kept = MappingNode(node.position, {key: entry for key, entry in node.entries.items() if key not in own})
    steps = kept.entries.get("steps")
    if steps is None or not isinstance(steps[1], SequenceNode):
        return None
    left = [_rest_of_step(index, step, places) for index, step in enumerate(steps[1].items)]
    whole = [each for each in left if each is not None]
    lacking = {at for at, (_, is_whole) in enumerate(whole) if not is_whole}
    if own & _WHOM or own - {field.alias or name for name, field in Rule.model_fields.items()}:
        lacking = set(range(len(whole)))
    items = SequenceNode(steps[1].position, tuple(step for step, _ in whole))
    entries = {**kept.entries, "steps": (steps[0], items)}
    return Rest(MappingNode(node.position, entries), frozenset(lacking)) if whole else None


def rest_of_practice(node: MappingNode, broken: frozenset[str], places: Sequence[Path]) -> MappingNode:
    """Return a practice without its broken keys, with what stands for those that it must have; sound kinds are kept."""
    entries = {key: entry for key, entry in node.entries.items() if key not in broken}
    kinds = node.entries.get("kinds")
    if "kinds" in broken and kinds is not None and isinstance(kinds[1], MappingNode):
        bad = {place[1] for place in places if len(place) > 1 and place[0] == "kinds"}
        sound = {name: entry for name, entry in kinds[1].entries.items() if name not in bad}
        entries["kinds"] = (kinds[0], MappingNode(kinds[1].position, sound))
    for key in broken & _STAND_INS.keys():
        entries[key] = (node.position, _node_of(_STAND_INS[key], node.position))
    return MappingNode(node.position, entries)


def _is_in_step(place: Path) -> bool:
    return place[:1] == _STEP and len(place) > 1


def _rest_of_step(index: int, step: Node, places: Sequence[Path]) -> tuple[MappingNode, bool] | None:
    """Return a step without what cannot be read and whether that is all of it; None where it cannot be named."""
    own = [place for place in places if place[:2] == ("steps", index)]
    bad = {str(place[2]) for place in own if len(place) > len(_STEP) + 1}
    if not isinstance(step, MappingNode) or bad & _NAMING_STEP or any(len(place) == len(_STEP) + 1 for place in own):
        return None
    entries: dict[str, tuple[Position, Node]] = {key: each for key, each in step.entries.items() if key not in bad}
    return MappingNode(step.position, entries), not bad


def _node_of(value: object, where: Position) -> Node:
    if isinstance(value, tuple):
        return SequenceNode(where, tuple(_node_of(item, where) for item in value))
    return ScalarNode(where, value, str(value), plain=False)
