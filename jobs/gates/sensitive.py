"""Gate: a text that gives away a card, identity or passport number or a password is blocked or passed with a warning.

Pure; which of the two is the practice's word, kind by kind.
"""

import datetime as dt
from typing import Final

from jobs.gates.contract import Block, Draft, Facts, Pass, Verdict
from jobs.sensitive_content import SensitiveKind, find_sensitive

# What holds where a practice says nothing (the table of settings in the rule reference).
_WARNED_BY_DEFAULT: Final[frozenset[SensitiveKind]] = frozenset({"passports"})


def gate(draft: Draft, facts: Facts, _now: dt.datetime) -> Verdict:
    """Block a text with a finding of a kind that the practice blocks, else pass it with a warning for each finding."""
    findings = find_sensitive(draft.text, _known(facts))
    blocking = [finding.sentence for finding in findings if _is_blocked(finding.kind, facts)]
    if blocking:
        return Block(f"the text {' and '.join(blocking)}")
    return Pass(tuple(f"the text {finding.sentence}" for finding in findings))


def _is_blocked(kind: SensitiveKind, facts: Facts) -> bool:
    """Tell whether the practice blocks texts of that kind."""
    return facts.terms.sensitive.get(kind, "warn" if kind in _WARNED_BY_DEFAULT else "block") == "block"


def _known(facts: Facts) -> frozenset[str]:
    """Return the phone numbers and the case's reference that may stand in a text."""
    numbers = (facts.number, facts.terms.phone, *(sender.number for sender in facts.terms.senders))
    case_ref = facts.occasion.case_ref if facts.occasion else None
    return frozenset(each for each in (*numbers, case_ref) if each)
