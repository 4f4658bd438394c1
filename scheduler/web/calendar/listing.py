"""The list of occasions by day: filters and a place in the address in, a page out."""

import datetime as dt
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from scheduler.asking.diary import Asked, list_occasions
from scheduler.identities.rights import Right
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import kinds_of
from scheduler.web.calendar.cards import by_day, cards_of, statuses_of
from scheduler.web.calendar.places import printable, read_start, written_start
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import current_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_RECORDS)]
ROWS: Final = 50
LONGEST: Final = 200
ENDINGS: Final = (
    ("", sentence("All")),
    ("live", sentence("Ahead")),
    ("done", sentence("Done")),
    ("off", sentence("Off")),
)
UNDATED: Final = "none"
"""What the filter of days says for occasions without a date."""

Text = Annotated[str, Query(max_length=LONGEST)]


@router.get("/calendar")
def calendar(  # noqa: PLR0913 - what the address says
    request: Request,
    here: Here,
    person: Reader,
    *,
    day: Text = "",
    until: Text = "",
    kind: Text = "",
    status: Text = "",
    words: Text = "",
    after: Text = "",
) -> HTMLResponse:
    """Show the occasions from a day on, by day."""
    current = current_of(request, person.practice)
    if current is None:
        return show(request, "calendar/nothing.html.j2")
    today = here.clock.now().astimezone(ZoneInfo(current.rulebook.practice.timezone)).date()
    chosen = {"day": day or today.isoformat(), "until": until, "kind": kind, "status": status, "words": words.strip()}
    asked = _asked(current, person.practice, chosen, today)
    with here.database.read() as connection:
        found = list_occasions(connection, asked, after=read_start(after) if after else None, most=ROWS + 1)
        cards = cards_of(connection, current, found[:ROWS])
    following = None
    if len(found) > ROWS:
        last = found[ROWS - 1]
        place = written_start(last["starts_at"], last["id"])
        following = "/calendar?" + urlencode({**{name: each for name, each in chosen.items() if each}, "after": place})
    return show(
        request,
        "calendar/list.html.j2",
        days=by_day(cards),
        chosen=chosen,
        kinds=list(kinds_of(current.rulebook.practice)),
        endings=ENDINGS,
        following=following,
        today=today,
        is_dated=asked.is_dated,
    )


def read_day(given: str) -> dt.date | None:
    """Return the day that an address names, None for whatever is none."""
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        return None


def midnight(day: dt.date, zone: str) -> dt.datetime:
    """Return when a day begins in a zone."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def _asked(current: Current, practice: str, chosen: dict[str, str], today: dt.date) -> Asked:
    settings = current.rulebook.practice
    kinds = kinds_of(settings)
    is_dated = chosen["day"] != UNDATED
    first, last = read_day(chosen["day"]) or today, read_day(chosen["until"])
    if is_dated:
        chosen["day"] = first.isoformat()
    named = kinds.get(chosen["kind"])
    endings = {name for name, _ in ENDINGS if name}
    statuses: tuple[str, ...] = ()
    if chosen["status"] in endings:
        statuses = statuses_of([named] if named else list(kinds.values()), chosen["status"])
    return Asked(
        practice=practice,
        kind=printable(chosen["kind"]) or None,
        statuses=statuses,
        starts_from=midnight(first, settings.timezone),
        starts_to=None if last is None else midnight(last + dt.timedelta(days=1), settings.timezone),
        words=printable(chosen["words"]),
        country=settings.country,
        is_dated=is_dated,
    )
