"""What becomes of a job after an outcome: its next state, when it may go again, and why. Pure; randomness is passed in.

Retries back off exponentially with full jitter, bounded by attempts and `useful_until`; a provider may ask for more.
Source of full jitter: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from jobs.drafts import ClaimedJob
from jobs.providers.contract import Accepted, Closed, Later, NotWritten, Outcome, Refused, Throttled, Unknown
from jobs.states import State

MOST_ATTEMPTS: Final = 5
FIRST_WAIT: Final = dt.timedelta(seconds=30)
LONGEST_WAIT: Final = dt.timedelta(minutes=30)
THROTTLED_WAIT: Final = dt.timedelta(seconds=2)
LONGEST_ASKED: Final = dt.timedelta(hours=24)
_MOST_DOUBLINGS: Final = 16

Jitter: TypeAlias = Callable[[], float]
"""A number from 0 up to 1, uniformly at random."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where a job goes, `due_at` where it waits, `reason` for people, and the provider's own code."""

    state: State
    reason: str | None = None
    due_at: dt.datetime | None = None
    code: str | None = None


def after(outcome: Outcome, job: ClaimedJob, now: dt.datetime, jitter: Jitter) -> Next:
    """Return what becomes of a job whose attempt ended so."""
    match outcome:
        case Accepted():
            return Next(State.SENT)
        case Unknown():
            return Next(State.IN_DOUBT, f"sent or not, nobody knows yet: {outcome.reason}", code=outcome.code)
        case Refused():
            state = State.BLOCKED if outcome.opted_out else State.FAILED
            return Next(state, f"the provider refused it: {outcome.reason}", code=outcome.code)
        case Later():
            return _later(outcome, job, now, jitter)
        case Throttled() | Closed() | NotWritten():
            return _held(outcome, job, now, jitter)


def may_take_over(outcome: Outcome, job: ClaimedJob, now: dt.datetime) -> bool:
    """Tell whether a fallback sender takes over at once: surely not sent, with an attempt and time left."""
    return isinstance(outcome, (Later, Closed)) and job.attempts + 1 < MOST_ATTEMPTS and now < job.useful_until


def backoff(attempts: int, jitter: Jitter) -> dt.timedelta:
    """Return the wait after `attempts` burnt ones (1 or more): full jitter under a bound that doubles."""
    doublings = min(attempts - 1, _MOST_DOUBLINGS)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings)) * jitter()


def _held(outcome: Throttled | Closed | NotWritten, job: ClaimedJob, now: dt.datetime, jitter: Jitter) -> Next:
    """Return the wait of what burns no attempt: a pause, not the job's `due_at`, holds the jobs of what is closed."""
    match outcome:
        case Throttled():
            wait = _asked(outcome.after) or THROTTLED_WAIT * (1 + jitter())
            return _waits(State.HELD, f"the sender is throttled: {outcome.reason}", now + wait, job, outcome.code)
        case Closed():
            return _waits(State.HELD, f"the {outcome.what} is closed: {outcome.reason}", now, job, outcome.code)
        case NotWritten():
            return _waits(State.HELD, outcome.reason, now, job, None)


def _later(outcome: Later, job: ClaimedJob, now: dt.datetime, jitter: Jitter) -> Next:
    burnt = job.attempts + 1
    if burnt >= MOST_ATTEMPTS:
        return Next(State.FAILED, f"not sent after {burnt} attempts: {outcome.reason}", code=outcome.code)
    wait = max(backoff(burnt, jitter), _asked(outcome.after) or dt.timedelta())
    return _waits(State.RETRYING, f"attempt {burnt} was not sent: {outcome.reason}", now + wait, job, outcome.code)


def _waits(state: State, reason: str, due_at: dt.datetime, job: ClaimedJob, code: str | None) -> Next:
    if due_at >= job.useful_until:
        return Next(State.EXPIRED, f"{reason}; the next try would come when it is no longer useful", code=code)
    return Next(state, reason, due_at, code)


def _asked(after: dt.timedelta | None) -> dt.timedelta | None:
    """Return what the provider asked for, within reason: its answers are not ours to trust."""
    return None if after is None else min(max(after, dt.timedelta()), LONGEST_ASKED)
