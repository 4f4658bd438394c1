"""What the API answers and is given about conversations: the shapes, and conversations made such. It writes nothing."""

import datetime as dt
from typing import Self

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Connection

from jobs import conversation
from jobs.conversation import inbox as talks
from jobs.conversation.inbox import InboxConversation
from jobs.conversation.listing import Line
from jobs.terms import Terms
from scheduler.api.v1.plain import Body, Name, Reason, Words
from scheduler.api.v1.signing import SentBy
from scheduler.asking.foreseeing import shown_words, terms_in_force


class Conversation(BaseModel):
    """All that was said to and by one number, in short."""

    id: str = Field(description="The number; in a path `+` may stand as it is.")
    number: str
    contact: str | None = Field(description="Null: nobody's number yet.")
    name: str | None
    owner: str | None = Field(description="Who of the staff sees to it.")
    assigned_to: str | None = Field(description="Whom it was given to, if somebody gave it.")
    case_ref: str | None
    at: dt.datetime = Field(description="When its newest text was sent or came.")
    direction: str
    words: str = Field(description="The newest text's; words that give something sensitive away are not shown.")
    meaning: str | None = Field(description="What the newest inbound text means.")
    unread: int
    open: int = Field(description="So many of its texts ask staff.")


class Spoken(BaseModel):
    """One text of a conversation."""

    id: str
    at: dt.datetime
    direction: str
    words: str
    contact: str | None
    case_ref: str | None
    owner: str | None
    meaning: str | None
    open: bool = Field(description="It asks staff, and nobody has seen to it.")
    own_number: str | None
    job: str | None
    media: list[list[str]]


class Noted(BaseModel):
    """A note of the staff."""

    id: str
    note: str
    by: str
    at: dt.datetime


class WholeConversation(Conversation):
    """A conversation with every text and note, the oldest first."""

    texts: list[Spoken]
    notes: list[Noted]


class By(Body):
    """Who of the staff does it."""

    ref: Name | None = None
    name: Name


class Doing(Body):
    """Something done with a conversation."""

    by: By | None = Field(default=None, description="Who does it; the key where it is left out.")


class Assigning(Doing):
    """Whom a conversation is given to."""

    to: Name | None = Field(description="Who of the staff sees to it; null: its contact's owner again.")


class Linking(Doing):
    """Whose a conversation is."""

    contact: Name | None = Field(default=None, description="A contact's ref: texts that are nobody's become theirs.")
    case_ref: Name | None = Field(default=None, description="The case that it is about.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.contact is None and self.case_ref is None:
            message = "give `contact`, `case_ref` or both"
            raise ValueError(message)
        return self


class Noting(Doing):
    """A note; the person does not see it."""

    note: Reason


class Replying(Body):
    """An answer, from the number that was written to."""

    text: Words
    sent_by: SentBy | None = Field(default=None, description="Who answers; without it `texts:system` is needed.")


def conversation_row(listed: InboxConversation, terms: Terms) -> Conversation:
    """Return a conversation of the inbox as it is answered."""
    return Conversation(
        id=listed.number,
        number=listed.number,
        contact=listed.contact,
        name=listed.name,
        owner=listed.owner,
        assigned_to=listed.assigned_to,
        case_ref=listed.case_ref,
        at=listed.at,
        direction=listed.direction,
        words=shown_words(listed.body, terms),
        meaning=listed.meaning,
        unread=listed.unread,
        open=listed.open,
    )


def whole_conversation(connection: Connection, practice: str, listed: InboxConversation) -> WholeConversation:
    """Return a conversation with all its texts and notes."""
    terms = terms_in_force(connection, practice)
    said = conversation.lines(connection, practice, listed.number)
    noted = talks.notes_of(connection, (practice, listed.number))
    return WholeConversation(
        **conversation_row(listed, terms).model_dump(),
        texts=[_spoken(line, terms) for line in said],
        notes=[Noted(id=each.id.hex, note=each.note, by=each.by, at=each.at) for each in noted],
    )


def _spoken(line: Line, terms: Terms) -> Spoken:
    return Spoken(
        id=line.id.hex,
        at=line.at,
        direction=line.direction,
        words=shown_words(line.body, terms),
        contact=line.contact,
        case_ref=line.case_ref,
        owner=line.owner,
        meaning=line.meaning,
        open=line.flagged and line.settled_at is None,
        own_number=line.own_number,
        job=None if line.job_id is None else line.job_id.hex,
        media=line.media or [],
    )
