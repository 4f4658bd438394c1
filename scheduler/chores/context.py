"""What a chore is given: the database, and where entries go."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jobs.database import Database
from jobs.store import Entry


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every chore; the moment is asked of the database inside each transaction.

    `enqueue` hands one entry to the queue and raises where it was not taken. `keep` is how long ended jobs stay.
    `calendar_feeds` are the addresses of calendars by variable (`settings.calendar_variable`); each is a secret.
    """

    database: Database
    enqueue: Callable[[Entry], None]
    keep: dt.timedelta | None = None
    calendar_feeds: Mapping[str, str] = field(default_factory=dict, repr=False)
