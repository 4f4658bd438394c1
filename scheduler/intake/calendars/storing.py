"""The rows of calendars: who reads one, what its last read found, the events it knows, the links people made.

The only writer of calendars, calendar_events and calendar_links. It decides nothing.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, and_, delete, exists, insert, select, update

from jobs.errors import RefusedError
from jobs.records import calendar_events, calendar_links, calendars, new_id
from scheduler.intake.writing import put

LEASE: Final = dt.timedelta(minutes=10)
"""A reader that was not heard of for so long has died; each of its transactions begins the time anew."""
MOST_NAMED: Final = 500

CalendarRow: TypeAlias = Mapping[str, Any]
"""A row of calendars by column."""
EventRecord: TypeAlias = Mapping[str, Any]
"""A row of calendar_events by column."""
Links: TypeAlias = Mapping[tuple[str, str], uuid.UUID | None]
"""The contact of an event, or of a series (no recurrence); None: it is about nobody."""


NEVER_READ: Final[CalendarRow] = MappingProxyType({column.name: None for column in calendars.columns})
"""The row of a calendar that was never read."""


class EventState(StrEnum):
    """What became of an event: the column `calendar_events.state`."""

    TAKEN = "taken"
    CANCELLED = "cancelled"
    """It was taken in, and says now that it is cancelled."""
    WITHOUT_PERSON = "without_person"
    """Nobody was found; it waits to be linked to a contact."""
    REFUSED = "refused"
    """One of its values cannot be kept; what was taken in before stays."""


class ReadElsewhereError(RefusedError):
    """Another process reads this calendar."""


@dataclass(frozen=True, slots=True)
class CalendarKey:
    """A calendar of a practice, by its id in the rules."""

    practice: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Question:
    """How many events that were ahead vanished at once, of how many, and some of them: a person is asked."""

    gone: int
    of: int
    refs: tuple[str, ...]
    asked_at: dt.datetime

    def __str__(self) -> str:
        """Ask as a person is asked."""
        share = round(100 * self.gone / self.of)
        return f"{self.gone} of {self.of} events ahead ({share} %) are no longer in the calendar. Cancel them?"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"gone": self.gone, "of": self.of, "refs": list(self.refs), "asked_at": self.asked_at.isoformat()}

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> "Question":
        """Return what `as_json` gave."""
        return cls(plain["gone"], plain["of"], tuple(plain["refs"]), dt.datetime.fromisoformat(plain["asked_at"]))


def calendar_row(connection: Connection, key: CalendarKey) -> CalendarRow:
    """Return what is known of a calendar: all of it None where it was never read."""
    row = connection.execute(select(calendars).where(_is(key))).mappings().first()
    return NEVER_READ if row is None else dict(row)


def claim(connection: Connection, key: CalendarKey, now: dt.datetime) -> uuid.UUID:
    """Take a calendar for one reader, in a transaction that holds the practice's intake; return the claim.

    Raises:
        ReadElsewhereError: another reader has it.

    """
    row = calendar_row(connection, key)
    if row["id"] is None:
        connection.execute(insert(calendars).values(practice=key.practice, id=key.calendar))
    elif row["claim"] is not None and row["claimed_until"] > now:
        message = f"the calendar {key.calendar!r} is being read just now: try again in a minute"
        raise ReadElsewhereError(message)
    token = new_id()
    keep(connection, key, {"claim": token, "claimed_until": now + LEASE})
    return token


def hold(connection: Connection, key: CalendarKey, token: uuid.UUID, now: dt.datetime) -> None:
    """Make sure that the calendar is still this reader's, and extend its time.

    Raises:
        ReadElsewhereError: the reader took too long, and another one began.

    """
    mine = update(calendars).where(_is(key), calendars.c.claim == token)
    if connection.execute(mine.values(claimed_until=now + LEASE)).rowcount != 1:
        message = f"reading the calendar {key.calendar!r} took too long: another read began meanwhile"
        raise ReadElsewhereError(message)


def keep(connection: Connection, key: CalendarKey, values: Mapping[str, object]) -> None:
    """Write columns of a calendar's row."""
    connection.execute(update(calendars).where(_is(key)).values(values))


def release(connection: Connection, key: CalendarKey, token: uuid.UUID) -> None:
    """Let go of a calendar that this reader could not read to its end."""
    mine = update(calendars).where(_is(key), calendars.c.claim == token)
    connection.execute(mine.values(claim=None, claimed_until=None))


def events_by_ref(connection: Connection, key: CalendarKey, kind: str, refs: Sequence[str]) -> dict[str, EventRecord]:
    """Return the known events of a calendar that have those refs."""
    found: dict[str, EventRecord] = {}
    for first in range(0, len(refs), MOST_NAMED):
        query = select(calendar_events).where(
            _of(key), calendar_events.c.kind == kind, calendar_events.c.ref.in_(refs[first : first + MOST_NAMED])
        )
        found |= {row["ref"]: dict(row) for row in connection.execute(query).mappings()}
    return found


def put_events(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write events by calendar, kind and ref."""
    put(connection, calendar_events, rows)


def forget_events(connection: Connection, key: CalendarKey, events: Collection[tuple[str, str]]) -> None:
    """Forget events of a calendar by kind and ref: they left the horizon, or their occasions were removed."""
    by_kind: dict[str, list[str]] = {}
    for kind, ref in events:
        by_kind.setdefault(kind, []).append(ref)
    for kind, refs in by_kind.items():
        for first in range(0, len(refs), MOST_NAMED):
            these = calendar_events.c.ref.in_(refs[first : first + MOST_NAMED])
            connection.execute(delete(calendar_events).where(_of(key), calendar_events.c.kind == kind, these))


def links_of(connection: Connection, key: CalendarKey) -> Links:
    """Return every link that people made in a calendar."""
    query = select(calendar_links.c.uid, calendar_links.c.recurrence, calendar_links.c.contact_id).where(
        calendar_links.c.practice == key.practice, calendar_links.c.calendar == key.calendar
    )
    return {(row.uid, row.recurrence): row.contact_id for row in connection.execute(query)}


def linked_since(connection: Connection, key: CalendarKey, moment: dt.datetime) -> bool:
    """Tell whether somebody linked an event of the calendar at that moment or later."""
    of_calendar = (calendar_links.c.practice == key.practice, calendar_links.c.calendar == key.calendar)
    found = exists().where(*of_calendar, calendar_links.c.at >= moment)
    return bool(connection.execute(select(found)).scalar())


def put_link(connection: Connection, key: CalendarKey, link: Mapping[str, object]) -> None:
    """Write a link, and have the calendar read anew though it did not change."""
    put(connection, calendar_links, [{"practice": key.practice, "calendar": key.calendar, **link}])
    keep(connection, key, {"read_under": None})


def drop_links(connection: Connection, key: CalendarKey, uid: str) -> int:
    """Forget the links of an event, and have the calendar read anew; return how many there were."""
    these = (calendar_links.c.practice == key.practice, calendar_links.c.calendar == key.calendar)
    found: int = connection.execute(delete(calendar_links).where(*these, calendar_links.c.uid == uid)).rowcount
    keep(connection, key, {"read_under": None})
    return found


def _is(key: CalendarKey) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions have no one type
    return and_(calendars.c.practice == key.practice, calendars.c.id == key.calendar)


def _of(key: CalendarKey) -> Any:  # noqa: ANN401 - as above
    return and_(calendar_events.c.practice == key.practice, calendar_events.c.calendar == key.calendar)
