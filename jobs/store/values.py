"""What goes into the store's verbs and what comes out: frozen values, no database.

Every verb is `verb(connection, items, *, by, now) -> list[Moved]`: a set in, those it moved out. What does not come
back was lost to someone else and is not acted on. `fence=None` means whatever the fence is.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jobs.records import new_id
from jobs.states import Origin, State, Verb

PLANNER = "planner"
WORKER = "worker"
CHORE = "chore"
PROVIDER = "provider"

BEING_REPLANNED = "its rule changed and it is being planned again"
"""The reason of a job held for its plan hash; `refresh` makes such a job due at once."""


def person(name: str) -> str:
    """Return how the store names a person as mover."""
    return f"person:{name}"


@dataclass(slots=True, kw_only=True)
class NewJob:
    """A job to plan; `due_at` None is `planned_for`. `in_doubt`: dated inside a restored backup's gap.

    Nobody changes one. It is not frozen because a frozen one takes three times as long to make, which bulk planning
    does half a million times.
    """

    practice: str
    identity: uuid.UUID
    origin: Origin
    sender: str
    provider: str
    planned_for: dt.datetime
    useful_until: dt.datetime
    due_at: dt.datetime | None = None
    rule: str | None = None
    step: str | None = None
    occasion_id: uuid.UUID | None = None
    role: str | None = None
    anchor: str | None = None
    repeat: int = 1
    change_count: int | None = None
    again_of: uuid.UUID | None = None
    again_count: int = 0
    idempotency_key: str | None = None
    contact_id: uuid.UUID | None = None
    to_number: str | None = None
    template: str | None = None
    text: str | None = None
    variables: Mapping[str, object] | None = None
    purpose: str = "service"
    urgency: int = 3
    pinned: bool = False
    ignore_quiet_hours: bool = False
    plan_hash: str = ""
    revision: str | None = None
    segments: int = 1
    sent_by: Mapping[str, object] | None = None
    reason: str | None = None
    in_doubt: bool = False
    id: uuid.UUID = field(default_factory=new_id)


@dataclass(slots=True)
class Job:
    """A row of `jobs`, every column by its name; always made from a row, in this order.

    Nobody changes one; not frozen for the reason why NewJob is not.
    """

    id: uuid.UUID
    practice: str
    identity: uuid.UUID
    origin: Origin
    rule: str | None
    step: str | None
    occasion_id: uuid.UUID | None
    role: str | None
    anchor: str | None
    repeat: int
    change_count: int | None
    again_of: uuid.UUID | None
    again_count: int
    idempotency_key: str | None
    contact_id: uuid.UUID | None
    to_number: str | None
    sender: str
    provider: str
    template: str | None
    text: str | None
    variables: Mapping[str, object] | None
    purpose: str
    urgency: int
    state: State
    fence: int
    planned_for: dt.datetime
    due_at: dt.datetime
    useful_until: dt.datetime
    pinned: bool
    ignore_quiet_hours: bool
    plan_hash: str
    revision: str | None
    segments: int
    attempts: int
    deaths: int
    doubled: int
    queued_at: dt.datetime | None
    lease_until: dt.datetime | None
    worker: str | None
    reason: str | None
    moved_by: str | None
    stop_wanted: bool
    stop_reason: str | None
    stop_by: str | None
    sent_by: Mapping[str, object] | None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A job that a verb moved (`to_state` equals `from_state` where it stays), with its fence after the move."""

    id: uuid.UUID
    verb: Verb
    from_state: State
    to_state: State
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A job named to be cancelled, blocked, released or doubted, and why."""

    id: uuid.UUID
    reason: str
    fence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New values of a job for refresh, move, reschedule and reopen; None keeps what is there.

    A new `anchor` goes with its new `identity`. Where `due_at` is None and `planned_for` is not, it is due then.
    """

    id: uuid.UUID
    fence: int | None = None
    planned_for: dt.datetime | None = None
    due_at: dt.datetime | None = None
    useful_until: dt.datetime | None = None
    anchor: str | None = None
    identity: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    plan_hash: str | None = None
    template: str | None = None
    sender: str | None = None
    provider: str | None = None
    revision: str | None = None
    segments: int | None = None
    urgency: int | None = None
    rule: str | None = None
    step: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """The present names of a job's rule and step, and its identity under them."""

    id: uuid.UUID
    rule: str
    step: str | None
    identity: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A claimed job that does not go: `state` HELD (with `until`), BLOCKED, EXPIRED, CANCELLED, or SCHEDULED (release).

    `being_replanned` holds it for its plan hash, whatever `reason` says.
    """

    id: uuid.UUID
    fence: int
    state: State
    reason: str
    until: dt.datetime | None = None
    being_replanned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The committed record that a request may now go out: a row of `attempts`; `window` and `told_fields` are JSON."""

    job_id: uuid.UUID
    fence: int
    practice: str
    provider: str
    sender: str
    from_number: str
    to_number: str
    body: str
    segments: int
    encoding: str
    started_at: dt.datetime
    deadline: dt.datetime
    account: str = ""
    template: str | None = None
    language: str | None = None
    revision: str | None = None
    told_start: str | None = None
    told_fields: Mapping[str, object] | None = None
    window: Mapping[str, object] | None = None
    cost_estimated: str | None = None
    currency: str | None = None
    spending_month: str | None = None
    attempt_id: uuid.UUID = field(default_factory=new_id)


class Ending(StrEnum):
    """How an attempt ended: the column `attempts.outcome`, null while sending."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    THROTTLED = "throttled"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    NOT_WRITTEN = "not_written"
    SETTLED_ABSENT = "settled_absent"


MAYBE_ACCEPTED = frozenset({Ending.ACCEPTED, Ending.UNKNOWN})
"""With these, or none yet, the person may have got the text; with any other the attempt was surely not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one attempt, and where its job goes.

    `state`: SENT (accepted), RETRYING or HELD (with `due_at`), FAILED, BLOCKED, EXPIRED, CANCELLED, IN_DOUBT (unknown).
    The attempt's ending is written whoever holds the fence; the job moves only under `fence`, save by proof of
    acceptance. A job whose stop was wanted is cancelled instead of retried or held.
    """

    attempt_id: uuid.UUID
    job_id: uuid.UUID
    fence: int
    ending: Ending
    state: State
    reason: str | None = None
    error_code: str | None = None
    provider_id: str | None = None
    due_at: dt.datetime | None = None
    provider: str | None = None
    sender: str | None = None


class Finding(StrEnum):
    """What a person, a receipt or a listing says of a job in doubt."""

    SENT = "sent"
    """It was accepted."""
    ABSENT = "absent"
    """It is surely not there: retried if still wanted and useful."""
    RESEND = "resend"
    """Nobody can tell, and someone chose to risk a double."""
    GIVE_UP = "give_up"
    """Nobody can tell, and it must not go again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How to settle one job in doubt; `provider_id` where it was found, `due_at` when a retry may go (None: now)."""

    id: uuid.UUID
    finding: Finding
    reason: str
    provider_id: str | None = None
    due_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a receipt says of an attempt: accepted (`delivered` None), arrived, or did not arrive."""

    attempt_id: uuid.UUID
    delivered: bool | None = None
    provider_id: str | None = None
    error_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is handed to the queue: up to 50 ids of queued jobs, all of one provider."""

    provider: str
    ids: tuple[uuid.UUID, ...]
