"""Brings a practice's jobs in line with its current revision: what is due soonest first, in short transactions.

How far it is stands in the database, written with each part: whoever goes on after a crash does nothing twice.
"""

import bisect
import datetime as dt
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sqlalchemy import Connection

from jobs.clock import steady_seconds
from jobs.database import Database, practice_lock
from scheduler.planning.basis import Occurrence, Replanned, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.pacing import FIRST_AT_ONCE, Pace
from scheduler.publishing.replan_order import due_otherwise, in_order, parts
from scheduler.publishing.replans import (
    Lane,
    Position,
    Wish,
    end_lane,
    find_wish,
    hold_lane,
    keep_lane,
    unfinished,
)
from scheduler.publishing.revisions import Current, load_current

SOON: Final = dt.timedelta(hours=1)
SECONDS_WITH_PUBLISH: Final = 0.05
"""How long the transaction that publishes may go on planning: everybody waits for it."""
ANALYSED_AFTER_PARTS: Final = frozenset({10, 100})

Tell = Callable[[int, int], None]
"""Told how many occasions are done, and of how many."""


def say_nothing(_done: int, _total: int) -> None:
    """Tell nobody."""


def replan_soon(connection: Connection, practice: str, now: dt.datetime) -> Replanned:
    """Plan what is due within the hour and not in line, as far as time allows, in the transaction of a publish."""
    current = load_current(connection, practice)
    began, done = steady_seconds(), Replanned()
    for part in parts(due_otherwise(connection, current, now + SOON), FIRST_AT_ONCE):
        if steady_seconds() - began > SECONDS_WITH_PUBLISH:
            break
        done = done.plus(replan_part(connection, current, part, now))
    wish = find_wish(connection, practice)
    if wish is not None:
        keep_lane(connection, wish.lanes[0].went_on(None, 0, done))
    return done


def replan_part(connection: Connection, current: Current, ids: Sequence[uuid.UUID], now: dt.datetime) -> Replanned:
    """Plan some occasions again as a publish does, which makes nothing late."""
    basis = basis_of(current.revision, current.rulebook, current.plan)
    return replan(connection, basis, ids, Occurrence(now, Cause.PUBLISHING))


def finish_replan(
    database: Database, practice: str, tell: Tell = say_nothing, *, seconds: float | None = None, wait: bool = True
) -> Wish | None:
    """Go on with a practice's replan, to its end or for so many seconds, and return how far it is.

    None where none was ever asked for. With `wait` false, lanes that another process is at are left to it.
    """
    until = None if seconds is None else steady_seconds() + seconds
    wish = wish_of(database, practice)
    while wish is not None and not wish.is_ended:
        _go_on(database, wish, tell, until, wait=wait)
        before, wish = wish, wish_of(database, practice)
        if (not wait and wish == before) or (until is not None and steady_seconds() >= until):
            break
    return wish


def unfinished_replans(database: Database) -> Sequence[str]:
    """Return the practices whose jobs are not in line yet, the longest waiting first."""
    with database.read() as connection:
        return unfinished(connection)


def wish_of(database: Database, practice: str) -> Wish | None:
    """Return the replan that was asked for last, and how far it is."""
    with database.read() as connection:
        return find_wish(connection, practice)


def _go_on(database: Database, wish: Wish, tell: Tell, until: float | None, *, wait: bool) -> None:
    """Go on with every lane that has not ended: side by side, or one after the other where others are at them, too."""
    progress = _Progress(wish, tell)
    runs = [_Run(database, lane, progress, wait=wait) for lane in wish.lanes if not lane.is_ended]
    # PostgreSQL looks at a table's size once a minute: until then it searches one that was empty just now as a whole.
    runs[0].looks_at_sizes = not database.is_sqlite
    if len(runs) == 1 or not wait:
        for run in runs:
            run.go_on(until)
        return
    with ThreadPoolExecutor(len(runs)) as threads:
        for ended in [threads.submit(run.go_on, until) for run in runs]:
            ended.result()


class _Progress:
    """Tells how far all lanes together are."""

    def __init__(self, wish: Wish, tell: Tell) -> None:
        self._lanes = {lane.lane: lane for lane in wish.lanes}
        self._tell = tell
        self._lock = threading.Lock()

    def note(self, lane: Lane) -> None:
        with self._lock:
            self._lanes[lane.lane] = lane
            wish = Wish(tuple(self._lanes.values()))
            self._tell(wish.done, wish.total)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one transaction did; `occasions` 0: nothing was left, and the lane has ended."""

    lane: Lane
    occasions: int = 0
    began: float = 0.0
    seconds: float = 0.0


class _Run:
    """One go at a lane: the order of its occasions is read once, then they are planned part by part."""

    def __init__(self, database: Database, lane: Lane, progress: _Progress, *, wait: bool) -> None:
        self._database = database
        self._lane = lane
        self._progress = progress
        self._wait = wait
        self._pace = Pace()
        self._parts = 0
        self.looks_at_sizes = False

    def go_on(self, until: float | None) -> None:
        """Plan part by part until nothing is left, a later replan was asked for, or time is over."""
        with self._database.read() as connection:
            current = load_current(connection, self._lane.practice)
            soon = due_otherwise(connection, current, self._database.moment(connection) + SOON)
            places = in_order(connection, self._lane)
        for ids in parts([each for each in soon if self._lane.holds(each)], FIRST_AT_ONCE):
            if self._database.write(partial(self._jump, ids)) is None:
                return
            self._rest()
        while until is None or steady_seconds() < until:
            asked = steady_seconds()
            done = self._database.write(partial(self._next, places))
            if done is None:
                return
            self._progress.note(done.lane)
            if not done.occasions:
                return
            self._pace.note(done.occasions, seconds=done.seconds, waited=done.began - asked)
            self._rest()
            self._look_at_sizes()

    def _jump(self, ids: Sequence[uuid.UUID], connection: Connection) -> Lane | None:
        """Plan occasions out of turn: something of theirs is due soon."""
        lane = self._hold(connection)
        if lane is None:
            return None
        lane = lane.went_on(None, 0, self._plan(connection, ids))
        keep_lane(connection, lane)
        return lane

    def _next(self, places: Sequence[Position], connection: Connection) -> _Part | None:
        """Plan the next occasions in the order, or end the lane where there are none; None where it is not ours."""
        began = steady_seconds()
        lane = self._hold(connection)
        if lane is None:
            return None
        first = 0 if lane.position is None else bisect.bisect_right(places, lane.position)
        chosen = places[first : first + self._pace.at_once]
        if not chosen:
            lane = replace(lane, total=len(places), done=len(places))
            end_lane(connection, lane, self._database.moment(connection))
            return _Part(lane)
        changed = self._plan(connection, [uuid.UUID(hex=occasion_id) for _, _, occasion_id in chosen])
        lane = replace(lane, done=first, total=len(places)).went_on(chosen[-1], len(chosen), changed)
        keep_lane(connection, lane)
        return _Part(lane, len(chosen), began, steady_seconds() - began)

    def _hold(self, connection: Connection) -> Lane | None:
        """Keep publishers out, shared with intake and intents, then the other processes that go on with this lane."""
        practice_lock(connection, self._lane.practice, exclusive=False)
        return hold_lane(connection, self._lane, wait=self._wait)

    def _plan(self, connection: Connection, ids: Sequence[uuid.UUID]) -> Replanned:
        current = load_current(connection, self._lane.practice)
        return replan_part(connection, current, ids, self._database.moment(connection))

    def _look_at_sizes(self) -> None:
        self._parts += 1
        if self.looks_at_sizes and self._parts in ANALYSED_AFTER_PARTS:
            self._database.write(lambda connection: connection.exec_driver_sql("ANALYZE jobs").close())

    def _rest(self) -> None:
        if self._database.is_sqlite:
            threading.Event().wait(self._pace.rest)
