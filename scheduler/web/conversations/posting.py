"""One text from a page: judged for its box and its counter, and planned once. Letters in, outlooks or problems out."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jobs.database import practice_lock
from jobs.errors import InputError, NotFoundError, QuietbellError, RefusedError
from jobs.terms import Terms
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.once import answered, body_hash, keep_answer
from scheduler.asking.one_offs import OneOff, ahead
from scheduler.asking.recipients import Recipient
from scheduler.asking.sending import Asker, Outlook, goes_at, outlook, plan_one_off
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Right
from scheduler.web.conversations.letters import Letter, Problem, moment_in
from scheduler.web.people import Person
from scheduler.web.place import WebPlace
from scheduler.web.words import sentence

LONGEST_REASON: Final = 500
NO_WORDS: Final = sentence("Write something first.")
NO_MOMENT: Final = sentence("Write a day and a time, or leave it empty for now.")
PASSED: Final = sentence("This moment has passed: choose a later one, or leave it empty for now.")
NO_REASON: Final = sentence("Say why it must go now: the reason is kept with the text.")
NOT_AT_ANY_HOUR: Final = sentence("Your role may not send in quiet hours.")
WARNED: Final = sentence("Look at the warning below, and say whether it is to go all the same.")
NOT_SENT: Final = sentence("It was not sent.")
SENT_BEFORE: Final = sentence("This box was sent before with other words. Load the page again to write another text.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a text goes: `name` tells boxes apart, `recipient` and `sender` are found in the transaction.

    `answers`: it answers who wrote; `then` is done with it once it is planned.
    """

    name: str
    recipient: Callable[[Connection, Terms], Recipient]
    sender: Callable[[Connection, Terms], str | None]
    answers: bool = False
    then: Callable[[Connection, dt.datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody who writes, the zone of their moments, and where the text goes."""

    person: Person
    zone: ZoneInfo
    target: Target

    def asker(self, now: dt.datetime) -> Asker:
        """Return them as who asks for a text."""
        caller = self.person.caller
        return Asker(signed=signed_by(caller, now), by=caller.name, role=caller.role, answers=self.target.answers)


@dataclass(frozen=True, slots=True)
class Posted:
    """A text that was planned, and when it goes as things stand."""

    job: str
    goes_at: dt.datetime
    is_held: bool
    is_later: bool


class StoppedError(QuietbellError):
    """What was typed cannot go like this; the transaction ends with it."""

    def __init__(self, problem: Problem) -> None:
        """Hold what is to be shown."""
        super().__init__(problem.english)
        self.problem = problem


def usual_sender(_connection: Connection, _terms: Terms) -> None:
    """Choose no sender: it is the practice's first."""


def post(here: WebPlace, writing: Writing, letter: Letter) -> Posted | Problem:
    """Plan a text once, however often its form is sent, or return why it was not."""
    person, target = writing.person, writing.target
    found = typed_badly(person, letter)
    if found is not None:
        return found
    hashed = body_hash([target.name, letter.text, letter.to, letter.at, letter.any_hour])

    def work(connection: Connection) -> Posted:
        practice_lock(connection, person.practice, exclusive=False)
        now = here.database.moment(connection)
        before = answered(connection, person.practice, letter.key, hashed, now)
        if before is not None:
            return _posted_before(before)
        asked = asked_for(connection, writing, letter, now)
        asker = writing.asker(now)
        _must_not_be_warned(letter, outlook(connection, asked, asker))
        planned = plan_one_off(connection, asked, asker)
        posted = Posted(planned.new.id.hex, goes_at(planned, now), planned.foreseen.held is not None, bool(letter.at))
        kept = asdict(posted) | {"goes_at": posted.goes_at.isoformat()}
        keep_answer(connection, person.practice, letter.key, planned.new.id, kept)
        if target.then is not None:
            target.then(connection, now)
        return posted

    try:
        return here.database.write(work)
    except StoppedError as stopped:
        return stopped.problem
    except (InputError, RefusedError, NotFoundError) as error:
        return Problem("text", NOT_SENT, detail=str(error))


def asked_for(connection: Connection, writing: Writing, letter: Letter, now: dt.datetime) -> OneOff:
    """Return what a letter asks for; an empty one stands for some short text.

    Raises:
        StoppedError: its moment cannot be read, or has passed.
        InputError: its recipient cannot be texted.

    """
    person, target = writing.person, writing.target
    due = _due(writing.zone, letter, now)
    terms = terms_in_force(connection, person.practice)
    return OneOff(
        recipient=target.recipient(connection, terms),
        key=letter.key,
        due=due,
        sent_by={"name": person.name, "role": person.user.role, "way": "console"},
        text=letter.text or "?",
        sender=target.sender(connection, terms),
        ignore_quiet_hours=letter.any_hour,
        reason=f"at any hour: {letter.because}" if letter.any_hour else None,
    )


def looked_at(connection: Connection, writing: Writing, letter: Letter, now: dt.datetime) -> Outlook:
    """Return what would become of a letter as it stands; nothing is written."""
    return outlook(connection, asked_for(connection, writing, letter, now), writing.asker(now))


def typed_badly(person: Person, letter: Letter) -> Problem | None:
    """Return what is wrong with a letter whatever becomes of it, or None."""
    if not letter.text:
        return Problem("text", NO_WORDS)
    if letter.any_hour and not person.may(Right.SEND_AT_ANY_HOUR):
        return Problem("any_hour", NOT_AT_ANY_HOUR)
    if letter.any_hour and not letter.because:
        return Problem("because", NO_REASON)
    return None


def _due(zone: ZoneInfo, letter: Letter, now: dt.datetime) -> dt.datetime:
    if not letter.at:
        return now
    wanted = moment_in(letter.at, zone)
    if wanted is None:
        raise StoppedError(Problem("at", NO_MOMENT))
    try:
        return ahead(wanted, now)
    except InputError:
        raise StoppedError(Problem("at", PASSED)) from None


def _must_not_be_warned(letter: Letter, seen: Outlook) -> None:
    """Stop a text whose words give something away, unless somebody said that it goes all the same."""
    if seen.forbidden is None and "sensitive" in seen.foreseen.takes and not letter.anyway:
        raise StoppedError(Problem("anyway", WARNED, detail="; ".join(seen.foreseen.warnings)))


def _posted_before(kept: object) -> Posted:
    match kept:
        case {"job": str() as job, "goes_at": str() as goes, "is_held": bool() as held, "is_later": bool() as later}:
            return Posted(job, dt.datetime.fromisoformat(goes), held, later)
    raise StoppedError(Problem("text", SENT_BEFORE))
