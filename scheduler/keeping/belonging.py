"""Which rows of which table are a contact's: for an export, and for an erasure. Rows in, conditions out; no writing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from jobs.records import (
    attempts,
    calendar_events,
    calendar_links,
    consents,
    contact_aliases,
    contacts,
    conversation_notes,
    conversations,
    events,
    holds,
    jobs,
    notes,
    number_days,
    number_faults,
    occasion_people,
    occasions,
    one_off_keys,
    receipts,
    timeline,
    told,
)
from scheduler.keeping.cutting import CUT
from scheduler.proof.finding import Party, find_party


@dataclass(frozen=True, slots=True)
class Belongings:
    """A contact with the numbers that are theirs alone, and the occasions that name nobody else.

    `shared` are numbers that other contacts have now: what hangs on such a number alone is not theirs.
    `reached` are refs of contacts for whom their phone is used.
    """

    party: Party
    shared: Mapping[str, tuple[str, ...]]
    sole: tuple[uuid.UUID, ...]
    reached: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Return the contact's present ref."""
        return str(self.party.row["ref"])

    @property
    def numbers(self) -> list[str]:
        """Return the numbers that are theirs alone."""
        return self.party.digits

    def rows(self, *, for_export: bool = False) -> dict[str, ColumnElement[bool]]:
        """Return by table the condition that a row is theirs.

        For an export occasions that name others too are theirs, and so is what a shared number said of consent.
        """
        party = self.party
        theirs = select(jobs.c.id).where(party.has_job())
        requests = select(attempts.c.id).where(attempts.c.job_id.in_(theirs))
        named = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id.in_(party.ids))
        about = occasions.c.id.in_(named if for_export else self.sole)
        said = [*self.numbers, *self.shared] if for_export else self.numbers
        found = {
            "contacts": contacts.c.id.in_(party.ids),
            "contact_aliases": contact_aliases.c.contact_id.in_(party.ids),
            "occasion_people": occasion_people.c.contact_id.in_(party.ids),
            "occasions": about,
            "told": told.c.contact_id.in_(party.ids),
            "jobs": party.has_job(),
            "timeline": timeline.c.job_id.in_(theirs),
            "attempts": attempts.c.job_id.in_(theirs),
            "receipts": receipts.c.attempt_id.in_(requests),
            "one_off_keys": one_off_keys.c.job_id.in_(theirs),
            "texts": party.has_text(),
            "notes": or_(
                notes.c.contact_id.in_(party.ids),
                and_(notes.c.contact_id.is_(None), notes.c.occasion_id.in_(named if for_export else self.sole)),
            ),
            "calendar_events": calendar_events.c.occasion_id.in_(named if for_export else self.sole),
            "calendar_links": calendar_links.c.contact_id.in_(party.ids),
            "events": events.c.contact_id.in_(party.ids),
            "holds": holds.c.contact_id.in_(party.ids),
        }
        for table in (conversations, conversation_notes, number_faults, number_days):
            found[table.name] = and_(table.c.practice == party.practice, table.c.number.in_(self.numbers))
        found["consents"] = and_(consents.c.practice == party.practice, consents.c.number.in_(said))
        return found


def find_belongings(connection: Connection, practice: str, ref: str) -> Belongings:
    """Return what belongs to the contact of that ref or former ref, gone or not.

    Raises:
        NotFoundError: there is none.

    """
    party = find_party(connection, practice, ref)
    numbers = tuple(each for each in party.numbers if not each.number.startswith(CUT))
    shared: dict[str, tuple[str, ...]] = {}
    others = select(contacts.c.phone, contacts.c.ref).where(
        contacts.c.practice == practice,
        contacts.c.phone.in_([each.number for each in numbers]),
        contacts.c.id.not_in(party.ids),
        contacts.c.gone_at.is_(None),
    )
    for phone, other in connection.execute(others.order_by(contacts.c.ref)):
        shared[phone] = (*shared.get(phone, ()), other)
    reached = select(contacts.c.ref).where(contacts.c.via_id.in_(party.ids), contacts.c.gone_at.is_(None))
    alone = replace(party, numbers=tuple(each for each in numbers if each.number not in shared))
    return Belongings(
        alone,
        shared,
        tuple(connection.execute(_sole(party)).scalars()),
        tuple(connection.execute(reached.order_by(contacts.c.ref)).scalars()),
    )


def _sole(party: Party) -> Select[Any]:
    """Return the query of the occasions that name nobody but this contact."""
    other = occasion_people.alias("other")
    others = exists().where(other.c.occasion_id == occasions.c.id, other.c.contact_id.not_in(party.ids))
    named = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id.in_(party.ids))
    return select(occasions.c.id).where(occasions.c.id.in_(named), ~others)
