"""Conversations for the case system's own pages: read, assign, link, note, reply."""

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from jobs import conversation
from jobs.conversation import inbox as talks
from jobs.database import practice_lock
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
from scheduler.asking import talking
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.once import body_hash
from scheduler.asking.one_offs import OneOff
from scheduler.identities import audit
from scheduler.identities.rights import Caller, Right

router = APIRouter(tags=["inbox"])

Reader = Annotated[Caller, needs(Right.READ_INBOX)]
Writer = Annotated[Caller, needs(Right.WRITE_INBOX)]
Id = Annotated[str, Path(max_length=64, description="A conversation's id, as the inbox gives it: the number.")]


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
        return whole_conversation(
            connection, caller.practice, talking.conversation_named(connection, caller.practice, conversation_id)
        )


@router.post("/conversations/{conversation_id}/read", summary="Mark as read")
def read(conversation_id: Id, here: Here, caller: Writer) -> WholeConversation:
    """Note that what was written was read; what asks staff goes on asking."""
    return _done(here, caller, conversation_id, talking.read(caller.name))


@router.post("/conversations/{conversation_id}/assign", summary="Give to one of the staff")
def assign(conversation_id: Id, asked: Assigning, here: Here, caller: Writer) -> WholeConversation:
    """Say who sees to a conversation."""
    return _done(here, caller, conversation_id, talking.assign(asked.to, _mover(caller, asked.by)))


@router.post("/conversations/{conversation_id}/link", summary="Say whose it is, or of which case")
def link(conversation_id: Id, asked: Linking, here: Here, caller: Writer) -> WholeConversation:
    """Give the texts of an unknown number to a contact, whose phone stays as it is, or say which case it is about."""
    return _done(here, caller, conversation_id, talking.link(asked.contact, asked.case_ref, _mover(caller, asked.by)))


@router.post("/conversations/{conversation_id}/note", summary="Note something")
def note(conversation_id: Id, asked: Noting, here: Here, caller: Writer) -> WholeConversation:
    """Note something for the staff."""
    return _done(here, caller, conversation_id, talking.write_note(asked.note, _mover(caller, asked.by)))


@router.post("/conversations/{conversation_id}/reply", status_code=HTTPStatus.CREATED, summary="Answer")
def reply(conversation_id: Id, asked: Replying, key: Key, here: Here, caller: Writer) -> Planned:
    """Answer from the number that was written to, inside the sending window; what was asked is settled with it."""
    signed = sign(caller, asked.sent_by, Right.WRITE_INBOX)

    def make(connection: Connection, terms: Terms, now: dt.datetime) -> OneOff:
        listed = talking.conversation_named(connection, caller.practice, conversation_id)
        said = conversation.lines(connection, caller.practice, listed.number)
        return OneOff(
            recipient=talking.recipient_of(connection, caller.practice, listed.number, listed.contact),
            key=key,
            due=now,
            sent_by=signed.kept,
            text=asked.text,
            sender=talking.sender_written_to(said, terms),
        )

    def then(connection: Connection, now: dt.datetime) -> None:
        number = talking.conversation_named(connection, caller.practice, conversation_id).number
        conversation.settle(connection, caller.practice, number, by=signed.by, now=now)

    hashed = body_hash(["/reply", conversation_id, asked.model_dump(mode="json")])
    return plan_once(here, caller, Wanted(key, hashed, signed, make, then, answers=True))


def _done(here: Place, caller: Caller, conversation_id: str, deed: talking.Deed) -> WholeConversation:
    def whole(connection: Connection) -> WholeConversation:
        practice_lock(connection, caller.practice, exclusive=False)
        listed = talking.conversation_named(connection, caller.practice, conversation_id)
        now = here.database.moment(connection)
        talking.do_and_note(connection, listed, deed, audit.signed_by(caller, now))
        after = talking.conversation_named(connection, caller.practice, listed.number)
        return whole_conversation(connection, caller.practice, after)

    return here.database.write(whole)


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
