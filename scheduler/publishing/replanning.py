"""Brings a practice's jobs in line with its current revision: what is due soonest first, in short transactions.

How far it is stands in the database, written with each part: whoever goes on after a crash does nothing twice.
"""

import bisect
import datetime as dt
import threading
import uuid
from collections.abc import Callable, Sequence
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
    Position,
    Wish,
    end_wish,
    find_wish,
    hold_wish,
    keep_wish,
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
        keep_wish(connection, wish.went_on(None, 0, done))
    return done


def replan_part(connection: Connection, current: Current, ids: Sequence[uuid.UUID], now: dt.datetime) -> Replanned:
    """Plan some occasions again as a publish does, which makes nothing late."""
    basis = basis_of(current.revision, current.rulebook, current.plan)
    return replan(connection, basis, ids, Occurrence(now, Cause.PUBLISHING))


def finish_replan(
    database: Database, practice: str, tell: Tell = say_nothing, *, seconds: float | None = None, wait: bool = True
) -> Wish | None:
    """Go on with a practice's replan, to its end or for so many seconds, and return how far it is.

    None where none was ever asked for. With `wait` false, one that another process is at is left to it.
    """
    until = None if seconds is None else steady_seconds() + seconds
    wish = wish_of(database, practice)
    while wish is not None and not wish.is_ended:
        _Run(database, wish, tell, wait=wait).go_on(until)
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


@dataclass(frozen=True, slots=True)
class _Part:
    """What one transaction did; `occasions` 0: nothing was left, and the replan has ended."""

    wish: Wish
    occasions: int = 0
    began: float = 0.0
    seconds: float = 0.0


class _Run:
    """One go at a replan: the order of its occasions is read once, then they are planned part by part.

    One thread does it: two, on PostgreSQL, took half as long again, for they only wait for one another's Python.
    """

    def __init__(self, database: Database, wish: Wish, tell: Tell, *, wait: bool) -> None:
        self._database = database
        self._wish = wish
        self._tell = tell
        self._wait = wait
        self._pace = Pace()
        self._parts = 0

    def go_on(self, until: float | None) -> None:
        """Plan part by part until nothing is left, a later replan was asked for, or time is over."""
        with self._database.read() as connection:
            current = load_current(connection, self._wish.practice)
            soon = due_otherwise(connection, current, self._database.moment(connection) + SOON)
            places = in_order(connection, self._wish)
        for ids in parts(soon, FIRST_AT_ONCE):
            if self._database.write(partial(self._jump, ids)) is None:
                return
            self._rest()
        while until is None or steady_seconds() < until:
            asked = steady_seconds()
            done = self._database.write(partial(self._next, places))
            if done is None:
                return
            self._tell(done.wish.done, done.wish.total)
            if not done.occasions:
                return
            # On PostgreSQL others wait only for the very rows of a part: there is no turn to wait for.
            waited = done.began - asked if self._database.is_sqlite else 0.0
            self._pace.note(done.occasions, seconds=done.seconds, waited=waited)
            self._rest()
            self._look_at_sizes()

    def _jump(self, ids: Sequence[uuid.UUID], connection: Connection) -> Wish | None:
        """Plan occasions out of turn: something of theirs is due soon."""
        wish = self._hold(connection)
        if wish is None:
            return None
        wish = wish.went_on(None, 0, self._plan(connection, ids))
        keep_wish(connection, wish)
        return wish

    def _next(self, places: Sequence[Position], connection: Connection) -> _Part | None:
        """Plan the next occasions in the order, or end the replan where there are none; None where it is not ours."""
        began = steady_seconds()
        wish = self._hold(connection)
        if wish is None:
            return None
        first = 0 if wish.position is None else bisect.bisect_right(places, wish.position)
        chosen = places[first : first + self._pace.at_once]
        if not chosen:
            wish = replace(wish, total=len(places), done=len(places))
            end_wish(connection, wish, self._database.moment(connection))
            return _Part(wish)
        changed = self._plan(connection, [uuid.UUID(hex=occasion_id) for _, _, occasion_id in chosen])
        wish = replace(wish, done=first, total=len(places)).went_on(chosen[-1], len(chosen), changed)
        keep_wish(connection, wish)
        return _Part(wish, len(chosen), began, steady_seconds() - began)

    def _hold(self, connection: Connection) -> Wish | None:
        """Keep publishers out, shared with intake and intents, then the other processes that go on with it."""
        practice_lock(connection, self._wish.practice, exclusive=False)
        return hold_wish(connection, self._wish, wait=self._wait)

    def _plan(self, connection: Connection, ids: Sequence[uuid.UUID]) -> Replanned:
        current = load_current(connection, self._wish.practice)
        return replan_part(connection, current, ids, self._database.moment(connection))

    def _look_at_sizes(self) -> None:
        """Let PostgreSQL look at the table's size, which it does once a minute: it takes one that grows for empty."""
        self._parts += 1
        if not self._database.is_sqlite and self._parts in ANALYSED_AFTER_PARTS:
            self._database.write(lambda connection: connection.exec_driver_sql("ANALYZE jobs").close())

    def _rest(self) -> None:
        if self._database.is_sqlite:
            threading.Event().wait(self._pace.rest)
