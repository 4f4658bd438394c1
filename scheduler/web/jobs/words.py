"""Orders, steps of a life and outcomes as the pages of jobs say them, and in which states each order is possible."""

from collections.abc import Mapping
from typing import Final

from jobs.states import REOPENABLE, UNCLAIMED, UNSENT, State
from scheduler.web.words import sentence

RETRY, RESCHEDULE, CANCEL, REOPEN, SETTLE = "retry", "reschedule", "cancel", "reopen", "settle"
ORDERS: Final[Mapping[str, str]] = {
    RETRY: sentence("Send now"),
    RESCHEDULE: sentence("Reschedule"),
    REOPEN: sentence("Reopen"),
    SETTLE: sentence("Settle"),
    CANCEL: sentence("Cancel this text"),
}
MANY_ORDERS: Final[Mapping[str, str]] = {
    RETRY: sentence("Send now"),
    CANCEL: sentence("Cancel them"),
    RESCHEDULE: sentence("Reschedule"),
    REOPEN: sentence("Reopen"),
}
POSSIBLE: Final[Mapping[str, frozenset[State]]] = {
    RETRY: UNCLAIMED | (REOPENABLE - {State.CANCELLED}),
    RESCHEDULE: UNSENT,
    REOPEN: REOPENABLE,
    SETTLE: frozenset({State.IN_DOUBT}),
    CANCEL: UNSENT | {State.SENDING, State.IN_DOUBT},
}
DONE: Final[Mapping[str, str]] = {
    RETRY: sentence("It goes as soon as it is its turn."),
    RESCHEDULE: sentence("Rescheduled."),
    REOPEN: sentence("Open again."),
    SETTLE: sentence("Settled."),
    CANCEL: sentence("Cancelled."),
}
GOING_OUT: Final = sentence("It is already going out: it may have been sent. It will not be tried again.")
FINDINGS: Final[Mapping[str, str]] = {
    "sent": sentence("It was sent"),
    "absent": sentence("It surely was not sent: send it"),
    "resend": sentence("Nobody can tell: send it again, at the risk of two"),
    "give_up": sentence("Nobody can tell: leave it"),
}
VERBS: Final[Mapping[str, str]] = {
    "plan": sentence("Planned"),
    "refresh": sentence("Its rule’s details were refreshed"),
    "doubt": sentence("Whether it went became unknown"),
    "move": sentence("Moved"),
    "cancel": sentence("Cancelled"),
    "block": sentence("Blocked"),
    "expire": sentence("Expired"),
    "enqueue": sentence("Handed to the workers"),
    "release": sentence("Put back"),
    "claim": sentence("Taken by a worker"),
    "hold": sentence("Held"),
    "fail": sentence("Failed"),
    "send": sentence("Asked of the provider"),
    "record": sentence("Recorded"),
    "retry": sentence("To be tried again"),
    "settle": sentence("Settled"),
    "reopen": sentence("Reopened"),
}
SCOPES: Final[Mapping[str, str]] = {
    "all": sentence("Everything"),
    "practice": sentence("All texts of this practice"),
    "rule": sentence("Rule {target}"),
    "sender": sentence("Sender {target}"),
    "provider": sentence("Provider {target}"),
}
SAID_BY_VALUE: Final = (
    *(sentence("reminder"), sentence("correction"), sentence("acknowledgement"), sentence("one off")),
    *(sentence("accepted"), sentence("refused"), sentence("later"), sentence("unknown"), sentence("absent")),
    sentence("no answer yet"),
)
"""Origins of jobs and ends of attempts, which templates say by their values."""
GOOD: Final = frozenset({"sent", "delivered"})
BAD: Final = frozenset({"failed", "undelivered", "in_doubt", "blocked", "expired"})


def tone_of(state: str) -> str:
    """Return the class of a step that led to a state."""
    return "good" if state in GOOD else "bad" if state in BAD else ""
