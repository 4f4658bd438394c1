"""What is kept of a contact: exported, erased on request, and put on legal hold. Each call is noted."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.plain import Body, Reason
from scheduler.api.v1.record_reading import line_of, turns_of
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller, Right
from scheduler.keeping import erasing, exporting, holds
from scheduler.keeping.holds import Hold

router = APIRouter(tags=["people"])

Eraser = Annotated[Caller, needs(Right.ERASE)]
WhyAsked = Annotated[
    Reason, Query(description="Why it ends; kept. In the query: a DELETE's body is lost on some ways.")
]


class ReasonBody(Body):
    """Why something is done about what is kept of a contact."""

    reason: Reason


class ExportAnswer(BaseModel):
    """Everything that is kept of a contact, as it stands: whole numbers, words and all."""

    form: int = Field(description="Counts up when the shape changes.")
    practice: str
    contact: str = Field(description="The contact's present ref.")
    former_refs: list[str]
    exported_at: dt.datetime
    shared_numbers: list[str] = Field(description="Numbers that other contacts have now, too.")
    tables: dict[str, list[dict[str, Any]]] = Field(description="Rows by table; docs/privacy.md names the tables.")
    audit: list[dict[str, Any]] = Field(description="What was done to the contact and to jobs and texts of theirs.")


class ErasedAnswer(BaseModel):
    """What an erasure did."""

    contact: str = Field(description="The ref; it stays, so that what counts and proves can be told apart.")
    cancelled: int = Field(description="Waiting texts that were cancelled.")
    rows: dict[str, int] = Field(description="Rows that were emptied or removed, by table.")
    opt_outs_kept: int = Field(description="Opt-outs and withdrawals that stay, under a hash of the number.")
    shared_numbers: dict[str, list[str]] = Field(description="Masked numbers that stay: other contacts have them.")
    reached: list[str] = Field(description="Refs of contacts who were texted on their phone and now have none.")


class HoldAnswer(BaseModel):
    """A legal hold on a contact."""

    contact: str
    reason: str
    by: str
    since: dt.datetime


@router.get("/contacts/{ref}/export")
def export_contact(ref: str, caller: Eraser, here: Here) -> ExportAnswer:
    """Return everything that is kept of a contact."""
    known = line_of(ref, "ref")

    def work(connection: Connection) -> dict[str, Any]:
        signed = signed_by(caller, here.database.moment(connection))
        found = exporting.export(connection, caller.practice, known, signed.at)
        exporting.note_export(connection, found["contact"], signed)
        return found

    return ExportAnswer.model_validate(here.database.write(work))


@router.post("/contacts/{ref}/erase")
def erase_contact(ref: str, body: ReasonBody, caller: Eraser, here: Here) -> ErasedAnswer:
    """Erase a contact for good: 409 while they are on legal hold, or while a text to them is going out."""
    known = line_of(ref, "ref")
    done = turns_of(here).take(
        caller.practice, lambda turn: erasing.erase(turn, known, body.reason, signed_by(caller, turn.now))
    )
    return ErasedAnswer(
        contact=done.ref,
        cancelled=done.waiting,
        rows=dict(done.rows),
        opt_outs_kept=done.kept_words,
        shared_numbers={number: list(refs) for number, refs in done.shared.items()},
        reached=list(done.reached),
    )


@router.put("/contacts/{ref}/hold")
def hold_contact(ref: str, body: ReasonBody, caller: Eraser, here: Here) -> HoldAnswer:
    """Put a contact on legal hold: nothing of theirs is emptied or erased; one that is held gets the new reason."""
    return _order(holds.hold, (line_of(ref, "ref"), body.reason), caller, here)


@router.delete("/contacts/{ref}/hold")
def release_contact(ref: str, reason: WhyAsked, caller: Eraser, here: Here) -> HoldAnswer:
    """End a legal hold and return what it was; 404 where there is none."""
    return _order(holds.release, (line_of(ref, "ref"), reason), caller, here)


def _order(carry: Any, what: tuple[str, str], caller: Caller, here: Place) -> HoldAnswer:  # noqa: ANN401 - one of two
    ref, reason = what

    def work(connection: Connection, now: dt.datetime) -> Hold:
        target = holds.target_contact(connection, caller.practice, ref)
        done: Hold = carry(connection, target, reason, signed_by(caller, now))
        return done

    done = turns_of(here).take(caller.practice, lambda turn: work(turn.connection, turn.now))
    return HoldAnswer(contact=done.target.ref, reason=done.reason, by=done.by, since=done.at)
