"""Gate: may this person be texted for this purpose? An opt-out forbids everything, a purpose may need consent. Pure."""

import datetime as dt

from jobs.gates.contract import Block, Draft, Facts, Pass, Verdict


def gate(_draft: Draft, facts: Facts, _now: dt.datetime) -> Verdict:
    """Block a text to who opted out, or whose consent the practice needs and does not have."""
    if facts.opted_out is not None:
        return Block(f"the person opted out ({facts.opted_out})")
    purpose = facts.job.purpose
    if facts.consent == "withdrawn":
        return Block(f"the person withdrew consent to {purpose} texts")
    needed = facts.terms.consent_commercial if purpose == "commercial" else facts.terms.consent_service
    if needed == "express" and facts.consent != "consent":
        return Block(f"{purpose} texts need the person's express consent, and none is recorded")
    return Pass()
