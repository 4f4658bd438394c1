"""The way into the settings: to the first page that somebody may open; and the page of oneself."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from scheduler.identities.rights import Right
from scheduler.web.notices import go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.settings.frame import settings_page
from scheduler.web.settings.saying import RIGHTS

router = APIRouter()

Anybody = Annotated[Person, signed_in()]


@router.get("/settings")
def settings(request: Request, person: Anybody) -> Response:
    """Send an admin to the users, anybody else to themselves."""
    return go_on(request, "/settings/users" if person.may(Right.MANAGE_IDENTITIES) else "/settings/me")


@router.get("/settings/me")
def oneself(request: Request, person: Anybody) -> HTMLResponse:
    """Show who is signed in, how, and what they may do."""
    rights = [(right, meaning) for right, meaning in RIGHTS.items() if person.may(right)]
    return settings_page(request, person, "me.html.j2", rights=rights)
