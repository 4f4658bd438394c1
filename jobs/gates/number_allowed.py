"""Gate: is there a sender, and a valid number that is not premium, in a country that the practice allows? Pure."""

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
    country = country_of(number)
    if not country:
        return Block("its number is not a valid phone number")
    if is_premium(number):
        return Block("its number is charged at a premium rate")
    if not is_in_countries(number, facts.terms.countries):
        return Block(f"its number is of {country}, and the practice texts only {', '.join(facts.terms.countries)}")
    return Pass()


def _why_none(facts: Facts) -> str:
    problem = facts.contact.phone_problem if facts.contact else None
    return f"the contact's phone {problem}" if problem else "the contact has no phone"
