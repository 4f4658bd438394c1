"""Orders of people that other rooms carry out, as acts of the audit log; each in the transaction that carries it out.

No words of anybody and no whole number go in: contacts by id, numbers masked. It carries nothing out but mutes.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import Connection, select

from jobs.consent import ConsentWord
from jobs.records import practices
from jobs.senders import Pause
from scheduler.identities import audit
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.intake.muting import Muted, Muting, mute
from scheduler.intake.naming import contact_named
from scheduler.intake.turns import Turn


def mute_noted(turn: Turn, order: Muting) -> Muted:
    """Turn reminders off or on, and note it where that is news.

    Raises:
        InputError: the order is not as it should be.
        NotFoundError: there is no such occasion or contact, or it was removed.

    """
    done = mute(turn, order)
    if done.changed:
        signed = Signed(order.practice, order.by, turn.now)
        subject = _subject(turn.connection, order.practice, done.kind, done.ref)
        what: Mapping[str, object] | None = {"rules": order.rules} if order.rules else None
        did = "muted" if order.mutes else "unmuted"
        note(turn.connection, Act(signed, f"{subject.kind}.{did}", subject, None, what))
    return done


def note_call(turn: Turn, signed: Signed, kind: str, ref: str) -> None:
    """Note that somebody was phoned about an occasion."""
    subject = _subject(turn.connection, signed.practice, kind, ref)
    note(turn.connection, Act(signed, "occasion.phoned", subject))


def note_word(connection: Connection, signed: Signed, word: ConsentWord) -> None:
    """Note that a word on a number was recorded: an opt-out, an opt-in, a consent or its withdrawal."""
    after = {"what": word.what, "purpose": word.purpose, "source": word.source}
    note(connection, Act(signed, "consent.recorded", audit.conversation(word.number), None, after))


def note_conversation(
    connection: Connection, signed: Signed, number: str, did: str, after: Mapping[str, object] | None = None
) -> None:
    """Note what was done with a conversation: settled, linked."""
    note(connection, Act(signed, f"conversation.{did}", audit.conversation(number), None, after))


def note_contact(connection: Connection, signed: Signed, ref: str, did: str) -> None:
    """Note what was done about a contact, by their ref or a former one."""
    subject = audit.contact(contact_named(connection, signed.practice, ref).id)
    note(connection, Act(signed, f"contact.{did}", subject))


def note_pause(connection: Connection, signed: Signed, pause: Pause, did: str) -> None:
    """Note that something was paused or resumed: in its practice's log, or in every practice's where it is of all."""
    concerned = [pause.practice] if pause.practice is not None else connection.scalars(select(practices.c.id)).all()
    subject = Subject("pause", pause.scope if pause.target is None else f"{pause.scope}/{pause.target}")
    after = None if pause.until is None else {"until": pause.until}
    for practice in concerned:
        whose = Signed(practice, signed.by, signed.at, signed.address)
        note(connection, Act(whose, f"pause.{did}", subject, None, after))


def note_event_link(connection: Connection, signed: Signed, event: str, contact_id: uuid.UUID | None) -> None:
    """Note that an event of a calendar was linked to a contact (None: to nobody)."""
    after = {"contact": None if contact_id is None else contact_id.hex}
    note(connection, Act(signed, "calendar.linked", Subject("event", event), None, after))


def _subject(connection: Connection, practice: str, kind: str | None, ref: str) -> Subject:
    """Return an occasion of a kind, or the contact (`kind` None), as a subject."""
    if kind is not None:
        return Subject("occasion", f"{kind}/{ref}")
    return audit.contact(contact_named(connection, practice, ref).id)
