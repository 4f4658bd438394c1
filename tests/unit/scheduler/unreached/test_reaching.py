"""How long before its start a text of an occasion may come due."""

import datetime as dt

import pytest

from scheduler.unreached.reaching import Reach, reach_of
from tests.unit.scheduler.planning.planning_builders import DAY_STEP, rulebook

DAYS = dt.timedelta(days=1)


def reach(*steps: dict[str, object]) -> Reach:
    return reach_of(rulebook(*steps).kinds["appointment"])


@pytest.mark.parametrize(
    ("step", "least"),
    [
        ({"id": "s", "before": "2 hours"}, dt.timedelta(hours=2)),
        ({"id": "s", "before": "7 days", "at": "00:10"}, 8 * DAYS),
        ({"id": "s", "before": "10 business days", "at": "10:00"}, 20 * DAYS),
        ({"id": "s", "before": "2 months", "at": "10:00"}, 63 * DAYS),
        ({"id": "s", "after": "2 days", "at": "10:00"}, dt.timedelta()),
    ],
)
def test_a_step_reaches_as_far_as_its_offset_and_the_days_it_may_move(
    step: dict[str, object], least: dt.timedelta
) -> None:
    before = reach(step).before

    assert before is not None
    assert least <= before


def test_the_farthest_step_counts_and_changes_are_told_apart() -> None:
    assert reach({"id": "s", "before": "2 hours"}, {"id": "t", "before": "3 hours"}) == Reach(3 * DAYS / 24, False)  # noqa: FBT003 - a value to compare
    assert reach({"id": "s", "on": "created"}) == Reach(dt.timedelta(), at_changes=True)
    assert not reach(dict(DAY_STEP)).at_changes
