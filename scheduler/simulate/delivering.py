"""What a worker would do with one entry: compose, gate, reserve; each job's end or hold comes out. It sends nothing.

The renderer, the gates and the gate of caps at the intent are the worker's own; the provider is taken to accept.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jobs.delivery.batches import Composed, Drafted
from jobs.delivery.withholding import UNPUBLISHED, verdict_on, withheld_by
from jobs.drafts import Draft
from jobs.gates import caps
from jobs.gates.contract import Pass, Verdict
from jobs.rendering import Renderer, Unrenderable
from jobs.states import State
from jobs.store.values import BEING_REPLANNED, WORKER, Job
from scheduler.simulate.facts import FactsKept
from scheduler.simulate.reserves import Reserves


@dataclass(frozen=True, slots=True)
class Delivered:
    """A job as it stands after its turn, its text where one was made, and the gates' warnings."""

    job: Job
    draft: Draft | None
    warnings: tuple[str, ...] = ()


class Worker:
    """Works entries under one revision, one after another."""

    def __init__(self, facts: FactsKept, reserves: Reserves) -> None:
        """Begin with nothing compiled."""
        self._facts = facts
        self._reserves = reserves
        self._renderer = Renderer()

    def deliver(self, jobs: Sequence[Job], now: dt.datetime) -> list[Delivered]:
        """Compose and gate the jobs of one entry together, then let those that pass go, one after another."""
        composed = self._compose(jobs, now)
        return [self._end(each, verdict_on(each, now), now) for each in composed]

    def _compose(self, jobs: Sequence[Job], now: dt.datetime) -> list[Composed]:
        found = self._facts.of(jobs, now)
        made: list[Composed] = []
        for job in jobs:
            facts = found.get(job.id)
            draft = Unrenderable(UNPUBLISHED) if facts is None else self._renderer.compose(facts, now)
            made.append(Composed(job, facts, draft))
        return made

    def _end(self, composed: Composed, verdict: Verdict, now: dt.datetime) -> Delivered:
        draft = composed.made if isinstance(composed.made, Draft) else None
        if not isinstance(verdict, Pass) or draft is None or composed.facts is None:
            return _withheld(composed.job, draft, verdict, now)
        at_the_intent = self._within_caps(Drafted(composed.facts, draft), now)
        if not isinstance(at_the_intent, Pass):
            return _withheld(composed.job, draft, at_the_intent, now)
        self._reserves.reserve(composed.facts, draft, now)
        sent = replace(composed.job, state=State.SENT, reason=None, moved_by=WORKER, updated_at=now)
        return Delivered(sent, draft, verdict.warnings)

    def _within_caps(self, drafted: Drafted, now: dt.datetime) -> Verdict:
        """Ask the gate of caps again, after the texts of this entry that went before."""
        if drafted.facts.terms.spending is None:
            return Pass()
        return caps.gate(drafted.draft, self._reserves.facts_at(drafted.facts, now), now)


def _withheld(job: Job, draft: Draft | None, verdict: Verdict, now: dt.datetime) -> Delivered:
    """Return a job as the store leaves one that does not go; no gate passes one without a text."""
    if isinstance(verdict, Pass):
        return Delivered(job, draft)
    withheld = withheld_by(verdict, job.id, job.fence)
    reason = BEING_REPLANNED if withheld.being_replanned else withheld.reason
    due_at = withheld.until or job.due_at
    held = replace(job, state=withheld.state, reason=reason, due_at=due_at, moved_by=WORKER, updated_at=now)
    return Delivered(held, draft)
