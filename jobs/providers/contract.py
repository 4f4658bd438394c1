"""What every provider is: one `send` that answers from a closed list of outcomes, each carrying its consequence.

An adapter translates its provider's dialect into these and decides nothing: no retry, no pause, no state.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """One text to ask a provider for, once, under an intent that is committed.

    `may_write` is asked once, right before the first byte goes out: false means that its deadline has passed and that
    nothing may be written. `valid_for` is how long the provider may go on trying (ValidityPeriod).
    """

    attempt_id: uuid.UUID
    job_id: uuid.UUID
    from_number: str
    to_number: str
    body: str
    valid_for: dt.timedelta
    may_write: Callable[[], bool] = field(default=lambda: True, repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it, under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Surely not sent, and asking again would not help; `opted_out`: because the person asked the carrier to stop."""

    reason: str
    code: str | None = None
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Surely not sent, and worth another try, not before `after` where the provider says so. Burns an attempt."""

    reason: str
    after: dt.timedelta | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Surely not sent: this sender asks too fast. Burns no attempt."""

    reason: str
    after: dt.timedelta | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Surely not sent: `what` (account or sender) sends nothing at all until a person mends it. Burns no attempt."""

    what: str
    reason: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent or not: a time-out, a reset after the write, a 5xx, an answer that cannot be read."""

    reason: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Its deadline passed before the write: not a byte went out. Burns no attempt."""

    reason: str = "its deadline passed before the request was written"


Outcome: TypeAlias = Accepted | Refused | Later | Throttled | Closed | Unknown | NotWritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do: requests at once, how long one may take, whether a key makes repeating it safe."""

    at_once: int = 50
    timeout: dt.timedelta = dt.timedelta(seconds=10)
    has_idempotency_key: bool = False


class Provider(Protocol):
    """An adapter. Its `send` raises nothing that it expects; what it raises all the same counts as unknown."""

    id: str
    capabilities: Capabilities

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text once and return what came of it, within `capabilities.timeout`."""
        ...
