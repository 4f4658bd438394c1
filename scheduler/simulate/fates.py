"""What a simulation finds: each job's fate, decisions that give no text, and the period looked at. Frozen values."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from jobs.drafts import Draft
from jobs.states import State
from jobs.store.values import Job
from scheduler.planning.decisions import Decision


@dataclass(frozen=True, slots=True)
class Period:
    """The time looked at: from `since` up to, not including, `until`; both aware."""

    since: dt.datetime
    until: dt.datetime

    def holds(self, moment: dt.datetime) -> bool:
        """Tell whether a moment lies inside."""
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Wait:
    """One time that a gate held a job: from when, until when, and why."""

    at: dt.datetime
    until: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a fate is about, by the names that people know: the occasion's kind and ref, the contact's ref and name."""

    kind: str | None = None
    occasion: str | None = None
    contact: str | None = None
    name: str = ""
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one job: its state and reason stand in `job`, `at` is when it came to that.

    A job that still waits has fallen due `at` then. `draft` is its text where one was made; `decision` the planner's of
    a reminder. `waits` are the gates' holds on the way, `warnings` what the gates warned of.
    """

    job: Job
    at: dt.datetime
    named: Named
    draft: Draft | None = None
    decision: Decision | None = None
    waits: tuple[Wait, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """Where the job stands at the end."""
        return self.job.state

    @property
    def body(self) -> str | None:
        """The words that would go, or went into the gate that stopped them."""
        return None if self.draft is None else self.draft.text


@dataclass(frozen=True, slots=True)
class Untexted:
    """A decision without a job whose moment lies in the period: nothing is sent then, and the decision says why."""

    at: dt.datetime
    named: Named
    decision: Decision
    contact_id: uuid.UUID | None
    dated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would happen in a period under a revision: fates and decisions without a text, in order of time.

    `dated_at` says per job when its occasion's present start was recorded.
    """

    practice: str
    revision: str
    timezone: str
    period: Period
    fates: tuple[Fate, ...]
    untexted: tuple[Untexted, ...] = ()
    dated_at: dict[uuid.UUID, dt.datetime] = field(default_factory=dict)

    def of_contacts(self, ids: Collection[uuid.UUID]) -> "Simulation":
        """Return what of it concerns these contacts."""
        return Simulation(
            self.practice,
            self.revision,
            self.timezone,
            self.period,
            tuple(fate for fate in self.fates if fate.job.contact_id in ids),
            tuple(each for each in self.untexted if each.contact_id in ids),
            self.dated_at,
        )
