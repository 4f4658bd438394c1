"""A process frozen past its lease and woken, alone on its SQLite file: what it meant to send is not written late."""

import pytest

from jobs.states import State
from jobs.store import Pick, cancel, person
from tests.faults.orders import FREEZE
from tests.faults.worlds import LEASE_AND_MORE, World, endings


@pytest.mark.parametrize(("step", "nth"), [("claimed", 1), ("gated", 2)])
def test_frozen_before_the_intent_it_lets_its_jobs_go_and_sends_each_once(world: World, step: str, nth: int) -> None:
    victim = world.start(at=step, nth=nth, signal=FREEZE)
    victim.wait_for_frost()
    held = world.look().of(State.CLAIMED)
    assert held
    world.clock.jump(LEASE_AND_MORE)
    victim.wake()
    assert victim.wait() == 0, victim.said()
    after = world.check()
    assert not after.of(State.IN_DOUBT), after.standings()
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()
    assert all(len(after.attempts.get(job_id, [])) <= 1 for job_id in held)


def test_what_a_person_cancels_while_the_worker_is_frozen_does_not_go_out(world: World) -> None:
    victim = world.start(at="gated", signal=FREEZE)
    victim.wait_for_frost()
    unwanted = min(world.look().of(State.CLAIMED))
    pick = Pick(id=unwanted, reason="the person called")
    moved = world.database.write(lambda connection: cancel(connection, [pick], by=person("ana"), now=world.clock.now()))
    assert moved[0].to_state is State.CANCELLED
    victim.wake()
    assert victim.wait() == 0, victim.said()
    after = world.check()
    assert after.jobs[unwanted].state == State.CANCELLED
    assert world.due - {unwanted} <= after.of(State.SENT, State.BLOCKED), after.standings()


@pytest.mark.parametrize(("step", "nth"), [("intended", 1), ("intended", 2), ("before_write", 1), ("before_write", 3)])
def test_frozen_after_the_intent_it_writes_no_request_past_its_deadline(world: World, step: str, nth: int) -> None:
    victim = world.start(at=step, nth=nth, signal=FREEZE)
    victim.wait_for_frost()
    frozen = world.look()
    unwritten = frozen.of(State.SENDING) - frozen.ledger.keys()
    attempts = {each.id for job_id in unwritten for each in frozen.attempts[job_id]}
    assert attempts
    world.clock.jump(LEASE_AND_MORE)
    victim.wake()
    assert victim.wait() == 0, victim.said()
    after = world.check()
    assert not attempts & after.ledger_attempts.keys(), "a request was written after its deadline"
    assert {endings(after)[each] for each in attempts} == {"not_written"}
    assert world.due <= after.of(State.SENT, State.BLOCKED, State.IN_DOUBT), after.standings()
    assert after.of(State.IN_DOUBT) <= unwritten, "what was written has its answer"


def test_frozen_after_the_write_it_still_tells_what_it_knows(world: World) -> None:
    victim = world.start(at="written", signal=FREEZE)
    victim.wait_for_frost()
    world.clock.jump(LEASE_AND_MORE)
    victim.wake()
    assert victim.wait() == 0, victim.said()
    after = world.check()
    assert world.due <= after.of(State.SENT, State.BLOCKED), after.standings()
