"""The conversation with a number: found, answered to whom and from where, and what is done with it, noted in the log.

In the caller's transaction; the log names numbers masked and contacts by id, and holds no words.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection, select

from jobs import conversation
from jobs.conversation import inbox as talks
from jobs.conversation.inbox import InboxConversation
from jobs.conversation.listing import Line
from jobs.conversation.settling import Key
from jobs.errors import InputError, NotFoundError
from jobs.records import contacts
from jobs.terms import Terms
from scheduler.asking.recipients import Recipient, contact_recipient
from scheduler.identities import audit
from scheduler.identities.audit import Signed
from scheduler.intake.naming import contact_named

Work: TypeAlias = Callable[[Connection, Key, dt.datetime], None]
"""What is done with a conversation's number."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done with a conversation: how the log calls it, what it sets, in whose name, and the doing itself."""

    did: str
    by: str
    work: Work
    after: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Housemate:
    """One of the contacts who are reached on a number."""

    ref: str
    name: str


def conversation_named(
    connection: Connection, practice: str, name: str, *, one_sided: bool = False
) -> InboxConversation:
    """Return the conversation of a number, whose plus sign may have become a space or been left out.

    Raises:
        NotFoundError: nobody of that number wrote to the practice; `one_sided`: nor the practice to it.

    """
    for number in (name, f"+{name.lstrip()}"):
        found = talks.conversation_of(connection, (practice, number), one_sided=one_sided)
        if found is not None:
            return found
    message = f"there is no conversation {name}: nobody wrote from there"
    raise NotFoundError(message)


def do_and_note(connection: Connection, listed: InboxConversation, deed: Deed, signed: Signed) -> None:
    """Do something with a conversation, and note it in the audit log where it changed anything."""
    deed.work(connection, (signed.practice, listed.number), signed.at)
    if deed.did == "read" and not listed.unread:
        return
    before = {name: getattr(listed, name) for name in deed.after}
    after = dict(deed.after)
    for each in (before, after):
        if each.get("contact") is not None:
            each["contact"] = contact_named(connection, signed.practice, str(each["contact"])).id
    after |= {} if deed.by == signed.by else {"in_the_name_of": deed.by}
    subject = audit.conversation(listed.number)
    audit.note(connection, audit.Act(signed, f"conversation.{deed.did}", subject, before or None, after or None))


def recipient_of(connection: Connection, practice: str, number: str, contact: str | None) -> Recipient:
    """Return whom an answer is for: the contact where the number is still theirs, else the number."""
    if contact is not None:
        with contextlib.suppress(NotFoundError, InputError):
            found = contact_recipient(connection, practice, contact)
            if found.number == number:
                return found
    return Recipient(None, number, number)


def sender_written_to(lines: list[Line], terms: Terms) -> str | None:
    """Return the sender whose number was last written to; None: the practice's first."""
    written_to = next((line.own_number for line in reversed(lines) if line.own_number is not None), None)
    return next((sender.id for sender in terms.senders if sender.number == written_to), None)


def household(connection: Connection, practice: str, number: str) -> list[Housemate]:
    """Return the contacts who are reached on a number: those who have it, and those reached on one of these's phone."""
    via = contacts.alias("via")
    query = (
        select(contacts.c.ref, contacts.c.name, contacts.c.first_name)
        .outerjoin(via, via.c.id == contacts.c.via_id)
        .where(contacts.c.practice == practice, contacts.c.gone_at.is_(None))
        .order_by(contacts.c.name, contacts.c.ref)
    )
    own = query.where(contacts.c.phone == number, contacts.c.via_id.is_(None))
    theirs = query.where(via.c.phone == number, via.c.practice == practice)
    rows = {row.ref: row for each in (own, theirs) for row in connection.execute(each)}
    return [Housemate(row.ref, row.name or row.first_name or row.ref) for row in rows.values()]


def settle(by: str) -> Deed:
    """Return the deed of saying that nothing more is to be done about what a number wrote."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        conversation.settle(connection, *key, by=by, now=now)

    return Deed("settled", by, work)


def read(by: str) -> Deed:
    """Return the deed of reading what a number wrote; what asks staff goes on asking."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        talks.mark_read(connection, key, now=now)

    return Deed("read", by, work)


def assign(to: str | None, by: str) -> Deed:
    """Return the deed of giving a conversation to one of the staff; None: its contact's owner again."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        talks.assign(connection, key, to, by=by, now=now)

    return Deed("assigned", by, work, {"assigned_to": to})


def snooze(until: dt.datetime | None, by: str) -> Deed:
    """Return the deed of putting a conversation out of the inbox until a moment, or until somebody writes."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        talks.snooze(connection, key, until, by=by, now=now)

    return Deed("snoozed" if until else "woken", by, work, {"snoozed_until": until})


def write_note(words: str, by: str) -> Deed:
    """Return the deed of noting something for the staff."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        talks.note(connection, key, words, by=by, now=now)

    return Deed("noted", by, work)


def link(contact: str | None, case_ref: str | None, by: str) -> Deed:
    """Return the deed of giving the texts of an unknown number to a contact, or saying which case they are about."""

    def work(connection: Connection, key: Key, now: dt.datetime) -> None:
        if contact is not None:
            conversation.claim(connection, *key, contact_named(connection, key[0], contact).id)
        if case_ref is not None:
            talks.link_case(connection, key, case_ref, by=by, now=now)

    linked = {"contact": contact, "case_ref": case_ref}
    return Deed("linked", by, work, {name: value for name, value in linked.items() if value is not None})
