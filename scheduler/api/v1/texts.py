"""One-off texts: sent once by key, or why they may not be; and what a text would be billed as."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Connection

from jobs.errors import InputError
from jobs.segments import as_json
from jobs.terms import Terms
from scheduler.api.v1.calling import Here, Place
from scheduler.api.v1.one_offs import Key, Planned, Wanted, plan_once
from scheduler.api.v1.plain import Body, Moment, Name, Reason, Words
from scheduler.api.v1.problems import FieldProblem, Trouble
from scheduler.api.v1.signing import SentBy, needs_any, sign
from scheduler.asking.foreseeing import foresee, terms_in_force
from scheduler.asking.once import body_hash
from scheduler.asking.one_offs import OneOff, ahead, one_off_job
from scheduler.asking.recipients import Recipient, contact_recipient, number_recipient
from scheduler.asking.sending import Asker, lacks_right
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller, Right

router = APIRouter(tags=["texts"])

Sender = Annotated[Caller, needs_any(Right.SEND_TEXTS, Right.SEND_UNSIGNED)]


class NewText(Body):
    """One text to one person."""

    contact: Name | None = Field(default=None, description="A contact's ref; this or `number`.")
    number: Name | None = Field(default=None, description="A phone number; this or `contact`.")
    text: Words | None = Field(default=None, description="The words; these or a `template`.")
    template: Name | None = Field(default=None, description="A template's name.")
    variables: dict[Name, Words] = Field(default={}, max_length=100, description="What the template's variables are.")
    send_at: Moment | None = Field(default=None, description="When it is to go; now where it is left out.")
    useful_until: Moment | None = Field(default=None, description="When it must no longer go; a day after `send_at`.")
    sender: Name | None = Field(default=None, description="The sender's id; the practice's first.")
    ignore_quiet_hours: bool = Field(default=False, description="Send at any hour; needs `texts:any_hour`.")
    reason: Reason | None = Field(default=None, description="Why it goes in quiet hours; kept with the job.")
    sent_by: SentBy | None = Field(default=None, description="Who sends it; without it `texts:system` is needed.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.contact is None) == (self.number is None):
            message = "give either `contact` or `number`"
            raise ValueError(message)
        if (self.text is None) == (self.template is None):
            message = "give either `text` or `template`"
            raise ValueError(message)
        if self.ignore_quiet_hours and self.reason is None:
            message = "`ignore_quiet_hours` needs a `reason`: it is kept with the job"
            raise ValueError(message)
        return self


class MaySend(BaseModel):
    """Whether a text may go to somebody now."""

    allowed: bool
    sentence: str | None = Field(default=None, description="Why not, to be shown on the locked button.")
    notice: str | None = Field(default=None, description="What to show beside the button: quiet hours, a spend cap.")
    goes_at: dt.datetime | None = Field(default=None, description="When a text asked for now would go.")


class NewMeasure(Body):
    """Words to measure."""

    text: Words


class Folded(BaseModel):
    """The same words in plainer letters."""

    text: str
    segments: int
    saves: int = Field(description="So many segments fewer.")


class Measure(BaseModel):
    """How a text is billed."""

    encoding: str = Field(description="GSM-7 or UCS-2.")
    units: int = Field(description="Septets, or UTF-16 units.")
    segments: int
    units_per_segment: list[int]
    forcing: list[str] = Field(description="The characters that force UCS-2.")
    folded: Folded


@router.post("/texts", status_code=HTTPStatus.CREATED, summary="Send one text to one person")
def send(
    asked: NewText,
    key: Key,
    here: Here,
    caller: Sender,
) -> Planned:
    """Plan one text: it goes at its moment, inside the sending window, through every check."""
    if asked.ignore_quiet_hours and not caller.may(Right.SEND_AT_ANY_HOUR):
        wrong = FieldProblem(field="ignore_quiet_hours", detail=f"needs the scope `{Right.SEND_AT_ANY_HOUR.value}`")
        raise Trouble(HTTPStatus.FORBIDDEN, "this key may not send in quiet hours", [wrong])
    signed = sign(caller, asked.sent_by, Right.SEND_TEXTS)

    def make(connection: Connection, terms: Terms, now: dt.datetime) -> OneOff:
        return OneOff(
            recipient=_recipient(connection, terms, asked.contact, asked.number),
            key=key,
            due=ahead(asked.send_at, now),
            sent_by=signed.kept,
            text=asked.text,
            template=asked.template,
            variables=asked.variables,
            useful_until=asked.useful_until,
            sender=asked.sender,
            ignore_quiet_hours=asked.ignore_quiet_hours,
            reason=f"at any hour: {asked.reason}" if asked.ignore_quiet_hours else asked.reason,
        )

    hashed = body_hash(["/texts", asked.model_dump(mode="json")])
    return plan_once(here, caller, Wanted(key, hashed, signed, make))


@router.get("/may-send", summary="Whether a text may go to somebody now")
def may_send(
    here: Here,
    caller: Sender,
    contact: Annotated[str | None, Query(max_length=200, description="A contact's ref.")] = None,
    number: Annotated[str | None, Query(max_length=200, description="Or a phone number.")] = None,
    role: Annotated[str | None, Query(max_length=200, description="The role of who would send it.")] = None,
) -> MaySend:
    """Tell beforehand whether a short text may go, or the sentence to show on a locked button."""
    if (contact is None) == (number is None):
        wrong = FieldProblem(field="contact", detail="give either `contact` or `number`")
        raise Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "say whom the text would be for", [wrong])
    return _looked_at(here, caller, (contact, number), caller.role or role)


@router.post("/segments", summary="How a text is billed")
def measure(asked: NewMeasure, _caller: Annotated[Caller, needs_any()]) -> Measure:
    """Measure words as they stand: segments, what forces UCS-2, and what plainer letters would save."""
    return Measure.model_validate(as_json(asked.text))


def _looked_at(here: Place, caller: Caller, to: tuple[str | None, str | None], role: str | None) -> MaySend:
    with here.database.read() as connection:
        now = here.database.moment(connection)
        terms = terms_in_force(connection, caller.practice)
        try:
            recipient = _recipient(connection, terms, *to)
            probe = OneOff(recipient=recipient, key=uuid.uuid4().hex, due=now, sent_by={}, text="?")
            foreseen = foresee(connection, one_off_job(terms, probe), now)
            asker = Asker(signed=signed_by(caller, now), by=caller.name, role=role)
            lacks = None if role is None else lacks_right(connection, asker, foreseen)
        except InputError as why_not:
            return MaySend(allowed=False, sentence=_sentence(str(why_not)))
    forbidden = lacks or foreseen.forbidden
    if forbidden is not None:
        return MaySend(allowed=False, sentence=_sentence(forbidden))
    held = foreseen.held
    notice = held.reason if held else "; ".join(foreseen.warnings)
    return MaySend(allowed=True, notice=_sentence(notice) if notice else None, goes_at=held.until if held else now)


def _recipient(connection: Connection, terms: Terms, contact: str | None, number: str | None) -> Recipient:
    if contact is not None:
        return contact_recipient(connection, terms.practice, contact)
    return number_recipient(number or "", terms.country)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
