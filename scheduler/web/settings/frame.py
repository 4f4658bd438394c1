"""What every page of the settings shares: its tabs by right, and how an order is carried out and signed."""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Final, TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from jobs.errors import RefusedError
from scheduler.identities.audit import Signed, signed_by
from scheduler.identities.rights import Right
from scheduler.web.people import Person
from scheduler.web.place import WebPlace
from scheduler.web.showing import show
from scheduler.web.words import sentence

T = TypeVar("T")
TABS: Final[tuple[tuple[str, str, Right | None], ...]] = (
    ("/settings/me", sentence("Yourself"), None),
    ("/settings/users", sentence("Users"), Right.MANAGE_IDENTITIES),
    ("/settings/keys", sentence("API keys"), Right.MANAGE_IDENTITIES),
    ("/settings/senders", sentence("Senders and providers"), Right.READ_JOBS),
    ("/settings/endpoints", sentence("Event endpoints"), Right.MANAGE_EVENTS),
    ("/settings/spending", sentence("Spending"), Right.READ_JOBS),
    ("/settings/audit", sentence("Audit log"), Right.READ_AUDIT),
)


class MoreThanOwnError(RefusedError):
    """Somebody would give rights that they do not have."""


def tabs_of(person: Person) -> list[tuple[str, str]]:
    """Return the pages of the settings that somebody may open: address and label."""
    return [(path, label) for path, label, right in TABS if right is None or person.may(right)]


def settings_page(
    request: Request, person: Person, template: str, /, *, status: int = HTTPStatus.OK, **values: object
) -> HTMLResponse:
    """Return a page of the settings with its tabs."""
    return show(request, f"settings/{template}", status=status, setting_tabs=tabs_of(person), **values)


def carried_out(here: WebPlace, person: Person, work: Callable[[Connection, Signed], T]) -> T:
    """Run an order in one transaction, signed as the audit log has it."""
    return here.database.write(
        lambda connection: work(connection, signed_by(person.caller, here.database.moment(connection)))
    )


def must_have(person: Person, given: Collection[Right]) -> None:
    """Refuse to give what the giver does not have.

    Raises:
        MoreThanOwnError: it names what they lack.

    """
    lacks = sorted(set(given) - person.caller.rights)
    if lacks:
        message = f"nobody gives rights that they do not have: {', '.join(lacks)}"
        raise MoreThanOwnError(message)
