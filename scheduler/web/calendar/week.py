"""A week of occasions by wall time: a day in the address in; seven days, hour by hour, quiet hours shaded, out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from scheduler.asking.diary import Asked, list_occasions
from scheduler.identities.rights import Right
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import kinds_of
from scheduler.web.calendar.cards import Card, cards_of
from scheduler.web.calendar.listing import midnight, read_day
from scheduler.web.calendar.places import printable
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import current_of
from scheduler.web.showing import show

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_RECORDS)]
MOST: Final = 500
"""Occasions that one page draws; what is more is said, and the list has all of them."""
USUAL: Final = range(8, 18)
"""Hours that are drawn even where nothing happens."""
_DAY: Final = dt.timedelta(days=1)
_LAST_MINUTE: Final = dt.time(0, 59)


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of a day: what starts in it, and whether texts may go then: open, half or quiet."""

    hour: int
    hours: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week (0 is Monday): what closes it, what is dated by the whole day, and its hours."""

    column: int
    date: dt.date
    closed: str
    cards: tuple[Card, ...]
    slots: tuple[Slot, ...]


@router.get("/calendar/week")
def week(
    request: Request,
    here: Here,
    person: Reader,
    *,
    of: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """Show the week that a day lies in."""
    current = current_of(request, person.practice)
    if current is None:
        return show(request, "calendar/nothing.html.j2")
    zone = current.rulebook.practice.timezone
    today = here.clock.now().astimezone(ZoneInfo(zone)).date()
    monday = _monday(read_day(of) or today)
    asked = Asked(
        practice=person.practice,
        kind=printable(kind) or None,
        # A day more on each side: whose zone is another may stand on a day of this week.
        starts_from=midnight(monday - _DAY, zone),
        starts_to=midnight(monday + 8 * _DAY, zone),
    )
    with here.database.read() as connection:
        found = list_occasions(connection, asked, after=None, most=MOST + 1)
        cards = cards_of(connection, current, found[:MOST])
    days = _days(current, monday, cards)
    return show(
        request,
        "calendar/week.html.j2",
        days=days,
        hours=[slot.hour for slot in days[0].slots],
        has_whole_days=any(day.cards for day in days),
        kinds=list(kinds_of(current.rulebook.practice)),
        kind=kind,
        monday=monday,
        before=monday - 7 * _DAY,
        after=monday + 7 * _DAY,
        today=today,
        is_cut=len(found) > MOST,
    )


def _monday(day: dt.date) -> dt.date:
    """Return the Monday on or before a day, of years that have weeks on both sides."""
    day = min(max(day, dt.date(1970, 1, 5)), dt.date(2199, 12, 1))
    return day - dt.timedelta(days=day.weekday())


def _days(current: Current, monday: dt.date, cards: Sequence[Card]) -> list[Day]:
    dates = [monday + _DAY * column for column in range(7)]
    shown = [card for card in cards if card.day in dates]
    taken = {card.time.hour for card in shown if card.time is not None}
    hours = range(min({*taken, USUAL.start}), max({*taken, USUAL.stop - 1}) + 1)
    return [_day(current, column, date, (shown, hours)) for column, date in enumerate(dates)]


def _day(current: Current, column: int, date: dt.date, drawn: tuple[Sequence[Card], range]) -> Day:
    cards, hours = drawn
    mine = sorted((card for card in cards if card.day == date), key=lambda card: card.time or dt.time())
    slots = tuple(
        Slot(
            hour,
            _open(current, date, hour),
            tuple(card for card in mine if card.time is not None and card.time.hour == hour),
        )
        for hour in hours
    )
    calendar = current.plan.calendar
    closed = calendar.name(date) if calendar.is_closed(date) else ""
    return Day(column, date, closed, tuple(card for card in mine if card.time is None), slots)


def _open(current: Current, date: dt.date, hour: int) -> str:
    """Return whether texts may go in an hour: in all of it, in a part, or not at all."""
    zone = current.rulebook.practice.timezone
    ends = (dt.time(hour), _LAST_MINUTE.replace(hour=hour))
    moments = [dt.datetime.combine(date, end, ZoneInfo(zone)).astimezone(dt.UTC) for end in ends]
    opened = [current.plan.window.is_open(moment, (zone,)) for moment in moments]
    return "open" if all(opened) else "half" if any(opened) else "quiet"
