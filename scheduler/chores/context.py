"""What a chore is given: the database, and where entries go."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from jobs.database import Database
from jobs.providers.contract import Found, Provider
from jobs.store import Entry
from scheduler.chores.failing import Failing

Answers: TypeAlias = list[Found | None]


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every chore; the moment is asked of the database inside each transaction.

    `enqueue` hands one entry to the queue and raises where it was not taken.
    `providers` may be asked about texts in doubt, where `run_coroutine` runs what they do.
    `calendar_feeds` are the addresses of calendars by variable (`settings.calendar_variable`); each is a secret.
    """

    database: Database
    enqueue: Callable[[Entry], None]
    providers: Mapping[str, Provider] = field(default_factory=dict)
    run_coroutine: Callable[[Coroutine[object, object, Answers]], Answers] = asyncio.run
    calendar_feeds: Mapping[str, str] = field(default_factory=dict, repr=False)
    failing: Failing = field(default_factory=Failing, repr=False)
