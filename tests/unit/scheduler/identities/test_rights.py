"""The one table of rights: role by right, spelt out, and the page made of it."""

from pathlib import Path

import pytest

from scheduler.identities.rights import MEANINGS, ROLES, Caller, Right
from scheduler.identities.roles import known_roles, matrix, rights_of

PAGE = Path(__file__).parents[4] / "docs" / "roles.md"
# Admin, staff, ops, viewer, named by a practice: x may. Written by hand, so that no change of a right goes unseen.
EXPECTED = {
    "records:read": "xxxxx",
    "records:write": "xx...",
    "texts:send": "xx..x",
    "texts:system": ".....",
    "texts:any_hour": "x....",
    "jobs:read": "xxxxx",
    "jobs:change": "xxx..",
    "inbox:read": "xx...",
    "inbox:write": "xx...",
    "rulebook:read": "xxxxx",
    "rulebook:publish": "x....",
    "people:reveal": "xx...",
    "people:erase": "x....",
    "audit:read": "x.x..",
    "identities:manage": "x....",
    "events:manage": "x.x..",
    "pauses:manage": "x.x..",
}
COLUMNS = ("admin", "staff", "ops", "viewer", "reception")


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", COLUMNS)
def test_each_role_may_what_the_matrix_says(role: str, right: Right) -> None:
    caller = Caller("northlight", "person:maya", rights_of(role, {"reception"}), role)
    assert caller.may(right) == (EXPECTED[right.value][COLUMNS.index(role)] == "x")


def test_the_expected_matrix_leaves_no_right_and_no_role_out() -> None:
    assert set(EXPECTED) == {right.value for right in Right} == {right.value for right in MEANINGS}
    assert set(COLUMNS) - {"reception"} == set(ROLES)


def test_a_role_that_nobody_names_may_nothing() -> None:
    assert rights_of("reception") == frozenset()


def test_a_practice_cannot_rename_what_our_own_roles_may() -> None:
    assert rights_of("viewer", {"viewer"}) == ROLES["viewer"]
    assert known_roles({"reception", "admin"}) == ("admin", "staff", "ops", "viewer", "reception")


def test_the_page_of_roles_is_the_one_made_from_the_table() -> None:
    made = matrix()
    assert PAGE.read_text(encoding="utf-8") == made, "write it anew: scheduler.identities.roles.matrix()"
