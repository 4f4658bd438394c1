"""Keys that a rule does not take since they are said elsewhere. Named where they stand, with what to do.

They are refused and taken out before validation, never accepted and ignored.
"""

from scheduler.rulebook.positions import MappingNode, Node, Position, Problem, SequenceNode

_ELSEWHERE = {
    "via": "`via` is said of a contact, not of a rule. Name there whose phone is used, and here only the role in `to`",
    "people": "`people` is said of an occasion, not of a rule. Name the roles that are texted in `to`",
}
_RULE_PATHS = (("rule",), ("rule", "steps", "*"))


def refuse_unsupported(node: Node) -> tuple[Node, tuple[Problem, ...]]:
    """Return a rule's node without such keys, and a problem for each."""
    problems: list[Problem] = []
    return _cleaned(node, ("rule",), problems), tuple(problems)


def _cleaned(node: Node, path: tuple[str, ...], problems: list[Problem]) -> Node:
    if isinstance(node, SequenceNode) and path[-1] == "steps":
        return SequenceNode(node.position, tuple(_cleaned(item, (*path, "*"), problems) for item in node.items))
    if not isinstance(node, MappingNode):
        return node
    entries: dict[str, tuple[Position, Node]] = {}
    for key, (where, value) in node.entries.items():
        text = _refusal(path, key)
        if text is None:
            entries[key] = (where, _cleaned(value, (*path, key), problems))
        else:
            problems.append(Problem(where, text))
    return MappingNode(node.position, entries)


def _refusal(path: tuple[str, ...], key: str) -> str | None:
    return _ELSEWHERE.get(key) if path in _RULE_PATHS else None
