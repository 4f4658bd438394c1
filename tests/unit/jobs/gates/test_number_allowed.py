"""A text needs a valid number in an allowed country, and a sender."""

import pytest

from jobs.gates import number_allowed
from jobs.gates.contract import Block, Pass, Verdict
from tests.unit.jobs.facts_builders import NOW, make_draft, make_facts, make_job, make_person, make_terms


def verdict(**changes: object) -> Verdict:
    return number_allowed.gate(make_draft(), make_facts(**changes), NOW)


@pytest.mark.parametrize("number", ["+15145550101", "+12125550123", "+18005550199"])
def test_a_number_of_an_allowed_country_passes(number: str) -> None:
    assert verdict(number=number) == Pass()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+33600000002", "its number is of FR, and the practice texts only CA, US"),
        ("+19005550123", "its number is charged at a premium rate"),
        ("+123", "its number is not a valid phone number"),
    ],
)
def test_any_other_number_is_blocked(number: str, reason: str) -> None:
    assert verdict(number=number) == Block(reason)


def test_a_contact_without_a_phone_is_blocked() -> None:
    assert verdict(number=None) == Block("the contact has no phone")


def test_a_phone_that_cannot_be_read_says_why() -> None:
    person = make_person(phone=None, phone_problem="has too few digits for CA")
    assert verdict(number=None, contact=person) == Block("the contact's phone has too few digits for CA")


def test_a_sender_that_was_removed_blocks() -> None:
    blocked = verdict(job=make_job(sender="urgent"), terms=make_terms())
    assert blocked == Block("its sender urgent is not among the practice's senders")
