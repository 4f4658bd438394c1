"""What a chore is given: the database, and where entries go."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from jobs.database import Database
from jobs.providers.contract import Provider
from jobs.store import Entry
from scheduler.chores.failing import Failing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where staff's mail goes out: the server's address, which may hold a password, and who it is from."""

    url: str = field(repr=False)
    sender: str


class RunsCoroutines(Protocol):
    """Runs a coroutine where providers' connections live, and waits for it; not inside a transaction."""

    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Return what the coroutine returned, or raise what it raised."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every chore; the moment is asked of the database inside each transaction.

    `enqueue` hands one entry to the queue and raises where it was not taken.
    `providers` may be asked about texts in doubt and prices, where `run_coroutine` runs what they do.
    `calendar_feeds` are the addresses of calendars by variable (`settings.calendar_variable`); each is a secret.
    `events_allow_private`: events may be posted to private addresses and without TLS; `mail`: None sends staff none.
    """

    database: Database
    enqueue: Callable[[Entry], None]
    providers: Mapping[str, Provider] = field(default_factory=dict)
    run_coroutine: RunsCoroutines = asyncio.run
    calendar_feeds: Mapping[str, str] = field(default_factory=dict, repr=False)
    events_allow_private: bool = False
    mail: MailServer | None = field(default=None, repr=False)
    failing: Failing = field(default_factory=Failing, repr=False)
