"""One read of a calendar from the moment it is begun: whose, how far it looks, what was known before. Frozen.

Beginning claims the calendar, so that one reader at a time takes it in; what comes of it is written by `reading`.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, select

from jobs.errors import ConfigurationError, NotFoundError
from jobs.records import contacts
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.event_rows import properties_of
from scheduler.intake.calendars.events import Event, Wanted
from scheduler.intake.calendars.fetching import Known
from scheduler.intake.calendars.storing import CalendarKey, CalendarRow
from scheduler.intake.spelling import suggestion
from scheduler.intake.turns import Turn
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import Calendar, Kind, Practice, kinds_of

DAYS_BACK: Final = 30
"""Events that started earlier are not looked at; `after` steps of those that did are planned by then."""
DAYS_AHEAD: Final = 400
_HASHED: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is read: a feed by its address, or a file (no address).

    `is_complete`: what it lacks has vanished; `confirmed`: a person agreed that many events vanished.
    """

    address: str | None
    is_complete: bool
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A read that was begun: `token` is its claim, `before` the calendar's row as it was, `began` the moment."""

    key: CalendarKey
    calendar: Calendar
    practice: Practice
    kind: Kind
    source: Source
    token: uuid.UUID
    before: CalendarRow
    began: dt.datetime
    read_under: str | None
    known: Known

    @property
    def address_hash(self) -> str | None:
        """Return the hash of the feed's address; none for a file."""
        return None if self.source.address is None else _hash(self.source.address)

    @property
    def is_same_feed(self) -> bool:
        """Tell whether a feed was read whole from this very address before."""
        return self.before["first_read_at"] is not None and self.before["address"] == self.address_hash

    def wanted(self) -> Wanted:
        """Return what is looked for: whole days of the practice, so that a series' names do not change by the hour."""
        today = self.began.astimezone(ZoneInfo(self.practice.timezone)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        first, last = today - dt.timedelta(days=DAYS_BACK), today + dt.timedelta(days=DAYS_AHEAD)
        return Wanted(
            zone=self.practice.timezone,
            first=first.astimezone(dt.UTC),
            last=last.astimezone(dt.UTC),
            by_day=self.kind.dated == "day",
            properties=properties_of(self.calendar),
        )

    def may_be_new(self, event: Event) -> bool:
        """Tell whether an event that was not known came after the feed's first complete read, and is still ahead.

        One that lies where the last read did not look yet is not new: time went by.
        """
        if not self.is_same_feed or self.source.address is None:
            return False
        reaches_to: dt.datetime = self.before["reaches_to"]
        return self.began < event.starts_at <= reaches_to


def begin(turn: Turn, calendar_id: str, source: Source) -> Reading:
    """Claim a calendar for one read.

    Raises:
        NotFoundError: the rules have no such calendar.
        ReadElsewhereError: another reader has it.

    """
    practice = turn.current.rulebook.practice
    calendar = find_calendar(turn.current, calendar_id)
    kind = kinds_of(practice).get(calendar.kind)
    if kind is None:
        message = f"the calendar {calendar.id!r} is of the kind {calendar.kind!r}, which does not exist"
        raise ConfigurationError(message)
    key = CalendarKey(practice.practice, calendar.id)
    before = storing.calendar_row(turn.connection, key)
    token = storing.claim(turn.connection, key, turn.now)
    under = _under(turn, source)
    return Reading(
        key=key,
        calendar=calendar,
        practice=practice,
        kind=kind,
        source=source,
        token=token,
        before=before,
        began=turn.now,
        read_under=under,
        known=_known(turn.connection, before, key, None if source.confirmed else under),
    )


def find_calendar(current: Current, calendar_id: str) -> Calendar:
    """Return a calendar of the current rules.

    Raises:
        NotFoundError: there is none of that id.

    """
    calendars = {each.id: each for each in current.rulebook.practice.calendars}
    if calendar_id not in calendars:
        listed = f"there is {', '.join(calendars)}" if calendars else "the rules have no `calendars`"
        message = f"there is no calendar {calendar_id!r}{suggestion(calendar_id, calendars)}: {listed}"
        raise NotFoundError(message)
    return calendars[calendar_id]


def _under(turn: Turn, source: Source) -> str | None:
    """Return the hash of what even an unchanged feed is read anew for: other rules, another day, another address."""
    if source.address is None:
        return None
    today = turn.now.astimezone(ZoneInfo(turn.current.rulebook.practice.timezone)).date()
    return _hash(f"{source.address}\n{turn.current.revision}\n{today}")


def _known(connection: Connection, before: CalendarRow, key: CalendarKey, under: str | None) -> Known:
    """Return what the server may compare with; nothing where the feed must be read whole, changed or not."""
    if under is None or before["read_under"] != under:
        return Known()
    changed = exists().where(contacts.c.practice == key.practice, contacts.c.updated_at >= before["full_read_at"])
    if connection.execute(select(changed)).scalar():  # somebody may be found now who was not
        return Known()
    return Known(before["etag"], before["last_modified"])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASHED]
