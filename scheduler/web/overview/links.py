"""Addresses of the rows behind a number, in the words of the list of jobs. Pure."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jobs.states import WAITING, State


def jobs_link(
    states: Iterable[State] = (),
    *,
    due_from: dt.datetime | None = None,
    due_to: dt.datetime | None = None,
    zone: ZoneInfo,
    **named: str,
) -> str:
    """Return the address of the jobs in these states, due in a span, and of what else is named (sender, reason, …)."""
    pairs = [("state", state.value) for state in states]
    pairs += list(named.items())
    bounds = {"due_from": due_from, "due_to": due_to}
    pairs += [(name, _written(moment, zone)) for name, moment in bounds.items() if moment is not None]
    return f"/jobs?{urlencode(pairs)}" if pairs else "/jobs"


def waiting_link(
    *, due_from: dt.datetime | None = None, due_to: dt.datetime | None = None, zone: ZoneInfo, **named: str
) -> str:
    """Return the address of the jobs that wait."""
    states = [state for state in State if state in WAITING]
    return jobs_link(states, due_from=due_from, due_to=due_to, zone=zone, **named)


def _written(moment: dt.datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"
