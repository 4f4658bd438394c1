"""The list of contacts: words and a place in the address in, a page or the choices of a field out."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from jobs.phone import mask
from scheduler.asking.diary import list_contacts, meant_by, next_starts
from scheduler.identities.rights import Right
from scheduler.web.calendar.places import printable, read_name, written_name
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import current_of, zone_info_of
from scheduler.web.showing import show, show_part

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_RECORDS)]
Text = Annotated[str, Query(max_length=400)]
ROWS: Final = 50
LEAST: Final = 2
"""Letters before a field offers whom they may mean."""


@router.get("/contacts")
def contact_list(request: Request, here: Here, person: Reader, *, words: Text = "", after: Text = "") -> HTMLResponse:
    """Show contacts by name."""
    current = current_of(request, person.practice)
    if current is None:
        return show(request, "contact_list/nothing.html.j2")
    country, zone = current.rulebook.practice.country, zone_info_of(request, person.practice)
    wanted = printable(words)
    place = read_name(after) if after else None
    with here.database.read() as connection:
        now = here.database.moment(connection)
        found = list_contacts(connection, person.practice, wanted, country=country, after=place, most=ROWS + 1)
        ahead = next_starts(connection, [row["id"] for row in found], now)
    rows, following = found[:ROWS], None
    if len(found) > ROWS:
        last = written_name(rows[-1]["name"].lower(), rows[-1]["id"])
        following = "/contacts?" + urlencode({**({"words": wanted} if wanted else {}), "after": last})
    phones = {row["id"]: told_phone(row["phone"] or row["phone_given"], person) for row in rows}
    return show(
        request,
        "contact_list/list.html.j2",
        rows=rows,
        ahead={each: at.astimezone(zone).date() for each, at in ahead.items()},
        phones=phones,
        words=wanted,
        following=following,
    )


@router.get("/contacts/-/found")
def found_for(request: Request, here: Here, person: Reader, field: str = "contact") -> Response:
    """Return whom the words of a form's field may mean, as choices."""
    words = printable(request.query_params.get(field, "")[:200])
    current = current_of(request, person.practice)
    rows = []
    if current is not None and len(words) >= LEAST:
        with here.database.read() as connection:
            rows = list(meant_by(connection, person.practice, words, current.rulebook.practice.country))
    return show_part(
        request,
        "contact_list/found.html.j2",
        rows=[(row["ref"], row["name"], told_phone(row["phone"], person)) for row in rows],
    )


def told_phone(number: str | None, person: Person) -> str:
    """Return a number as somebody may see it."""
    if not number:
        return ""
    return number if person.may(Right.REVEAL) else mask(number)
