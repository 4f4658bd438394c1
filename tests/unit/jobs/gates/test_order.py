"""Gates are asked in order, per origin, until one does not pass."""

from decimal import Decimal

from jobs import gates
from jobs.gates.contract import Block, End, Hold, Pass
from jobs.states import Origin, State
from jobs.terms import SpendingTerms
from tests.unit.jobs.facts_builders import NOW, make_draft, make_facts, make_job, make_terms


def test_a_good_reminder_passes_every_gate() -> None:
    assert gates.judge(make_draft(), make_facts(), NOW) == Pass()


def test_the_first_gate_that_does_not_pass_is_heard() -> None:
    facts = make_facts(job=make_job(useful_until=NOW), opted_out="by text")
    verdict = gates.judge(make_draft("nothing true"), facts, NOW)
    assert isinstance(verdict, End)
    assert verdict.state is State.EXPIRED


def test_warnings_of_all_gates_come_together() -> None:
    facts = make_facts(terms=make_terms(spending=SpendingTerms(currency="CAD", monthly_cap=Decimal(1))))
    text = "Passport AB123456. See you December 1 at 9:30 a.m."
    verdict = gates.judge(make_draft(text), facts, NOW)
    assert isinstance(verdict, Pass)
    assert len(verdict.warnings) == 2


def test_a_one_off_need_not_name_a_date_but_passes_the_rest() -> None:
    job = make_job(origin=Origin.ONE_OFF, rule_step=None)
    assert gates.judge(make_draft("The door code changed."), make_facts(job=job), NOW) == Pass()
    blocked = gates.judge(make_draft("The door code changed."), make_facts(job=job, opted_out="by text"), NOW)
    assert isinstance(blocked, Block)


def test_an_acknowledgement_needs_no_date_and_counts_against_no_cap() -> None:
    job = make_job(origin=Origin.ACKNOWLEDGEMENT, rule_step=None, acknowledges="help")
    terms = make_terms(spending=SpendingTerms(currency="CAD", monthly_cap=Decimal(0), one_offs_at_cap="block"))
    assert gates.judge(make_draft("Reminders from Northlight."), make_facts(job=job, terms=terms), NOW) == Pass()


def test_what_a_person_may_have_meant_as_an_opt_out_is_heard_before_the_hour() -> None:
    verdict = gates.judge(make_draft(), make_facts(perhaps_opted_out=True), NOW)
    assert isinstance(verdict, Hold)
    assert "opt-out" in verdict.reason
