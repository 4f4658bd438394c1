"""Plans the text that answers an inbound one by itself: one for each, and only a few an hour to a number.

An acknowledgement comes in, its job's id goes out; None where the number was answered too often. It sends nothing.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Final

from sqlalchemy import select

from jobs import store
from jobs.conversation import Arrived, automatic_answers
from jobs.records import contacts
from jobs.replies import Saying, say
from jobs.segments import measure
from jobs.states import Origin
from jobs.store import acknowledgement_identity
from jobs.store.values import PROVIDER, NewJob
from jobs.terms import SenderTerms, Terms
from scheduler.intake.turns import Turn

USEFUL: Final = dt.timedelta(hours=1)
MOST_AN_HOUR: Final = 4
"""Automatic answers to a number: two robots that answer each other stop here."""
_AN_HOUR: Final = dt.timedelta(hours=1)
_URGENCY: Final = 0
"""JOBS.md section 4: acknowledgement, correction, person, rule."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An answer to an inbound text: own words or a template; `step` says of what. `is_due_by_law`: never cut.

    `contact_id`: to whom, where that is not the contact whom the text was given to.
    """

    step: str
    _: KW_ONLY
    text: str | None = None
    template: str | None = None
    rule: str | None = None
    occasion_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    variables: Mapping[str, object] | None = None
    useful_for: dt.timedelta = USEFUL
    is_due_by_law: bool = False


def acknowledge(turn: Turn, arrived: Arrived, wanted: Acknowledgement) -> uuid.UUID | None:
    """Plan an acknowledgement and return its job's id; None where the number was answered too often in an hour."""
    since = turn.now - _AN_HOUR
    so_far = automatic_answers(turn.connection, arrived.practice, arrived.number, since)
    sender = sender_of(turn.current.terms, arrived.own_number)
    if sender is None or (so_far >= MOST_AN_HOUR and not wanted.is_due_by_law):
        return None
    contact_id = wanted.contact_id or arrived.contact_id
    job = NewJob(
        practice=arrived.practice,
        identity=acknowledgement_identity(practice=arrived.practice, text_id=arrived.id),
        origin=Origin.ACKNOWLEDGEMENT,
        sender=sender.id,
        provider=sender.provider,
        planned_for=turn.now,
        useful_until=turn.now + wanted.useful_for,
        rule=wanted.rule,
        step=wanted.step,
        occasion_id=wanted.occasion_id,
        contact_id=contact_id,
        to_number=None if contact_id else arrived.number,
        template=wanted.template,
        text=wanted.text,
        variables=wanted.variables,
        urgency=_URGENCY,
        revision=turn.current.revision,
        segments=max(1, measure(turn.current.terms.starts_with + (wanted.text or "")).segments),
        reason=f"it answers the text {arrived.id}",
    )
    planned = store.plan(turn.connection, [job], by=PROVIDER, now=turn.now)
    return planned[0] if planned else None


def sender_of(terms: Terms, own_number: str) -> SenderTerms | None:
    """Return the sender whose number was written to, else the practice's first, None where it has none."""
    return next((sender for sender in terms.senders if sender.number == own_number), terms.sender(None))


def saying(turn: Turn, arrived: Arrived, what: Saying, language: str | None, **parts: str) -> str:
    """Return the words of a saying in the language of the text, else of the contact, else of the practice."""
    terms = turn.current.terms
    chosen = language or language_of(turn, arrived)
    return say(what, chosen, name=terms.name, phone=terms.phone, **parts)


def language_of(turn: Turn, arrived: Arrived) -> str:
    """Return the language of a text's contact, else the practice's first."""
    found = None
    if arrived.contact_id is not None:
        query = select(contacts.c.language).where(contacts.c.id == arrived.contact_id)
        found = turn.connection.execute(query).scalar()
    return found or turn.current.terms.languages[0]
