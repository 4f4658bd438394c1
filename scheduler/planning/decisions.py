"""What planning is given and what it returns: an occasion and its people in, decisions out.

Plain values without behaviour. Moments are aware and in UTC; local wall times are strings as they were given.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scheduler.planning.compiled import StepTerms


class Reason(enum.StrEnum):
    """Why a step gives no job; the value is the word that people read."""

    BEFORE_EFFECTIVE_FROM = "before effective_from"
    NO_SUCH_CHANGE = "no such change"
    CONDITION_FALSE = "condition false"
    NO_DATE = "no date"
    NOT_BEFORE_START = "not before the start"
    SAME_DAY = "same day"
    QUIET_HOURS = "quiet hours"
    TOO_LATE = "too late"
    NO_PHONE = "no phone"
    NO_OPEN_HOUR = "no open hour while useful"
    SUPERSEDED = "superseded"
    SAME_PHONE = "same phone"
    OCCASION_OFF = "reminders are off for the occasion"
    PERSON_OFF = "reminders are off for the person"
    RULE_MUTED = "the rule is muted for the occasion"


MUTES: Final = frozenset({Reason.OCCASION_OFF, Reason.PERSON_OFF, Reason.RULE_MUTED})
"""What a person asked for: it stops pinned jobs too."""


class Shift(enum.StrEnum):
    """How the planned moment was found from the step's own moment."""

    NONE = "at its own moment"
    LATER = "at the next opening"
    EARLIER = "before the last window ended"
    FURTHER_BACK = "more than 3 days back, since the next opening would be useless"
    AFTER_DATED = "at the first open moment after the start was recorded"
    SEND_NOW = "late, so at once or at the next opening"


class UsefulBy(enum.StrEnum):
    """What set `useful_until`."""

    OWN = "its own useful_until"
    START = "the start"
    DAY_END = "the day's end"
    NEXT_STEP = "the next step"
    NEXT_REPEAT = "the next repeat"
    THREE_DAYS = "3 days"
    ONE_DAY = "1 day"


class Unreached(enum.StrEnum):
    """Why an occasion is unreached at once, before any text came due."""

    NOBODY = "it names nobody"
    NO_COMMON_HOUR = (
        "no hour of a weekday lies inside the sending window of all possible zones: state this person's zone"
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as planning sees them.

    `phone` is E.164 or None; `zones` is the stated zone, or the possible zones of the number (a text goes only when all
    are inside); empty means the practice's zone. `fields` are the contact's own, for `contact.<field>` conditions.
    `reminders_off`: no text goes to them by itself.
    """

    key: str
    phone: str | None = None
    zones: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    reminders_off: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded change that fires `on:` steps; intake lists only those that fire (not CSV, bulk, first reads).

    `what` is "created" or "status"; `status` the status word then (None: the kind's first live one); `count` numbers
    the occasion's changes and is the anchor of the step's job.
    """

    what: str
    at: dt.datetime
    count: int = 1
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A reminder's identity within its practice and occasion."""

    rule: str
    step: str
    role: str
    anchor: str
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class OccasionFacts:
    """An occasion as planning sees it.

    `start` and `end` are local wall times of the occasion's zone ("2026-12-01T10:00"; with an offset they are that
    instant), or for a kind dated by day a date ("2026-12-10", then `end` is not looked at). `dated_at` is the moment
    the present start was recorded: the only moment against which lateness is judged. `people` maps roles to contact
    keys; blank keys do not count. `fields` are typed as the kind says, or their text. `corrections` says per contact
    when a correction for the present start goes. `fallen` are jobs that ended blocked, failed, expired or cancelled and
    so supersede nothing. `remote` changes no decision, only what texts print. `reminders_off`: no text about it goes by
    itself; `muted` are rules that do not remind of it, under their present or former ids.
    """

    kind: str
    ref: str
    start: str | None
    dated_at: dt.datetime
    end: str | None = None
    timezone: str | None = None
    remote: bool = False
    status: str | None = None
    answer: str = "none"
    fields: Mapping[str, object] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    corrections: Mapping[str, dt.datetime] = field(default_factory=dict)
    fallen: frozenset[Identity] = frozenset()
    reminders_off: bool = False
    muted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The values that conditions looked at: the occasion's (with status and answer) and the contact's."""

    occasion: Mapping[str, object]
    contact: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision per (rule, step, role, repeat): a job, or the reason there is none.

    A job when `reason` is None; then `planned_for` and `useful_until` are set, and `useful_by` says what set the
    latter. `own_moment` is the step's own moment before any shift (None where it could not be reckoned), `late` whether
    it lay more than 5 minutes before `dated_at`. `cause` is what superseded this one, or had its phone or day first
    (None for a correction). Where there is no job, `planned_for` is the moment it would have gone, if one was found.
    """

    of: StepTerms
    role: str
    contact: str
    anchor: str
    repeat: int
    reason: Reason | None
    planned_for: dt.datetime | None = None
    useful_until: dt.datetime | None = None
    own_moment: dt.datetime | None = None
    shift: Shift = Shift.NONE
    useful_by: UsefulBy | None = None
    late: bool = False
    cause: Identity | None = None
    looked_at: LookedAt | None = field(default=None, compare=False, repr=False)

    @property
    def detail(self) -> str:
        """The reason in more words than its own, where there is more to say; reckoned when asked for."""
        if self.reason is Reason.CONDITION_FALSE and self.looked_at is not None:
            return self.of.condition.why_not(self.looked_at.occasion, self.looked_at.contact)
        if self.reason is Reason.NO_DATE:
            return f"its {self.of.from_field or 'date'} is empty, or leads out of the calendar"
        if self.reason is Reason.BEFORE_EFFECTIVE_FROM:
            return f"the rule is for what is dated {self.of.effective_from} or later"
        if self.reason is Reason.SUPERSEDED and self.cause is None:
            return "superseded by a correction"
        return ""

    @property
    def is_job(self) -> bool:
        """Whether a job should exist."""
        return self.reason is None

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.of.rule

    @property
    def step(self) -> str:
        """The step's id."""
        return self.of.step

    @property
    def template(self) -> str:
        """The template's name."""
        return self.of.template

    @property
    def sender(self) -> str | None:
        """The sender's id: the rule's, else the practice's first; None where the practice has none."""
        return self.of.sender

    @property
    def purpose(self) -> str:
        """`service` or `commercial`."""
        return self.of.purpose

    @property
    def plan_hash(self) -> str:
        """The hash of everything in the revision that dates or chooses this job."""
        return self.of.plan_hash

    @property
    def identity(self) -> Identity:
        """What makes this reminder the same one after a replan."""
        return Identity(self.of.rule, self.of.step, self.role, self.anchor, self.repeat)


@dataclass(frozen=True, slots=True)
class Planned:
    """All decisions for one occasion, in the revision's order, and whether it is unreached at once."""

    decisions: tuple[Decision, ...]
    unreached: Unreached | None = None
