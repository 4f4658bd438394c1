"""Contacts in and out: whole, in parts, removed, read, listed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from jobs.phone import Phone, read_phone
from jobs.records import contacts
from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, page_of, place_of_cursor
from scheduler.api.v1.plain import Moment
from scheduler.api.v1.record_answers import ContactAnswer, ContactTaken, contact_answer, counts_of
from scheduler.api.v1.record_bodies import ContactBody, field_problem, invalid, named_of, refused
from scheduler.api.v1.record_reading import contact_row, line_of, page_rows, refs_of_via, turns_of
from scheduler.api.v1.revealing import Reveal, must_reveal, note_revealed
from scheduler.asking.records import remove_record, take_record
from scheduler.identities import audit
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller, Right
from scheduler.intake.reading import what_of
from scheduler.intake.rows import CONTACTS
from scheduler.intake.values import HIGHEST_VERSION
from scheduler.intake.wholes import RefusedWholeError, Whole

router = APIRouter()

Reader = Annotated[Caller, needs(Right.READ_RECORDS)]
Writer = Annotated[Caller, needs(Right.WRITE_RECORDS)]
VersionAsked = Annotated[
    int | None, Query(ge=0, le=HIGHEST_VERSION, description="The removal's version: an older one changes nothing.")
]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which contacts are listed."""

    owner: Annotated[str | None, Query(max_length=200)] = None
    phone: Annotated[str | None, Query(max_length=60, description="As written, or E.164.")] = None
    changed_since: Annotated[Moment | None, Query()] = None
    gone: Annotated[bool, Query(description="Removed ones too.")] = False


@router.put("/contacts/{ref}")
def put_contact(ref: str, body: ContactBody, caller: Writer, here: Here) -> ContactTaken:
    """Take a contact in whole; jobs for them follow."""
    return _take(here, caller, ref, body, is_part=False)


@router.patch("/contacts/{ref}")
def patch_contact(ref: str, body: ContactBody, caller: Writer, here: Here) -> ContactTaken:
    """Change what is named of a contact."""
    return _take(here, caller, ref, body, is_part=True)


@router.get("/contacts/{ref}")
def get_contact(ref: str, caller: Reader, here: Here, *, reveal: Reveal = False) -> ContactAnswer:
    """Return a contact, a removed one too; its number is masked unless it is revealed."""
    must_reveal(caller, reveal=reveal)
    found = _read(here, caller, line_of(ref, "ref"), shows=reveal)
    if reveal:
        note_revealed(here, caller, audit.contact(found.id))
    return found


@router.delete("/contacts/{ref}")
def delete_contact(ref: str, caller: Writer, here: Here, version: VersionAsked = None) -> ContactTaken:
    """Remove a contact: what waits for them is cancelled. Their history stays; a PUT brings them back."""
    known = line_of(ref, "ref")
    removed = turns_of(here).take(
        caller.practice,
        lambda turn: remove_record(turn, CONTACTS, known, signed_by(caller, turn.now), version=version),
    )
    return ContactTaken(
        outcome=removed.outcome, contact=_read(here, caller, known, shows=False), jobs=counts_of(removed.jobs)
    )


@router.get("/contacts")
def list_contacts(  # noqa: PLR0913 - a listing has as many parameters as filters
    caller: Reader,
    here: Here,
    filters: Annotated[Filters, Depends()],
    cursor: Cursor = None,
    limit: Limit = USUAL_ROWS,
    *,
    reveal: Reveal = False,
) -> Page[ContactAnswer]:
    """List contacts by ref; their numbers are masked unless they are revealed."""
    must_reveal(caller, reveal=reveal)
    after = place_of_cursor(cursor)
    query = select(contacts).where(contacts.c.practice == caller.practice)
    if not filters.gone:
        query = query.where(contacts.c.gone_at.is_(None))
    if filters.owner is not None:
        query = query.where(contacts.c.owner == line_of(filters.owner, "owner"))
    if filters.changed_since is not None:
        query = query.where(contacts.c.updated_at >= filters.changed_since)
    with here.database.read() as connection:
        if filters.phone is not None:
            country = turns_of(here).current(caller.practice).rulebook.practice.country
            read = read_phone(line_of(filters.phone, "phone"), country)
            query = query.where(contacts.c.phone == (read.e164 if isinstance(read, Phone) else ""))
        found = page_rows(connection, query, after, limit)
        via = refs_of_via(connection, found)
    rows, following = page_of(found, limit, lambda row: (row["ref"],))
    if reveal:
        revealed = {"contacts": [row["id"].hex for row in rows]}
        note_revealed(here, caller, audit.Subject("contact", "list"), revealed)
    items = [contact_answer(row, via.get(row["via_id"]), shows=reveal) for row in rows]
    return Page(items=items, next=following)


def _take(here: Place, caller: Caller, ref: str, body: ContactBody, *, is_part: bool) -> ContactTaken:
    turns = turns_of(here)
    what = what_of(turns.current(caller.practice), CONTACTS)
    named, problems = named_of(body, what.columns)
    if problems:
        raise invalid(field_problem(each, what.columns) for each in problems)
    known = line_of(ref, "ref")
    whole = Whole(what, {**named, "ref": known}, is_part=is_part)
    try:
        taken = turns.take(caller.practice, lambda turn: take_record(turn, whole, signed_by(caller, turn.now)))
    except RefusedWholeError as error:
        raise refused(error, what, what.columns) from error
    return ContactTaken(
        outcome=taken.outcome,
        contact=_read(here, caller, known, shows=body.phone is not None and caller.may(Right.REVEAL)),
        warnings=[field_problem(each, what.columns) for _, each in taken.warnings],
        jobs=counts_of(taken.jobs),
    )


def _read(here: Place, caller: Caller, ref: str, *, shows: bool) -> ContactAnswer:
    with here.database.read() as connection:
        row = contact_row(connection, caller.practice, ref)
        return contact_answer(row, refs_of_via(connection, [row]).get(row["via_id"]), shows=shows)
