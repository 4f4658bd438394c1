"""Events out of conversations: a text that came in, a number that opted out; in the caller's transaction.

No words and no whole numbers leave: a receiver that may see them asks for the text by its id.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, select

from jobs import events
from jobs.consent import ConsentWord
from jobs.conversation.inbound import Arrived
from jobs.events import Kind, NewEvent
from jobs.phone import mask
from jobs.records import contacts, jobs, occasions, texts


def tell_received(connection: Connection, arrived: Arrived, *, now: dt.datetime) -> None:
    """Note that somebody wrote, with contact, case, owner, the job that it answers and what it was taken for."""
    if not events.wants(connection, Kind.TEXT_RECEIVED, arrived.practice):
        return
    answered = texts.alias("answered")
    row = connection.execute(
        select(
            texts.c.meaning,
            texts.c.flagged,
            texts.c.media,
            texts.c.case_ref,
            texts.c.owner,
            contacts.c.ref.label("contact"),
            jobs.c.id.label("job_id"),
            jobs.c.origin,
            jobs.c.rule,
            jobs.c.step,
            occasions.c.kind,
            occasions.c.ref,
        )
        .outerjoin(contacts, contacts.c.id == texts.c.contact_id)
        .outerjoin(answered, answered.c.id == texts.c.answers_text_id)
        .outerjoin(jobs, jobs.c.id == answered.c.job_id)
        .outerjoin(occasions, occasions.c.id == texts.c.occasion_id)
        .where(texts.c.id == arrived.id)
    ).one()
    job = {"id": row.job_id.hex, "origin": row.origin, "rule": row.rule, "step": row.step} if row.job_id else None
    payload = {
        "text": {"id": arrived.id.hex, "at": arrived.at.isoformat(), "media": len(row.media or ())},
        "contact": row.contact,
        "others": list(arrived.others),
        "number": mask(arrived.number),
        "own_number": arrived.own_number,
        "case": row.case_ref,
        "owner": row.owner,
        "answers": job,
        "meaning": row.meaning,
        "asks_staff": row.flagged,
        "occasion": {"kind": row.kind, "ref": row.ref} if row.kind else None,
    }
    told = NewEvent(practice=arrived.practice, kind=Kind.TEXT_RECEIVED, payload=payload, contact_id=arrived.contact_id)
    events.note(connection, [told], now=now)


def tell_opted_out(connection: Connection, word: ConsentWord, people: Sequence[uuid.UUID], *, now: dt.datetime) -> None:
    """Note that a number opted out, with the refs of the contacts who are reached on it."""
    refs = select(contacts.c.ref).where(contacts.c.id.in_(people), contacts.c.gone_at.is_(None))
    payload = {
        "contacts": list(connection.execute(refs.order_by(contacts.c.created_at, contacts.c.id)).scalars()),
        "number": mask(word.number),
        "source": word.source,
    }
    first = people[0] if people else None
    told = NewEvent(practice=word.practice, kind=Kind.CONTACT_OPTED_OUT, payload=payload, contact_id=first)
    events.note(connection, [told], now=now)
