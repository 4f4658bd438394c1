"""Texts as the carrier holds them, its listing of them, and who said STOP to whom. The ledger outlives it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, Final, Self

OUT: Final = "outbound-api"
OWN_REPLY: Final = "outbound-reply"
IN: Final = "inbound"
_MOMENTS: Final = frozenset({"created_at", "updated_at", "sent_at"})


@dataclass(slots=True, kw_only=True)
class Text:
    """One text to or from one person.

    `batch` is the id that its provider gives it, which MessageBird shares among the recipients of one request; `id` is
    its own. `body` is what the person reads; `key` names the request that brought it, for mishaps with a share.
    """

    id: str
    batch: str
    provider: str
    account: str
    from_number: str
    to_number: str
    body: str
    status: str
    created_at: dt.datetime
    updated_at: dt.datetime
    direction: str = OUT
    segments: int = 1
    sent_at: dt.datetime | None = None
    price: Decimal | None = None
    code: int | None = None
    reason: str | None = None
    callback: str | None = None
    reference: str | None = None
    service: str | None = None
    media: tuple[str, ...] = ()
    keeps_body: bool = True
    keeps_number: bool = True
    redacted: bool = False
    key: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """Return it as a ledger line holds it."""
        row = asdict(self)
        for name in _MOMENTS:
            moment = row[name]
            row[name] = None if moment is None else moment.isoformat()
        row["price"] = None if self.price is None else str(self.price)
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the text that a ledger line holds."""
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        for name in _MOMENTS & set(known):
            known[name] = None if known[name] is None else dt.datetime.fromisoformat(known[name])
        known["price"] = None if known.get("price") is None else Decimal(known["price"])
        known["media"] = tuple(known.get("media", ()))
        return cls(**known)


class Book:
    """All texts, found by id, by account and by receiver, and the pairs that are blocked."""

    def __init__(self) -> None:
        """Begin empty."""
        self._batches: dict[str, list[Text]] = {}
        self._of_account: defaultdict[str, list[Text]] = defaultdict(list)
        self._to: defaultdict[tuple[str, str], list[Text]] = defaultdict(list)
        self._blocked: set[tuple[str, str, str]] = set()

    def add(self, text: Text) -> None:
        """Take a text in."""
        self._batches.setdefault(text.batch, []).append(text)
        self._of_account[text.account].append(text)
        self._to[text.account, text.to_number].append(text)

    def batch(self, account: str, batch: str) -> list[Text]:
        """Return the texts that an account knows by this id; none where there is no such id."""
        return [text for text in self._batches.get(batch, ()) if text.account == account]

    def forget(self, account: str, batch: str) -> None:
        """Delete what an account knows by this id."""
        for text in self.batch(account, batch):
            self._of_account[account].remove(text)
            self._to[account, text.to_number].remove(text)
            self._batches.pop(batch, None)

    def newest_first(self, account: str, to_number: str | None = None) -> Iterator[Text]:
        """Return an account's texts, or those to one number, the newest first."""
        return reversed(
            self._of_account.get(account, []) if to_number is None else self._to.get((account, to_number), [])
        )

    def all(self) -> Iterator[Text]:
        """Return every text, account by account, the oldest first."""
        return (text for texts in self._of_account.values() for text in texts)

    def latest_sender(self, account: str, service: str, to_number: str) -> str | None:
        """Return from which of a service's numbers a person was last texted."""
        return next(
            (text.from_number for text in self.newest_first(account, to_number) if text.service == service), None
        )

    def service_behind(self, account: str, number: str, person: str) -> str | None:
        """Return the Messaging Service by which a number has texted a person, the last one, or None."""
        texts = self.newest_first(account, person)
        return next((text.service for text in texts if text.service and text.from_number == number), None)

    def block(self, account: str, sender: str, person: str) -> None:
        """Have no more texts go from a number or service to a person."""
        self._blocked.add((account, sender, person))

    def unblock(self, account: str, sender: str, person: str) -> None:
        """Let texts go again."""
        self._blocked.discard((account, sender, person))

    def is_blocked(self, account: str, senders: Iterable[str], person: str) -> bool:
        """Tell whether a person has said STOP to one of these."""
        return any((account, sender, person) in self._blocked for sender in senders)
