"""Gate: may this person be texted for this purpose? An opt-out forbids everything but the one text that confirms it.

Pure. A purpose may need consent: express, or at least implied where the practice says so for commercial texts.
"""

import datetime as dt
from typing import Final

from jobs.gates.contract import Block, Draft, Facts, Pass, Verdict
from jobs.states import Origin

OPTED_OUT: Final = "the person opted out"
"""How the reason of a job begins that an opt-out blocked; START finds it by that."""
CONFIRMS: Final = "opt_out"
"""`jobs.step` of the acknowledgement that confirms an opt-out (47 CFR 64.1200(a)(12))."""

_ENOUGH: Final = {"express": frozenset({"consent"}), "implied": frozenset({"consent", "implied"})}


def gate(_draft: Draft, facts: Facts, _now: dt.datetime) -> Verdict:
    """Block a text to who opted out, or whose consent the practice needs and does not have."""
    if confirms_opt_out(facts):
        return Pass()
    if facts.opted_out is not None:
        return Block(f"{OPTED_OUT} ({facts.opted_out})")
    if facts.job.origin is Origin.ACKNOWLEDGEMENT:
        return Pass()
    purpose = facts.job.purpose
    if facts.consent == "withdrawn":
        return Block(f"the person withdrew consent to {purpose} texts")
    needed = facts.terms.consent_commercial if purpose == "commercial" else facts.terms.consent_service
    if needed in _ENOUGH and facts.consent not in _ENOUGH[needed]:
        return Block(f"{purpose} texts need the person's {_named(needed)} consent, and none is recorded")
    return Pass()


def confirms_opt_out(facts: Facts) -> bool:
    """Tell whether a job is the one text that may go to who has just opted out."""
    return facts.job.origin is Origin.ACKNOWLEDGEMENT and facts.job.acknowledges == CONFIRMS


def _named(needed: str) -> str:
    return "express" if needed == "express" else "express or implied"
