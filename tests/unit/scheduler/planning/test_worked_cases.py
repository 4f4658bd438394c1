"""The worked cases of the rule language, all of them."""

import pytest

from tests.unit.scheduler.planning import (
    cases_conditions,
    cases_late,
    cases_moments,
    cases_quiet_hours,
    cases_useful_until,
)
from tests.unit.scheduler.planning.worked_case import Case

CASES = (
    *cases_moments.CASES,
    *cases_quiet_hours.CASES,
    *cases_useful_until.CASES,
    *cases_late.CASES,
    *cases_conditions.CASES,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_planner_decides_as_the_worked_case_says(case: Case) -> None:
    assert case.decide() == case.expect, case.because


def test_every_worked_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
