"""The checks before a text is sent, in order, per origin; `judge` asks them until one says anything but pass."""

import datetime as dt

from jobs.gates import caps, number_allowed, opted_out, says_truth, sending_window, sensitive, still_wanted, unclear
from jobs.gates.contract import Draft, Facts, Gate, Pass, Verdict
from jobs.states import Origin

GATES: dict[Origin, tuple[Gate, ...]] = {
    Origin.REMINDER: (
        still_wanted.gate,
        opted_out.gate,
        number_allowed.gate,
        unclear.gate,
        sending_window.gate,
        caps.gate,
        sensitive.gate,
        says_truth.gate,
    ),
    Origin.CORRECTION: (
        still_wanted.gate,
        opted_out.gate,
        number_allowed.gate,
        unclear.gate,
        sending_window.gate,
        sensitive.gate,
        says_truth.gate,
    ),
    Origin.ACKNOWLEDGEMENT: (
        still_wanted.gate,
        opted_out.gate,
        number_allowed.gate,
        sending_window.gate,
        sensitive.gate,
    ),
    Origin.ONE_OFF: (
        still_wanted.gate,
        opted_out.gate,
        number_allowed.gate,
        sending_window.gate,
        caps.gate,
        sensitive.gate,
    ),
}
"""No cap stops a correction or an acknowledgement, and none counts it."""


def judge(draft: Draft, facts: Facts, now: dt.datetime) -> Verdict:
    """Return the first verdict that is not a pass, else a pass with every warning."""
    warnings: list[str] = []
    for gate in GATES[facts.job.origin]:
        verdict = gate(draft, facts, now)
        if not isinstance(verdict, Pass):
            return verdict
        warnings += verdict.warnings
    return Pass(tuple(warnings))
