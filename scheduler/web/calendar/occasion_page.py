"""The page of one occasion: its id in; what is known of it, its texts and why, and what may be done out."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from jobs.errors import NotFoundError
from scheduler.asking.diary import occasion_of
from scheduler.identities.rights import Right
from scheduler.intake.naming import occasion_named
from scheduler.intake.reading import What, what_of
from scheduler.intake.rows import ONLY_ROLE
from scheduler.planning.stored import StoredRow
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import kinds_of
from scheduler.web.calendar.cards import Card, cards_of
from scheduler.web.calendar.fields import Field, fields_of, shown_occasion
from scheduler.web.calendar.foretold import foretell
from scheduler.web.calendar.places import printable
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import current_of
from scheduler.web.showing import show
from scheduler.why.reading import read_occasion
from scheduler.why.words import in_zone, note_in_words

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_RECORDS)]
DATES = ("start", "end", "date")


@router.get("/calendar/find")
def find(here: Here, person: Reader, ref: str, kind: str | None = None) -> Response:
    """Lead to the page of the occasion of a kind and ref, a former one too: for links from elsewhere."""
    with here.database.read() as connection:
        named = occasion_named(connection, person.practice, printable(kind or "") or None, printable(ref))
    return RedirectResponse(f"/calendar/{named.id}")


@router.get("/calendar/{occasion_id:uuid}")
def occasion(request: Request, here: Here, person: Reader, occasion_id: uuid.UUID) -> HTMLResponse:
    """Show an occasion with its texts."""
    return occasion_page(request, here, person, occasion_id)


def occasion_page(
    request: Request, here: WebPlace, person: Person, occasion_id: uuid.UUID, because: tuple[str, str] = ("", "")
) -> HTMLResponse:
    """Return the page of an occasion; `because`: the reason that somebody wrote for a mute, and what is wrong."""
    current = must_have_rules(request, person.practice)
    with here.database.read() as connection:
        now = here.database.moment(connection)
        row, card = _read(connection, current, person.practice, occasion_id)
        story = read_occasion(connection, person.practice, row["kind"], row["ref"], now)
        plan = foretell(connection, story, card.people, now)
    fields = _fields(current, row, card)
    kind = kinds_of(current.rulebook.practice).get(row["kind"])
    return show(
        request,
        "calendar/occasion.html.j2",
        card=card,
        plan=plan,
        notes=[note_in_words(dict(each), in_zone(each["at"], story.zone)) for each in story.notes],
        facts=[each for each in fields if _is_fact(each)],
        dates=[each for each in fields if each.name in DATES],
        off_statuses=() if kind is None else kind.status.off,
        rules=[rule.id for rule in current.rulebook.rules if rule.for_ == row["kind"]],
        because=because[0],
        because_problem=because[1],
    )


def must_have_rules(request: Request, practice: str) -> Current:
    """Return the current revision.

    Raises:
        NotFoundError: none was published yet.

    """
    current = current_of(request, practice)
    if current is None:
        message = f"no rules were published for {practice} yet"
        raise NotFoundError(message)
    return current


def shown(what: What, row: StoredRow, card: Card) -> dict[str, str]:
    """Return what stands in the fields of a stored occasion."""
    if what.kind is None:
        raise AssertionError
    return shown_occasion(row, {role: who.ref for role, who in card.people.items()}, what.kind)


def _fields(current: Current, row: StoredRow, card: Card) -> list[Field]:
    """Return what is known of an occasion, field by field; of a kind that is gone nothing."""
    if row["kind"] not in kinds_of(current.rulebook.practice):
        return []
    what = what_of(current, row["kind"])
    types = {} if what.kind is None else what.kind.fields
    return fields_of(what, types, shown(what, row, card), {}, current.rulebook.practice.languages)


def _is_fact(field: Field) -> bool:
    return bool(field.value) and field.name not in _TOLD and (field.name, field.value) != ("remote", "no")


def _read(connection: Connection, current: Current, practice: str, occasion_id: uuid.UUID) -> tuple[StoredRow, Card]:
    row = occasion_of(connection, practice, occasion_id)
    return row, cards_of(connection, current, [row])[0]


_TOLD: Final = frozenset({ONLY_ROLE, "status", "start", "date", "timezone"})
"""What stands on the page already."""
