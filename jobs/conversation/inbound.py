"""Stores inbound texts, each once, with its practice, contact, case and owner; what it means is noted later.

An `Inbound` of an adapter comes in, verified already. A writer of `texts`. The words are never logged.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.providers.contract import Inbound
from jobs.records import attempts, contacts, new_id, practices, senders, texts

_LONGEST_BODY = 20_000
"""Characters; a concatenated text of 255 parts has 39,015, and nobody has sent one."""
SERVICE_PATTERN = "^MG[0-9a-fA-F]{32}$"
"""A sender's number that is none: Twilio's id of a group of numbers."""
MOST_LOOKED_AT = 100
"""So many of the newest texts to a number are looked at."""


@dataclass(frozen=True, slots=True)
class Home:
    """Whose number an inbound text came to; `own_number`: the sender's, a number or a group of numbers."""

    practice: str
    number: str
    own_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A stored inbound text. `others`: contacts with the same number beside the one it was given to, by ref.

    `people`: all contacts who are reached on the number, by id; `answers`: the outgoing text that it answers. `is_new`
    False: it came before and nothing was written.
    """

    id: uuid.UUID
    practice: str
    number: str
    own_number: str
    at: dt.datetime
    body: str
    contact_id: uuid.UUID | None = None
    others: tuple[str, ...] = ()
    people: tuple[uuid.UUID, ...] = ()
    answers: uuid.UUID | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Meant:
    """What a text means: whether staff are asked, the occasion it answered about, and the job that acknowledges it."""

    meaning: str
    flagged: bool
    occasion_id: uuid.UUID | None = None
    acknowledged_by: uuid.UUID | None = None


def home_of(connection: Connection, provider: str, inbound: Inbound) -> Home | None:
    """Return the practice whose sender has the number that was written to; None where no practice has it.

    Else the one whose sender is the service that it came through. Of several practices with one number, or one service,
    the one that last wrote to this person. Where the provider names no service, it is one of its own that wrote to the
    person last, else the only one that there is.
    """
    for own_number in (inbound.to_number, inbound.service):
        practice = None if own_number is None else _owner_of(connection, own_number, inbound.from_number)
        if own_number is not None and practice is not None:
            return Home(practice, inbound.from_number, own_number)
    return _home_of_unnamed_service(connection, provider, inbound) if inbound.service is None else None


def _home_of_unnamed_service(connection: Connection, provider: str, inbound: Inbound) -> Home | None:
    """Return the practice with the service that last wrote to a person, else the only one that sends by a service."""
    is_service = senders.c.number.regexp_match(SERVICE_PATTERN) & (senders.c.provider == provider)
    is_published = (practices.c.id == senders.c.practice) & practices.c.current_revision.is_not(None)
    services = select(senders.c.practice, senders.c.number).join(practices, is_published).where(is_service)
    known = [(row.practice, row.number) for row in connection.execute(services.where(~senders.c.gone).distinct())]
    wrote = (
        select(attempts.c.practice, attempts.c.from_number)
        .where(attempts.c.to_number == inbound.from_number, attempts.c.provider == provider)
        .order_by(attempts.c.started_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    spoken = [(row.practice, row.from_number) for row in connection.execute(wrote)] if known else []
    found = next((each for each in spoken if each in known), known[0] if len(known) == 1 else None)
    return None if found is None else Home(found[0], inbound.from_number, found[1])


def _owner_of(connection: Connection, own_number: str, number: str) -> str | None:
    """Return the practice that has a sender's number; of several the one that last wrote to this person."""
    owners = (
        select(senders.c.practice)
        .join(practices, practices.c.id == senders.c.practice)
        .where(senders.c.number == own_number)
        .order_by(senders.c.gone, senders.c.practice)
    )
    found = list(dict.fromkeys(connection.execute(owners).scalars()))
    if len(found) > 1:
        wrote = (
            select(texts.c.practice)
            .where(texts.c.practice.in_(found), texts.c.number == number, texts.c.direction == "out")
            .order_by(texts.c.at.desc())
            .limit(1)
        )
        last = connection.execute(wrote).scalar()
        found = [last] if last is not None else found
    return found[0] if found else None


def arrive(connection: Connection, provider: str, inbound: Inbound, home: Home, now: dt.datetime) -> Arrived:
    """Store a text once by the provider's id; it takes contact, case and owner from the text that it answers.

    One that came before comes back as it was stored, `is_new` False.
    """
    last = _last_written(connection, home)
    people = _people(connection, home)
    contact_id = _whose(people, last)
    row = {
        "id": new_id(),
        "practice": home.practice,
        "number": home.number,
        "contact_id": contact_id,
        "direction": "in",
        "body": _storable(inbound.body)[:_LONGEST_BODY],
        "provider": provider,
        "provider_id": inbound.provider_id,
        "own_number": home.own_number,
        "media": [[_storable(each) for each in item] for item in inbound.media] or None,
        "case_ref": last["case_ref"] if last else None,
        "owner": _owner(people, contact_id, last),
        "answers_text_id": last["id"] if last else None,
        "at": now,
    }
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(texts).values(**row).on_conflict_do_nothing())
    stored = connection.execute(
        select(texts).where(texts.c.provider == provider, texts.c.provider_id == inbound.provider_id)
    ).mappings()
    return _arrived(stored.one(), row["id"], people)


def note_meaning(connection: Connection, text_id: uuid.UUID, meant: Meant) -> None:
    """Note what a text means."""
    values = {name: getattr(meant, name) for name in Meant.__dataclass_fields__}
    connection.execute(update(texts).where(texts.c.id == text_id).values(**values))


def automatic_answers(connection: Connection, practice: str, number: str, since: dt.datetime) -> int:
    """Return how many texts of a number were answered by themselves since then."""
    answered = select(func.count()).where(
        texts.c.practice == practice,
        texts.c.number == number,
        texts.c.at >= since,
        texts.c.acknowledged_by.is_not(None),
    )
    return connection.execute(answered).scalar_one()


def _storable(text: str) -> str:
    """Return a text without what no database keeps: PostgreSQL refuses a NUL and half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _last_written(connection: Connection, home: Home) -> RowMapping | None:
    """Return the last text that the practice wrote to the number."""
    query = (
        select(texts.c.id, texts.c.contact_id, texts.c.case_ref, texts.c.owner)
        .where(texts.c.practice == home.practice, texts.c.number == home.number, texts.c.direction == "out")
        .order_by(texts.c.at.desc(), texts.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().first()


def _people(connection: Connection, home: Home) -> Sequence[RowMapping]:
    """Return the contacts who are reached on the number: it is theirs, or that of the one they are reached via."""
    theirs = select(contacts.c.id).where(contacts.c.practice == home.practice, contacts.c.phone == home.number)
    query = (
        select(contacts.c.id, contacts.c.ref, contacts.c.owner, contacts.c.via_id)
        .where(
            contacts.c.practice == home.practice,
            contacts.c.gone_at.is_(None),
            or_((contacts.c.phone == home.number) & contacts.c.via_id.is_(None), contacts.c.via_id.in_(theirs)),
        )
        .order_by(contacts.c.via_id.is_not(None), contacts.c.created_at, contacts.c.id)
    )
    return connection.execute(query).mappings().all()


def _whose(people: Sequence[RowMapping], last: RowMapping | None) -> uuid.UUID | None:
    """Return the contact who was last written to there, else the one whose own number it is, the oldest first."""
    ids = [person["id"] for person in people]
    if last is not None and last["contact_id"] in ids:
        return uuid.UUID(str(last["contact_id"]))
    return ids[0] if ids else None


def _owner(people: Sequence[RowMapping], contact_id: uuid.UUID | None, last: RowMapping | None) -> str | None:
    if last is not None and last["contact_id"] == contact_id and last["owner"] is not None:
        return str(last["owner"])
    return next((person["owner"] for person in people if person["id"] == contact_id), None)


def _arrived(stored: RowMapping, mine: object, people: Sequence[RowMapping]) -> Arrived:
    return Arrived(
        id=stored["id"],
        practice=stored["practice"],
        number=stored["number"],
        own_number=stored["own_number"],
        at=stored["at"],
        body=stored["body"] or "",
        contact_id=stored["contact_id"],
        people=tuple(person["id"] for person in people),
        others=tuple(person["ref"] for person in people if person["id"] != stored["contact_id"]),
        answers=stored["answers_text_id"],
        is_new=stored["id"] == mine,
    )
