"""A one-off as somebody asks for it, made a job to plan: words, sender, template, moment are checked. It plans none.

Who plans one notes it in the audit log by `note_one_off`, which holds no words and no whole number.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jobs.errors import InputError
from jobs.phone import mask
from jobs.rendering import LONGEST_TEXT
from jobs.segments import measure
from jobs.states import Origin
from jobs.store.identity import one_off_identity
from jobs.store.values import NewJob
from jobs.terms import SenderTerms, Terms
from scheduler.asking.recipients import Recipient
from scheduler.identities.audit import Act, Signed, Subject, note

USEFUL: Final = dt.timedelta(days=1)
"""How long a one-off is useful where nobody says."""
URGENCY_OF_A_PERSON: Final = 2
"""JOBS.md section 4: acknowledgement, correction, person, rule."""
PASSED: Final = dt.timedelta(minutes=1)
"""A moment that has passed by no more still means now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """A one-off to be planned; `sent_by` says who asked. `text` or `template`, never both."""

    recipient: Recipient
    key: str
    due: dt.datetime
    sent_by: Mapping[str, object]
    text: str | None = None
    template: str | None = None
    variables: Mapping[str, object] | None = None
    useful_until: dt.datetime | None = None
    sender: str | None = None
    ignore_quiet_hours: bool = False
    reason: str | None = None


def one_off_job(terms: Terms, asked: OneOff) -> NewJob:
    """Return the job of a one-off.

    Raises:
        InputError: no such sender or template, no words or too many, or it would be useless when it is due.

    """
    sender = _sender(terms, asked.sender)
    until = asked.useful_until or asked.due + USEFUL
    if until <= asked.due:
        message = "it would be useful until before it is due: give a later end of its use, or an earlier moment"
        raise InputError(message)
    template = _template(terms, asked.template)
    return NewJob(
        practice=terms.practice,
        identity=one_off_identity(practice=terms.practice, idempotency_key=asked.key, recipient=asked.recipient.named),
        origin=Origin.ONE_OFF,
        sender=sender.id,
        provider=sender.provider,
        planned_for=asked.due,
        useful_until=until,
        idempotency_key=asked.key,
        contact_id=asked.recipient.contact_id,
        to_number=None if asked.recipient.contact_id else asked.recipient.number,
        template=template,
        text=_words(asked.text),
        variables=dict(asked.variables or {}) or None,
        purpose=terms.templates[template].purpose if template else "service",
        urgency=URGENCY_OF_A_PERSON,
        segments=max(1, measure(terms.starts_with + (asked.text or "")).segments),
        ignore_quiet_hours=asked.ignore_quiet_hours,
        sent_by=dict(asked.sent_by),
        reason=asked.reason,
    )


def note_one_off(connection: Connection, new: NewJob, signed: Signed, by: str) -> None:
    """Note that a one-off was planned, in its transaction; `by` is in whose name it goes."""
    after: dict[str, object] = {
        "contact": None if new.contact_id is None else new.contact_id.hex,
        "number": None if new.to_number is None else mask(new.to_number),
        "template": new.template,
        "due_at": new.planned_for,
        "at_any_hour": new.ignore_quiet_hours or None,
        "in_the_name_of": None if by == signed.by else by,
    }
    given = {name: value for name, value in after.items() if value is not None}
    note(connection, Act(signed, "text.planned", Subject("job", new.id.hex), None, given))


def ahead(wanted: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """Return when something is to go: None is now.

    Raises:
        InputError: the moment has passed by more than a minute.

    """
    due = now if wanted is None else wanted
    if due < now - PASSED:
        message = f"{due.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC has passed: give a moment ahead, or none for now"
        raise InputError(message)
    return due


def _sender(terms: Terms, wanted: str | None) -> SenderTerms:
    found = terms.sender(wanted)
    if found is None:
        known = ", ".join(sender.id for sender in terms.senders)
        message = f"there is no sender {wanted!r}; there is: {known}" if known else "the practice has no sender"
        raise InputError(message)
    return found


def _template(terms: Terms, name: str | None) -> str | None:
    if name is not None and name not in terms.templates:
        message = f"there is no template {name!r}; there is: {', '.join(sorted(terms.templates)) or 'none'}"
        raise InputError(message)
    return name


def _words(text: str | None) -> str | None:
    if text is not None and not text.strip():
        message = "the text is empty"
        raise InputError(message)
    if text is not None and len(text) > LONGEST_TEXT:
        message = f"the text has {len(text):,} characters, {LONGEST_TEXT:,} are allowed"
        raise InputError(message)
    return text
