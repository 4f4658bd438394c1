"""What pages need of the practice: its current revision, its zone and name, read once a call."""

from zoneinfo import ZoneInfo

from fastapi import Request

from jobs.errors import NotFoundError
from scheduler.publishing.revisions import Current, load_current
from scheduler.web.place import place_of

WITHOUT_RULES = "UTC"
"""The zone of a practice that has published nothing yet."""


def current_of(request: Request, practice: str) -> Current | None:
    """Return the practice's current revision; None before the first publish."""
    if not hasattr(request.state, "current"):
        with place_of(request).database.read() as connection:
            try:
                request.state.current = load_current(connection, practice)
            except NotFoundError:
                request.state.current = None
    found: Current | None = request.state.current
    return found


def zone_of(request: Request, practice: str) -> str:
    """Return the practice's zone, by its IANA name."""
    current = current_of(request, practice)
    return WITHOUT_RULES if current is None else current.rulebook.practice.timezone


def zone_info_of(request: Request, practice: str) -> ZoneInfo:
    """Return the practice's zone."""
    return ZoneInfo(zone_of(request, practice))


def name_of(request: Request, practice: str) -> str:
    """Return what the practice is called; its id before it has published rules."""
    current = current_of(request, practice)
    return practice if current is None else current.rulebook.practice.name
