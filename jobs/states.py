"""The states of a job, its origins, and the arrows between states: which verb may move a job from where to where.

Pure data. `store` is the only writer of a job's state and asks this table; no other arrow is possible.
"""

import functools
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a job stands."""

    SCHEDULED = "scheduled"
    """Dated and waiting."""
    QUEUED = "queued"
    """Named in an entry."""
    CLAIMED = "claimed"
    """A worker holds it; no request can exist."""
    SENDING = "sending"
    """The intent is committed; a request may exist."""
    HELD = "held"
    """Waiting for a later moment; no attempt was burnt."""
    RETRYING = "retrying"
    """Waiting to be tried again after an attempt that was surely not sent."""
    SENT = "sent"
    """The provider accepted it."""
    DELIVERED = "delivered"
    """A receipt says that it arrived."""
    UNDELIVERED = "undelivered"
    """A receipt says that it did not arrive."""
    IN_DOUBT = "in_doubt"
    """Sent or not: unknown."""
    BLOCKED = "blocked"
    """A gate or a person forbade it."""
    FAILED = "failed"
    """The provider refused it, or every attempt was burnt."""
    CANCELLED = "cancelled"
    """No longer wanted."""
    EXPIRED = "expired"
    """No longer useful."""


class Origin(StrEnum):
    """Why a job exists."""

    REMINDER = "reminder"
    CORRECTION = "correction"
    ACKNOWLEDGEMENT = "acknowledgement"
    ONE_OFF = "one_off"


class Verb(StrEnum):
    """What may be done to a job: the names of the store's arrows."""

    PLAN = "plan"
    REFRESH = "refresh"
    DOUBT = "doubt"
    MOVE = "move"
    CANCEL = "cancel"
    BLOCK = "block"
    EXPIRE = "expire"
    ENQUEUE = "enqueue"
    RELEASE = "release"
    CLAIM = "claim"
    HOLD = "hold"
    FAIL = "fail"
    SEND = "send"
    RECORD = "record"
    RETRY = "retry"
    SETTLE = "settle"
    REOPEN = "reopen"


S = State
WAITING = frozenset({S.SCHEDULED, S.HELD, S.RETRYING})
"""Found again by take_due when its due_at comes."""
UNCLAIMED = WAITING | {S.QUEUED}
UNSENT = UNCLAIMED | {S.CLAIMED}
"""No request can exist: these may be moved, cancelled or blocked by a compare-and-set alone."""
ENDED = frozenset({S.SENT, S.DELIVERED, S.UNDELIVERED, S.BLOCKED, S.FAILED, S.CANCELLED, S.EXPIRED})
"""Nothing more happens by itself (a receipt may still move a sent job)."""
ACCEPTED = frozenset({S.SENT, S.DELIVERED, S.UNDELIVERED})
"""The provider took it; a second acceptance leaves it there and is counted (`doubled`)."""
REOPENABLE = frozenset({S.CANCELLED, S.BLOCKED, S.FAILED, S.EXPIRED})


@dataclass(frozen=True, slots=True)
class Arrow:
    """One row of the table: `verb` moves a job from any of `sources` to `target`; None: it stays where it is."""

    verb: Verb
    sources: frozenset[State]
    target: State | None


V = Verb
PLANNED = frozenset({S.SCHEDULED, S.IN_DOUBT})
"""Where `plan` lets a new job begin: in doubt only inside a restored backup's gap."""
ARROWS: tuple[Arrow, ...] = (
    Arrow(V.REFRESH, UNCLAIMED, None),
    Arrow(V.REFRESH, frozenset({S.CLAIMED, S.HELD}), S.SCHEDULED),
    Arrow(V.DOUBT, UNSENT | {S.SENDING}, S.IN_DOUBT),
    Arrow(V.MOVE, UNSENT, S.SCHEDULED),
    Arrow(V.CANCEL, UNSENT, S.CANCELLED),
    Arrow(V.BLOCK, UNSENT, S.BLOCKED),
    Arrow(V.EXPIRE, UNSENT, S.EXPIRED),
    Arrow(V.ENQUEUE, WAITING, S.QUEUED),
    Arrow(V.RELEASE, frozenset({S.QUEUED, S.CLAIMED}), S.SCHEDULED),
    Arrow(V.CLAIM, frozenset({S.QUEUED}), S.CLAIMED),
    Arrow(V.HOLD, frozenset({S.CLAIMED, S.SENDING}), S.HELD),
    Arrow(V.FAIL, frozenset({S.CLAIMED, S.SENDING}), S.FAILED),
    Arrow(V.SEND, frozenset({S.CLAIMED}), S.SENDING),
    Arrow(V.RECORD, frozenset(S) - ACCEPTED, S.SENT),
    Arrow(V.RECORD, frozenset({S.SENT}), S.DELIVERED),
    Arrow(V.RECORD, frozenset({S.SENT}), S.UNDELIVERED),
    Arrow(V.RECORD, frozenset({S.UNDELIVERED}), S.DELIVERED),
    Arrow(V.RECORD, ACCEPTED, None),
    Arrow(V.RETRY, frozenset({S.SENDING}), S.RETRYING),
    Arrow(V.BLOCK, frozenset({S.SENDING}), S.BLOCKED),
    Arrow(V.EXPIRE, frozenset({S.SENDING}), S.EXPIRED),
    Arrow(V.CANCEL, frozenset({S.SENDING}), S.CANCELLED),
    Arrow(V.CANCEL, frozenset({S.SENDING, S.IN_DOUBT}), None),
    Arrow(V.SETTLE, frozenset({S.IN_DOUBT}), S.SENT),
    Arrow(V.SETTLE, frozenset({S.IN_DOUBT}), S.RETRYING),
    Arrow(V.SETTLE, frozenset({S.IN_DOUBT}), S.EXPIRED),
    Arrow(V.SETTLE, frozenset({S.IN_DOUBT}), S.CANCELLED),
    Arrow(V.SETTLE, frozenset({S.IN_DOUBT}), S.FAILED),
    Arrow(V.REOPEN, REOPENABLE, S.SCHEDULED),
)


@functools.cache
def sources_of(verb: Verb, target: State | None) -> frozenset[State]:
    """Return every state from which `verb` may lead to `target` (None: stay); empty when there is no such arrow."""
    return frozenset(
        source for arrow in ARROWS if arrow.verb is verb and arrow.target is target for source in arrow.sources
    )
