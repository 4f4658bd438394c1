"""The list of jobs at `/jobs`: filters in the address, a page of rows that renews itself, and the same as CSV."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from sqlalchemy import Connection, RowMapping

from jobs.errors import NotFoundError
from jobs.phone import mask
from jobs.states import State
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.listing import list_jobs
from scheduler.asking.pauses import pausable
from scheduler.asking.views import views_of
from scheduler.web.jobs.asking import Reader, filters_of, moment_of, shown_rows
from scheduler.web.jobs.filters import Filters
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show, show_part

router = APIRouter()

PAGE: Final = 50
CSV_PAGE: Final = 1_000
CSV_COLUMNS: Final = (
    *("id", "state", "due_at", "planned_for", "useful_until", "rule", "step", "contact", "number", "kind", "occasion"),
    *("case_ref", "sender", "provider", "attempts", "reason"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon out (https://owasp.org/www-community/attacks/CSV_Injection)."""


@router.get("/jobs")
def jobs(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """Show the list with its filters and views."""
    filters = filters_of(request, here, person)
    with here.database.read() as connection:
        known = _known(connection, person.practice)
        views = views_of(connection, person.user.id)
    return show(
        request, "jobs/list.html.j2", **_rows(here, person, filters), known=known, views=views, states=tuple(State)
    )


@router.get("/jobs/rows")
def rows(request: Request, here: Here, person: Reader) -> Response:
    """Answer with the rows alone, or that they have not changed."""
    return show_part(request, "jobs/rows.html.j2", **_rows(here, person, filters_of(request, here, person)))


@router.get("/jobs.csv")
def as_csv(request: Request, here: Here, person: Reader) -> Response:
    """Send all that match as a CSV file, numbers masked."""
    filters = filters_of(request, here, person)
    headers = {"Content-Disposition": 'attachment; filename="jobs.csv"'}
    return StreamingResponse(_csv(here, filters), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(here: WebPlace, person: Person, filters: Filters) -> dict[str, Any]:
    with here.database.read() as connection:
        found = list_jobs(
            connection, filters.question, after=filters.after, most=PAGE + 1, latest_first=filters.latest_first
        )
        shown = shown_rows(connection, person.practice, found[:PAGE], moment_of(here))
    last = shown[-1] if len(found) > PAGE else None
    following = None if last is None else f"/jobs?{filters.page_after((last['due_at'], last['id']))}"
    return {"filters": filters, "jobs": shown, "following": following, "here": filters.page_after(filters.after)}


def _known(connection: Connection, practice: str) -> Mapping[str, list[str]]:
    """Return the rules, senders and providers to choose from; none before the first publish."""
    try:
        return pausable(terms_in_force(connection, practice))
    except NotFoundError:
        return {"rule": [], "sender": [], "provider": []}


def _csv(here: WebPlace, filters: Filters) -> Iterator[str]:
    yield _line(CSV_COLUMNS)
    after = None
    while True:
        with here.database.read() as connection:
            found = list_jobs(
                connection, filters.question, after=after, most=CSV_PAGE, latest_first=filters.latest_first
            )
        yield "".join(_line([_cell(row, name) for name in CSV_COLUMNS]) for row in found)
        if len(found) < CSV_PAGE:
            return
        after = (found[-1]["due_at"], found[-1]["id"])


def _cell(row: RowMapping, name: str) -> str:
    if name == "number":
        return "" if row["to_number"] is None else mask(row["to_number"])
    value = row[name]
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    text = value.hex if name == "id" else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: tuple[str, ...] | list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
