"""What a chore is given: the database, and where entries go."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from jobs.database import Database
from jobs.store import Entry


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every chore; the moment is asked of the database inside each transaction.

    `enqueue` hands one entry to the queue and raises where it was not taken. `keep` is how long ended jobs stay.
    """

    database: Database
    enqueue: Callable[[Entry], None]
    keep: dt.timedelta | None = None
