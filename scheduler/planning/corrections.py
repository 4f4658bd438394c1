"""Which contacts are to be told that what they know of an occasion is no longer so: what was told in, changes out.

Pure. One correction per person and change: a waiting one takes up what changed meanwhile, or ends where all is so
again. A phone that two people share is told once; reminders that are off are off for corrections too, a muted rule
still corrects what it told. The store writes what comes out.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.corrections import Ahead, Present, What, ahead, choose, template_for, untrue
from jobs.states import REOPENABLE, UNSENT, Origin, State
from jobs.store.falling import FALLEN
from jobs.store.identity import correction_identity
from jobs.store.telling import ToldRow
from jobs.store.values import BEING_REPLANNED, PLANNER, Change, Job, NewJob, Pick
from jobs.terms import RuleTerms
from jobs.windows.correcting import CorrectionHours
from jobs.windows.sending import zone_of
from scheduler.planning.basis import Basis, Occurrence
from scheduler.planning.changes import Cause, for_people
from scheduler.planning.decisions import Person
from scheduler.planning.stored import StoredOccasion

URGENCY: Final = 1
"""Only acknowledgements go before corrections."""

_GOING_OUT: Final = frozenset({State.SENDING, State.IN_DOUBT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An occasion whose people may need correcting: what each contact was told, its jobs, which of them told somebody.

    `jobs` are all of the occasion's, under their present names; `touched` those that were or may have been accepted.
    """

    basis: Basis
    occurrence: Occurrence
    occasion: StoredOccasion
    told: Mapping[uuid.UUID, ToldRow]
    jobs: Sequence[Job]
    touched: Collection[uuid.UUID]


@dataclass(slots=True)
class CorrectionChanges:
    """What is to be done to an occasion's corrections, and the moment at which one goes, by the contact's key.

    `unreached` says why somebody cannot be told, if so; `untold` says it by the contact's id.
    """

    creates: list[NewJob] = field(default_factory=list)
    moves: list[Change] = field(default_factory=list)
    refreshes: list[Change] = field(default_factory=list)
    reopens: list[Change] = field(default_factory=list)
    cancels: list[Pick] = field(default_factory=list)
    going: dict[str, dt.datetime] = field(default_factory=dict)
    unreached: str | None = None
    untold: dict[uuid.UUID, str] = field(default_factory=dict)
    without_sender: int = 0


@dataclass(frozen=True, slots=True)
class _Listener:
    """Somebody who was told, by the key and id of the contact, the role that the correction goes to, and by whom."""

    key: str
    contact_id: uuid.UUID
    person: Person
    role: str
    told: ToldRow
    rules: tuple[RuleTerms, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A correction that somebody is to get: what it tells, by which rule, when, and until when it is of use."""

    listener: _Listener
    what: What
    rule: RuleTerms
    template: str
    planned_for: dt.datetime
    until: dt.datetime


def going_of(occasion: StoredOccasion, jobs: Collection[Job]) -> dict[str, dt.datetime]:
    """Return by contact's key when a correction that tells the present start goes or went, as its jobs say."""
    keys = {contact_id: key for key, contact_id in occasion.contact_ids.items()}
    going: dict[str, dt.datetime] = {}
    for job in jobs:
        if job.origin is not Origin.CORRECTION or job.state in FALLEN or job.step == What.CANCELLED:
            continue
        key = None if job.contact_id is None else keys.get(job.contact_id)
        if key is not None and job.planned_for >= occasion.facts.dated_at:
            going[key] = max(job.planned_for, going.get(key, job.planned_for))
    return going


def correct(case: Case) -> CorrectionChanges:
    """Return what is to be done so that who was told something that is no longer so is told once more, and nobody else.

    A publish begins no correction: what it changes happened before.
    """
    correcting = _Correcting(case)
    mine = [job for job in case.jobs if job.origin is Origin.CORRECTION]
    if not case.told and not mine:
        return correcting.changes
    kept = {job.id for listener in _listeners(case) for job in correcting.settle(listener, mine)}
    correcting.drop([job for job in mine if job.id not in kept])
    dropped = {pick.id for pick in correcting.changes.cancels}
    standing = [job for job in mine if job.id not in dropped]
    correcting.changes.going = {**going_of(case.occasion, standing), **correcting.changes.going}
    return correcting.changes


def _listeners(case: Case) -> Iterator[_Listener]:
    """Yield who was told and is still named, one a phone: of several who share it the last who was told."""
    by_phone: dict[str, _Listener] = {}
    for listener in _told(case):
        phone = listener.person.phone or listener.key
        before = by_phone.get(phone)
        if before is None or listener.told.at > before.told.at:
            by_phone[phone] = listener
    yield from by_phone.values()


def _told(case: Case) -> Iterator[_Listener]:
    facts = case.occasion.facts
    for key, contact_id in case.occasion.contact_ids.items():
        row = case.told.get(contact_id)
        roles = [role for role, named in facts.people.items() if named == key]
        if row is None or not roles or key not in case.occasion.people:
            continue
        theirs = [job for job in case.jobs if job.contact_id == contact_id and job.id in case.touched]
        names = {job.rule for job in theirs}
        rules = tuple(rule for rule in case.basis.rules if rule.kind == facts.kind and rule.id in names)
        role = next((job.role for job in reversed(theirs) if job.role in roles), None) or roles[0]
        yield _Listener(key, contact_id, case.occasion.people[key], role, row, rules)


@dataclass(slots=True)
class _Correcting:
    case: Case
    changes: CorrectionChanges = field(default_factory=CorrectionChanges)
    why_not: dict[uuid.UUID, str] = field(default_factory=dict)

    def settle(self, listener: _Listener, mine: Sequence[Job]) -> list[Job]:
        """Bring a person's corrections in line; return the jobs that stay."""
        theirs = [job for job in mine if job.contact_id == listener.contact_id]
        waiting = next((job for job in theirs if job.state in UNSENT), None)
        wanted = self._wanted(listener, waiting)
        if wanted is None:
            return [] if self._is_wrong(listener) else [job for job in theirs if job.state not in UNSENT]
        if waiting is None:
            return self._begin(wanted, mine)
        self._update(waiting, wanted)
        return [waiting]

    def drop(self, jobs: Sequence[Job]) -> None:
        """Cancel what nobody wants; a text already going out is not tried again. One that a person risks again stays.

        Where what it tells is so, an attempt in doubt counts as told, and whoever let it go again has chosen that.
        """
        for job in jobs:
            is_waiting = job.state in UNSENT and (job.id not in self.case.touched or self._is_overtaken(job))
            if is_waiting or (job.state in _GOING_OUT and not job.stop_wanted):
                reason = self._why_dropped(job)
                self.changes.cancels.append(Pick(id=job.id, fence=job.fence, reason=reason))

    def _is_wrong(self, listener: _Listener) -> bool:
        return bool(untrue(listener.told.told, self._present()).whats())

    def _is_overtaken(self, job: Job) -> bool:
        row = None if job.contact_id is None else self.case.told.get(job.contact_id)
        return row is None or bool(untrue(row.told, self._present()).whats())

    def _why_dropped(self, job: Job) -> str:
        if job.contact_id is None or job.contact_id not in self.case.occasion.contact_ids.values():
            return "its person is not named any more"
        if not self._is_overtaken(job):
            return "all that this person was told is so"
        return self.why_not.get(job.contact_id, "what it tells is told otherwise")

    def _present(self) -> Present:
        occasion = self.case.occasion
        return Present(
            start=occasion.facts.start,
            fields=occasion.facts.fields,
            is_off=occasion.called_off,
            is_live=occasion.off is None,
            zone=zone_of(occasion.facts.timezone or self.case.basis.plan.timezone),
        )

    def _wanted(self, listener: _Listener, waiting: Job | None) -> _Wanted | None:
        """Return the correction that a person is to get, or None; one that cannot go leaves the occasion unreached."""
        told, now = listener.told.told, self.case.occurrence.now
        differing = untrue(told, self._present())
        chosen = choose(differing, listener.rules)
        template = None if chosen is None else template_for(*chosen, differing)
        if chosen is None or template is None:
            self.why_not[listener.contact_id] = "no rule that told this person has a text for it"
            return None
        since = self._since(waiting)
        about = ahead(told, self._present(), since)
        if about is not None and about.until <= now:
            about = ahead(told, self._present(), now)
        if about is None:
            self.why_not[listener.contact_id] = "the old and the new start have passed"
            return None
        planned_for = self._opening(listener, about, since)
        return None if planned_for is None else _Wanted(listener, *chosen, template, planned_for, about.until)

    def _since(self, waiting: Job | None) -> dt.datetime:
        """Return the moment from which a correction may go: when it was first wanted for the present start."""
        if waiting is None:
            return self.case.occurrence.now
        return max(waiting.created_at, self.case.occasion.facts.dated_at)

    def _opening(self, listener: _Listener, about: Ahead, since: dt.datetime) -> dt.datetime | None:
        if self.case.occasion.facts.reminders_off or listener.person.reminders_off:
            self._cannot_go(listener, "reminders are turned off")
            return None
        if listener.person.phone is None:
            self._cannot_go(listener, "has no phone that can be texted")
            return None
        basis = self.case.basis
        hours = CorrectionHours(basis.plan.window, basis.corrections_window, about.start)
        opening = hours.next_opening(since, listener.person.zones or (basis.plan.timezone,))
        if opening is None or opening >= about.until:
            self._cannot_go(listener, "no open hour is left to correct it")
            return None
        return opening

    def _cannot_go(self, listener: _Listener, why: str) -> None:
        self.why_not[listener.contact_id] = why
        self.changes.unreached = f"its person was told what is no longer so, and {why}"
        self.changes.untold[listener.contact_id] = why

    def _update(self, job: Job, wanted: _Wanted) -> None:
        """Let a waiting correction tell what is to be told now."""
        change = self._change(job, wanted)
        self.changes.going[wanted.listener.key] = wanted.planned_for
        new = (wanted.template, wanted.rule.id, wanted.what, wanted.until, change.sender)
        is_same = new == (job.template, job.rule, job.step, job.useful_until, job.sender)
        if wanted.planned_for != job.planned_for and not job.pinned:
            self.changes.moves.append(change)
        elif not is_same or job.reason == BEING_REPLANNED:
            self.changes.refreshes.append(replace(change, planned_for=None))

    def _begin(self, wanted: _Wanted, mine: Sequence[Job]) -> list[Job]:
        """Plan the correction of this change, or bring back the one that there is; return the job that stays."""
        identity = self._identity(wanted)
        job = next((job for job in mine if job.identity == identity), None)
        if job is not None:
            if not self._comes_back(job, wanted):
                return [job]
            self.changes.reopens.append(replace(self._change(job, wanted), reason="it is wanted again"))
        elif self.case.occurrence.cause is Cause.PUBLISHING:
            return []
        elif wanted.rule.sender not in self.case.basis.providers:
            self.changes.without_sender += 1
            return []
        else:
            self.changes.creates.append(self._new(wanted, identity))
        self.changes.going[wanted.listener.key] = wanted.planned_for
        return [] if job is None else [job]

    def _comes_back(self, job: Job, wanted: _Wanted) -> bool:
        """Tell whether an ended correction of this very change is to go after all."""
        if job.state not in REOPENABLE or job.id in self.case.touched:
            return False
        if job.state is State.CANCELLED:
            return job.moved_by == PLANNER
        if job.state is State.EXPIRED:
            return wanted.until > job.useful_until
        by_person = (job.moved_by or "").startswith("person:")
        return wanted.listener.contact_id in self.case.occurrence.new_numbers and not by_person

    def _identity(self, wanted: _Wanted) -> uuid.UUID:
        occasion = self.case.occasion
        return correction_identity(
            practice=self.case.basis.practice,
            occasion_id=occasion.id,
            role=wanted.listener.role,
            change_count=occasion.change_count,
        )

    def _change(self, job: Job, wanted: _Wanted) -> Change:
        sender = self._sender(job, wanted.rule.sender)
        return Change(
            id=job.id,
            fence=job.fence,
            planned_for=wanted.planned_for,
            useful_until=wanted.until,
            contact_id=wanted.listener.contact_id,
            rule=wanted.rule.id,
            step=wanted.what.value,
            template=wanted.template,
            sender=sender,
            provider=self.case.basis.providers.get(sender or ""),
            revision=self.case.basis.revision,
            reason=self._reason(wanted),
        )

    def _sender(self, job: Job, sender: str | None) -> str:
        """Return whom a correction is to go by: its rule's sender, or the fallback that took it over when due."""
        basis = self.case.basis
        if sender is None or sender not in basis.providers:
            return job.sender
        is_begun = job.state in UNSENT and (job.state is State.RETRYING or job.due_at <= self.case.occurrence.now)
        return job.sender if is_begun and job.sender in basis.fallbacks.get(sender, ()) else sender

    def _new(self, wanted: _Wanted, identity: uuid.UUID) -> NewJob:
        basis, sender = self.case.basis, wanted.rule.sender or ""
        return NewJob(
            practice=basis.practice,
            identity=identity,
            origin=Origin.CORRECTION,
            sender=sender,
            provider=basis.providers[sender],
            planned_for=wanted.planned_for,
            useful_until=wanted.until,
            rule=wanted.rule.id,
            step=wanted.what.value,
            occasion_id=self.case.occasion.id,
            role=wanted.listener.role,
            change_count=self.case.occasion.change_count,
            contact_id=wanted.listener.contact_id,
            template=wanted.template,
            purpose=wanted.rule.purpose,
            urgency=URGENCY,
            revision=basis.revision,
            reason=self._reason(wanted),
        )

    def _reason(self, wanted: _Wanted) -> str:
        told, facts = wanted.listener.told.told, self.case.occasion.facts
        if wanted.what is What.MOVED:
            return f"told {for_people(told.start)}, and it is {for_people(facts.start or '')} now"
        if wanted.what is What.CANCELLED:
            return f"told {for_people(told.start)}, and {self.case.occasion.off}"
        changed = sorted(untrue(told, self._present()).fields.intersection(wanted.rule.changed_of))
        return f"told another {', '.join(changed)}"
