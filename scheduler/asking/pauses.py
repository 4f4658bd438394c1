"""Pausing and resuming: what somebody orders of a practice, a rule, a sender or a provider, in force and noted.

In the caller's transaction, under the practice's lock held alone: what is not on the wire by then waits.
"""

import datetime as dt
from typing import Final

from sqlalchemy import Connection

from jobs import senders
from jobs.errors import InputError, NotFoundError
from jobs.senders import Pause, PauseInForce
from jobs.terms import Terms
from scheduler.asking.acts import note_pause
from scheduler.asking.foreseeing import terms_in_force
from scheduler.identities.audit import Signed

TARGETED: Final = (senders.RULE, senders.SENDER, senders.PROVIDER)
OF_A_PRACTICE: Final = (senders.PRACTICE, *TARGETED)


def pausable(terms: Terms) -> dict[str, list[str]]:
    """Return what can be paused of a practice, by scope."""
    return {
        senders.RULE: sorted(
            {each.id for each in terms.rules} | {name.partition("/")[0] for name in terms.plan_hashes}
        ),
        senders.SENDER: sorted(each.id for each in terms.senders),
        senders.PROVIDER: sorted({each.provider for each in terms.senders}),
    }


def pauses_of(connection: Connection, practice: str, now: dt.datetime) -> list[PauseInForce]:
    """Return the pauses in force that concern a practice, the oldest first."""
    return senders.pauses_in_force(connection, [practice], now)


def wanted_pause(practice: str, scope: str, target: str | None, *, reason: str, until: dt.datetime | None) -> Pause:
    """Return the pause that is meant; of the whole practice its target is None.

    Raises:
        InputError: there is no such scope, or it lacks its target.

    """
    if scope not in OF_A_PRACTICE or (scope in TARGETED and not target):
        message = "say what to pause: the practice, or one of its rules, senders or providers"
        raise InputError(message)
    return Pause(scope, practice, target if scope in TARGETED else None, reason, until)


def set_pause(connection: Connection, signed: Signed, wanted: Pause) -> bool:
    """Pause, and note it; tell whether that is new.

    Raises:
        NotFoundError: the revision in force has no such rule, sender or provider.
        InputError: it has no reason, or its end has passed.

    """
    if not wanted.reason:
        message = "a pause needs a reason: it is kept, and shown with each text that waits"
        raise InputError(message)
    if wanted.until is not None and wanted.until <= signed.at:
        message = "the end of the pause has passed: name a moment ahead, or none"
        raise InputError(message)
    if wanted.target is not None:
        known = pausable(terms_in_force(connection, signed.practice))[wanted.scope]
        if wanted.target not in known:
            message = f"there is no {wanted.scope} {wanted.target!r}; there is: {', '.join(known) or 'none'}"
            raise NotFoundError(message)
    senders.hold_practice(connection, wanted.practice)
    is_new = bool(senders.pause(connection, [wanted], by=signed.by, now=signed.at))
    if is_new:
        note_pause(connection, signed, wanted, "set")
    return is_new


def lift_pause(connection: Connection, signed: Signed, lifted: Pause) -> bool:
    """Let go on what was paused, and note it; tell whether anything was."""
    senders.hold_practice(connection, lifted.practice)
    was_any = bool(senders.resume(connection, [lifted], now=signed.at, by=signed.by))
    if was_any:
        note_pause(connection, signed, lifted, "lifted")
    return was_any
