"""What goes wrong on command: kinds of mishap, whom each is for, how often, and which requests one strikes.

Which requests a share strikes follows from the seed and from what a request says, never from the order in which
requests happen to arrive: the same seed and the same texts meet the same mishaps.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, TypedDict

from jobs.errors import InputError


class Kind(StrEnum):
    """What may go wrong."""

    LATENCY = "latency"
    THROTTLE = "throttle"
    ERROR_BEFORE = "error_before"
    UNAVAILABLE = "unavailable"
    REFUSE = "refuse"
    BAD_TOKEN = "bad_token"  # noqa: S105 - the name of a mishap
    NO_BALANCE = "no_balance"
    SUSPENDED = "suspended"
    REFUSE_THEN_HANG = "refuse_then_hang"
    REFUSE_THEN_RESET = "refuse_then_reset"
    REFUSE_HALF_OPEN = "refuse_half_open"
    ERROR_AFTER = "error_after"
    ACCEPT_THEN_RESET = "accept_then_reset"
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_HALF_OPEN = "accept_half_open"
    HALF_ANSWER = "half_answer"
    UNREADABLE = "unreadable"
    LISTING_LAG = "listing_lag"
    LOSE_RECEIPTS = "lose_receipts"
    DOUBLE_RECEIPTS = "double_receipts"
    LATE_RECEIPTS = "late_receipts"
    REORDER_RECEIPTS = "reorder_receipts"
    EARLY_RECEIPTS = "early_receipts"
    ERROR_RECEIPT = "error_receipt"


class On(StrEnum):
    """Which requests a mishap is for; those of receipts and listings have no choice."""

    SEND = "send"
    LIST = "list"
    FETCH = "fetch"
    ANY = "any"


BEFORE: Final = frozenset(
    {
        Kind.THROTTLE,
        Kind.ERROR_BEFORE,
        Kind.UNAVAILABLE,
        Kind.REFUSE,
        Kind.BAD_TOKEN,
        Kind.NO_BALANCE,
        Kind.SUSPENDED,
        Kind.REFUSE_THEN_HANG,
        Kind.REFUSE_THEN_RESET,
        Kind.REFUSE_HALF_OPEN,
    }
)
"""These end a request with nothing accepted."""
AFTER: Final = frozenset(
    {
        Kind.ERROR_AFTER,
        Kind.ACCEPT_THEN_RESET,
        Kind.ACCEPT_THEN_HANG,
        Kind.ACCEPT_HALF_OPEN,
        Kind.HALF_ANSWER,
        Kind.UNREADABLE,
    }
)
"""These end a request after its text was accepted."""
RECEIPTS: Final = frozenset(
    {
        Kind.LOSE_RECEIPTS,
        Kind.DOUBLE_RECEIPTS,
        Kind.LATE_RECEIPTS,
        Kind.REORDER_RECEIPTS,
        Kind.EARLY_RECEIPTS,
        Kind.ERROR_RECEIPT,
    }
)
"""These are about the receipts of a text that is accepted."""


class MishapOptions(TypedDict, total=False):
    """What a mishap may be given besides its kind; see `Mishap`."""

    share: float
    count: int | None
    seconds: float
    most_seconds: float | None
    code: int | None
    retry_after: int | None
    account: str | None
    number: str | None
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One thing that goes wrong.

    It strikes a `share` (0 to 1) of what it is for, at most `count` times. `seconds` is how long a latency, a listing's
    lag or a receipt's delay is; with `most_seconds` a latency lies anywhere between. `code` is the provider's error
    code of a refusal or of a receipt; `retry_after` what a 429 or 503 asks to wait, in seconds. `account` and `number`
    (sender, receiver or Messaging Service) narrow it.
    """

    kind: Kind
    share: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    most_seconds: float | None = None
    code: int | None = None
    retry_after: int | None = None
    account: str | None = None
    number: str | None = None
    on: On = On.SEND

    def is_for(self, subject: "Subject") -> bool:
        """Tell whether it is for such a request at all."""
        return (
            self._is_for_such(subject.on)
            and (self.account is None or self.account == subject.account)
            and (self.number is None or self.number in subject.numbers)
        )

    def _is_for_such(self, on: On) -> bool:
        if self.kind in RECEIPTS:
            return on is On.SEND
        return self.on in {On.ANY, on}


@dataclass(frozen=True, slots=True)
class Subject:
    """A request as a mishap sees it: `key` is what `Mishaps.name` calls it."""

    on: On
    account: str
    numbers: frozenset[str]
    key: str


class Mishaps:
    """The mishaps in force, in the order in which they were commanded."""

    def __init__(self, seed: int) -> None:
        """Begin with none."""
        self._seed = seed
        self._ordinal = 0
        self._active: dict[int, Mishap] = {}
        self._struck: Counter[int] = Counter()
        self._seen: Counter[tuple[On, str]] = Counter()

    def add(self, mishap: Mishap) -> int:
        """Put a mishap in force and return its number."""
        self._ordinal += 1
        self._active[self._ordinal] = mishap
        return self._ordinal

    def clear(self, number: int | None = None) -> None:
        """End one mishap, or all."""
        for each in list(self._active) if number is None else [number]:
            self._active.pop(each, None)

    def in_force(self) -> list[dict[str, object]]:
        """Return each mishap with its number and how often it has struck."""
        return [
            {"number": number, "struck": self._struck[number], "kind": str(mishap.kind), "share": mishap.share}
            for number, mishap in self._active.items()
        ]

    def name(self, on: On, key: str) -> str:
        """Return the key of one request: what it says, in short, and the how-many-th it is that says so."""
        short = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        self._seen[on, short] += 1
        return f"{short}.{self._seen[on, short]}"

    def strike(self, subject: Subject, kinds: Iterable[Kind]) -> list[Mishap]:
        """Return those that strike a request: every one that can go together, of those that end it the first only."""
        wanted, found, has_ended = set(kinds), list[Mishap](), False
        for number, mishap in self._active.items():
            ends = mishap.kind in BEFORE or mishap.kind in AFTER
            if mishap.kind in wanted and not (ends and has_ended) and self._strikes(number, mishap, subject):
                self._struck[number] += 1
                found.append(mishap)
                has_ended = has_ended or ends
        return found

    def lag_of(self, subject: Subject) -> float:
        """Return for how many seconds a listing hides the text that such a request brought."""
        lags = (
            mishap.seconds
            for number, mishap in self._active.items()
            if mishap.kind is Kind.LISTING_LAG
            and mishap.is_for(subject)
            and self._draw(number, subject.key) < mishap.share
        )
        return max(lags, default=0.0)

    def seconds_of(self, mishaps: Sequence[Mishap], kind: Kind, key: str) -> float:
        """Return how long the mishaps of a kind take together."""
        return sum(self._length(mishap, key) for mishap in mishaps if mishap.kind is kind)

    def _length(self, mishap: Mishap, key: str) -> float:
        if mishap.most_seconds is None:
            return mishap.seconds
        return mishap.seconds + (mishap.most_seconds - mishap.seconds) * self._draw(0, key)

    def _strikes(self, number: int, mishap: Mishap, subject: Subject) -> bool:
        if mishap.count is not None and self._struck[number] >= mishap.count:
            return False
        return mishap.is_for(subject) and (mishap.share >= 1 or self._draw(number, subject.key) < mishap.share)

    def _draw(self, number: int, key: str) -> float:
        """Return a number from 0 to below 1 that the seed, the mishap and the request decide."""
        said = f"{self._seed}|{number}|{key}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(said, digest_size=7).digest()) / 2**56


_NAMES: Final = frozenset(each.name for each in fields(Mishap)) - {"kind"}
_NUMBERS: Final = frozenset({"share", "seconds", "most_seconds"})
_COUNTS: Final = frozenset({"count", "code", "retry_after"})
_OPTIONAL: Final = _COUNTS | {"most_seconds", "account", "number"}


def mishap_of(kind: object, **options: object) -> Mishap:
    """Return a mishap as it is commanded, by the names of its fields.

    Raises:
        InputError: there is no such kind or option, or its value cannot be.

    """
    if not isinstance(kind, str) or kind not in set(Kind):
        message = f"mishap {kind!r}: there is no such kind; there are {', '.join(Kind)}"
        raise InputError(message)
    read = {name: _value(name, value) for name, value in options.items()}
    return Mishap(kind=Kind(kind), **read)  # type: ignore[arg-type]  # _value has checked each by its name


def parse_mishap(written: str) -> Mishap:
    """Return a mishap as the command line writes it: `throttle,share=0.1,retry_after=2`.

    Raises:
        InputError: it cannot be read.

    """
    kind, *options = (part.strip() for part in written.split(","))
    pairs = [option.partition("=") for option in options]
    return mishap_of(kind, **{name.strip(): value.strip() for name, _, value in pairs})


def _value(name: str, value: object) -> object:
    if name not in _NAMES:
        message = f"mishap option {name!r}: there is no such option; there are {', '.join(sorted(_NAMES))}"
        raise InputError(message)
    if value is None and name in _OPTIONAL:
        return None
    try:
        return _read(name, value)
    except (ValueError, OverflowError) as problem:
        message = f"mishap option {name}: {value!r} cannot be"
        raise InputError(message) from problem


def _read(name: str, value: object) -> object:
    if name == "on":
        return On(str(value))
    if name not in _NUMBERS | _COUNTS:
        return str(value)
    number = float(str(value))
    # A comparison that NaN fails too.
    if not 0 <= number <= (1 if name == "share" else 1e9):
        raise ValueError(name)
    return int(number) if name in _COUNTS else number
