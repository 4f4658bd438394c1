"""Keeping that somebody was phoned about an occasion: a call in, a note of it out; in the caller's turn at intake.

Nothing is planned or cancelled by it: texts still to come go as they would have.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from jobs.errors import InputError, NotFoundError
from jobs.records import contacts, occasion_people, occasions
from scheduler.intake.naming import Named, occasion_named
from scheduler.intake.notes import Did, Note, add_notes, read_reason
from scheduler.intake.turns import Turn
from scheduler.planning.basis import basis_of
from scheduler.unreached.listing import unreached_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Whom somebody phoned, about which occasion, and what came of it.

    `kind` None: whatever kind has the ref; `contact` None: the only person it names, or those who are unreached.
    """

    practice: str
    ref: str
    note: str
    by: str
    kind: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What was kept: about which occasion, which start was told, and to whom, by their refs (none: it names nobody)."""

    kind: str
    ref: str
    start: str | None
    contacts: tuple[str, ...]
    at: dt.datetime


def note_call(turn: Turn, call: Call) -> Noted:
    """Keep a call for the occasion's present start; each one is kept, also a second.

    Raises:
        InputError: nothing was noted, or the occasion names several and nobody says which was phoned.
        NotFoundError: there is no such occasion, it was removed, or it does not name that contact.

    """
    words = read_reason(call.note)
    named = occasion_named(turn.connection, call.practice, call.kind, call.ref)
    about = turn.connection.execute(select(occasions).where(occasions.c.id == named.id)).mappings().one()
    if about["gone_at"] is not None:
        message = f"{named.kind} {named.ref} was removed"
        raise NotFoundError(message)
    chosen = _chosen(turn, named, call)
    ids: list[uuid.UUID | None] = [each[0] for each in chosen]
    add_notes(
        turn.connection,
        [
            Note(
                practice=call.practice,
                did=Did.PHONED,
                because=words,
                by=call.by,
                occasion_id=named.id,
                contact_id=contact_id,
                start=about["start"],
            )
            for contact_id in ids or [None]
        ],
        turn.now,
    )
    return Noted(named.kind or "", named.ref, about["start"], tuple(each[1] for each in chosen), turn.now)


def _chosen(turn: Turn, named: Named, call: Call) -> Sequence[tuple[uuid.UUID, str]]:
    """Return who was phoned, by id and ref."""
    query = (
        select(contacts.c.id, contacts.c.ref)
        .join(occasion_people, occasion_people.c.contact_id == contacts.c.id)
        .where(occasion_people.c.occasion_id == named.id)
        .distinct()
        .order_by(contacts.c.ref)
    )
    people = [(row.id, row.ref) for row in turn.connection.execute(query)]
    refs = ", ".join(ref for _, ref in people) or "nobody"
    if call.contact is not None:
        chosen = [person for person in people if person[1] == call.contact]
        if not chosen:
            message = f"{named.kind} {named.ref} does not name {call.contact!r}; it names {refs}"
            raise NotFoundError(message)
        return chosen
    if len(people) <= 1:
        return people
    current = turn.current
    basis = basis_of(current.revision, current.rulebook, current.plan)
    languages = current.rulebook.practice.languages
    waiting = {row.contact_id for row in unreached_of(turn.connection, basis, languages, named.id, turn.now)}
    chosen = [person for person in people if person[0] in waiting]
    if not chosen:
        message = f"{named.kind} {named.ref} names {refs}: say who was phoned with --contact"
        raise InputError(message)
    return chosen
