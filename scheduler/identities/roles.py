"""Roles, those of a practice's own among them, and the matrix of role and right for people. Pure.

The names a practice gives (in its `who_may_send`) come in as a parameter: this room knows no rulebook.
"""

from collections.abc import Collection
from typing import Final

from scheduler.identities.rights import MEANINGS, ROLES, Right

NAMED_RIGHTS: Final = ROLES["viewer"] | {Right.SEND_TEXTS}
"""What a role has that only a practice names."""
_HEAD: Final = """\
# Who may do what

Made from `scheduler/identities/rights.py` by `scheduler/identities/roles.py`; a test fails where they differ.
A user has one role in one practice. An API key has scopes: those it was given, whatever the role of who made it.
"""
_FOOT: Final = """
A role that a practice names itself, in `who_may_send` of its `practice.yaml`, is the column *named there*.
What a text past the cap, to any number, abroad or with sensitive content needs besides `texts:send` is for that
practice to say, in the same place. A user whose role no rulebook names any more may do nothing until given another.
"""


def known_roles(named: Collection[str] = ()) -> tuple[str, ...]:
    """Return every role of a practice: ours, then those that it names itself."""
    return (*ROLES, *sorted(set(named) - ROLES.keys()))


def rights_of(role: str, named: Collection[str] = ()) -> frozenset[Right]:
    """Return what a role may do in a practice that names these roles; nothing where nobody knows the role."""
    if role in ROLES:
        return ROLES[role]
    return NAMED_RIGHTS if role in named else frozenset()


def matrix() -> str:
    """Return the role matrix as `docs/roles.md` holds it."""
    columns = [*ROLES.items(), ("named there", NAMED_RIGHTS)]
    lines = [
        _HEAD,
        "| scope | lets somebody | " + " | ".join(name for name, _ in columns) + " |",
        "|---|---|" + ":-:|" * len(columns),
    ]
    for right in Right:
        marks = " | ".join("✓" if right in rights else " " for _, rights in columns)
        lines.append(f"| `{right.value}` | {MEANINGS[right]} | {marks} |")
    return "\n".join(lines) + "\n" + _FOOT
