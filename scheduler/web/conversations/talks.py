"""A conversation as its page shows it: texts, notes and what waits in one row of bubbles by day. It writes nothing."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, select

from jobs import conversation
from jobs.conversation import inbox as talks
from jobs.conversation.inbox import InboxConversation
from jobs.conversation.listing import Line
from jobs.records import contacts
from jobs.states import State
from jobs.terms import Terms
from scheduler.asking.foreseeing import shown_words, terms_in_force
from scheduler.asking.talking import Housemate, conversation_named, household
from scheduler.asking.waiting import unsaid_to

_TICKS: Final = {
    State.SENT.value: "sent",
    State.DELIVERED.value: "delivered",
    State.UNDELIVERED.value: "failed",
    State.FAILED.value: "failed",
    State.IN_DOUBT.value: "doubt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One thing said or noted: `kind` is in, out, note or waiting; `ticks` how far an outgoing text came.

    `origin` and `rule` say what it is of; `by` who wrote it; `reason` why it stands where it stands.
    """

    id: str
    at: dt.datetime
    kind: str
    words: str
    by: str = ""
    ticks: str = ""
    state: str = ""
    origin: str = ""
    rule: str = ""
    reason: str = ""
    job: str = ""
    meaning: str = ""
    is_open: bool = False
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """What was said on one day, on the practice's wall clock."""

    day: dt.date
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A whole conversation; `unsaid` are texts that are not out, by when they are due."""

    listed: InboxConversation
    lines: list[Line]
    days: list[Day]
    unsaid: list[Bubble]
    people: list[Housemate]
    terms: Terms


def talk_with(connection: Connection, practice: str, number: str, zone: ZoneInfo, now: dt.datetime) -> Talk:
    """Return the conversation with a number.

    Raises:
        NotFoundError: nothing was said to or by it, or nothing was published yet.

    """
    listed = conversation_named(connection, practice, number, one_sided=True)
    terms = terms_in_force(connection, practice)
    lines = conversation.lines(connection, practice, listed.number)
    notes = talks.notes_of(connection, (practice, listed.number))
    people = household(connection, practice, listed.number)
    said = [line_bubble(line, terms) for line in lines]
    said += [Bubble(id=each.id.hex, at=each.at, kind="note", words=each.note, by=named(each.by)) for each in notes]
    ids = select(contacts.c.id).where(contacts.c.practice == practice, contacts.c.ref.in_([one.ref for one in people]))
    unsaid = unsaid_to(connection, practice, listed.number, connection.execute(ids).scalars().all(), now)
    return Talk(
        listed=listed,
        lines=lines,
        days=by_day(said, zone),
        unsaid=[job_bubble(row, terms) for row in unsaid],
        people=people,
        terms=terms,
    )


def line_bubble(line: Line, terms: Terms) -> Bubble:
    """Return a text as a bubble."""
    is_out = line.direction == "out"
    return Bubble(
        id=line.id.hex,
        at=line.at,
        kind="out" if is_out else "in",
        words=shown_words(line.body, terms),
        by=_sender_of(line.sent_by),
        ticks=ticks_of(line.state) if is_out else "",
        state=line.state or "",
        origin=line.origin or "",
        rule="/".join(part for part in (line.rule, line.step) if part),
        reason=line.reason or "" if is_out else "",
        job="" if line.job_id is None else line.job_id.hex,
        meaning=line.meaning or "",
        is_open=line.flagged and line.settled_at is None,
        media=tuple(kind or "?" for _, kind in line.media or []),
    )


def job_bubble(row: RowMapping, terms: Terms) -> Bubble:
    """Return a job of which there is no text as a bubble."""
    text = row["text"]
    return Bubble(
        id=row["id"].hex,
        at=row["due_at"],
        kind="waiting",
        words="" if text is None else shown_words(text, terms),
        by=_sender_of(row["sent_by"]),
        state=row["state"],
        origin=row["origin"],
        rule="/".join(part for part in (row["rule"], row["step"]) if part) or row["template"] or "",
        reason=row["reason"] or "",
        job=row["id"].hex,
    )


def ticks_of(state: str | None) -> str:
    """Return how far an outgoing text came: sending, sent, delivered, failed or doubt."""
    return _TICKS.get(state or "", "sending")


def by_day(bubbles: Iterable[Bubble], zone: ZoneInfo) -> list[Day]:
    """Return bubbles by the days of a zone, the oldest first; what is of one moment stays in its order."""
    found: dict[dt.date, list[Bubble]] = {}
    for each in sorted(bubbles, key=lambda bubble: bubble.at):
        found.setdefault(each.at.astimezone(zone).date(), []).append(each)
    return [Day(day, tuple(said)) for day, said in found.items()]


def named(by: str) -> str:
    """Return a mover as people read it: a user by name."""
    return by.removeprefix("person:")


def address_of(number: str, ref: str = "") -> str:
    """Return the address of a conversation, with one of its household."""
    return f"/conversations/{quote(number)}" + (f"?{urlencode({'to': ref})}" if ref else "")


def people_of(talk: Talk, ref: str) -> Sequence[Housemate]:
    """Return the people of the number, the one of that ref first."""
    return sorted(talk.people, key=lambda each: each.ref != ref)


def _sender_of(sent_by: dict[str, Any] | None) -> str:
    return str((sent_by or {}).get("name") or "")
