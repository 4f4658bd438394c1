"""Gate: is there a sender, and a valid number that can be texted, not premium, in an allowed country? Pure."""

import datetime as dt

from jobs.gates.contract import Block, Draft, Facts, Pass, Verdict
from jobs.phone import country_of, is_in_countries, is_premium


def gate(_draft: Draft, facts: Facts, _now: dt.datetime) -> Verdict:
    """Block a text that has no number to go to, or none that it may go to."""
    if facts.terms.sender(facts.job.sender) is None:
        return Block(f"its sender {facts.job.sender} is not among the practice's senders")
    number = facts.number
    if number is None:
        return Block(_why_none(facts))
    reason = _why_not(number, facts)
    return Pass() if reason is None else Block(reason)


def _why_not(number: str, facts: Facts) -> str | None:
    """Return why a number may not be texted, or None."""
    country = country_of(number)
    if facts.number_fault is not None:
        return f"its number cannot be texted: {facts.number_fault}"
    if not country:
        return "its number is not a valid phone number"
    if is_premium(number):
        return "its number is charged at a premium rate"
    if not is_in_countries(number, facts.terms.countries):
        return f"its number is of {country}, and the practice texts only {', '.join(facts.terms.countries)}"
    return None


def _why_none(facts: Facts) -> str:
    problem = facts.contact.phone_problem if facts.contact else None
    return f"the contact's phone {problem}" if problem else "the contact has no phone"
