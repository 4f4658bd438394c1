"""Every verb on a job in every state: it moves what the design's table lets it move, and leaves the rest as it was."""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from jobs import store
from jobs.database import Database
from jobs.states import State
from tests.storage.builders import (
    DAY,
    LEASE,
    MINUTE,
    NOW,
    add_practice,
    make_intent,
    make_result,
    put_in,
    read,
    verbs,
)

S = State
WAITING = [S.SCHEDULED, S.HELD, S.RETRYING]
UNCLAIMED = [*WAITING, S.QUEUED]
UNSENT = [*UNCLAIMED, S.CLAIMED]
ADA = store.person("ada")
LONG_AGO = NOW - DAY
MUCH_LATER = NOW + 2 * DAY


@dataclass(frozen=True)
class Order:
    """A verb as someone uses it on one job; `leads` says where it takes which states (the same: it stays)."""

    name: str
    run: Callable[[Connection, store.Job, store.Intent | None], Sequence[store.Moved | store.Intent | store.Job]]
    leads: dict[State, State]


def _picked(verb: Callable[..., list[store.Moved]], by: str = ADA) -> Callable[..., list[store.Moved]]:
    return lambda connection, job, _: verb(
        connection, [store.Pick(id=job.id, fence=job.fence, reason="because")], by=by, now=NOW
    )


def _changed(verb: Callable[..., list[store.Moved]], by: str) -> Callable[..., list[store.Moved]]:
    return lambda connection, job, _: verb(
        connection, [store.Change(id=job.id, fence=job.fence, due_at=NOW + MINUTE)], by=by, now=NOW
    )


def _withheld(state: State) -> Callable[..., list[store.Moved]]:
    return lambda connection, job, _: store.withhold(
        connection, [store.Withheld(id=job.id, fence=job.fence, state=state, reason="a gate", until=NOW)], now=NOW
    )


def _recorded(state: State, ending: store.Ending) -> Callable[..., list[store.Moved]]:
    def run(connection: Connection, job: store.Job, intent: store.Intent | None) -> list[store.Moved]:
        said = make_result(intent or make_intent(job), state, ending, fence=job.fence, due_at=NOW)
        return store.record(connection, [said], now=NOW)

    return run


def _settled(finding: store.Finding, now: dt.datetime = NOW) -> Callable[..., list[store.Moved]]:
    return lambda connection, job, _: store.settle(
        connection, [store.Settlement(id=job.id, finding=finding, reason="looked")], by=ADA, now=now
    )


def _ticked(verb: Callable[..., list[store.Moved]], now: dt.datetime) -> Callable[..., list[store.Moved]]:
    return lambda connection, _job, _intent: verb(connection, now=now)


def _to(target: State, *sources: State) -> dict[State, State]:
    return dict.fromkeys(sources, target)


def _stays(*sources: State) -> dict[State, State]:
    return {source: source for source in sources}


# What was doubted is settled by its own worker's late word that it was surely not sent.
LATE = {state: _to(state, S.IN_DOUBT) for state in (S.RETRYING, S.FAILED, S.EXPIRED, S.CANCELLED)}
LATE |= {state: _to(S.RETRYING, S.IN_DOUBT) for state in (S.HELD, S.BLOCKED)}
ENDED_BADLY = [S.BLOCKED, S.FAILED, S.EXPIRED]
ORDERS = [
    Order("refresh", _changed(store.refresh, store.PLANNER), _stays(*UNCLAIMED) | _to(S.SCHEDULED, S.CLAIMED)),
    Order("move", _changed(store.move, store.PLANNER), _to(S.SCHEDULED, *UNSENT)),
    Order("reschedule", _changed(store.reschedule, ADA), _to(S.SCHEDULED, *UNSENT)),
    Order("cancel", _picked(store.cancel), _to(S.CANCELLED, *UNSENT) | _stays(S.SENDING, S.IN_DOUBT)),
    Order("block", _picked(store.block), _to(S.BLOCKED, *UNSENT)),
    Order("doubt", _picked(store.doubt), _to(S.IN_DOUBT, *UNSENT)),
    Order("enqueue", lambda c, job, _: store.enqueue(c, [job.id], now=NOW), _to(S.QUEUED, *WAITING)),
    Order(
        "release",
        lambda c, job, _: store.release(c, [store.Pick(id=job.id, reason="refused")], now=NOW),
        _to(S.SCHEDULED, S.QUEUED),
    ),
    Order(
        "claim",
        lambda c, job, _: store.claim(c, [job.id], worker="w2", lease=LEASE, now=NOW),
        _to(S.CLAIMED, S.QUEUED),
    ),
    *(
        Order(f"withhold {state}", _withheld(state), _to(state, S.CLAIMED))
        for state in (S.HELD, S.BLOCKED, S.EXPIRED, S.CANCELLED, S.SCHEDULED)
    ),
    Order("send", lambda c, job, _: store.send(c, [make_intent(job)], now=NOW), _to(S.SENDING, S.CLAIMED)),
    *(
        Order(f"record {state}", _recorded(state, ending), _to(state, S.SENDING) | LATE.get(state, {}))
        for state, ending in {
            S.RETRYING: store.Ending.LATER,
            S.HELD: store.Ending.THROTTLED,
            S.FAILED: store.Ending.REFUSED,
            S.BLOCKED: store.Ending.REFUSED,
            S.EXPIRED: store.Ending.NOT_WRITTEN,
            S.CANCELLED: store.Ending.NOT_WRITTEN,
            S.IN_DOUBT: store.Ending.UNKNOWN,
        }.items()
    ),
    # By proof of acceptance; these have an attempt whose acceptance is news.
    Order(
        "record sent",
        _recorded(S.SENT, store.Ending.ACCEPTED),
        _to(S.SENT, S.SENDING, S.IN_DOUBT, S.RETRYING, S.FAILED),
    ),
    Order("settle sent", _settled(store.Finding.SENT), _to(S.SENT, S.IN_DOUBT)),
    Order("settle absent", _settled(store.Finding.ABSENT), _to(S.RETRYING, S.IN_DOUBT)),
    Order("settle absent late", _settled(store.Finding.ABSENT, MUCH_LATER), _to(S.EXPIRED, S.IN_DOUBT)),
    Order("settle resend", _settled(store.Finding.RESEND), _to(S.RETRYING, S.IN_DOUBT)),
    Order("settle give up", _settled(store.Finding.GIVE_UP), _to(S.FAILED, S.IN_DOUBT)),
    Order("reopen by a person", _changed(store.reopen, ADA), _to(S.SCHEDULED, S.CANCELLED, *ENDED_BADLY)),
    # A worker cancelled the cancelled one: that is not the planner's to reopen.
    Order("reopen by the planner", _changed(store.reopen, store.PLANNER), _to(S.SCHEDULED, *ENDED_BADLY)),
    Order(
        "release stale",
        _ticked(store.release_stale, NOW + 2 * MINUTE),
        _to(S.SCHEDULED, S.QUEUED, S.CLAIMED) | _to(S.IN_DOUBT, S.SENDING),
    ),
    Order("release stale too early", _ticked(store.release_stale, NOW), {}),
    Order(
        "owner restarted",
        _ticked(store.owner_restarted, NOW),
        _to(S.SCHEDULED, S.QUEUED, S.CLAIMED) | _to(S.IN_DOUBT, S.SENDING),
    ),
    Order("expire", _ticked(store.expire_useless, MUCH_LATER), _to(S.EXPIRED, *UNCLAIMED)),
    Order("expire too early", _ticked(store.expire_useless, NOW), {}),
]


@pytest.fixture
def practice(database: Database) -> Database:
    """Give a database with one practice."""
    database.write(add_practice)
    return database


@pytest.mark.parametrize("state", list(State))
def test_a_job_in_this_state_is_moved_by_the_verbs_that_may_and_by_no_other(practice: Database, state: State) -> None:
    for order in ORDERS:
        job_id, intent = put_in(practice, state)
        before, timeline_before = read(practice, job_id), verbs(practice, job_id)
        practice.write(functools.partial(_run, order, before, intent))
        after = read(practice, job_id)
        if state in order.leads:
            assert after.state is order.leads[state], order.name
            assert len(verbs(practice, job_id)) == len(timeline_before) + 1, order.name
        else:
            assert after == before, order.name
            assert verbs(practice, job_id) == timeline_before, order.name
        _end(practice, job_id)


def _run(order: Order, job: store.Job, intent: store.Intent | None, connection: Connection) -> None:
    order.run(connection, job, intent)


def _end(database: Database, job_id: uuid.UUID) -> None:
    """Take the job out of the way of verbs that choose by time."""
    settled = store.Settlement(id=job_id, finding=store.Finding.GIVE_UP, reason="done")
    pick = store.Pick(id=job_id, reason="done")

    def end(connection: Connection) -> None:
        store.owner_restarted(connection, now=NOW)
        store.settle(connection, [settled], by=ADA, now=NOW)
        store.cancel(connection, [pick], by=ADA, now=NOW)

    database.write(end)
