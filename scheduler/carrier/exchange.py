"""The exchange: everything that the carrier's doors share, and the one place where a text is accepted or moves on."""

import asyncio
import datetime as dt
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from jobs.clock import Clock
from jobs.errors import ConfigurationError
from jobs.segments import measure
from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.ledger import Ledger, read_ledger
from scheduler.carrier.mishaps import Mishaps, On, Subject
from scheduler.carrier.shelf import Shelf
from scheduler.carrier.texts import OUT, Book, Text

PRICE_OF_SEGMENT: Final = Decimal("0.0079")
_PRICED_AT: Final = frozenset({"sent", "buffered", "delivered", "undelivered", "delivery_failed"})
_NEVER_SENT: Final = frozenset({"failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a request wants sent: words from a sender (or a Messaging Service) to one or several people."""

    sender: str
    people: tuple[str, ...]
    body: str
    status: str
    prefix: str = ""
    callback: str | None = None
    reference: str | None = None
    service: str | None = None
    media: tuple[str, ...] = ()
    keeps_body: bool = True
    keeps_number: bool = True
    form: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The carrier's state. Used on its one loop only."""

    accounts: Sequence[Account]
    clock: Clock
    ledger: Ledger
    mishaps: Mishaps
    ids: random.Random
    book: Book = field(default_factory=Book)
    shelf: Shelf = field(default_factory=Shelf)
    base_url: str = ""
    inbound_urls: dict[str, str] = field(default_factory=dict)
    receipt_seconds: float = 0.0
    is_manual: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, account: Account, order: Order, key: str) -> list[Text]:
        """Take an order in: one text a person, each with its line in the ledger."""
        batch = order.prefix + self.new_id()
        now = self.clock.now()
        texts = [
            Text(
                id=batch if number == 0 else f"{batch}.{number}",
                batch=batch,
                provider=account.provider,
                account=account.id,
                from_number=order.sender,
                to_number=person,
                body=order.body,
                status=order.status,
                created_at=now,
                updated_at=now,
                segments=max(1, measure(order.body).segments),
                callback=order.callback,
                reference=order.reference,
                service=order.service,
                media=order.media,
                keeps_body=order.keeps_body,
                keeps_number=order.keeps_number,
                key=key,
                form=order.form,
            )
            for number, person in enumerate(order.people)
        ]
        for text in texts:
            self.book.add(text)
            self.ledger.write("accepted", text=text.as_row())
        return texts

    def move(self, text: Text, status: str, code: int | None = None, reason: str | None = None) -> None:
        """Give a text its next status, with what comes with it: when it was sent, what it cost, why it failed."""
        now = self.clock.now()
        text.status, text.updated_at = status, now
        if code is not None:
            text.code, text.reason = code, reason
        if status in _PRICED_AT and text.direction == OUT:
            text.sent_at = text.sent_at or now
            text.price = PRICE_OF_SEGMENT * text.segments
        elif status in _NEVER_SENT:
            text.sent_at = text.sent_at or now
        self.ledger.write("status", id=text.id, status=status, code=code, reason=reason)

    def is_listed(self, text: Text) -> bool:
        """Tell whether listings show a text by now."""
        lag = self.mishaps.lag_of(subject_of(text))
        return lag <= 0 or text.created_at + dt.timedelta(seconds=lag) <= self.clock.now()

    def new_id(self) -> str:
        """Return 32 hexadecimal digits that no text has."""
        return f"{self.ids.getrandbits(128):032x}"

    def account(self, provider: Provider, account_id: str) -> Account | None:
        """Return the account with this id, or None."""
        return next((each for each in self.accounts if each.provider is provider and each.id == account_id), None)


def subject_of(text: Text) -> Subject:
    """Return the request that brought a text, as mishaps see it."""
    numbers = frozenset(filter(None, (text.from_number, text.to_number, text.service)))
    return Subject(On.SEND, text.account, numbers, text.key)


def open_exchange(accounts: Sequence[Account], ledger: Ledger, clock: Clock, seed: int | None) -> Exchange:
    """Return an exchange that knows again what its ledger holds of an earlier run.

    Raises:
        ConfigurationError: the file is no ledger.

    """
    book = Book()
    lines = 0 if ledger.path is None else _read_again(ledger.path, book)
    drawn = secrets.randbits(63) if seed is None else seed
    return Exchange(
        accounts=accounts,
        clock=clock,
        ledger=ledger,
        mishaps=Mishaps(drawn),
        # Not of an earlier run's ids, whose seed may be the same.
        ids=random.Random(f"{drawn} {lines}"),  # noqa: S311 - ids to tell texts apart, which hide nothing
        book=book,
    )


def _read_again(path: Path, book: Book) -> int:
    """Bring a book to where a ledger ends; return the ledger's number of lines."""
    known: dict[str, Text] = {}
    lines = 0
    for row in read_ledger(path):
        lines += 1
        try:
            _take_again(row, known, book)
        except (KeyError, TypeError, ValueError) as problem:
            message = f"carrier: {path}, line {lines}: no line of a carrier's ledger; name another file"
            raise ConfigurationError(message) from problem
    return lines


def _take_again(row: dict[str, Any], known: dict[str, Text], book: Book) -> None:
    match row.get("what"):
        case "accepted" | "inbound" | "own_reply":
            text = Text.from_row(row["text"])
            known[text.id] = text
            book.add(text)
        case "status":
            _move_again(known[row["id"]], row)
        case "redacted":
            known[row["id"]].redacted = True
        case "deleted":
            book.forget(row["account"], row["id"])
        case "stopped":
            book.block(row["account"], row["sender"], row["person"])
        case "started":
            book.unblock(row["account"], row["sender"], row["person"])
        case _:
            pass


def _move_again(text: Text, row: dict[str, object]) -> None:
    moment = dt.datetime.fromisoformat(str(row["at"]))
    text.status, text.updated_at = str(row["status"]), moment
    if isinstance(row.get("code"), int):
        text.code, text.reason = int(str(row["code"])), str(row.get("reason") or "")
    if text.status in _PRICED_AT | _NEVER_SENT and text.direction == OUT:
        text.sent_at = text.sent_at or moment
    if text.status in _PRICED_AT and text.direction == OUT:
        text.price = PRICE_OF_SEGMENT * text.segments
