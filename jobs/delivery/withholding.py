"""A composed job in, the gates' verdict on it out, and that verdict as what the store does to the job. Pure."""

import datetime as dt
import uuid
from typing import Final

from jobs.delivery.batches import Composed
from jobs.drafts import Draft, Facts
from jobs.errors import QuietbellError
from jobs.gates import judge, still_wanted
from jobs.gates.contract import Block, End, Hold, Pass, Verdict
from jobs.rendering import Unrenderable
from jobs.states import State
from jobs.store.values import Withheld

UNPUBLISHED: Final = "its practice has no rulebook in force"
UNJUDGEABLE: Final = (QuietbellError, ValueError, TypeError, ArithmeticError, LookupError)


def verdict_on(composed: Composed, now: dt.datetime) -> Verdict:
    """Return the gates' verdict; a job without a text is blocked, unless it is unwanted or planned again anyway."""
    if composed.facts is None:
        return Hold(now + still_wanted.REPLAN_WITHIN, UNPUBLISHED)
    try:
        return _judged(composed.made, composed.facts, now)
    except UNJUDGEABLE as problem:
        # One job's odd data must not take the rest of its batch along.
        return Block(f"it cannot be judged: {problem}")


def _judged(made: Draft | Unrenderable, facts: Facts, now: dt.datetime) -> Verdict:
    if isinstance(made, Draft):
        return judge(made, facts, now)
    verdict = still_wanted.gate(None, facts, now)
    return Block(made.reason) if isinstance(verdict, Pass) else verdict


def withheld_by(verdict: Hold | Block | End, job_id: uuid.UUID, fence: int) -> Withheld:
    """Return how the store withholds a job of that verdict."""
    match verdict:
        case Hold():
            return Withheld(
                id=job_id,
                fence=fence,
                state=State.HELD,
                reason=verdict.reason,
                until=verdict.until.astimezone(dt.UTC),
                being_replanned=verdict.being_replanned,
            )
        case Block():
            return Withheld(id=job_id, fence=fence, state=State.BLOCKED, reason=verdict.reason)
        case End():
            return Withheld(id=job_id, fence=fence, state=verdict.state, reason=verdict.reason)


def released(job_id: uuid.UUID, fence: int, reason: str) -> Withheld:
    """Return how the store gives a claimed job back unharmed, due as it was."""
    return Withheld(id=job_id, fence=fence, state=State.SCHEDULED, reason=reason)
