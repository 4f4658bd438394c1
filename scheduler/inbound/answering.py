"""What a reply does: sets the answer of the occasion it is about and plans again, asks which one, or tells the truth.

In the caller's turn at intake; the acknowledgement goes out as a value. Words that mean nothing here give None.
"""

import datetime as dt
import string
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from jobs.conversation import Arrived
from jobs.drafts import About, Person
from jobs.printing import print_date, print_time, printing_for, read_moment, zone_printed
from jobs.records import jobs, texts
from jobs.replies import Meaning, Saying, plain
from jobs.replies.sayings import language_of, letters_in_words
from jobs.windows.sending import zone_of
from scheduler.inbound.acknowledging import Acknowledgement, saying
from scheduler.inbound.acknowledging import language_of as language_of_text
from scheduler.inbound.candidates import Candidate, Stands, candidates
from scheduler.inbound.choosing import Asks, Sets, Tells, choose
from scheduler.intake.occasions import set_answer
from scheduler.intake.turns import Turn

CHOICE_HOLDS: Final = dt.timedelta(days=1)
"""How long the question which one is meant waits for its letter."""
_FOR_STAFF: Final = frozenset({"wants_move", "declined"})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reply meant: about which occasion (None: that is being asked), and what acknowledges it."""

    meaning: Meaning
    acknowledgement: Acknowledgement | None = None
    occasion_id: uuid.UUID | None = None
    flagged: bool = False


def answer(turn: Turn, arrived: Arrived) -> Answered | None:
    """Carry out what a text answers; None where it answers nothing."""
    told = candidates(turn.connection, turn.current.terms, arrived, turn.now)
    picked = _picked(turn, arrived, told)
    chosen = picked or choose(told, arrived.body)
    match chosen:
        case Sets():
            return _set(turn, chosen)
        case Tells():
            return _tell(turn, arrived, chosen)
        case Asks():
            return _ask(turn, arrived, chosen)
    return None


def _set(turn: Turn, chosen: Sets) -> Answered:
    about = chosen.candidate
    set_answer(turn.connection, turn.current, about.occasion_id, chosen.answer, turn.now)
    say = about.rule.replies[chosen.answer].say
    acknowledgement = None
    if say is not None:
        acknowledgement = Acknowledgement(
            chosen.answer,
            template=say,
            rule=about.rule.id,
            occasion_id=about.occasion_id,
            contact_id=about.contact_id,
        )
    return Answered(Meaning(chosen.answer), acknowledgement, about.occasion_id, chosen.answer in _FOR_STAFF)


def _tell(turn: Turn, arrived: Arrived, chosen: Tells) -> Answered:
    """Say that what was answered about is off, or when it is now; the answer is not set, and staff hear of it."""
    about = chosen.candidate
    what = Saying.CANCELLED if about.stands is Stands.CANCELLED else Saying.MOVED
    words = saying(turn, arrived, what, None, when=_when(turn, arrived, about))
    acknowledgement = Acknowledgement(what, text=words)
    return Answered(Meaning(chosen.answer), acknowledgement, about.occasion_id, flagged=True)


def _ask(turn: Turn, arrived: Arrived, chosen: Asks) -> Answered:
    letters = _letters(turn, len(chosen.candidates))
    named = dict(zip(letters, chosen.candidates, strict=True))
    choices = "; ".join(f"{letter}: {_when(turn, arrived, each)}" for letter, each in named.items())
    language = language_of_text(turn, arrived)
    spoken = letters_in_words(letters, language)
    words = saying(turn, arrived, Saying.WHICH_ONE, None, choices=choices, letters=spoken)
    variables = {"answer": chosen.answer, "choices": {letter: each.occasion_id.hex for letter, each in named.items()}}
    return Answered(Meaning(chosen.answer), Acknowledgement(Saying.WHICH_ONE, text=words, variables=variables))


def _picked(turn: Turn, arrived: Arrived, told: list[Candidate]) -> Sets | Tells | None:
    """Return the occasion whose letter a text is, where the number was just asked which one it means."""
    asked = turn.connection.execute(
        select(jobs.c.step, jobs.c.variables)
        .join(texts, texts.c.acknowledged_by == jobs.c.id)
        .where(
            texts.c.practice == arrived.practice,
            texts.c.number == arrived.number,
            texts.c.at > turn.now - CHOICE_HOLDS,
        )
        .order_by(texts.c.at.desc(), texts.c.id.desc())
        .limit(1)
    ).first()
    if asked is None or asked.step != Saying.WHICH_ONE:
        return None
    occasion = asked.variables["choices"].get(plain(arrived.body).upper())
    about = next((each for each in told if each.occasion_id.hex == occasion), None)
    if about is None or about.stands is Stands.PAST or asked.variables["answer"] not in about.rule.replies:
        return None
    meant = next(each for each in about.rule.replies if each == asked.variables["answer"])
    return Sets(about, meant) if about.stands is Stands.OPEN else Tells(about, meant)


def _letters(turn: Turn, count: int) -> list[str]:
    """Return letters to choose with: none that is a reply word of the practice."""
    replies = [terms for rule in turn.current.terms.rules for terms in rule.replies.values()]
    taken = {plain(word).upper() for terms in replies for word in terms.words}
    return [letter for letter in string.ascii_uppercase if letter not in taken][:count]


def _when(turn: Turn, arrived: Arrived, about: Candidate) -> str:
    """Return when an occasion is, in the language of the answer and the zone in which its texts print."""
    terms = turn.current.terms
    given = about.start or about.told_start
    if given is None:
        return ""
    thing = About(kind="", start=given, timezone=about.timezone, remote=about.remote)
    zone, names_zone = zone_printed(thing, Person(timezone=about.contact_zone), terms.timezone)
    moment = read_moment(given, zone_of(about.timezone or terms.timezone))
    language = language_of(language_of_text(turn, arrived))
    how = printing_for(language, terms.country, turn.now.astimezone(zone), names_zone=names_zone)
    if not isinstance(moment, dt.datetime):
        return print_date(moment, how, "short")
    moment = moment.astimezone(zone)
    return f"{print_date(moment, how, 'short')} {print_time(moment, how)}"
