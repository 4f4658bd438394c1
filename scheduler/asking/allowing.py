"""Who may send what one-off: `who_may_send`, a role and what a text takes in; what lacks, in words, out. Pure.

Where the practice says nothing, admin and staff send texts and the admin alone the rest (the rule reference).
"""

from collections.abc import Collection, Mapping
from typing import Final

from scheduler.rulebook.schema import Right

_BY_DEFAULT: Final[Mapping[Right, frozenset[str]]] = {
    "texts": frozenset({"admin", "staff"}),
    "any_number": frozenset({"admin"}),
    "abroad": frozenset({"admin"}),
    "past_cap": frozenset({"admin"}),
    "sensitive": frozenset({"admin"}),
    "in_quiet_hours": frozenset({"admin"}),
}
_NAMED_SO: Final = {"ops": "operations"}
"""A user's role, and how `who_may_send` names it."""
_WHAT: Final[Mapping[Right, str]] = {
    "texts": "send texts",
    "any_number": "text a number that is no contact's",
    "abroad": "text a number abroad",
    "past_cap": "send past the spend cap",
    "sensitive": "send sensitive content",
    "in_quiet_hours": "send in quiet hours",
}
SYSTEM_MAY_NOT: Final[frozenset[Right]] = frozenset({"past_cap", "sensitive"})
"""What nobody but a person may send: a text of the case system itself is in nobody's name."""


def missing(who_may_send: Mapping[Right, Collection[str]], role: str, takes: Collection[Right]) -> list[Right]:
    """Return which of these rights a role lacks, in the order of their names."""
    name = _NAMED_SO.get(role, role)
    return sorted(right for right in takes if name not in who_may_send.get(right, _BY_DEFAULT[right]))


def lacking(who_may_send: Mapping[Right, Collection[str]], role: str | None, takes: Collection[Right]) -> str | None:
    """Return why a role may not send what takes these rights, or None; role None is the case system itself."""
    if role is None:
        lacks = sorted(set(takes) & SYSTEM_MAY_NOT)
        whose = "a text in nobody's name may not"
    else:
        lacks = missing(who_may_send, role, takes)
        whose = f"the role {role} may not"
    return f"{whose} {' or '.join(_WHAT[right] for right in lacks)}" if lacks else None
