"""The inbox: conversations in which somebody wrote, with who sees to them; assigning, linking, noting, reading them.

A writer of `conversations`, `conversation_notes` and, in `texts`, of what was read and of which case it is.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, case, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.conversation.settling import IS_OPEN, Key
from jobs.records import contacts, conversation_notes, conversations, new_id, texts
from jobs.records.people import UNREAD_TEXT_SQL

Place = tuple[dt.datetime, str]
"""Where a page ended: the moment of the last one's newest text, and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxConversation:
    """A number's conversation: its newest text, whose it is, how many inbound texts are unread and how many ask staff.

    `owner` is who sees to it: whom it was assigned to, else the owner of its newest inbound text or of its contact.
    `snoozed_until`: somebody put it out of the inbox until then (maybe past), and nobody wrote since.
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
    snoozed_until: dt.datetime | None
    unread: int
    open: int


class Folder(StrEnum):
    """Which conversations are looked at: all, those not snoozed, or what of these waits in one way or another."""

    ALL = "all"
    INBOX = "inbox"
    ASKS = "asks"
    UNREAD = "unread"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which conversations to list, seen by `whose` at `now`; `find`: part of a name, a ref or a number."""

    folder: Folder
    whose: str
    now: dt.datetime
    find: str | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came and was not read yet: in so many conversations, so many texts, the newest then."""

    conversations: int
    texts: int
    newest: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted about a conversation."""

    id: uuid.UUID
    note: str
    by: str
    at: dt.datetime


def inbox(  # noqa: PLR0913 - a listing has as many parameters as filters
    connection: Connection,
    practice: str,
    *,
    owner: str | None = None,
    sought: Sought | None = None,
    before: Place | None = None,
    most: int = 50,
) -> list[InboxConversation]:
    """Return conversations in which somebody wrote, the newest first; of an owner, as sought, before a place."""
    listed = _conversations(practice).subquery()
    query = select(listed).order_by(listed.c.at.desc(), listed.c.number.desc()).limit(most)
    if owner is not None:
        query = query.where(listed.c.owner == owner)
    if sought is not None:
        query = query.where(_is_in(listed, sought.folder, sought), *_found(listed, sought.find))
    if before is not None:
        at, number = before
        query = query.where(listed.c.at <= at, (listed.c.at < at) | (listed.c.number < number))
    return [InboxConversation(**row) for row in connection.execute(query).mappings()]


def folder_counts(connection: Connection, practice: str, sought: Sought) -> dict[Folder, int]:
    """Return how many conversations stand in each folder."""
    listed = _conversations(practice).subquery()
    counts = [func.count().filter(_is_in(listed, each, sought)).label(each.value) for each in Folder]
    row = connection.execute(select(*counts).select_from(listed)).mappings().one()
    return {each: row[each.value] for each in Folder}


def arrivals(connection: Connection, practice: str) -> Arrivals:
    """Return what came and was not read yet; cheap enough to be asked again and again."""
    query = select(func.count(texts.c.number.distinct()), func.count(), func.max(texts.c.at))
    return Arrivals(*connection.execute(query.where(texts.c.practice == practice, _UNREAD)).one())


def conversation_of(connection: Connection, key: Key, *, one_sided: bool = False) -> InboxConversation | None:
    """Return the conversation of a number; None where nobody wrote from there.

    `one_sided`: also where only the practice wrote.
    """
    practice, number = key
    listed = _conversations(practice, number, one_sided=one_sided).subquery()
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


def snooze(connection: Connection, key: Key, until: dt.datetime | None, *, by: str, now: dt.datetime) -> None:
    """Put a conversation out of the inbox until a moment, or until somebody writes; None brings it back."""
    _keep(connection, key, {"snoozed_until": until, "snoozed_at": None if until is None else now}, by=by, now=now)


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


_UNREAD = text(UNREAD_TEXT_SQL)


def _is_in(listed: Subquery, folder: Folder, sought: Sought) -> ColumnElement[bool]:
    """Return the condition of a folder; what is snoozed stands in that one alone."""
    its = listed.c
    is_asleep = and_(its.snoozed_until.is_not(None), its.snoozed_until > sought.now)
    awake: dict[Folder, ColumnElement[bool]] = {
        Folder.ASKS: its.open > 0,
        Folder.UNREAD: its.unread > 0,
        Folder.UNCLAIMED: its.contact.is_(None),
        Folder.MINE: its.owner == sought.whose,
    }
    if folder is Folder.SNOOZED:
        return is_asleep
    if folder is Folder.ALL:
        return its.number.is_not(None)
    is_awake = or_(its.snoozed_until.is_(None), its.snoozed_until <= sought.now)
    return and_(is_awake, awake[folder]) if folder in awake else is_awake


def _found(listed: Subquery, find: str | None) -> list[ColumnElement[bool]]:
    """Return the condition that a name, a ref or a number holds what is looked for."""
    if not find:
        return []
    digits = "".join(character for character in find if character.isdigit())
    its = listed.c
    named = [each.icontains(find, autoescape=True) for each in (its.name, its.contact, its.case_ref)]
    return [or_(*named, its.number.contains(digits, autoescape=True)) if digits else or_(*named)]


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


def _conversations(practice: str, number: str | None = None, *, one_sided: bool = False) -> Select[Any]:
    counted = _counted(practice, number, one_sided=one_sided)
    newest, newest_in = _newest(practice, counted, inbound=False), _newest(practice, counted, inbound=True)
    last, wrote = texts.alias("last"), texts.alias("wrote")
    kept = (conversations.c.practice == practice) & (conversations.c.number == counted.c.number)
    is_newer = and_(wrote.c.at.is_not(None), wrote.c.at > conversations.c.snoozed_at)
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
            case((is_newer, None), else_=conversations.c.snoozed_until).label("snoozed_until"),
            counted.c.unread,
            counted.c.open,
        )
        .select_from(counted)
        .join(last, last.c.id == newest)
        .outerjoin(wrote, wrote.c.id == newest_in)
        .outerjoin(conversations, kept)
        .outerjoin(contacts, contacts.c.id == func.coalesce(wrote.c.contact_id, last.c.contact_id))
    )


def _newest(practice: str, counted: Subquery, *, inbound: bool) -> Any:  # noqa: ANN401 - a scalar subquery
    query = select(texts.c.id).where(texts.c.practice == practice, texts.c.number == counted.c.number)
    if inbound:
        query = query.where(texts.c.direction == "in")
    return query.order_by(texts.c.at.desc(), texts.c.id.desc()).limit(1).correlate(counted).scalar_subquery()


def _counted(practice: str, number: str | None, *, one_sided: bool) -> Subquery:
    """Return, by number, how many of its inbound texts are unread and how many ask staff."""
    query = (
        select(
            texts.c.number,
            func.count().filter(_UNREAD).label("unread"),
            func.count().filter(IS_OPEN).label("open"),
        )
        .where(texts.c.practice == practice)
        .group_by(texts.c.number)
    )
    if not one_sided:
        query = query.where(texts.c.direction == "in")
    return (query if number is None else query.where(texts.c.number == number)).subquery()
