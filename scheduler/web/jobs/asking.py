"""What every page of jobs reads first: filters from the address, ids, pauses that keep a row back."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Request
from sqlalchemy import Connection, RowMapping

from jobs.errors import NotFoundError
from jobs.phone import mask
from jobs.senders import Pause, active_pauses
from jobs.states import WAITING, State
from scheduler.identities.audit import Signed, signed_by
from scheduler.identities.rights import Right
from scheduler.web.jobs.filters import Filters, Reading, read_filters
from scheduler.web.people import Person, signed_in
from scheduler.web.place import WebPlace
from scheduler.web.practices import current_of, zone_info_of

Reader = Annotated[Person, signed_in(Right.READ_JOBS)]
Changer = Annotated[Person, signed_in(Right.CHANGE_JOBS)]


def reading_of(request: Request, here: WebPlace, person: Person) -> Reading:
    """Return what it takes to read the filters of a call."""
    current = current_of(request, person.practice)
    return Reading(
        practice=person.practice,
        zone=zone_info_of(request, person.practice),
        country="" if current is None else current.rulebook.practice.country,
        now=moment_of(here),
    )


def filters_of(request: Request, here: WebPlace, person: Person) -> Filters:
    """Return the filters of a call."""
    return read_filters(request.query_params.multi_items(), reading_of(request, here, person))


def moment_of(here: WebPlace) -> dt.datetime:
    """Return the present moment."""
    with here.database.read() as connection:
        return here.database.moment(connection)


def signed_now(connection: Connection, here: WebPlace, person: Person) -> Signed:
    """Return in whose name, when and from where an order is given."""
    return signed_by(person.caller, here.database.moment(connection))


def id_of(written: str) -> uuid.UUID:
    """Return an id as an address holds it.

    Raises:
        NotFoundError: it is none.

    """
    try:
        return uuid.UUID(written)
    except ValueError:
        message = "there is nothing of that id"
        raise NotFoundError(message) from None


def shown_rows(
    connection: Connection, practice: str, rows: Sequence[RowMapping], now: dt.datetime
) -> list[dict[str, Any]]:
    """Return listed jobs as pages show them: numbers masked, with the pause that keeps one back."""
    pauses = active_pauses(connection, [practice], now)
    return [{**row, "number": _masked(row), "paused": _paused(row, practice, pauses)} for row in rows]


def _masked(row: RowMapping) -> str | None:
    return None if row["to_number"] is None else mask(row["to_number"])


def _paused(row: RowMapping, practice: str, pauses: Sequence[Pause]) -> str | None:
    if State(row["state"]) not in WAITING:
        return None
    names = {"practice": practice, "rule": row["rule"], "sender": row["sender"], "provider": row["provider"]}
    return next((pause.reason for pause in pauses if pause.covers(**names)), None)
