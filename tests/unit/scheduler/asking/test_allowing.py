"""Who may send what one-off, by role."""

import pytest

from scheduler.asking.allowing import lacking
from scheduler.rulebook.schema import Right


@pytest.mark.parametrize("role", ["admin", "staff"])
def test_where_nothing_is_said_admin_and_staff_send(role: str) -> None:
    assert lacking({}, role, {"texts"}) is None


@pytest.mark.parametrize("right", ["any_number", "abroad", "past_cap", "sensitive", "in_quiet_hours"])
def test_where_nothing_is_said_the_rest_is_the_admins(right: Right) -> None:
    assert lacking({}, "admin", {"texts", right}) is None
    assert lacking({}, "staff", {"texts", right}) is not None


def test_what_a_practice_says_replaces_what_holds_otherwise() -> None:
    assert lacking({"texts": ("staff",)}, "admin", {"texts"}) == "the role admin may not send texts"


def test_all_that_lacks_is_said_at_once() -> None:
    said = lacking({}, "staff", {"texts", "abroad", "any_number"})
    assert said == "the role staff may not text a number abroad or text a number that is no contact's"


def test_a_users_role_ops_is_the_practices_operations() -> None:
    assert lacking({"texts": ("operations",)}, "ops", {"texts"}) is None


@pytest.mark.parametrize(
    ("right", "may"), [("any_number", True), ("abroad", True), ("past_cap", False), ("sensitive", False)]
)
def test_the_case_system_itself_sends_nothing_past_a_cap_or_sensitive(right: Right, may: bool) -> None:  # noqa: FBT001 - a case
    assert (lacking({}, None, {"texts", right}) is None) is may
