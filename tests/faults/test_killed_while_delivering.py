"""A process killed at each step of a send, and started again: nothing is lost, nothing goes out twice."""

import pytest

from jobs.states import State
from tests.faults.checking import Seen
from tests.faults.stock import PEOPLE
from tests.faults.worlds import World

BEFORE_THE_INTENT = ("claimed", "gated")
AFTER_THE_INTENT = ("intended", "before_write", "written")


def must_be_as_before_the_death(world: World, at_death: Seen, after: Seen) -> None:
    """Check that exactly what was sending is in doubt, with its reason, and all else that was due has ended."""
    in_doubt = at_death.of(State.SENDING) | at_death.of(State.IN_DOUBT)
    assert after.of(State.IN_DOUBT) == in_doubt, after.standings()
    assert all("may have gone or not" in after.jobs[each].reason for each in in_doubt)
    blocked = after.of(State.BLOCKED)
    assert len(blocked) == 1, after.standings()
    assert all(after.jobs[each].reason.startswith("the person opted out") for each in blocked)
    assert world.due <= in_doubt | blocked | after.of(State.SENT), after.standings()


def test_unharmed_everything_that_is_due_goes_out_once(world: World) -> None:
    seen = world.settle()
    assert len(world.due) >= PEOPLE
    must_be_as_before_the_death(world, seen, seen)
    assert len(seen.of(State.SENT)) == len(world.due) - 1


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", BEFORE_THE_INTENT)
def test_killed_before_the_intent_it_sends_everything_once(world: World, step: str, nth: int) -> None:
    world.start(at=step, nth=nth).wait_for_death()
    at_death = world.look()
    claimed = at_death.of(State.CLAIMED)
    assert claimed, at_death.standings()
    after = world.settle()
    must_be_as_before_the_death(world, at_death, after)
    assert claimed <= after.of(State.SENT, State.BLOCKED)


@pytest.mark.parametrize(
    ("step", "nth"),
    [
        ("intended", 1),
        ("intended", 2),
        ("before_write", 1),
        ("before_write", 3),
        ("before_write", 8),
        ("written", 1),
        ("written", 3),
    ],
)
def test_killed_after_the_intent_it_doubts_exactly_what_was_sending(world: World, step: str, nth: int) -> None:
    world.start(at=step, nth=nth).wait_for_death()
    at_death = world.look()
    sending = at_death.of(State.SENDING)
    assert sending, at_death.standings()
    after = world.settle()
    must_be_as_before_the_death(world, at_death, after)
    assert after.ledger.keys() & sending == at_death.ledger.keys() & sending, "what was in doubt went out after all"


@pytest.mark.parametrize("nth", [1, 3])
def test_killed_after_the_record_it_doubts_nothing(world: World, nth: int) -> None:
    world.start(at="recorded", nth=nth).wait_for_death()
    at_death = world.look()
    assert at_death.of(State.SENT), at_death.standings()
    assert not at_death.of(State.SENDING), at_death.standings()
    must_be_as_before_the_death(world, at_death, world.settle())
