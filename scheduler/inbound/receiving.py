"""Takes an inbound text in: stored, read, and carried out, in one transaction at its practice's intake.

A verified `Inbound` comes in; what it meant goes out. The same text again changes nothing. It sends nothing itself.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from jobs import consent
from jobs.conversation import Arrived, Home, Meant, arrive, home_of, note_meaning, opt_out, settle
from jobs.conversation.telling import tell_received
from jobs.database import Database
from jobs.phone import mask
from jobs.providers.contract import Capabilities, Inbound
from jobs.replies import CARRIERS_ANSWER, Meaning, Reading, Saying, read_phrase, read_word
from jobs.sensitive_content import find_sensitive
from jobs.store.values import PROVIDER
from scheduler.inbound.acknowledging import Acknowledgement, acknowledge, saying
from scheduler.inbound.answering import answer
from scheduler.inbound.out_of_hours import out_of_hours
from scheduler.inbound.recording import end_opt_out
from scheduler.intake.turns import LoadCurrent, Turn, Turns
from scheduler.publishing.revisions import load_current

CONFIRMED_WITHIN: Final = dt.timedelta(minutes=5)
"""An opt-out is confirmed within this or not at all (47 CFR 64.1200(a)(12))."""
THE_PERSON: Final = "the person"

_LONGEST_EVIDENCE: Final = 500
_STOPS: Final = {"stop": Meaning.OPT_OUT, "start": Meaning.OPT_IN, "help": Meaning.HELP}
_NO_CAPABILITIES: Final = Capabilities()


@dataclass(frozen=True, slots=True)
class NobodysNumber:
    """No practice has the number that was written to; nothing was stored. `number` is masked."""

    number: str


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a text: what it means, whether staff are asked, and whether it is answered by itself.

    `text` names the contact and the others with the same number; where its `is_new` is False nothing was done.
    """

    text: Arrived
    meaning: Meaning | None = None
    flagged: bool = False
    is_acknowledged: bool = False
    blocked: int = 0
    reopened: int = 0


def receive(
    database: Database,
    provider: str,
    inbound: Inbound,
    capabilities: Capabilities = _NO_CAPABILITIES,
    *,
    load: LoadCurrent = load_current,
) -> Received | NobodysNumber:
    """Take a text in that `provider` brought: it is stored once, opts out or in, sets an answer, or asks staff.

    Raises:
        NotFoundError: nothing was published for the practice that has the number.

    """
    with database.read() as connection:
        home = home_of(connection, provider, inbound)
    if home is None:
        return NobodysNumber(mask(inbound.to_number))
    turns = Turns(database, load)
    return turns.take(home.practice, lambda turn: _take(turn, home, (provider, inbound, capabilities)))


def _take(turn: Turn, home: Home, given: tuple[str, Inbound, Capabilities]) -> Received:
    provider, inbound, capabilities = given
    arrived = arrive(turn.connection, provider, inbound, home, turn.now)
    if not arrived.is_new:
        return Received(arrived)
    key = (home.practice, home.number)
    standing = consent.standings(turn.connection, [key], turn.now).get(key, consent.Standing())
    has_stopped = standing.opted_out is not None
    reading = _read(inbound, opted_out=has_stopped)
    answered_there = inbound.stop is not None or _answers(inbound, capabilities)
    match reading.meaning if reading else None:
        case Meaning.OPT_OUT if reading:
            return _stop(turn, arrived, reading, answered_there=answered_there)
        case Meaning.OPT_IN if reading:
            return _start(turn, arrived, reading, answered_there=answered_there or not has_stopped)
        case Meaning.HELP if reading:
            return _help(turn, arrived, reading, is_silent=answered_there or has_stopped)
    return _reply(turn, arrived, has_stopped=has_stopped)


def _read(inbound: Inbound, *, opted_out: bool) -> Reading | None:
    """Return what the provider took a text for, else what its word means; None where people's words are to be read."""
    read = read_word(inbound.body, opted_out=opted_out)
    taken_for = _STOPS.get(inbound.stop or "")
    if taken_for is None:
        return read
    return Reading(taken_for, read.language if read else None)


def _answers(inbound: Inbound, capabilities: Capabilities) -> bool:
    return capabilities.answers_stop and inbound.body.strip().casefold() in CARRIERS_ANSWER


def _stop(turn: Turn, arrived: Arrived, reading: Reading, *, answered_there: bool) -> Received:
    """Opt a number out; confirmed once an opt-out, and not where the provider has confirmed it."""
    opted = opt_out(turn.connection, _word(arrived, consent.OPT_OUT), by=PROVIDER, now=turn.now)
    confirmation = None
    if opted.is_new and not answered_there:
        words = saying(turn, arrived, Saying.OPT_OUT, reading.language)
        confirmation = Acknowledgement(Saying.OPT_OUT, text=words, useful_for=CONFIRMED_WITHIN, is_due_by_law=True)
    return _done(turn, arrived, _Done(reading, confirmation, blocked=len(opted.jobs)))


def _start(turn: Turn, arrived: Arrived, reading: Reading, *, answered_there: bool) -> Received:
    """End an opt-out: what it blocked and is still of use waits again, as far as planning still wants it."""
    opted = end_opt_out(turn, _word(arrived, consent.OPT_IN), by=PROVIDER)
    settle(turn.connection, arrived.practice, arrived.number, by=THE_PERSON, now=turn.now)
    words = saying(turn, arrived, Saying.OPT_IN, reading.language)
    welcome = None if answered_there else Acknowledgement(Saying.OPT_IN, text=words)
    return _done(turn, arrived, _Done(reading, welcome, reopened=len(opted.jobs)))


def _help(turn: Turn, arrived: Arrived, reading: Reading, *, is_silent: bool) -> Received:
    words = saying(turn, arrived, Saying.HELP, reading.language)
    return _done(turn, arrived, _Done(reading, None if is_silent else Acknowledgement(Saying.HELP, text=words)))


def _reply(turn: Turn, arrived: Arrived, *, has_stopped: bool) -> Received:
    """Carry out what a text means that holds no word of the carriers: an answer, an opt-out in other words, neither."""
    answered = answer(turn, arrived)
    if answered is None:
        reading = read_phrase(arrived.body)
        if reading.meaning is Meaning.OPT_OUT:
            return _stop(turn, arrived, reading, answered_there=False)
        return _done(turn, arrived, _Done(reading, None if has_stopped else out_of_hours(turn, arrived, reading)))
    reading = Reading(answered.meaning, flagged=answered.flagged)
    said = None if has_stopped else answered.acknowledgement or out_of_hours(turn, arrived, reading)
    return _done(turn, arrived, _Done(reading, said, answered.occasion_id))


@dataclass(frozen=True, slots=True)
class _Done:
    """What a text meant, how it is to be answered, what it was about, and how many jobs it moved."""

    reading: Reading
    acknowledgement: Acknowledgement | None = None
    occasion_id: uuid.UUID | None = None
    blocked: int = 0
    reopened: int = 0


def _done(turn: Turn, arrived: Arrived, done: _Done) -> Received:
    """Plan the acknowledgement, if the number was not answered too often, and note what the text meant."""
    planned = None if done.acknowledgement is None else acknowledge(turn, arrived, done.acknowledgement)
    is_cut = done.acknowledgement is not None and planned is None
    meant = Meant(done.reading.meaning.value, done.reading.flagged or is_cut, done.occasion_id, planned)
    note_meaning(turn.connection, arrived.id, meant)
    tell_received(turn.connection, arrived, now=turn.now)
    return Received(
        arrived, done.reading.meaning, meant.flagged, planned is not None, blocked=done.blocked, reopened=done.reopened
    )


def _word(arrived: Arrived, what: str) -> consent.ConsentWord:
    """Return the person's word with its evidence: the text's id and its words, unless they give something away."""
    gives_away = find_sensitive(arrived.body, frozenset())
    words = "(not repeated here)" if gives_away else arrived.body[:_LONGEST_EVIDENCE]
    return consent.ConsentWord(
        practice=arrived.practice,
        number=arrived.number,
        what=what,
        source="text",
        by=THE_PERSON,
        evidence=f"text {arrived.id}: {words}",
    )
