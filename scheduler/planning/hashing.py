"""A short, stable hash of everything in a revision that dates or chooses one step's job.

A worker compares it with the hash its job carries: where they differ the job waits to be planned again. Settings that
date nothing (texts, prices, caps, who may send) are not in it, nor are ids, so that a rename holds no job.
"""

import hashlib
import json

from scheduler.rulebook.schema import Kind, Practice, Rule, Step

_STEP_KEYS = {
    "only_if",
    "unless",
    "template",
    "before",
    "after",
    "from_",
    "at",
    "on",
    "wait",
    "every",
    "times",
    "in_quiet_hours",
    "if_late",
    "useful_until",
}
_RULE_KEYS = {"for_", "only_if", "unless", "to", "purpose", "effective_from"}
_PRACTICE_KEYS = {"timezone", "holidays", "extra_closed", "extra_open", "sending_window"}
_HASH_LENGTH = 16


def sender_of(practice: Practice, rule: Rule) -> str | None:
    """Return the id of the sender a rule's texts go from: its own, else the practice's first; None if there is none."""
    return rule.sender or (practice.senders[0].id if practice.senders else None)


def plan_hash(practice: Practice, kind: Kind, rule: Rule, step: Step) -> str:
    """Return 16 hexadecimal digits; the same in every process and for every spelling of the same values."""
    what = {
        "practice": practice.model_dump(mode="json", include=_PRACTICE_KEYS),
        "kind": {"dated": kind.dated, "live": list(kind.status.live), "from": kind.fields.get(step.from_ or "")},
        "rule": rule.model_dump(mode="json", include=_RULE_KEYS),
        "sender": sender_of(practice, rule),
        "step": step.model_dump(mode="json", include=_STEP_KEYS),
    }
    written = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:_HASH_LENGTH]
