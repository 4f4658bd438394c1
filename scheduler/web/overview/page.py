"""The first page and its parts, each of which comes again by itself; what takes long comes after the page."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import NotFoundError
from scheduler.identities.rights import Right
from scheduler.publishing.revisions import Current
from scheduler.web.assets_mount import bundles
from scheduler.web.overview.figures import PARTS, Field
from scheduler.web.overview.saying import SAYING
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import current_of
from scheduler.web.showing import show, show_part

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_JOBS)]
AT_ONCE: Final = ("pressing", "standing")
"""What stands on the page as it comes."""
SECONDS: Final[Mapping[str, int]] = {
    "pressing": 10,
    "people": 30,
    "standing": 15,
    "days": 60,
    "hours": 60,
    "health": 15,
}
"""How often each part is asked for anew."""


@router.get("/")
def overview(
    request: Request,
    here: Here,
    person: Annotated[Person, signed_in()],
    *,
    whole: Annotated[bool, Query(alias="all")] = False,
) -> HTMLResponse:
    """Show how the practice stands; `all`: every part in the page itself, for browsers without script."""
    current = current_of(request, person.practice) if person.may(Right.READ_JOBS) else None
    if current is None:
        return show(request, "overview/beginning.html.j2")
    later = set() if whole or "htmx" not in bundles() else PARTS.keys() - set(AT_ONCE)
    values = {name: value for part in PARTS if part not in later for name, value in _ask(here, current, part).items()}
    return show(
        request, "overview/page.html.j2", status=HTTPStatus.OK, later=later, seconds=SECONDS, **SAYING, **values
    )


@router.get("/overview/{part}")
def one_part(part: str, request: Request, here: Here, person: Reader) -> Response:
    """Return one part as it stands now."""
    current = current_of(request, person.practice)
    if part not in PARTS or current is None:
        message = f"there is no part {part!r} of the overview"
        raise NotFoundError(message)
    return show_part(request, f"overview/{part}.html.j2", seconds=SECONDS, **SAYING, **_ask(here, current, part))


def _ask(here: WebPlace, current: Current, part: str) -> Mapping[str, object]:
    with here.database.read() as connection:
        return PARTS[part](Field(connection, current, here.database.moment(connection)))
