"""Keys of the rule language that are not supported yet: named where they stand and taken out before validation.

They are refused, never accepted and ignored.
"""

from collections.abc import Iterator

from scheduler.rulebook.positions import MappingNode, Node, Position, Problem, ScalarNode, SequenceNode

PRACTICE_KEYS = frozenset({"auto_reply"})
RULE_KEYS = frozenset({"was", "moved", "cancelled", "changed", "replies", "via"})
STEP_KEYS = frozenset({"was", "on", "wait", "if_undelivered", "via"})
_KEYS_AT: dict[tuple[str, ...], frozenset[str]] = {
    ("practice",): PRACTICE_KEYS,
    ("rule",): RULE_KEYS,
    ("rule", "steps", "*"): STEP_KEYS,
}
ONLY_VALUE = {"to": ("contact",), "purpose": ("service",)}
"""Keys of a rule of which one value is supported, which is also what they mean when left out."""

Entry = tuple[Position, Node]


def refuse_unsupported(node: Node, what: str) -> tuple[Node, tuple[Problem, ...]]:
    """Return the node without unsupported keys, and a problem for each; `what` is "practice" or "rule"."""
    problems: list[Problem] = []
    return _cleaned(node, (what,), problems), tuple(problems)


def _cleaned(node: Node, path: tuple[str, ...], problems: list[Problem]) -> Node:
    if isinstance(node, SequenceNode) and path[-1] == "steps":
        return SequenceNode(node.position, tuple(_cleaned(item, (*path, "*"), problems) for item in node.items))
    if not isinstance(node, MappingNode):
        return node
    entries: dict[str, Entry] = {}
    for key, (where, value) in node.entries.items():
        problem = _problem(path, key, where, value)
        if problem is None:
            entries[key] = (where, _cleaned(value, (*path, key), problems))
        else:
            problems.append(problem)
    return MappingNode(node.position, entries)


def _problem(path: tuple[str, ...], key: str, where: Position, value: Node) -> Problem | None:
    if key in _KEYS_AT.get(path, ()):
        return Problem(where, f"`{key}` is not supported yet. Leave it out")
    if key in ONLY_VALUE and (path == ("rule",) or (key == "purpose" and path[:2] == ("practice", "templates"))):
        return _value_problem(key, value)
    return None


def _value_problem(key: str, value: Node) -> Problem | None:
    """Refuse a well-formed value that is not the supported one; what is malformed is left to validation."""
    written = tuple(_texts(value))
    if not written or written == ONLY_VALUE[key]:
        return None
    first = next((item for item in _scalars(value) if item.written not in ONLY_VALUE[key]), None)
    where = (first or value).position
    if key == "purpose":
        wrong = f"`purpose: {written[0]}` is not supported yet. Leave it out" if written[0] == "commercial" else None
        return Problem(where, wrong) if wrong else None
    return Problem(where, f"`to: [{', '.join(written)}]` is not supported yet. Leave `to` out: the contact is texted")


def _texts(value: Node) -> Iterator[str]:
    return (item.written for item in _scalars(value))


def _scalars(value: Node) -> Iterator[ScalarNode]:
    if isinstance(value, ScalarNode):
        yield value
    elif isinstance(value, SequenceNode):
        yield from (item for item in value.items if isinstance(item, ScalarNode))
