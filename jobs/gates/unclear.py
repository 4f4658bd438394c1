"""Gate: did the number send something that a person must look at before more texts of rules go to it? Pure.

After an unclear text reminders wait half an hour, as long as they are of use; after what may be an opt-out they and
corrections wait until staff have looked.
"""

import datetime as dt
from typing import Final

from jobs.gates.contract import Draft, Facts, Hold, Pass, Verdict
from jobs.states import Origin

WAITS: Final = dt.timedelta(minutes=30)
"""How long reminders wait after an unclear text."""
LOOKS_AGAIN: Final = dt.timedelta(minutes=30)
"""How often a job looks whether staff have settled what may be an opt-out."""
LAST_CALL: Final = dt.timedelta(minutes=5)
"""So long before its end of use a reminder goes all the same."""

_OF_RULES: Final = frozenset({Origin.REMINDER, Origin.CORRECTION})


def gate(_draft: Draft, facts: Facts, now: dt.datetime) -> Verdict:
    """Hold a rule's text to a number whose last words staff have not settled."""
    if facts.perhaps_opted_out and facts.job.origin in _OF_RULES:
        return Hold(now + LOOKS_AGAIN, "the person wrote what may be an opt-out: it waits until staff have looked")
    if facts.unclear_at is None or facts.job.origin is not Origin.REMINDER:
        return Pass()
    until = min(facts.unclear_at + WAITS, facts.job.useful_until - LAST_CALL)
    return Hold(until, "the person wrote something unclear: it waits for staff a while") if now < until else Pass()
