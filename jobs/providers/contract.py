"""What every provider is: its dialect in, values from closed lists out, each carrying its consequence.

An adapter translates and decides nothing: no retry, no pause, no state. `send` answers with an outcome, `find` with
what the provider lists, `receipt` and `inbound` with what a callback says once its signature is verified.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeAlias, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """One text to ask a provider for, once, under an intent that is committed.

    `may_write` is asked once, right before the first byte goes out: false means that its deadline has passed and that
    nothing may be written. `valid_for` is how long the provider may go on trying (ValidityPeriod). `callback` is where
    it is to tell of this attempt's fate; None: nowhere.
    """

    attempt_id: uuid.UUID
    job_id: uuid.UUID
    from_number: str
    to_number: str
    body: str
    valid_for: dt.timedelta
    callback: str | None = None
    may_write: Callable[[], bool] = field(default=lambda: True, repr=False)


class Fault(StrEnum):
    """What an error code says of more than one text."""

    NUMBER = "number"
    """This number can never be texted: a landline, unknown, reassigned."""
    OPTED_OUT = "opted_out"
    """The person told the carrier to stop."""
    CONTENT = "content"
    """A filter took the text for spam."""
    SENDER = "sender"
    """This sender sends nothing until a person mends it."""
    ACCOUNT = "account"
    """Nor does any other of the account."""


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
    fault: Fault | None = None


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
class Search:
    """What to look for: the texts to one number that were created in a span, by whoever sent them."""

    to_number: str
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One text as the provider lists it; `reference` is the attempt's id where the provider echoes one.

    `body` None: redacted there. `delivered` None: it is on its way; False: it did not arrive. `from_number` None:
    the provider chooses it, and has not yet.
    """

    provider_id: str
    created_at: dt.datetime
    from_number: str | None
    body: str | None
    reference: uuid.UUID | None = None
    delivered: bool | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the provider lists for a search, oldest first, read back to `since` and to its end."""

    texts: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class CannotTell:
    """It could not be asked, or it did not list the whole span."""

    reason: str


Found: TypeAlias = Listing | CannotTell


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A request that a provider made to us, as it came: `url` whole, as the provider signed it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Forged:
    """Its signature is missing, wrong, or of another moment: 403."""

    reason: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """It is signed, and cannot be read: 400."""

    reason: str


class Status(StrEnum):
    """What a receipt says of a text, in the order of a text's life."""

    ACCEPTED = "accepted"
    """It is with the provider or its carriers."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    """It did not arrive and will not."""
    FAILED = "failed"
    """The provider gave it up before a carrier had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A delivery report: of the attempt whose address or reference it carries, else of the provider's id.

    `raw` is what came, without secrets; `price` is what the text costs as a positive decimal, in `currency`.
    """

    provider_id: str
    status: Status
    attempt_id: uuid.UUID | None = None
    code: str | None = None
    reason: str | None = None
    fault: Fault | None = None
    price: Decimal | None = None
    currency: str | None = None
    segments: int | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A text that a person sent us. `media`: what came with it, by address and type; it is fetched on request only.

    `stop`: the provider took it for an opt-out and answers itself from now on ("stop", "start" or "help"; None: no).
    `service`: the group of numbers that it came through, where the provider has such: a sender may be that.
    """

    provider_id: str
    from_number: str
    to_number: str
    body: str
    media: tuple[tuple[str, str], ...] = ()
    stop: str | None = None
    service: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


MOST_MEDIA_BYTES: Final = 5 * 1024 * 1024
"""The most of one picture or file that is fetched."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file that came with a text; `kind` is its type as the provider says, not to be trusted."""

    content: bytes = field(repr=False)
    kind: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The provider has it no more."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """Its address is none of this provider's, so nobody was asked."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """It is larger than is fetched."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotFetched:
    """It did not come this time: refused, no answer in time, a redirect that is not followed."""

    reason: str


Fetched: TypeAlias = Media | Gone | NotTheirs | TooLarge | NotFetched


@dataclass(frozen=True, slots=True)
class Price:
    """What a text cost, as a positive decimal; None while the provider does not say yet."""

    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do.

    `at_once`: requests at a time. `timeout`: the longest that one takes, all in all. `idempotent_for`: how long the
    same attempt id asked again is the same text (None: never). `echoes_reference`: receipts and listings name the
    attempt. `absent_after`: how long after an attempt's deadline a listing shows all that was accepted (None: a listing
    proves no absence, or there is none). `answers_stop`: it answers an opt-out itself.
    """

    at_once: int = 50
    timeout: dt.timedelta = dt.timedelta(seconds=10)
    idempotent_for: dt.timedelta | None = None
    echoes_reference: bool = False
    absent_after: dt.timedelta | None = None
    answers_stop: bool = False


class Provider(Protocol):
    """An adapter. Its `send` raises nothing that it expects; what it raises all the same counts as unknown."""

    id: str
    capabilities: Capabilities

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text once and return what came of it, within `capabilities.timeout`."""
        ...


@runtime_checkable
class Finder(Protocol):
    """An adapter whose provider lists what it accepted."""

    async def find(self, search: Search) -> Found:
        """Return what the provider lists of that number and span, within `capabilities.timeout` a page."""
        ...


@runtime_checkable
class CallbackReader(Protocol):
    """An adapter whose provider calls us. Pure but for its secret: it verifies, then parses."""

    def receipt(self, callback: Callback, now: dt.datetime) -> Receipt | Forged | Malformed:
        """Return the delivery report that a callback is."""
        ...

    def inbound(self, callback: Callback, now: dt.datetime) -> Inbound | Forged | Malformed:
        """Return the text that a callback brings."""
        ...


@runtime_checkable
class Priced(Protocol):
    """An adapter whose provider says later what a text cost."""

    async def price(self, provider_id: str) -> Price:
        """Return what a text cost; without an amount where that is not known, or could not be asked."""
        ...


@runtime_checkable
class MediaSource(Protocol):
    """An adapter whose provider keeps what came with a text. It keeps nothing of it, and follows no foreign address."""

    async def media(self, address: str) -> Fetched:
        """Return what an address that came with a text leads to: up to MOST_MEDIA_BYTES, with an end to the wait."""
        ...


@runtime_checkable
class Redactor(Protocol):
    """An adapter whose provider can forget the words of a text; `redacts`: it is set up to be asked for that."""

    redacts: bool

    async def redact(self, provider_id: str) -> bool:
        """Ask for a text's words to be deleted there; return whether they surely are."""
        ...


@runtime_checkable
class Connected(Protocol):
    """An adapter that keeps connections open between requests."""

    async def close(self) -> None:
        """Close those of the running event loop."""
        ...
