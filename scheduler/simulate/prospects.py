"""What becomes of given jobs when each falls due, alone: waiting jobs in; time, holds, text, bill and verdict out.

The worker's own facts, renderer and gates, asked at the job's own moment and again where a gate holds it. What other
texts use up until then (money, a number's texts of the day, turns) is left to a whole simulation. It writes nothing.
"""

import datetime as dt
import threading
import uuid
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine

from jobs.delivery.batches import Composed
from jobs.delivery.withholding import UNPUBLISHED, verdict_on
from jobs.drafts import Draft, Facts
from jobs.facts import FactsReader, with_money
from jobs.gates.contract import Block, End, Hold, Verdict
from jobs.rendering import Renderer, Unrenderable
from jobs.states import UNCLAIMED, State
from jobs.store.values import Job
from scheduler.simulate.fates import Wait

MOST_HOLDS: Final = 5
"""Holds that are followed: who is held more often waits for something that no clock tells."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a job comes to at `at` as things stand now: `verdict`, after `waits`; `draft` is its text where it has one.

    A verdict that is still a hold after `MOST_HOLDS` is left as it is.
    """

    at: dt.datetime
    verdict: Verdict
    draft: Draft | None
    waits: tuple[Wait, ...] = ()


class _Desk:
    """What is kept of a database: compiled templates, and the terms of its revisions."""

    def __init__(self) -> None:
        self.reader = FactsReader()
        self.renderer = Renderer()


_desks: weakref.WeakKeyDictionary[Engine, _Desk] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def prospects_of(connection: Connection, jobs: Sequence[Job], now: dt.datetime) -> dict[uuid.UUID, Prospect]:
    """Return the prospect of each of these jobs that waits or is queued, by its id."""
    waiting = [job for job in jobs if job.state in UNCLAIMED]
    if not waiting:
        return {}
    desk = _desk_of(connection.engine)
    found = desk.reader.read(connection, waiting, now)
    return {job.id: _prospect(connection, desk, (job, found.get(job.id)), now) for job in waiting}


def _desk_of(engine: Engine) -> _Desk:
    with _lock:
        return _desks.setdefault(engine, _Desk())


def _prospect(connection: Connection, desk: _Desk, of: tuple[Job, Facts | None], now: dt.datetime) -> Prospect:
    job, facts = of
    at, waits = max(job.due_at, now), list[Wait]()
    while True:
        draft, verdict = _judged(connection, desk, (job, facts), at)
        if isinstance(verdict, Hold) and len(waits) < MOST_HOLDS and verdict.until > at:
            waits.append(Wait(at, verdict.until, verdict.reason))
            at = verdict.until
            if at >= job.useful_until:
                verdict = End(State.EXPIRED, f"no longer useful; it waited while held ({verdict.reason})")
                return Prospect(job.useful_until, verdict, draft, tuple(waits))
            continue
        return Prospect(at, verdict, draft, tuple(waits))


def _judged(
    connection: Connection, desk: _Desk, of: tuple[Job, Facts | None], at: dt.datetime
) -> tuple[Draft | None, Verdict]:
    """Return a job's text at a moment, and what the gates say of it."""
    job, facts = of
    if facts is None:
        return None, Block(UNPUBLISHED)
    if facts.consent is not None:  # which may run out until then
        facts = desk.reader.read(connection, [job], at).get(job.id, facts)
    facts = with_money(connection, {job.id: facts}, at, lock=False)[job.id]
    made = desk.renderer.compose(facts, at)
    return (None if isinstance(made, Unrenderable) else made), verdict_on(Composed(job, facts, made), at)
