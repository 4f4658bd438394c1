"""What people, the API, the planner and a restore do to jobs by name: cancel, block, reschedule, settle, doubt.

Picks, changes and settlements come in; whoever is named as mover is kept on the job and in its timeline.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

from jobs.states import UNSENT, State, Verb
from jobs.store.arrows import Standing, lock, step, walk
from jobs.store.outcomes import settle_attempts
from jobs.store.stepping import Step
from jobs.store.values import PLANNER, Change, Finding, Moved, Pick, Settlement

GOING_OUT = frozenset({State.SENDING, State.IN_DOUBT})
"""A request may exist: a cancel is only remembered, and answered "already going out"."""


def cancel(connection: Connection, picks: Sequence[Pick], *, by: str, now: dt.datetime) -> list[Moved]:
    """Cancel unsent jobs, fence+1; on a job that is sending or in doubt remember that its stop is wanted.

    The latter come back with the state they keep: `to_state` tells which is which.
    """
    by_id = {pick.id: pick for pick in picks}
    standings = _picked(connection, picks)
    steps = [_cancel(each, by_id[each.id], by=by) for each in standings if _may_cancel(each, by)]
    return walk(connection, steps, now=now)


def block(connection: Connection, picks: Sequence[Pick], *, by: str, now: dt.datetime) -> list[Moved]:
    """Forbid unsent jobs (an opt-out, a person), fence+1."""
    return _end(connection, picks, (Verb.BLOCK, State.BLOCKED), by=by, now=now)


def doubt(connection: Connection, picks: Sequence[Pick], *, by: str, now: dt.datetime) -> list[Moved]:
    """Put unsent jobs dated inside a restored backup's gap in doubt, fence+1."""
    return _end(connection, picks, (Verb.DOUBT, State.IN_DOUBT), by=by, now=now)


def reschedule(connection: Connection, changes: Sequence[Change], *, by: str, now: dt.datetime) -> list[Moved]:
    """Give unsent jobs the `due_at` that a person chose (now: send now): scheduled, pinned, fence+1.

    Not moved: a job that would no longer be useful then, by its new `useful_until` or its own.
    """
    by_id = {change.id: change for change in changes}
    standings = lock(connection, by_id)
    steps = [
        _reschedule(each, by_id[each.id], by=by, now=now)
        for each in standings.values()
        if each.state in UNSENT
        and by_id[each.id].fence in {None, each.fence}
        and (by_id[each.id].due_at or now) < (by_id[each.id].useful_until or each.useful_until)
    ]
    return walk(connection, steps, now=now)


def settle(connection: Connection, settlements: Sequence[Settlement], *, by: str, now: dt.datetime) -> list[Moved]:
    """Settle jobs in doubt; their doubtful attempts become accepted, absent, or stay unknown (resend, give up).

    Absent and resend lead to retrying; to cancelled where a stop was wanted, to expired where it is useless by now.
    """
    by_id = {settlement.id: settlement for settlement in settlements}
    standings = [each for each in lock(connection, by_id).values() if each.state is State.IN_DOUBT]
    settle_attempts(connection, [by_id[each.id] for each in standings], now=now)
    steps = [_settle(each, by_id[each.id], by=by, now=now) for each in standings]
    return walk(connection, steps, now=now)


def _picked(connection: Connection, picks: Sequence[Pick]) -> list[Standing]:
    fences = {pick.id: pick.fence for pick in picks}
    return [each for each in lock(connection, fences).values() if fences[each.id] in {None, each.fence}]


def _end(
    connection: Connection, picks: Sequence[Pick], arrow: tuple[Verb, State], *, by: str, now: dt.datetime
) -> list[Moved]:
    verb, target = arrow
    reasons = {pick.id: pick.reason for pick in picks}
    steps = [
        step(each, verb, target, by=by, reason=reasons[each.id], bump=True)
        for each in _picked(connection, picks)
        if each.state in UNSENT
    ]
    return walk(connection, steps, now=now)


def _may_cancel(standing: Standing, by: str) -> bool:
    if standing.state in GOING_OUT:
        return not (standing.stop_wanted and by == PLANNER)  # said once: a replan does not say it again
    return standing.state in UNSENT


def _cancel(standing: Standing, pick: Pick, *, by: str) -> Step:
    if standing.state in GOING_OUT:
        values = {"stop_wanted": True, "stop_reason": pick.reason, "stop_by": by}
        return step(standing, Verb.CANCEL, None, by=by, reason=pick.reason, values=values)
    return step(standing, Verb.CANCEL, State.CANCELLED, by=by, reason=pick.reason, bump=True)


def _reschedule(standing: Standing, change: Change, *, by: str, now: dt.datetime) -> Step:
    values: dict[str, object] = {"due_at": change.due_at or now, "pinned": True}
    if change.useful_until is not None:
        values["useful_until"] = change.useful_until
    return step(standing, Verb.MOVE, State.SCHEDULED, by=by, reason=change.reason, bump=True, values=values)


def _settle(standing: Standing, settlement: Settlement, *, by: str, now: dt.datetime) -> Step:
    target, mover, reason = _settled(standing, settlement, by=by, now=now)
    values: dict[str, object] = {}
    if target is State.RETRYING:
        values = {"due_at": settlement.due_at or now, "attempts": standing.attempts + 1}
    data = {"finding": settlement.finding.value}
    return step(standing, Verb.SETTLE, target, by=mover, reason=reason, bump=True, values=values, data=data)


def _settled(standing: Standing, settlement: Settlement, *, by: str, now: dt.datetime) -> tuple[State, str, str | None]:
    if settlement.finding is Finding.SENT:
        return State.SENT, by, settlement.reason
    if settlement.finding is Finding.GIVE_UP:
        return State.FAILED, by, settlement.reason
    if standing.stop_wanted:
        return State.CANCELLED, standing.stop_by or by, standing.stop_reason
    if standing.useful_until <= now:
        return State.EXPIRED, by, f"{settlement.reason}; it is no longer useful"
    return State.RETRYING, by, settlement.reason
