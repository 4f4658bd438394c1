"""Records a word on a number that came another way than by text: by phone, by mail, on a form; and does what it means.

In the caller's turn at intake: an opt-out blocks what waits, its end brings back what planning still wants.
"""

import datetime as dt
from typing import Final

from jobs import consent
from jobs.consent import ConsentWord
from jobs.conversation import Opted, opt_in, opt_out
from jobs.errors import InputError
from scheduler.intake.turns import Turn
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.replanner import replan

SOURCES: Final = ("phone", "mail", "form", "in_person")
"""Ways in which a person says something to staff."""
_COMMERCIAL: Final = "commercial"


def record_word(turn: Turn, word: ConsentWord, *, by: str) -> Opted:
    """Record a word with its evidence and do what it means; a consent of its own moves no job.

    Raises:
        InputError: there is no evidence, or a consent lacks what its purpose needs.

    """
    _must_be_whole(word, turn.now)
    if word.what == consent.OPT_OUT:
        return opt_out(turn.connection, word, by=by, now=turn.now)
    if word.what == consent.OPT_IN:
        return end_opt_out(turn, word, by=by)
    consent.record(turn.connection, [word], now=turn.now)
    return Opted(is_new=True)


def end_opt_out(turn: Turn, word: ConsentWord, *, by: str) -> Opted:
    """End an opt-out and plan what it had blocked again, so that only what is still wanted waits."""
    opted = opt_in(turn.connection, word, by=by, now=turn.now)
    if opted.occasions:
        current = turn.current
        basis = basis_of(current.revision, current.rulebook, current.plan)
        replan(turn.connection, basis, opted.occasions, Occurrence(turn.now))
    return opted


def _must_be_whole(word: ConsentWord, now: dt.datetime) -> None:
    """Refuse a word that would prove nothing.

    Raises:
        InputError: something is missing, with what.

    """
    if not (word.evidence or "").strip():
        message = "say what proves it: who said so, when, where it is kept"
        raise InputError(message)
    if word.given_at is not None and word.given_at > now:
        message = f"it was given at {word.given_at:%Y-%m-%d %H:%M} UTC, which is still ahead"
        raise InputError(message)
    if word.what != consent.CONSENT:
        return
    needed = {"basis": word.basis, "wording": word.wording, "given": word.given_at}
    missing = [name for name, value in needed.items() if not value]
    if word.purpose == _COMMERCIAL and missing:
        message = f"consent to commercial texts needs {', '.join(missing)} too"
        raise InputError(message)
    if word.basis == consent.IMPLIED and word.expires_at is None:
        message = "implied consent lapses: say when with expires"
        raise InputError(message)
    if word.expires_at is not None and word.expires_at <= now:
        message = f"it lapsed at {word.expires_at:%Y-%m-%d %H:%M} UTC already"
        raise InputError(message)
