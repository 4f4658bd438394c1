"""One text to one person, planned once by its key: what `POST /texts` and a reply in a conversation share."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.phone import mask
from jobs.states import State
from jobs.store.values import NewJob
from jobs.terms import Terms
from scheduler.api.v1.calling import Place
from scheduler.api.v1.problems import Trouble
from scheduler.api.v1.signing import Signed
from scheduler.asking.foreseeing import Foreseen, terms_in_force
from scheduler.asking.once import answered, keep_answer
from scheduler.asking.one_offs import OneOff
from scheduler.asking.sending import Asker, MayNotSendError, plan_one_off
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="A key of yours for this one text, a UUID say: however often it is asked for, it goes once.",
    ),
]


class Cost(BaseModel):
    """What a text is expected to cost."""

    amount: str = Field(description="A decimal.")
    currency: str | None


class Planned(BaseModel):
    """A text that was planned; it goes through every check again when it is due."""

    job: str = Field(description="The job's id.")
    state: State
    contact: str | None
    number: str | None = Field(description="Masked; null: the contact's.")
    due_at: dt.datetime = Field(description="When it was asked to go.")
    goes_at: dt.datetime = Field(description="When it will go as things stand: later than `due_at` where it is held.")
    hold_reason: str | None = Field(description="Why it waits until then.")
    useful_until: dt.datetime
    segments: int
    cost: Cost | None = Field(description="Null: the sender has no price for that country.")
    warnings: list[str]


Make = Callable[[Connection, Terms, dt.datetime], OneOff]
"""Makes what is asked for, in the transaction."""
Then = Callable[[Connection, dt.datetime], object]
"""What else is done with a new text, in its transaction."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to be planned once: its key, the hash of what was asked with it, who sends it, and how it is made.

    `answers`: it answers who wrote, which takes no right to text any number.
    """

    key: str
    hashed: str
    signed: Signed
    make: Make
    then: Then | None = None
    answers: bool = False


def plan_once(place: Place, caller: Caller, wanted: Wanted) -> Planned:
    """Plan a text and note that, or return what was answered to its key before.

    Raises:
        InputError: the key was used with another body, or the text cannot be made.
        RefusedError: it would not go at all.
        Trouble: 403; the role may not send it.

    """
    practice = caller.practice

    def work(connection: Connection) -> Planned:
        now = place.database.moment(connection)
        practice_lock(connection, practice, exclusive=False)
        before = answered(connection, practice, wanted.key, wanted.hashed, now)
        if before is not None:
            return Planned.model_validate(before)
        asked = wanted.make(connection, terms_in_force(connection, practice), now)
        signed = signed_by(caller, now)
        asker = Asker(signed=signed, by=wanted.signed.by, role=wanted.signed.role, answers=wanted.answers)
        planned = _plan(connection, practice, asked, asker)
        if wanted.then is not None:
            wanted.then(connection, now)
        return planned

    return place.database.write(work)


def _plan(connection: Connection, practice: str, asked: OneOff, asker: Asker) -> Planned:
    try:
        outlook = plan_one_off(connection, asked, asker)
    except MayNotSendError as error:
        raise Trouble(HTTPStatus.FORBIDDEN, str(error)) from error
    planned = _answer(outlook.new, asked, outlook.foreseen, asker.signed.at)
    keep_answer(connection, practice, asked.key, outlook.new.id, planned.model_dump(mode="json"))
    return planned


def _answer(new: NewJob, asked: OneOff, foreseen: Foreseen, now: dt.datetime) -> Planned:
    draft, held = foreseen.draft, foreseen.held
    return Planned(
        job=new.id.hex,
        state=State.SCHEDULED,
        contact=asked.recipient.named if new.contact_id else None,
        number=None if new.contact_id else mask(asked.recipient.number),
        due_at=new.planned_for,
        goes_at=held.until if held else max(now, new.planned_for),
        hold_reason=held.reason if held else None,
        useful_until=new.useful_until,
        segments=draft.segments,
        cost=None if draft.cost is None else Cost(amount=f"{draft.cost:f}", currency=draft.currency),
        warnings=list(foreseen.warnings),
    )
