"""Reads what an inbound text means: its words and a rule's reply words in, one meaning out. Pure.

In this order: a word that carriers know, the practice's words as they were written, then as they are compared, phrases,
what may be an opt-out; anything else is unclear.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from jobs.replies.plain import joined, plain
from jobs.replies.words import (
    AMBIGUOUS,
    HELP,
    OPT_IN,
    OPT_IN_AFTER_OPT_OUT,
    OPT_OUT,
    PHRASES,
    POLITE,
    REACTION,
    TURNED_ROUND,
)
from jobs.terms import Answer, ReplyTerms


class Meaning(StrEnum):
    """What an inbound text means."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    CONFIRMED = "confirmed"
    WANTS_MOVE = "wants_move"
    DECLINED = "declined"
    AMBIGUOUS = "ambiguous"
    """It may be an opt-out: texts wait until staff have looked."""
    UNCLEAR = "unclear"
    """Nobody but a person can tell: rules' texts wait a while."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. `language`: that of its words where they are known; `flagged`: staff are told."""

    meaning: Meaning
    language: str | None = None
    flagged: bool = False


def read(text: str, replies: Mapping[Answer, ReplyTerms] | None = None, *, opted_out: bool = False) -> Reading:
    """Return what a text means, given the reply words of the rule that it answers."""
    found = read_word(text, opted_out=opted_out)
    if found is not None:
        return found
    answer = answer_of(text, replies or {})
    return read_phrase(text) if answer is None else Reading(Meaning(answer))


def read_word(text: str, *, opted_out: bool = False) -> Reading | None:
    """Return what a text of one known word means, with no other words than polite ones; None where it has others.

    `opted_out`: the person is, so that YES ends it.
    """
    words = plain(text)
    opt_in = {**OPT_IN, **OPT_IN_AFTER_OPT_OUT} if opted_out else OPT_IN
    for known, meaning in ((OPT_OUT, Meaning.OPT_OUT), (opt_in, Meaning.OPT_IN), (HELP, Meaning.HELP)):
        found = _only(words, known)
        if found is not None:
            is_flagged = meaning is Meaning.OPT_OUT and joined(words) != found
            return Reading(meaning, known[found], is_flagged)
    return None


def answer_of(text: str, replies: Mapping[Answer, ReplyTerms]) -> Answer | None:
    """Return the answer that a text's words mean under a rule: as written first, then as compared; `01` is not `1`."""
    written = text.strip()
    for answer, words in _words(replies):
        if written == words:
            return answer
    words = plain(text)
    without_politeness = " ".join(word for word in words.split() if word not in POLITE)
    for answer, expected in _words(replies):
        if plain(expected) in {words, without_politeness} - {""}:
            return answer
    return None


def read_phrase(text: str) -> Reading:
    """Return what a text of several words means: an opt-out in other words, perhaps one, or unclear."""
    if REACTION.match(text):
        return Reading(Meaning.UNCLEAR, flagged=True)
    words = plain(text)
    if not TURNED_ROUND.search(words):
        for language, pattern in PHRASES:
            if pattern.search(words):
                return Reading(Meaning.OPT_OUT, language, flagged=True)
    is_perhaps = AMBIGUOUS.search(words) or any(pattern.search(words) for _, pattern in PHRASES)
    return Reading(Meaning.AMBIGUOUS if is_perhaps else Meaning.UNCLEAR, flagged=True)


def waits_for_staff(reading: Reading, text: str) -> bool:
    """Tell whether a person waits for words of staff: not who may have opted out, nor who tapped on a text of ours."""
    is_asked = reading.flagged and reading.meaning not in {Meaning.OPT_OUT, Meaning.AMBIGUOUS}
    return is_asked and REACTION.match(text) is None


def _only(words: str, known: Mapping[str, str]) -> str | None:
    """Return the one known word that a text is, spelled out or said again and again too; polite words do not count."""
    if joined(words) in known:
        return joined(words)
    said = [word for word in words.split() if word not in POLITE]
    first = joined(" ".join(said))
    if first in known:
        return first
    return said[0] if said and set(said) <= {said[0]} and said[0] in known else None


def _words(replies: Mapping[Answer, ReplyTerms]) -> Iterator[tuple[Answer, str]]:
    return ((answer, word) for answer, terms in replies.items() for word in terms.words)
