"""Which of several occasions a reply is about: candidates in, one of them or the question out. Pure.

The last told counts. Others that were told at nearly the same time and are not answered yet make it a question; one
that was called off or moved is told as it is, and sets no answer.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from jobs.replies import answer_of
from jobs.terms import Answer
from scheduler.inbound.candidates import Candidate, Stands

TOGETHER: Final = dt.timedelta(days=2)
"""Texts that came within this of each other may be answered together."""
MOST_CHOICES: Final = 4
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Sets:
    """The reply is about this occasion and sets its answer."""

    candidate: Candidate
    answer: Answer


@dataclass(frozen=True, slots=True)
class Tells:
    """The reply is about an occasion that no longer is as it was told: its person hears how it is."""

    candidate: Candidate
    answer: Answer


@dataclass(frozen=True, slots=True)
class Asks:
    """The reply may be about each of these: its person is asked which one."""

    candidates: tuple[Candidate, ...]
    answer: Answer


Chosen: TypeAlias = Sets | Tells | Asks


def choose(candidates: Sequence[Candidate], words: str) -> Chosen | None:
    """Return what a reply is about (candidates: the last told first); None where its words mean nothing there."""
    ahead = [each for each in candidates if each.stands is not Stands.PAST]
    meant = [(each, found) for each in ahead if (found := answer_of(words, each.rule.replies)) is not None]
    if not meant:
        return None
    newest, answer = meant[0]
    if newest.stands is not Stands.OPEN:
        return Tells(newest, answer)
    others = [
        each
        for each, its_answer in meant[1:]
        if each.stands is Stands.OPEN
        and each.answer == _NONE
        and newest.told_at - each.told_at <= TOGETHER
        and its_answer == answer
    ]
    return Asks((newest, *others)[:MOST_CHOICES], answer) if others else Sets(newest, answer)
