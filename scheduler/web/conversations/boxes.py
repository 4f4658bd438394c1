"""The box that a text is written in: whether it is open, what it offers, and its counter. It writes nothing.

Segments and cost are the engine's: the words are composed as sending composes them, and measured by `jobs.segments`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, RowMapping

from jobs import consent
from jobs.errors import InputError, NotFoundError
from jobs.gates.contract import Block, End
from jobs.segments import GSM_ALONE, GSM_PART, UCS_ALONE, UCS_PART, Segments, measure, saving
from jobs.terms import Terms
from scheduler.asking.allowing import missing
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.sending import Outlook
from scheduler.asking.talking import Housemate
from scheduler.asking.wording import Offered, offered
from scheduler.identities.rights import ROLES, Right
from scheduler.identities.users import list_users
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Right as SendingRight
from scheduler.web.conversations.letters import Letter, Problem, blank
from scheduler.web.conversations.posting import StoppedError, Writing, looked_at
from scheduler.web.people import Person
from scheduler.web.words import sentence

MOST_HELPERS: Final = 5
QUIET: Final = "quiet hours"
"""How the gate `sending_window` begins its reason."""
NO_RULES: Final = sentence("Nothing can be sent before rules are published.")
NO_RIGHT: Final = sentence("Your role may read here, and not send texts.")
OPTED_OUT: Final = sentence("This person wants no texts ({how}). Nothing may go to this number until they write START.")
CANNOT: Final = sentence("No text can go there.")
_LACKS: Final[dict[SendingRight, str]] = {
    "texts": sentence("Your role may not send texts."),
    "any_number": sentence("Your role may not text a number that is no contact's."),
    "abroad": sentence("Your role may not text a number abroad."),
    "past_cap": sentence("The month's spending cap is reached: your role may not send past it."),
    "sensitive": sentence("Your role may not send sensitive content."),
    "in_quiet_hours": sentence("Your role may not send in quiet hours."),
}


@dataclass(frozen=True, slots=True)
class Lock:
    """Why no text may go from this box, and who can help; `is_opted_out`: the person's own wish."""

    english: str
    values: dict[str, str]
    helpers: tuple[str, ...] = ()
    detail: str | None = None
    is_opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """What the words would be billed as, and what would become of them; None where it is not known yet."""

    measured: Segments
    room: int
    saves: int
    cost: Decimal | None = None
    currency: str | None = None
    held_until: dt.datetime | None = None
    held_because: str | None = None
    warnings: tuple[str, ...] = ()
    is_sensitive: bool = False
    forbidden: str | None = None

    @property
    def is_quiet(self) -> bool:
        """Tell whether it waits for the sending window."""
        return (self.held_because or "").startswith(QUIET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """All that the page shows of a box; `to` are the people of the number, `occasions` those of its contact."""

    action: str
    lock: Lock | None
    letter: Letter
    bill: Bill
    may_any_hour: bool
    templates: Sequence[Offered] = ()
    occasions: Sequence[RowMapping] = ()
    to: Sequence[Housemate] = ()
    problem: Problem | None = None
    asks_number: bool = False
    contact: str | None = None
    number: str = ""


def bill_of(words: str, terms: Terms | None = None) -> Bill:
    """Return how words are billed to nobody in particular: with what the practice puts in front."""
    whole = f"{terms.starts_with}{words}" if terms is not None and words else words
    return _bill(whole)


def foreseen_bill(
    connection: Connection, writing: Writing, letter: Letter, now: dt.datetime
) -> tuple[Bill, Lock | None]:
    """Return what a letter would be billed as to whom it is for, and why it cannot go (None: it can)."""
    terms = terms_in_force(connection, writing.person.practice)
    try:
        seen = looked_at(connection, writing, letter, now)
    except StoppedError:
        return bill_of(letter.text, terms), None
    except (InputError, NotFoundError) as why_not:
        return bill_of(letter.text, terms), Lock(CANNOT, {}, detail=str(why_not))
    lock = _lock(connection, writing, seen, now)
    draft, held = seen.foreseen.draft, seen.foreseen.held
    bill = replace(
        _bill(draft.text if letter.text else ""),
        cost=draft.cost if letter.text else None,
        currency=draft.currency,
        held_until=held.until if held else None,
        held_because=held.reason if held else None,
        warnings=seen.foreseen.warnings,
        is_sensitive="sensitive" in seen.foreseen.takes,
        forbidden=seen.foreseen.forbidden,
    )
    return bill, lock


def standing_lock(connection: Connection, writing: Writing, right: Right, now: dt.datetime) -> tuple[Bill, Lock | None]:
    """Return the bill of an empty box and why it is locked whatever is written, or None."""
    person = writing.person
    if not person.may(right):
        helpers = _who(connection, person, [role for role, rights in ROLES.items() if right in rights])
        return bill_of(""), Lock(NO_RIGHT, {}, helpers)
    try:
        return foreseen_bill(connection, writing, blank(), now)
    except NotFoundError:
        return bill_of(""), Lock(NO_RULES, {})


def templates_for(connection: Connection, person: Person, language: str) -> list[Offered]:
    """Return the templates that somebody may begin a text with; none before rules are published."""
    try:
        return offered(terms_in_force(connection, person.practice), language)
    except NotFoundError:
        return []


def _bill(words: str) -> Bill:
    measured = measure(words)
    alone, part = (GSM_ALONE, GSM_PART) if measured.encoding == "GSM-7" else (UCS_ALONE, UCS_PART)
    room = alone if measured.segments <= 1 else part * measured.segments
    return Bill(measured, room, max(0, saving(words).saves))


def _lock(connection: Connection, writing: Writing, seen: Outlook, now: dt.datetime) -> Lock | None:
    """Return why nothing can go to them, whatever the words: those have their own sentence beside the counter."""
    key = (writing.person.practice, seen.number)
    standing = consent.standings(connection, [key], now).get(key)
    if standing is not None and standing.opted_out is not None:
        return Lock(OPTED_OUT, {"how": standing.opted_out}, is_opted_out=True)
    lacks = _lacking(connection, writing, seen)
    if lacks is not None:
        return lacks
    verdict = seen.foreseen.verdict
    if isinstance(verdict, Block | End) and verdict != seen.foreseen.content:
        return Lock(CANNOT, {}, detail=verdict.reason)
    return None


def _lacking(connection: Connection, writing: Writing, seen: Outlook) -> Lock | None:
    role = writing.person.user.role
    who = load_current(connection, writing.person.practice).rulebook.practice.who_may_send
    of_the_words: set[SendingRight] = {"sensitive", "in_quiet_hours"}
    takes = seen.foreseen.takes - of_the_words - ({"any_number"} if writing.target.answers else set())
    lacks = missing(who, role, takes)
    if not lacks:
        return None
    known = {user.role for user in list_users(connection, writing.person.practice)}
    can = [each for each in known if not missing(who, each, lacks)]
    return Lock(_LACKS[lacks[0]], {}, _who(connection, writing.person, can))


def _who(connection: Connection, person: Person, roles: Sequence[str]) -> tuple[str, ...]:
    """Return the names of some users in one of these roles."""
    users = list_users(connection, person.practice)
    names = [
        user.name for user in users if user.disabled_at is None and user.role in roles and user.name != person.name
    ]
    return tuple(names[:MOST_HELPERS])
