"""Conversations for the case system's own pages: read, assign, link, note, reply."""

import contextlib
import datetime as dt
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from jobs import conversation
from jobs.conversation import inbox as talks
from jobs.conversation.inbox import InboxConversation
from jobs.conversation.settling import Key as NumberKey
from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError
from jobs.store.values import person
from jobs.terms import Terms
from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.inbox_answers import (
    Assigning,
    By,
    Conversation,
    Linking,
    Noting,
    Replying,
    WholeConversation,
    conversation_row,
    whole_conversation,
)
from scheduler.api.v1.one_offs import Key, Planned, Wanted, plan_once
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, no_cursor, page_of, place_of_cursor
from scheduler.api.v1.signing import sign
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.once import body_hash
from scheduler.asking.one_offs import OneOff
from scheduler.asking.recipients import Recipient, contact_recipient
from scheduler.identities.rights import Caller, Right
from scheduler.intake.naming import contact_named

router = APIRouter(tags=["inbox"])

Reader = Annotated[Caller, needs(Right.READ_INBOX)]
Writer = Annotated[Caller, needs(Right.WRITE_INBOX)]
Id = Annotated[str, Path(max_length=64, description="A conversation's id, as the inbox gives it: the number.")]
Work: TypeAlias = Callable[[Connection, NumberKey, dt.datetime], None]
"""What is done with a conversation's number, in one transaction."""


@router.get("/inbox", summary="Conversations, the newest first")
def list_them(
    here: Here,
    caller: Reader,
    owner: Annotated[str | None, Query(max_length=200, description="Only those this one sees to.")] = None,
    limit: Limit = USUAL_ROWS,
    cursor: Cursor = None,
) -> Page[Conversation]:
    """List the conversations in which somebody wrote."""
    with here.database.read() as connection:
        terms = terms_in_force(connection, caller.practice)
        found = talks.inbox(connection, caller.practice, owner=owner, before=_place(cursor), most=limit + 1)
    shown, following = page_of(found, limit, lambda each: (each.at.isoformat(), each.number))
    return Page(items=[conversation_row(each, terms) for each in shown], next=following)


@router.get("/conversations/{conversation_id}", summary="A whole conversation")
def show(conversation_id: Id, here: Here, caller: Reader) -> WholeConversation:
    """Return every text from and to a number, and the notes about it."""
    with here.database.read() as connection:
        return whole_conversation(connection, caller.practice, _found(connection, caller.practice, conversation_id))


@router.post("/conversations/{conversation_id}/read", summary="Mark as read")
def read(conversation_id: Id, here: Here, caller: Writer) -> WholeConversation:
    """Note that what was written was read; what asks staff goes on asking."""

    def work(connection: Connection, key: NumberKey, now: dt.datetime) -> None:
        talks.mark_read(connection, key, now=now)

    return _done(here, caller, conversation_id, work)


@router.post("/conversations/{conversation_id}/assign", summary="Give to one of the staff")
def assign(conversation_id: Id, asked: Assigning, here: Here, caller: Writer) -> WholeConversation:
    """Say who sees to a conversation."""

    def work(connection: Connection, key: NumberKey, now: dt.datetime) -> None:
        talks.assign(connection, key, asked.to, by=_mover(caller, asked.by), now=now)

    return _done(here, caller, conversation_id, work)


@router.post("/conversations/{conversation_id}/link", summary="Say whose it is, or of which case")
def link(conversation_id: Id, asked: Linking, here: Here, caller: Writer) -> WholeConversation:
    """Give the texts of an unknown number to a contact, whose phone stays as it is, or say which case it is about."""

    def work(connection: Connection, key: NumberKey, now: dt.datetime) -> None:
        if asked.contact is not None:
            contact = contact_named(connection, caller.practice, asked.contact)
            conversation.claim(connection, *key, contact.id)
        if asked.case_ref is not None:
            by = _mover(caller, asked.by)
            talks.link_case(connection, key, asked.case_ref, by=by, now=now)

    return _done(here, caller, conversation_id, work)


@router.post("/conversations/{conversation_id}/note", summary="Note something")
def note(conversation_id: Id, asked: Noting, here: Here, caller: Writer) -> WholeConversation:
    """Note something for the staff."""

    def work(connection: Connection, key: NumberKey, now: dt.datetime) -> None:
        talks.note(connection, key, asked.note, by=_mover(caller, asked.by), now=now)

    return _done(here, caller, conversation_id, work)


@router.post("/conversations/{conversation_id}/reply", status_code=HTTPStatus.CREATED, summary="Answer")
def reply(conversation_id: Id, asked: Replying, key: Key, here: Here, caller: Writer) -> Planned:
    """Answer from the number that was written to, inside the sending window; what was asked is settled with it."""
    signed = sign(caller, asked.sent_by, Right.WRITE_INBOX)

    def make(connection: Connection, terms: Terms, now: dt.datetime) -> OneOff:
        listed = _found(connection, caller.practice, conversation_id)
        return OneOff(
            recipient=_recipient(connection, caller.practice, listed),
            key=key,
            due=now,
            sent_by=signed.kept,
            text=asked.text,
            sender=_sender_written_to(connection, terms, listed.number),
        )

    def then(connection: Connection, now: dt.datetime) -> None:
        number = _found(connection, caller.practice, conversation_id).number
        conversation.settle(connection, caller.practice, number, by=signed.by, now=now)

    hashed = body_hash(["/reply", conversation_id, asked.model_dump(mode="json")])
    return plan_once(here, caller.practice, Wanted(key, hashed, signed, make, then, answers=True))


def _done(here: Place, caller: Caller, conversation_id: str, work: Work) -> WholeConversation:
    def whole(connection: Connection) -> WholeConversation:
        practice_lock(connection, caller.practice, exclusive=False)
        number = _found(connection, caller.practice, conversation_id).number
        work(connection, (caller.practice, number), here.database.moment(connection))
        return whole_conversation(connection, caller.practice, _found(connection, caller.practice, number))

    return here.database.write(whole)


def _found(connection: Connection, practice: str, conversation_id: str) -> InboxConversation:
    """Return the conversation of a number, whose plus sign may have become a space or been left out.

    Raises:
        NotFoundError: nobody of that number wrote to the practice.

    """
    for number in (conversation_id, f"+{conversation_id.lstrip()}"):
        found = talks.conversation_of(connection, (practice, number))
        if found is not None:
            return found
    message = f"there is no conversation {conversation_id}: nobody wrote from there"
    raise NotFoundError(message)


def _recipient(connection: Connection, practice: str, listed: InboxConversation) -> Recipient:
    """Return whom an answer is for: the contact where the number is still theirs, else the number."""
    if listed.contact is not None:
        with contextlib.suppress(NotFoundError, InputError):
            found = contact_recipient(connection, practice, listed.contact)
            if found.number == listed.number:
                return found
    return Recipient(None, listed.number, listed.number)


def _sender_written_to(connection: Connection, terms: Terms, number: str) -> str | None:
    """Return the sender whose number was last written to; None: the practice's first."""
    said = conversation.lines(connection, terms.practice, number)
    written_to = next((line.own_number for line in reversed(said) if line.own_number is not None), None)
    return next((sender.id for sender in terms.senders if sender.number == written_to), None)


def _mover(caller: Caller, by: By | None) -> str:
    return caller.name if by is None else person(by.name)


def _place(cursor: str | None) -> tuple[dt.datetime, str] | None:
    place = place_of_cursor(cursor, 2)
    if place is None:
        return None
    try:
        return dt.datetime.fromisoformat(place[0]).astimezone(dt.UTC), place[1]
    except (ValueError, OverflowError):
        raise no_cursor() from None
