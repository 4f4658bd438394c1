"""A text that might go: one step, role and repeat of one occasion, while planning decides what becomes of it.

Here stands what is judged of each by itself: mutes, effective_from, the change, the condition, the date, quiet hours to
skip, lateness and the phone. What depends on other texts is laid over it by `laying` and `superseding`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.planning.compiled import QuietHours, Side, StepTerms
from scheduler.planning.decisions import Change, Person, Reason, Shift, UsefulBy
from scheduler.planning.repeats import own_moments
from scheduler.planning.scene import Scene
from scheduler.planning.shifting import Hours
from scheduler.planning.timing import Anchor

LATE_AFTER = dt.timedelta(minutes=5)
"""A step is late when its own moment lies more than this before the present start was recorded."""

NOT_LAID = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(slots=True, eq=False)
class Candidate:
    """What is known of a text while it is planned.

    `ready`: it cannot go before this moment, when its occasion's start, or its change, or its step was recorded.
    `fixed` is a reason that stands whatever else is sent; `outcome` is the reason laid over it, None for a job. `goes`
    is the moment it really goes: `planned`, or `ready` where that has passed by up to five minutes.
    """

    step: StepTerms
    role: str
    person: Person
    hours: Hours
    dated_at: dt.datetime
    ready: dt.datetime
    anchor: Anchor | None = None
    anchor_text: str = ""
    repeat: int = 1
    own: dt.datetime | None = None
    fixed: Reason | None = None
    late: bool = False
    outcome: Reason | None = None
    planned: dt.datetime | None = None
    goes: dt.datetime = NOT_LAID
    until: dt.datetime | None = None
    shift: Shift = Shift.NONE
    useful_by: UsefulBy | None = None
    cause: "Candidate | None" = None

    @property
    def own_moment(self) -> dt.datetime:
        """The own moment of a candidate that has one."""
        if self.own is None:
            message = f"{self.step.rule}/{self.step.step} has no moment"
            raise AssertionError(message)
        return self.own

    @property
    def dated_anchor(self) -> Anchor:
        """The anchor of a candidate that has one."""
        if self.anchor is None:
            message = f"{self.step.rule}/{self.step.step} has no anchor"
            raise AssertionError(message)
        return self.anchor


def candidates_of(scene: Scene, step: StepTerms, role: str, person: Person, hours: Hours) -> Iterator[Candidate]:
    """Yield one candidate per repeat, with the reason that stands whatever else is sent, if there is one."""
    if step.side is Side.ON:
        yield _on_change(scene, step, role, person, hours)
        return
    anchor = scene.anchor if step.from_field is None else scene.anchor_of(step)
    ready = max(scene.facts.dated_at, step.first_published)
    text = "" if anchor is None else anchor.text
    muted = _muted(scene, step, person)
    reason = _standing(scene, step, person) or (Reason.NO_DATE if anchor is None else None)
    if reason is not None or anchor is None:
        fixed = muted or reason
        for repeat in range(1, step.times + 1):
            yield Candidate(step, role, person, hours, scene.facts.dated_at, ready, anchor, text, repeat, fixed=fixed)
        return
    for repeat, own, ended in own_moments(step, anchor, scene.place):
        candidate = Candidate(step, role, person, hours, scene.facts.dated_at, ready, anchor, text, repeat, own)
        candidate.fixed = muted or ended or (Reason.NO_DATE if own is None else _alone(candidate))
        yield candidate


def _muted(scene: Scene, step: StepTerms, person: Person) -> Reason | None:
    """Return what a person asked for, which goes before all that the rules say."""
    if scene.facts.reminders_off:
        return Reason.OCCASION_OFF
    if person.reminders_off:
        return Reason.PERSON_OFF
    return Reason.RULE_MUTED if step.rule in scene.muted else None


def _standing(scene: Scene, step: StepTerms, person: Person) -> Reason | None:
    if step.effective_from is not None and scene.day is not None and scene.day < step.effective_from:
        return Reason.BEFORE_EFFECTIVE_FROM
    if not step.condition.holds(scene.values, person.fields):
        return Reason.CONDITION_FALSE
    return None


def _alone(candidate: Candidate) -> Reason | None:
    """Judge a candidate that has a moment: quiet hours to skip come before lateness, a missing phone after it."""
    step, own = candidate.step, candidate.own_moment
    if step.in_quiet_hours is QuietHours.SKIP and not candidate.hours.is_open(own):
        return Reason.QUIET_HOURS
    if step.side is not Side.ON:
        candidate.late = own < candidate.dated_at - LATE_AFTER
        published_later = step.first_published > candidate.dated_at and own < step.first_published
        if published_later or (candidate.late and not step.sends_late):
            return Reason.TOO_LATE
    return None if candidate.person.phone else Reason.NO_PHONE


def _on_change(scene: Scene, step: StepTerms, role: str, person: Person, hours: Hours) -> Candidate:
    """Return the candidate of an `on:` step; its anchor is the count of the latest change that fires it."""
    dated_at = scene.facts.dated_at
    change = _latest(scene, step)
    if change is None:
        return Candidate(step, role, person, hours, dated_at, dated_at, scene.anchor, fixed=Reason.NO_SUCH_CHANGE)
    candidate = Candidate(step, role, person, hours, dated_at, change.at, scene.anchor, str(change.count))
    candidate.fixed = _standing(scene, step, person)
    if candidate.fixed is None:
        try:
            candidate.own = scene.place.shift_moment(change.at, step.offset, 1)
        except OverflowError:
            candidate.fixed = Reason.NO_DATE
        else:
            candidate.fixed = _alone(candidate)
    candidate.fixed = _muted(scene, step, person) or candidate.fixed
    return candidate


def _latest(scene: Scene, step: StepTerms) -> Change | None:
    fires = _fires_created if step.on_status is None else _fires_status
    found = [
        change for change in scene.facts.changes if change.at >= step.first_published and fires(scene, step, change)
    ]
    return max(found, key=lambda change: change.at, default=None)


def _fires_created(scene: Scene, _step: StepTerms, change: Change) -> bool:
    """Tell of `created`: a live status and a start (by day: the day's end) still ahead."""
    if change.what != "created" or scene.anchor is None:
        return False
    ahead = scene.anchor.end if scene.anchor.by_day else scene.anchor.moment
    return ahead > change.at and (change.status or scene.kind.live[0]) in scene.kind.live


def _fires_status(_scene: Scene, step: StepTerms, change: Change) -> bool:
    return change.what == "status" and change.status == step.on_status
