"""The inbox: conversations in which somebody wrote, with who sees to them; assigning, linking, noting, reading them.

A writer of `conversations`, `conversation_notes` and, in `texts`, of what was read and of which case it is.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Subquery, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.conversation.settling import IS_OPEN, Key
from jobs.records import contacts, conversation_notes, conversations, new_id, texts

Place = tuple[dt.datetime, str]
"""Where a page ended: the moment of the last one's newest text, and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxConversation:
    """A number's conversation: its newest text, whose it is, how many inbound texts are unread and how many ask staff.

    `owner` is who sees to it: whom it was assigned to, else the owner of its newest inbound text or of its contact.
    """

    number: str
    at: dt.datetime
    direction: str
    body: str | None
    meaning: str | None
    contact: str | None
    name: str | None
    owner: str | None
    assigned_to: str | None
    case_ref: str | None
    unread: int
    open: int


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted about a conversation."""

    id: uuid.UUID
    note: str
    by: str
    at: dt.datetime


def inbox(
    connection: Connection,
    practice: str,
    *,
    owner: str | None = None,
    before: Place | None = None,
    most: int = 50,
) -> list[InboxConversation]:
    """Return conversations in which somebody wrote, the newest first; of an owner, before a place."""
    listed = _conversations(practice).subquery()
    query = select(listed).order_by(listed.c.at.desc(), listed.c.number.desc()).limit(most)
    if owner is not None:
        query = query.where(listed.c.owner == owner)
    if before is not None:
        at, number = before
        query = query.where(listed.c.at <= at, (listed.c.at < at) | (listed.c.number < number))
    return [InboxConversation(**row) for row in connection.execute(query).mappings()]


def conversation_of(connection: Connection, key: Key) -> InboxConversation | None:
    """Return the conversation of a number; None where nobody wrote from there."""
    practice, number = key
    listed = _conversations(practice, number).subquery()
    row = connection.execute(select(listed)).mappings().first()
    return None if row is None else InboxConversation(**row)


def assign(connection: Connection, key: Key, to: str | None, *, by: str, now: dt.datetime) -> None:
    """Give a conversation to one of the staff; None gives it back to its contact's owner."""
    _keep(connection, key, {"assigned_to": to}, by=by, now=now)


def link_case(connection: Connection, key: Key, case_ref: str, *, by: str, now: dt.datetime) -> None:
    """Say of which case a conversation is; its texts that are of none become texts of that one."""
    _keep(connection, key, {"case_ref": case_ref}, by=by, now=now)
    unlinked = texts.c.practice == key[0], texts.c.number == key[1], texts.c.case_ref.is_(None)
    connection.execute(update(texts).where(*unlinked).values(case_ref=case_ref))


def note(connection: Connection, key: Key, words: str, *, by: str, now: dt.datetime) -> Note:
    """Note something about a conversation; the person does not see it."""
    noted = Note(new_id(), words, by, now)
    row = {"id": noted.id, "practice": key[0], "number": key[1], "note": words, "by": by, "at": now}
    connection.execute(insert(conversation_notes).values(row))
    return noted


def notes_of(connection: Connection, key: Key) -> list[Note]:
    """Return the notes about a conversation, the oldest first."""
    columns = [conversation_notes.c[name] for name in Note.__dataclass_fields__]
    query = (
        select(*columns)
        .where(conversation_notes.c.practice == key[0], conversation_notes.c.number == key[1])
        .order_by(conversation_notes.c.at, conversation_notes.c.id)
    )
    return [Note(**row) for row in connection.execute(query).mappings()]


def mark_read(connection: Connection, key: Key, *, now: dt.datetime) -> int:
    """Note that what a number wrote was read; return how many texts that were."""
    unread = texts.c.practice == key[0], texts.c.number == key[1], _UNREAD
    return connection.execute(update(texts).where(*unread).values(read_at=now)).rowcount


_UNREAD = (texts.c.direction == "in") & texts.c.read_at.is_(None)


def _keep(
    connection: Connection,
    key: Key,
    values: Mapping[str, object],
    *,
    by: str,
    now: dt.datetime,
) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = {**values, "updated_at": now, "updated_by": by}
    keeping = dialect.insert(conversations).values(practice=key[0], number=key[1], **new)
    connection.execute(keeping.on_conflict_do_update(index_elements=["practice", "number"], set_=new))


def _conversations(practice: str, number: str | None = None) -> Select[Any]:
    counted = _counted(practice, number)
    newest, newest_in = _newest(practice, counted, inbound=False), _newest(practice, counted, inbound=True)
    last, wrote = texts.alias("last"), texts.alias("wrote")
    kept = (conversations.c.practice == practice) & (conversations.c.number == counted.c.number)
    return (
        select(
            counted.c.number,
            last.c.at,
            last.c.direction,
            last.c.body,
            wrote.c.meaning,
            contacts.c.ref.label("contact"),
            contacts.c.name,
            func.coalesce(conversations.c.assigned_to, wrote.c.owner, contacts.c.owner).label("owner"),
            conversations.c.assigned_to,
            func.coalesce(conversations.c.case_ref, wrote.c.case_ref).label("case_ref"),
            counted.c.unread,
            counted.c.open,
        )
        .select_from(counted)
        .join(last, last.c.id == newest)
        .join(wrote, wrote.c.id == newest_in)
        .outerjoin(conversations, kept)
        .outerjoin(contacts, contacts.c.id == wrote.c.contact_id)
    )


def _newest(practice: str, counted: Subquery, *, inbound: bool) -> Any:  # noqa: ANN401 - a scalar subquery
    query = select(texts.c.id).where(texts.c.practice == practice, texts.c.number == counted.c.number)
    if inbound:
        query = query.where(texts.c.direction == "in")
    return query.order_by(texts.c.at.desc(), texts.c.id.desc()).limit(1).correlate(counted).scalar_subquery()


def _counted(practice: str, number: str | None) -> Subquery:
    """Return, by number, how many of its inbound texts are unread and how many ask staff."""
    query = (
        select(
            texts.c.number,
            func.count().filter(_UNREAD).label("unread"),
            func.count().filter(IS_OPEN).label("open"),
        )
        .where(texts.c.practice == practice, texts.c.direction == "in")
        .group_by(texts.c.number)
    )
    return (query if number is None else query.where(texts.c.number == number)).subquery()
