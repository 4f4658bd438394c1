"""What travels through delivery: a claimed batch with its own clock, its drafts, the requests on the wire.

Plain values; a batch's `now` is the claim's moment plus steady time since, so that a jumping clock changes nothing.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.drafts import Draft, Facts
from jobs.providers.contract import Outcome
from jobs.rendering import Unrenderable
from jobs.store.outcomes import NO_GROUNDS, Grounds
from jobs.store.values import Intent, Job


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs that this worker holds until `lease_until`."""

    claimed: Sequence[Job]
    claimed_at: dt.datetime
    steady_at: float
    lease_until: dt.datetime
    steady: Callable[[], float]

    def now(self) -> dt.datetime:
        """Return the present moment of this batch."""
        return self.claimed_at + dt.timedelta(seconds=self.steady() - self.steady_at)


@dataclass(frozen=True, slots=True)
class Composed:
    """A claimed job, its facts (None: nothing is in force in its practice) and its draft, or why it has none."""

    job: Job
    facts: Facts | None
    made: Draft | Unrenderable


@dataclass(frozen=True, slots=True)
class Drafted:
    """A job's facts with the draft of its text."""

    facts: Facts
    draft: Draft


@dataclass(frozen=True, slots=True)
class Going:
    """A committed intent, the facts it rests on, how long the provider may go on trying, and what is kept as proof."""

    intent: Intent
    facts: Facts
    valid_for: dt.timedelta
    grounds: Grounds = NO_GROUNDS


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a request."""

    going: Going
    outcome: Outcome
