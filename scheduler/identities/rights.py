"""Every right there is, and which role or key has it: the one table. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One thing somebody may do; the value is what a key's scope is called."""

    READ_RECORDS = "records:read"
    WRITE_RECORDS = "records:write"
    SEND_TEXTS = "texts:send"
    SEND_UNSIGNED = "texts:system"
    SEND_AT_ANY_HOUR = "texts:any_hour"
    READ_JOBS = "jobs:read"
    CHANGE_JOBS = "jobs:change"
    READ_INBOX = "inbox:read"
    WRITE_INBOX = "inbox:write"
    READ_RULEBOOK = "rulebook:read"
    PUBLISH = "rulebook:publish"
    REVEAL = "people:reveal"
    ERASE = "people:erase"
    READ_AUDIT = "audit:read"
    MANAGE_IDENTITIES = "identities:manage"
    MANAGE_EVENTS = "events:manage"
    PAUSE = "pauses:manage"


MEANINGS: Final[Mapping[Right, str]] = {
    Right.READ_RECORDS: "see contacts and occasions",
    Right.WRITE_RECORDS: "add, change and remove contacts and occasions",
    Right.SEND_TEXTS: "send texts in a named person's name",
    Right.SEND_UNSIGNED: "send texts in nobody's name: those of the case system itself",
    Right.SEND_AT_ANY_HOUR: "send texts in quiet hours, with a reason",
    Right.READ_JOBS: "see jobs, texts, their timelines and costs",
    Right.CHANGE_JOBS: "cancel, reschedule, reopen and settle jobs",
    Right.READ_INBOX: "read conversations",
    Right.WRITE_INBOX: "answer, assign, link, note and mark conversations",
    Right.READ_RULEBOOK: "see rules, templates and revisions",
    Right.PUBLISH: "plan and publish rules and templates",
    Right.REVEAL: "see whole phone numbers and words in the views of operations",
    Right.ERASE: "export and erase what is kept of a contact",
    Right.READ_AUDIT: "read the audit log",
    Right.MANAGE_IDENTITIES: "manage users and API keys",
    Right.MANAGE_EVENTS: "manage the endpoints that events go to",
    Right.PAUSE: "pause and resume",
}
"""What each right lets somebody do, for people."""

_SEES: Final = frozenset({Right.READ_RECORDS, Right.READ_JOBS, Right.READ_RULEBOOK})
_STAFF: Final = _SEES | {Right.WRITE_RECORDS, Right.SEND_TEXTS, Right.CHANGE_JOBS, Right.READ_INBOX, Right.WRITE_INBOX}

ROLES: Final[Mapping[str, frozenset[Right]]] = {
    "admin": frozenset(Right) - {Right.SEND_UNSIGNED},
    "staff": frozenset(_STAFF | {Right.REVEAL}),
    "ops": frozenset(_SEES | {Right.CHANGE_JOBS, Right.PAUSE, Right.READ_AUDIT, Right.MANAGE_EVENTS}),
    "viewer": _SEES,
}
"""What users of a role may do; a role that a practice names in `who_may_send` has a viewer's rights and sends."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever came in, of one practice: `name` is how the store names them (`key:immcase`, `person:maya`).

    `address` is where they call from, as the door saw it; None where nobody called.
    """

    practice: str
    name: str
    rights: frozenset[Right]
    role: str | None = None
    address: str | None = None

    def may(self, right: Right) -> bool:
        """Tell whether they have a right."""
        return right in self.rights
