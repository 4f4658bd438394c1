"""Texts that did not arrive, grouped by cause, each with the way to its jobs."""

import datetime as dt
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from scheduler.asking.failures import Group, failures
from scheduler.web.jobs.asking import Reader, moment_of
from scheduler.web.place import Here
from scheduler.web.practices import zone_info_of
from scheduler.web.showing import show

router = APIRouter()

DAYS: Final = (1, 7, 30, 365)


@router.get("/jobs/errors")
def errors(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """Show the causes of the last days."""
    wanted = request.query_params.get("days", "")
    days = int(wanted) if wanted in {str(each) for each in DAYS} else 7
    now = moment_of(here)
    since = now - dt.timedelta(days=days)
    with here.database.read() as connection:
        found = failures(connection, person.practice, since=since, until=now)
    first_day = since.astimezone(zone_info_of(request, person.practice)).date()
    groups = [(group, f"/jobs?{_query(group, first_day)}") for group in found]
    return show(request, "jobs/errors.html.j2", groups=groups, days=days, choices=DAYS)


def _query(group: Group, first_day: dt.date) -> str:
    named = {"state": group.state.value, "error": group.code, "reason": group.reason, "due_from": str(first_day)}
    return urlencode({name: value for name, value in named.items() if value})
