"""Events out of intake: what an occasion's person answered; in the caller's transaction."""

import datetime as dt
import uuid

from sqlalchemy import Connection, select

from jobs import events
from jobs.events import Kind, NewEvent
from jobs.records import contacts, occasion_people, occasions


def tell_answered(connection: Connection, practice: str, occasion_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Note what an occasion was answered, with its people by role; it was just written."""
    if not events.wants(connection, Kind.OCCASION_ANSWERED, practice):
        return
    row = connection.execute(select(occasions).where(occasions.c.id == occasion_id)).one()
    people = connection.execute(
        select(occasion_people.c.role, contacts.c.ref, contacts.c.id)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id == occasion_id)
        .order_by(occasion_people.c.role)
    ).all()
    by_role = {each.role: each for each in people}
    main = by_role.get("contact") or next(iter(people), None)
    payload = {
        "occasion": {"kind": row.kind, "ref": row.ref, "start": row.start, "timezone": row.timezone},
        "answer": row.answer,
        "case": row.case_ref,
        "people": {role: each.ref for role, each in by_role.items()},
    }
    told = NewEvent(
        practice=practice,
        kind=Kind.OCCASION_ANSWERED,
        payload=payload,
        contact_id=None if main is None else main.id,
    )
    events.note(connection, [told], now=now)
