"""An opt-out forbids everything; a purpose may need consent."""

import pytest

from jobs.gates import opted_out
from jobs.gates.contract import Block, Pass, Verdict
from jobs.states import Origin
from tests.unit.jobs.facts_builders import NOW, make_draft, make_facts, make_job, make_terms


def verdict(**changes: object) -> Verdict:
    return opted_out.gate(make_draft(), make_facts(**changes), NOW)


@pytest.mark.parametrize("purpose", ["service", "commercial"])
def test_an_opt_out_forbids_every_purpose(purpose: str) -> None:
    found = verdict(opted_out="by text, 2026-11-01", job=make_job(purpose=purpose), consent="consent")
    assert found == Block("the person opted out (by text, 2026-11-01)")


@pytest.mark.parametrize(
    ("purpose", "needs", "consent", "passes"),
    [
        ("service", {}, None, True),
        ("service", {"consent_service": "express"}, None, False),
        ("service", {"consent_service": "express"}, "consent", True),
        ("service", {}, "withdrawn", False),
        ("commercial", {}, None, False),
        ("commercial", {}, "consent", True),
        ("commercial", {}, "implied", False),
        ("commercial", {"consent_commercial": "implied"}, None, False),
        ("commercial", {"consent_commercial": "implied"}, "implied", True),
        ("commercial", {"consent_commercial": "implied"}, "consent", True),
        ("commercial", {"consent_commercial": "implied"}, "withdrawn", False),
    ],
)
def test_a_purpose_needs_the_consent_that_the_practice_says(
    purpose: str, needs: dict[str, str], consent: str | None, *, passes: bool
) -> None:
    found = verdict(job=make_job(purpose=purpose), terms=make_terms(**needs), consent=consent)
    assert isinstance(found, Pass if passes else Block)


def test_the_one_text_that_confirms_an_opt_out_goes() -> None:
    job = make_job(origin=Origin.ACKNOWLEDGEMENT, rule_step=None, acknowledges="opt_out")
    assert verdict(job=job, opted_out="by text, 2026-11-01") == Pass()


def test_no_other_acknowledgement_goes_to_who_opted_out() -> None:
    job = make_job(origin=Origin.ACKNOWLEDGEMENT, rule_step=None, acknowledges="help")
    assert isinstance(verdict(job=job, opted_out="by text, 2026-11-01"), Block)


def test_who_writes_is_answered_whatever_consent_the_practice_needs() -> None:
    job = make_job(origin=Origin.ACKNOWLEDGEMENT, rule_step=None, acknowledges="confirmed")
    assert verdict(job=job, terms=make_terms(consent_service="express")) == Pass()
