"""A process killed again and again, wherever it is: at any statement, before any commit, on several threads."""

import pytest

from jobs.states import State
from tests.faults.orders import COMMIT, STATEMENT
from tests.faults.starting import Victim
from tests.faults.worlds import World

DEATHS_OF_A_POISON = 4
"""The first in company, then three alone."""


def was_killed(victim: Victim) -> bool:
    """Wait for the victim's end and tell whether it was killed; else it had settled before."""
    code = victim.wait()
    assert code in {-victim.order.signal, 0}, f"{victim.order} ended with {code}:\n{victim.said()[-3000:]}"
    return code != 0


@pytest.mark.parametrize(
    ("at", "times", "threads"),
    [(STATEMENT, (11, 29, 47, 61, 83), 1), (STATEMENT, (19, 53, 71, 101), 3), (COMMIT, (3, 8, 17, 20, 26), 2)],
)
def test_killed_again_and_again_it_loses_and_doubles_nothing(
    world: World, at: str, times: tuple[int, ...], threads: int
) -> None:
    sending, deaths = set(), 0
    for nth in times:
        if not was_killed(world.start(at=at, nth=nth, threads=threads)):
            break
        deaths += 1
        sending |= world.look().of(State.SENDING)
    assert deaths >= 3, "it was hardly ever killed: the places lie too far behind"
    after = world.settle()
    assert after.of(State.IN_DOUBT) == sending, after.standings()
    failed = after.of(State.FAILED)
    assert all("poison" in after.jobs[each].reason for each in failed)
    assert world.due <= sending | failed | after.of(State.SENT, State.BLOCKED), after.standings()


def test_a_job_that_kills_every_worker_ends_as_poison_and_the_others_go_out(world: World) -> None:
    for _ in range(DEATHS_OF_A_POISON):
        world.start(at="claimed").wait_for_death()
    after = world.settle()
    [poison] = after.of(State.FAILED)
    assert "poison" in after.jobs[poison].reason
    assert world.due - {poison} <= after.of(State.SENT, State.BLOCKED), after.standings()
