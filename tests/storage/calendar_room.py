"""A practice with one calendar and a server that offers it, and what tests ask of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from jobs.records import calendar_events, calendar_links, calendars, contacts, occasion_people, occasions
from scheduler.intake.calendars.linking import Linked, Order, link, unlink, waiting_events
from scheduler.intake.calendars.reading import CalendarRead, Calendars
from scheduler.intake.calendars.storing import CalendarKey
from scheduler.intake.turns import Turns
from scheduler.publishing.revisions import load_current
from tests.calendar_files import FeedServer, make_calendar, serving
from tests.storage.intake_practice import Desk, make_rulebook, opened

VARIABLE = "QUIETBELL_CALENDAR_NORTHLIGHT_DESK"
KEY = CalendarKey("northlight", "desk")
CALENDAR: Mapping[str, object] = {
    "id": "desk",
    "kind": "appointment",
    "every": "10 minutes",
    "contact": [{"x_property": "X-CONTACT-REF"}, "attendee_email", "phone_in_text"],
    "fields": {"place": "LOCATION", "type": "CATEGORIES"},
    "defaults": {"mode": "in_person"},
}
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"


@dataclass(slots=True)
class Room:
    """A practice with one calendar, and the server that offers it."""

    desk: Desk
    server: FeedServer

    def read(self, *events: str, confirmed: bool = False, **headers: str) -> CalendarRead:
        """Offer these events and read them."""
        return self.read_page(self.server.offer(make_calendar(*events), **headers), confirmed=confirmed)

    def read_page(self, address: str, *, confirmed: bool = False) -> CalendarRead:
        """Read what the server answers at an address."""
        return Calendars(self.desk.database, {VARIABLE: address}).read_feed(KEY, confirmed=confirmed)

    def refs(self) -> list[str]:
        """Return the refs of the occasions that are live and not gone."""
        query = select(occasions.c.ref).where(occasions.c.gone_at.is_(None), occasions.c.status == "booked")
        with self.desk.database.read() as connection:
            return sorted(connection.execute(query).scalars())

    def row(self) -> dict[str, Any]:
        """Return the calendar's row."""
        with self.desk.database.read() as connection:
            return dict(connection.execute(select(calendars)).mappings().one())

    def event(self, ref: str = "E-1") -> dict[str, Any]:
        """Return what is remembered of an event."""
        with self.desk.database.read() as connection:
            query = select(calendar_events).where(calendar_events.c.ref == ref)
            return dict(connection.execute(query).mappings().one())

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row but the calendar's own, of which the last read is written down."""
        tables = (calendar_events, calendar_links, occasion_people)
        with self.desk.database.read() as connection:
            own = {
                table.name: [
                    dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for table in tables
            }
        return self.desk.rows() | own

    def link(self, named: str, contact: str | None, day: str | None = None) -> Linked:
        """Link an event to a contact."""
        order = Order(event=named, by="ana", contact=contact, day=day)
        return self._turns().take("northlight", lambda turn: link(turn, order))

    def unlink(self, named: str) -> int:
        """Forget an event's links."""
        return self._turns().take("northlight", lambda turn: unlink(turn, Order(event=named, by="ana")))

    def waiting(self) -> list[tuple[str, str]]:
        """Return the UIDs and reasons of the events that wait."""
        with self.desk.database.read() as connection:
            return [(each.uid, each.reason) for each in waiting_events(connection, "northlight")]

    def contact_of(self, ref: str = "E-1") -> str | None:
        """Return whom an occasion names."""
        query = (
            select(contacts.c.ref)
            .join(occasion_people, occasion_people.c.contact_id == contacts.c.id)
            .join(occasions, occasions.c.id == occasion_people.c.occasion_id)
            .where(occasions.c.ref == ref)
        )
        with self.desk.database.read() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def _turns(self) -> Turns:
        return Turns(self.desk.database, load_current)


@contextmanager
def making(url: str, **calendar: object) -> Iterator[Room]:
    """Give a room over an empty database; `calendar` changes its calendar."""
    rulebook = make_rulebook(
        practice={"calendars": [{**CALENDAR, **calendar}], "contact_fields": {"email": "text", "notes": "text"}}
    )
    with serving() as server, opened(url, rulebook) as desk:
        yield Room(desk, server)
