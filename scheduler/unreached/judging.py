"""Is one person of an occasion unreached, and why? What was told, ended and decided comes in, a cause goes out. Pure.

Unreached: no sent, not undelivered text was the last to tell them the present start, and a text that came due ended
blocked, failed, undelivered, expired or in doubt, found no open hour, or had no phone. Who cannot be told of a change,
and an occasion that nobody can be reached for, are unreached at once.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from jobs.drafts import Told
from jobs.printing import wall_text
from jobs.states import State
from scheduler.planning.decisions import Decision, Reason

UNSAID: Final = frozenset({State.BLOCKED, State.FAILED, State.UNDELIVERED, State.EXPIRED, State.IN_DOUBT})
"""How a text that came due ends so that its person may know nothing; a cancelled one was not wanted."""

_ENDED: Final = {
    State.BLOCKED: "was blocked",
    State.FAILED: "failed",
    State.UNDELIVERED: "did not arrive",
    State.EXPIRED: "did not go while it was of use",
    State.IN_DOUBT: "may or may not have been sent",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A text to the person that ended so, and when it was due and ended; `text` names it for people."""

    job: uuid.UUID
    text: str
    state: State
    due_at: dt.datetime
    at: dt.datetime
    reason: str | None = None
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What the last text that reached a person told them, and when that text went out."""

    told: Told
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """Why somebody is unreached, as a sentence without its full stop; when that was, and since when they have been."""

    why: str
    at: dt.datetime
    since: dt.datetime
    job: uuid.UUID | None = None


def has_heard(told: Told | None, start: str | None, zone: dt.tzinfo) -> bool:
    """Tell whether what the last text that reached somebody told is the present start (and not that it is off)."""
    return told is not None and not told.is_off and wall_text(told.start, zone) == wall_text(start, zone)


def of_ended(texts: Iterable[Ended], now: dt.datetime) -> Cause | None:
    """Return the cause that the last text that came due and ended so is; a block before that is none yet."""
    due = [text for text in texts if text.state in UNSAID and text.due_at <= now]
    if not due:
        return None
    last = max(due, key=_since)
    because = f": {last.reason}" if last.reason else ""
    since = min(map(_since, due))
    return Cause(f"{last.text} {_ENDED[last.state]}{because}", _since(last), since, last.job)


def of_corrections(texts: Iterable[Ended], heard: Heard, now: dt.datetime) -> Cause | None:
    """Return the cause that a correction is which came due after the last text that arrived, and tells nobody.

    Who knows the start may still not know what else of it changed.
    """
    return of_ended((text for text in texts if text.is_correction and _since(text) > heard.at), now)


def of_decisions(
    decisions: Iterable[Decision], dated_at: dt.datetime, now: dt.datetime, phone_problem: str | None = None
) -> Cause | None:
    """Return the cause that a text is which came due without a phone or an open hour: the last of them."""
    due = [
        decision
        for decision in decisions
        if decision.reason in {Reason.NO_PHONE, Reason.NO_OPEN_HOUR}
        and decision.own_moment is not None
        and decision.own_moment <= now
    ]
    if not due:
        return None
    last = max(due, key=_own_moment)
    text = f"{last.rule}/{last.step}"
    if last.reason is Reason.NO_OPEN_HOUR:
        why = f"{text} found no open hour while it was of use"
    else:
        why = f"{text} had no phone" + (f": the number given {phone_problem}" if phone_problem else "")
    return Cause(why, max(_own_moment(last), dated_at), max(min(map(_own_moment, due)), dated_at))


def at_once(why: str, dated_at: dt.datetime) -> Cause:
    """Return the cause that stands since the present start was recorded."""
    return Cause(why, dated_at, dated_at)


def together(causes: Iterable[Cause | None]) -> Cause | None:
    """Return the latest of several causes (of equal moments the first), since the earliest; None of none."""
    found = [cause for cause in causes if cause is not None]
    if not found:
        return None
    return replace(max(found, key=lambda cause: cause.at), since=min(cause.since for cause in found))


def _since(text: Ended) -> dt.datetime:
    """Return since when a text tells nobody though it came due: a block may come before that."""
    return max(text.at, text.due_at)


def _own_moment(decision: Decision) -> dt.datetime:
    return decision.own_moment or dt.datetime.min.replace(tzinfo=dt.UTC)
