"""A practice with a text sent to C-1 and an answer from there, and what tests of keeping do to it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, select

from jobs import consent
from jobs.consent import ConsentWord
from jobs.records import (
    attempts,
    contacts,
    conversation_notes,
    conversations,
    new_id,
    receipts,
    texts,
    timeline,
)
from jobs.states import State
from jobs.store.values import Job
from scheduler.identities.audit import Signed
from scheduler.intake.turns import Turns
from scheduler.keeping import erasing, holds
from scheduler.keeping.erasing import Foreseen
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook

ANA = "+15145550001"
"""The number of C-1."""


def kept_for(**keep: str) -> Rulebook:
    """Return a rulebook of one step that keeps bodies and numbers so long."""
    return make_rulebook(steps=(DAY_BEFORE,), practice={"keep": keep})


def text_ana(desk: Desk, ref: str = "A-1", contact: str = "C-1") -> Job:
    """Let a reminder have gone to C-1, with a receipt, an answer, and notes of staff."""
    desk.visit(ref, contact=contact, start="2026-12-01 10:00", status="booked")
    occasion_id = desk.occasion_id(ref)
    (job,) = (each for each in desk.jobs() if each.occasion_id == occasion_id)
    desk.send(job, state=State.DELIVERED)
    now = desk.clock.now()
    attempt_id = rows(desk, attempts, job_id=job.id)[0]["id"]
    said = {"practice": job.practice, "number": ANA, "contact_id": job.contact_id, "at": now}
    told = {"at": now, "practice": job.practice, "provider": "twilio", "provider_id": f"SM-{ref}"}
    bring = {"status": "delivered", "raw": {"To": ANA, "Body": "Bring your x-rays"}, "attempt_id": attempt_id}
    add(desk, receipts, id=new_id(), **told, **bring)
    out = {"direction": "out", "body": "Bring your x-rays", "job_id": job.id, "attempt_id": attempt_id}
    add(desk, texts, id=new_id(), **said, **out)
    add(desk, texts, id=new_id(), **said, direction="in", body="I have cancer", media=[["https://x", "image/png"]])
    by = {"practice": job.practice, "number": ANA}
    add(desk, conversation_notes, id=new_id(), **by, note="wants mornings", by="person:maya", at=now)
    add(desk, conversations, **by, assigned_to="maya", updated_at=now, updated_by="person:maya")
    line = {"job_id": job.id, "at": now, "verb": "record", "to_state": "delivered", "by": "provider"}
    add(desk, timeline, **line, reason=f"sent to {ANA}")
    return job


def add(desk: Desk, table: Table, **values: Any) -> None:
    """Add a row."""
    values = {name: value for name, value in values.items() if name in table.c}
    if table is conversations and rows(desk, conversations):
        return
    desk.database.write(lambda connection: connection.execute(insert(table).values(**values)))


def rows(desk: Desk, table: Table, **chosen: Any) -> list[Mapping[str, Any]]:
    """Return the rows of a table that have these values, in the order of their keys."""
    query = select(table).order_by(*table.primary_key.columns)
    for name, value in chosen.items():
        query = query.where(table.c[name] == value)
    with desk.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def opt_out(desk: Desk, number: str = ANA, what: str = consent.OPT_OUT) -> None:
    """Record a word on a number."""
    word = ConsentWord(
        practice="northlight", number=number, what=what, source="phone", by="person:maya", evidence="Ana"
    )
    desk.database.write(lambda connection: consent.record(connection, [word], now=desk.clock.now()))


def signed(desk: Desk) -> Signed:
    """Return who orders things here."""
    return Signed("northlight", "person:maya", desk.clock.now())


def hold(desk: Desk, ref: str | None = "C-1", case: str = "") -> None:
    """Put a contact or a case on hold."""
    desk.database.write(
        lambda connection: holds.hold(
            connection,
            holds.target_case(case) if ref is None else holds.target_contact(connection, "northlight", ref),
            "a lawsuit",
            signed(desk),
        )
    )


def release(desk: Desk, ref: str = "C-1") -> None:
    """Release a contact."""
    desk.database.write(
        lambda connection: holds.release(
            connection, holds.target_contact(connection, "northlight", ref), "it is over", signed(desk)
        )
    )


def erase(desk: Desk, ref: str = "C-1") -> Foreseen:
    """Erase a contact."""
    turns = Turns(desk.database, load_current)
    return turns.take("northlight", lambda turn: erasing.erase(turn, ref, "asked to", signed(desk)))


def contact(desk: Desk, ref: str = "C-1") -> Mapping[str, Any]:
    """Return a contact's row."""
    return rows(desk, contacts, ref=ref)[0]
