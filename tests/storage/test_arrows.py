"""The whole table of arrows: whatever anybody does in any order, a job moves only along them, one timeline row each.

`MAY` restates the design's table by who moves; it is written out here and not derived from `jobs.states`.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, delete, func, select

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import attempts, jobs, texts, timeline
from jobs.states import ARROWS, State, Verb
from jobs.store.arrows import lock, step, walk
from tests.storage.builders import DAY, HOUR, LEASE, NOW, add_practice, make_intent, make_job, make_result, put_in

T = TypeVar("T")
S = State
WAITING = {S.SCHEDULED, S.HELD, S.RETRYING}
UNSENT = WAITING | {S.QUEUED, S.CLAIMED}
ACCEPTED = {S.SENT, S.DELIVERED, S.UNDELIVERED}
GOING_OUT = {S.SENDING, S.IN_DOUBT}
PROVEN = {(source, S.SENT) for source in set(S) - ACCEPTED} | {(source, source) for source in ACCEPTED}

MAY: dict[str, set[tuple[State, State]]] = {
    "refresh": {(source, source) for source in WAITING | {S.QUEUED}}
    | {(S.CLAIMED, S.SCHEDULED), (S.HELD, S.SCHEDULED)},
    "move": {(source, S.SCHEDULED) for source in UNSENT},
    "reschedule": {(source, S.SCHEDULED) for source in UNSENT},
    "cancel": {(source, S.CANCELLED) for source in UNSENT} | {(source, source) for source in GOING_OUT},
    "block": {(source, S.BLOCKED) for source in UNSENT},
    "doubt": {(source, S.IN_DOUBT) for source in UNSENT},
    "enqueue": {(source, S.QUEUED) for source in WAITING},
    "release": {(S.QUEUED, S.SCHEDULED)},
    "claim": {(S.QUEUED, S.CLAIMED)},
    "withhold": {(S.CLAIMED, target) for target in (S.HELD, S.BLOCKED, S.EXPIRED, S.CANCELLED, S.SCHEDULED)},
    "send": {(S.CLAIMED, S.SENDING)},
    "record": PROVEN
    | {
        (S.SENDING, target)
        for target in (S.SENT, S.RETRYING, S.HELD, S.FAILED, S.BLOCKED, S.EXPIRED, S.CANCELLED, S.IN_DOUBT)
    }
    # A late word that it was surely not sent.
    | {(S.IN_DOUBT, target) for target in (S.RETRYING, S.EXPIRED, S.CANCELLED, S.FAILED)},
    "settle": {(S.IN_DOUBT, target) for target in (S.SENT, S.RETRYING, S.EXPIRED, S.CANCELLED, S.FAILED)},
    "reopen": {(source, S.SCHEDULED) for source in (S.CANCELLED, S.BLOCKED, S.FAILED, S.EXPIRED)},
    "prove": PROVEN | {(S.SENT, S.DELIVERED), (S.SENT, S.UNDELIVERED), (S.UNDELIVERED, S.DELIVERED)},
    "release_stale": {
        (S.QUEUED, S.SCHEDULED),
        (S.CLAIMED, S.SCHEDULED),
        (S.CLAIMED, S.FAILED),
        (S.SENDING, S.IN_DOUBT),
    },
    "expire_useless": {(source, S.EXPIRED) for source in WAITING | {S.QUEUED}},
}
MAY["owner_restarted"] = MAY["release_stale"]

Snapshot = dict[uuid.UUID, tuple[State, int]]
NAMED = st.lists(st.integers(0, len(State) - 1), min_size=1, max_size=7, unique=True)
MOVERS = st.sampled_from([store.PLANNER, store.person("ada"), "api:case-system"])
GATED = st.sampled_from([S.HELD, S.BLOCKED, S.EXPIRED, S.CANCELLED, S.SCHEDULED])
RESULTS = st.sampled_from(
    [
        (S.SENT, store.Ending.ACCEPTED),
        (S.RETRYING, store.Ending.LATER),
        (S.HELD, store.Ending.THROTTLED),
        (S.FAILED, store.Ending.REFUSED),
        (S.BLOCKED, store.Ending.REFUSED),
        (S.EXPIRED, store.Ending.NOT_WRITTEN),
        (S.CANCELLED, store.Ending.NOT_WRITTEN),
        (S.IN_DOUBT, store.Ending.UNKNOWN),
    ]
)


class Lives(RuleBasedStateMachine):
    """A job in every state, and everybody who may do anything to them, in any order."""

    def __init__(self, database: Database, clock: SteppingClock) -> None:
        """Stand before anything happened."""
        super().__init__()
        self.database = database
        self.clock = clock
        self.ids: list[uuid.UUID] = []
        self.intents: list[store.Intent] = []

    @initialize()
    def begin(self) -> None:
        """Plan a job into every state."""
        for state in State:
            job_id, intent = put_in(self.database, state, planned_for=self.now, useful_until=self.now + DAY)
            self.ids.append(job_id)
            self.intents += [intent] if intent else []

    @rule(named=NAMED, by=MOVERS, verb=st.sampled_from(["cancel", "block", "doubt"]))
    def pick(self, named: list[int], by: str, verb: str) -> None:
        """Cancel, block or doubt some."""
        verbs = {"cancel": store.cancel, "block": store.block, "doubt": store.doubt}
        picks = [store.Pick(id=self.ids[each], reason="because") for each in named]
        self.watch(verb, lambda connection: verbs[verb](connection, picks, by=by, now=self.now))

    @rule(
        named=NAMED,
        by=MOVERS,
        verb=st.sampled_from(["refresh", "move", "reschedule", "reopen"]),
        anchor=st.sampled_from([None, "2026-03-10T10:00", "2026-03-11T10:00"]),
        is_stale=st.booleans(),
    )
    def change(self, *, named: list[int], by: str, verb: str, anchor: str | None, is_stale: bool) -> None:
        """Refresh, move, reschedule or reopen some, under their fence or an old one."""
        verbs = {"refresh": store.refresh, "move": store.move, "reschedule": store.reschedule, "reopen": store.reopen}
        before = self.snapshot()
        changes = [
            store.Change(
                id=self.ids[each],
                fence=before[self.ids[each]][1] - is_stale,
                due_at=self.now,
                anchor=anchor,
                useful_until=self.now + DAY,
            )
            for each in named
        ]
        moved = self.watch(verb, lambda connection: verbs[verb](connection, changes, by=by, now=self.now))
        if is_stale and verb != "reschedule":
            assert moved == []

    @rule(named=NAMED)
    def enqueue(self, named: list[int]) -> None:
        """Queue some."""
        ids = [self.ids[each] for each in named]
        self.watch("enqueue", lambda connection: store.enqueue(connection, ids, now=self.now))

    @rule(named=NAMED)
    def release(self, named: list[int]) -> None:
        """Release some."""
        picks = [store.Pick(id=self.ids[each], reason="refused") for each in named]
        self.watch("release", lambda connection: store.release(connection, picks, now=self.now))

    @rule(named=NAMED)
    def claim(self, named: list[int]) -> None:
        """Queue and claim some."""
        ids = [self.ids[each] for each in named]
        self.write(lambda connection: store.enqueue(connection, ids, now=self.now))
        queued = self.snapshot()
        claimed = self.write(lambda connection: store.claim(connection, ids, worker="w", lease=LEASE, now=self.now))
        after = self.snapshot()
        assert {job.id for job in claimed} == {each for each in ids if queued[each][0] is S.QUEUED}
        assert all(after[job.id] == (S.CLAIMED, queued[job.id][1] + 1) for job in claimed)

    @rule(named=NAMED, goes_to=GATED, is_stale=st.booleans(), being_replanned=st.booleans())
    def withhold(self, *, named: list[int], goes_to: State, is_stale: bool, being_replanned: bool) -> None:
        """Withhold some, under their fence or an old one."""
        before = self.snapshot()
        withheld = [
            store.Withheld(
                id=self.ids[each],
                fence=before[self.ids[each]][1] - is_stale,
                state=goes_to,
                reason="a gate",
                until=self.now,
                being_replanned=being_replanned,
            )
            for each in named
        ]
        moved = self.watch("withhold", lambda connection: store.withhold(connection, withheld, now=self.now))
        assert not (is_stale and moved)

    @rule(named=NAMED, is_stale=st.booleans())
    def send(self, *, named: list[int], is_stale: bool) -> None:
        """Claim some and commit intents, under their fence or an old one."""
        self.claim(named)
        with self.database.read() as connection:
            rows = store.read_jobs(connection, [self.ids[each] for each in named])
        intents = [make_intent(job, fence=job.fence - is_stale) for job in rows]
        before = self.snapshot()
        sent = self.write(lambda connection: store.send(connection, intents, now=self.now))
        self.intents += sent
        after = self.snapshot()
        assert {each.job_id for each in sent} == {each for each in after if after[each] != before[each]}
        assert all((before[each.job_id][0], after[each.job_id][0]) in MAY["send"] for each in sent)
        assert not (is_stale and sent)

    @precondition(lambda self: self.intents)
    @rule(which=st.integers(0, 50), result=RESULTS)
    def record(self, which: int, result: tuple[State, store.Ending]) -> None:
        """Record what came of one of the intents, perhaps long ago."""
        intent = self.intents[which % len(self.intents)]
        said = make_result(intent, *result, due_at=self.now)
        self.watch("record", lambda connection: store.record(connection, [said], now=self.now))

    @precondition(lambda self: self.intents)
    @rule(which=st.integers(0, 50), delivered=st.sampled_from([None, True, False]))
    def prove(self, *, which: int, delivered: bool | None) -> None:
        """Bring a receipt for one of the intents."""
        proof = store.Proof(attempt_id=self.intents[which % len(self.intents)].attempt_id, delivered=delivered)
        self.watch("prove", lambda connection: store.prove(connection, [proof], now=self.now))

    @rule(named=NAMED, finding=st.sampled_from(list(store.Finding)), by=MOVERS)
    def settle(self, named: list[int], finding: store.Finding, by: str) -> None:
        """Settle some that are in doubt."""
        settlements = [store.Settlement(id=self.ids[each], finding=finding, reason="looked") for each in named]
        self.watch("settle", lambda connection: store.settle(connection, settlements, by=by, now=self.now))

    @rule(
        hours=st.sampled_from([0, 1, 30]), verb=st.sampled_from(["release_stale", "expire_useless", "owner_restarted"])
    )
    def tick(self, hours: int, verb: str) -> None:
        """Let time pass and a chore run."""
        self.clock.jump_to(self.now + hours * HOUR)
        verbs = {
            "release_stale": store.release_stale,
            "expire_useless": store.expire_useless,
            "owner_restarted": store.owner_restarted,
        }
        self.watch(verb, lambda connection: verbs[verb](connection, now=self.now))

    def teardown(self) -> None:
        """Leave nothing for the next run."""

        def clear(connection: Connection) -> None:
            for table in (texts, attempts, timeline, jobs):
                connection.execute(delete(table))

        self.write(clear)

    @property
    def now(self) -> dt.datetime:
        """Return where the clock stands."""
        return self.clock.now()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run one transaction."""
        return self.database.write(work)

    def watch(self, name: str, work: Callable[[Connection], list[store.Moved]]) -> list[store.Moved]:
        """Run a verb and hold it to the table: what it says is what it did, and it may do that."""
        before, rows_before = self.snapshot(), self.rows()
        moved = self.write(work)
        after, rows_after = self.snapshot(), self.rows()
        expected = dict(before)
        for each in moved:
            assert (each.from_state, each.to_state) in MAY[name]
            assert each.from_state is expected[each.id][0]
            expected[each.id] = (each.to_state, each.fence)
        assert after == expected
        assert rows_after - rows_before == Counter(each.id for each in moved)
        return moved

    def snapshot(self) -> Snapshot:
        """Return how every job stands."""
        with self.database.read() as connection:
            rows = connection.execute(select(jobs.c.id, jobs.c.state, jobs.c.fence))
            return {row.id: (State(row.state), row.fence) for row in rows}

    def rows(self) -> Counter[uuid.UUID]:
        """Count every job's timeline."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(timeline.c.job_id, func.count().label("lines")).group_by(timeline.c.job_id)
            )
            return Counter({row.job_id: row.lines for row in rows})


def test_no_other_arrow_is_possible_whoever_does_what_in_whatever_order(
    database: Database, clock: SteppingClock
) -> None:
    database.write(add_practice)

    class LivesHere(Lives):
        def __init__(self) -> None:
            super().__init__(database, clock)

    run_state_machine_as_test(
        LivesHere,
        settings=settings(
            max_examples=40 if database.is_sqlite else 15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_table_of_arrows_is_the_designs() -> None:
    by_verb: dict[str, set[tuple[State, State]]] = {}
    for arrow in ARROWS:
        pairs = {(source, arrow.target or source) for source in arrow.sources}
        by_verb.setdefault(arrow.verb, set()).update(pairs)
    movers = {
        Verb.REFRESH: ["refresh"],
        Verb.MOVE: ["move", "reschedule"],
        Verb.ENQUEUE: ["enqueue"],
        Verb.CLAIM: ["claim"],
        Verb.SEND: ["send"],
        Verb.SETTLE: ["settle"],
        Verb.REOPEN: ["reopen"],
    }
    for verb, names in movers.items():
        assert by_verb[verb] == set().union(*(MAY[name] for name in names))


def test_a_step_that_the_table_lacks_is_refused_before_anything_is_written(database: Database) -> None:
    database.write(add_practice)
    [job_id] = database.write(lambda connection: store.plan(connection, [make_job()], by=store.PLANNER, now=NOW))

    def cheat(connection: Connection) -> None:
        standing = lock(connection, [job_id])[job_id]
        walk(connection, [step(standing, Verb.SEND, State.SENDING, by="nobody")], now=NOW)

    with pytest.raises(store.NoSuchArrowError, match="scheduled --send--> sending"):
        database.write(cheat)
    with database.read() as connection:
        assert store.read_jobs(connection, [job_id])[0].state is State.SCHEDULED
