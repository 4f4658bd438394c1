"""What each provider's dialect must be able to say; `sending` and `receipts` speak through it. Values, a protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.exchange import Exchange, Order
from scheduler.carrier.mishaps import Mishap
from scheduler.carrier.texts import Text
from scheduler.carrier.wire import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in: how, where, with which headers (lower case), query and body."""

    method: str
    path: str
    account_id: str
    headers: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """A status that a text comes to, and the provider's code and words for it."""

    status: str
    code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One callback that is to be made; `retries` are further tries, of answers of 400 and more only if so."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    retries: int = 0
    retries_answers: bool = False


class Dialect(Protocol):
    """One provider's way of speaking."""

    @property
    def provider(self) -> Provider:
        """Whose dialect it is."""
        ...

    def account_of(self, exchange: Exchange, asked: Asked) -> Account | Answer:
        """Return who asks, or the answer to someone who may not."""
        ...

    def order_of(self, exchange: Exchange, account: Account, asked: Asked) -> Order | Answer:
        """Return what a request wants sent, or the answer to one that cannot be."""
        ...

    def numbers_of(self, asked: Asked) -> frozenset[str]:
        """Return the numbers that a request names, for mishaps that are for one of them."""
        ...

    def created(self, texts: Sequence[Text]) -> Answer:
        """Return the answer to an accepted request."""
        ...

    def failing(self, mishap: Mishap) -> Answer:
        """Return the error that a mishap has it answer."""
        ...

    def steps(self, text: Text, failing: Mishap | None) -> Sequence[Step]:
        """Return the statuses that a text comes to from where it stands, with `failing` ending otherwise."""
        ...

    def receipt(self, exchange: Exchange, text: Text, step: Step) -> Call | None:
        """Return the callback that tells of a step, or None where nobody asked for one."""
        ...
