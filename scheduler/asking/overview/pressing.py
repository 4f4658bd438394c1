"""What waits for a person besides those who are unreached: doubts, unclaimed and ambiguous texts, blocks, closures."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, text

from jobs.conversation.settling import IS_OPEN
from jobs.records import jobs, texts
from jobs.replies import Meaning
from jobs.senders import PauseInForce, pauses_in_force
from jobs.states import State
from jobs.store.values import PROVIDER, WORKER
from scheduler.asking.listing import Question
from scheduler.asking.overview.standing import count_standing

BLOCKED_LATELY: Final = dt.timedelta(days=7)
CONTENT: Final = "the text"
"""What every reason of a text blocked for its content says (`jobs.gates.sensitive`)."""
_CLOSERS: Final = frozenset({PROVIDER, WORKER})


@dataclass(frozen=True, slots=True)
class Pressing:
    """What waits for a person; `blocked_from`: texts blocked for their content are counted that are due since then."""

    in_doubt: int
    unclaimed: int
    ambiguous: int
    blocked: int
    blocked_from: dt.datetime
    closed: tuple[PauseInForce, ...]

    @property
    def total(self) -> int:
        """Return how many things that are."""
        return self.in_doubt + self.unclaimed + self.ambiguous + self.blocked + len(self.closed)


def pressing(connection: Connection, practice: str, now: dt.datetime) -> Pressing:
    """Return what of a practice waits for a person."""
    is_doubtful = jobs.c.practice == practice, text("state = 'in_doubt'")
    in_doubt = connection.scalar(select(func.count()).select_from(jobs).where(*is_doubtful)) or 0
    written = select(func.count(texts.c.number.distinct())).where(texts.c.practice == practice)
    unclaimed = written.where(texts.c.contact_id.is_(None), texts.c.direction == "in")
    ambiguous = written.where(IS_OPEN, texts.c.meaning == Meaning.AMBIGUOUS.value)
    since = (now - BLOCKED_LATELY).replace(minute=0, second=0, microsecond=0)
    asked = Question(practice=practice, states=(State.BLOCKED,), reason=CONTENT, due_from=since)
    closed = [each for each in pauses_in_force(connection, [practice], now) if each.by in _CLOSERS]
    return Pressing(
        in_doubt,
        connection.scalar(unclaimed) or 0,
        connection.scalar(ambiguous) or 0,
        count_standing(connection, asked),
        since,
        tuple(closed),
    )
