"""The list of unreached people: a question in, one row per occasion and person out, soonest first. It writes nothing.

Suspects come from indexes, and a suspect is judged as `judging` says, for each of its people whom a rule addresses.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from jobs import store
from jobs.errors import InputError
from jobs.printing import wall_text
from jobs.windows.sending import zone_of
from scheduler.planning.basis import Basis, Occurrence
from scheduler.planning.corrections import Case, correct
from scheduler.planning.decisions import Planned
from scheduler.planning.remembering import memory_of
from scheduler.planning.renaming import under_present_names
from scheduler.planning.replanner import decide
from scheduler.planning.stored import StoredOccasion, in_parts, read_occasions
from scheduler.planning.timing import anchor_by_day, anchor_by_moment
from scheduler.unreached import suspects
from scheduler.unreached.judging import Cause, at_once, has_heard, of_corrections, of_decisions, of_ended, together
from scheduler.unreached.reading import Called, Known, read_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom to list: of one owner, with a start before `until`, those who were phoned too; None asks nothing."""

    owner: str | None = None
    until: dt.datetime | None = None
    phoned_too: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedPerson:
    """A person whom no text has told an occasion's present start, and what one wants to know to phone them.

    `contact_id` and what is of the contact are None or empty where the occasion names nobody. `start` is the local wall
    time (or day) in `timezone`; `phone` is E.164, else the number as it was given. `called`: the last call, if any.
    """

    occasion_id: uuid.UUID
    kind: str
    ref: str
    case_ref: str | None
    start: str
    starts_at: dt.datetime
    timezone: str
    contact_id: uuid.UUID | None
    contact: str | None
    role: str | None
    name: str
    phone: str
    language: str
    owner: str | None
    why: str
    since: dt.datetime
    job: uuid.UUID | None = None
    called: Called | None = None


def list_unreached(
    connection: Connection, basis: Basis, languages: Sequence[str], asked: Asked, now: dt.datetime
) -> list[UnreachedPerson]:
    """Return who is unreached at `now`; `languages` are the practice's, the first for whoever states none."""
    field = suspects.Field(basis, now, asked.until)
    misinformed = suspects.told_otherwise(connection, field)
    ids = suspects.with_unsaid_texts(connection, field) | suspects.with_nobody(connection, field)
    ids |= suspects.with_unreachable_people(connection, field) | misinformed
    ids |= _without_an_hour(connection, field, suspects.near_and_untold(connection, field) - ids)
    rows = [row for part in in_parts(sorted(ids)) for row in _judged(connection, field, part, misinformed, languages)]
    wanted = [row for row in rows if _is_asked_for(row, asked)]
    return sorted(wanted, key=lambda row: (row.starts_at, row.kind, row.ref, row.role or ""))


def unreached_of(
    connection: Connection, basis: Basis, languages: Sequence[str], occasion_id: uuid.UUID, now: dt.datetime
) -> list[UnreachedPerson]:
    """Return who of one occasion is unreached at `now`, those who were phoned too."""
    return list(_judged(connection, suspects.Field(basis, now), [occasion_id], {occasion_id}, languages))


def _is_asked_for(row: UnreachedPerson, asked: Asked) -> bool:
    if asked.owner is not None and (row.owner or "").casefold() != asked.owner.casefold():
        return False
    return asked.phoned_too or row.called is None


def _without_an_hour(connection: Connection, field: suspects.Field, ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return the occasions of which a text came due that could not go: no job says so, so they are planned again."""
    found = set()
    for part in in_parts(sorted(ids)):
        for occasion in read_occasions(connection, part, field.basis.kinds):
            decisions = _planned(field.basis, occasion).decisions
            if of_decisions(decisions, occasion.facts.dated_at, field.now) is not None:
                found.add(occasion.id)
    return found


def _planned(basis: Basis, occasion: StoredOccasion) -> Planned:
    try:
        return decide(basis, occasion, memory=memory_of(basis.plan))
    except InputError:  # what cannot be read is not planned; `why` says so
        return Planned(())


def _judged(
    connection: Connection,
    field: suspects.Field,
    ids: Sequence[uuid.UUID],
    misinformed: set[uuid.UUID],
    languages: Sequence[str],
) -> Iterator[UnreachedPerson]:
    stored = [each for each in read_occasions(connection, ids, field.basis.kinds) if each.off is None]
    people = {contact_id for each in stored for contact_id in each.contact_ids.values()}
    known = read_known(connection, ids, people)
    untold = _untold(connection, field, [each for each in stored if each.id in misinformed])
    for occasion in stored:
        case = _Suspect(field, occasion, known, untold.get(occasion.id, {}), languages)
        if case.is_ahead():
            yield from case.unreached()


def _untold(
    connection: Connection, field: suspects.Field, stored: Sequence[StoredOccasion]
) -> dict[uuid.UUID, dict[uuid.UUID, str]]:
    """Return by occasion and contact why a correction cannot go that would be needed."""
    ids = [each.id for each in stored]
    found = store.jobs_of_occasions(connection, ids)
    jobs, _ = under_present_names(field.basis.renames, found)
    touched = store.maybe_accepted(connection, [job.id for job in jobs])
    told = store.read_told(connection, ids)
    untold = {}
    for each in stored:
        case = Case(
            basis=field.basis,
            occurrence=Occurrence(field.now),
            occasion=each,
            told={contact_id: row for (occasion_id, contact_id), row in told.items() if occasion_id == each.id},
            jobs=[job for job in jobs if job.occasion_id == each.id],
            touched=touched,
        )
        untold[each.id] = correct(case).untold
    return untold


@dataclass(frozen=True, slots=True)
class _Suspect:
    field: suspects.Field
    occasion: StoredOccasion
    known: Known
    untold: dict[uuid.UUID, str]
    languages: Sequence[str]

    def is_ahead(self) -> bool:
        """Tell whether the start (by day: the day's end) still lies ahead."""
        row = self._row
        if row["start"] is None:
            return False
        try:
            zone = zone_of(self._timezone)
            if self.field.basis.plan.kinds[row["kind"]].by_day:
                return anchor_by_day(row["start"], zone).end > self.field.now
            return anchor_by_moment(row["start"], None, zone).moment > self.field.now
        except (InputError, ValueError, OverflowError):  # what cannot be read is not planned; `why` says so
            return False

    def unreached(self) -> Iterator[UnreachedPerson]:
        """Yield each person whom a rule addresses and who is unreached; one row where it names nobody."""
        planned = _planned(self.field.basis, self.occasion)
        if not self.occasion.facts.people:
            if planned.unreached is not None:
                yield self._person(None, None, at_once(str(planned.unreached), self.occasion.facts.dated_at))
            return
        kind = self.field.basis.plan.kinds[self._row["kind"]]
        people, first_role = self.occasion.facts.people, dict[uuid.UUID, str]()
        for role in (role for rule in kind.rules for role in rule.roles if role in people):
            first_role.setdefault(self.occasion.contact_ids[people[role]], role)
        for contact_id, role in first_role.items():
            cause = self._cause(contact_id, planned)
            if cause is not None:
                yield self._person(contact_id, role, cause)

    def _cause(self, contact_id: uuid.UUID, planned: Planned) -> Cause | None:
        pair = (self.occasion.id, contact_id)
        heard = self.known.heard.get(pair)
        dated_at, now = self.occasion.facts.dated_at, self.field.now
        if heard is not None and has_heard(heard.told, self._row["start"], zone_of(self._timezone)):
            return of_corrections(self.known.ended.get(pair, ()), heard, now)
        key = next(key for key, each in self.occasion.contact_ids.items() if each == contact_id)
        theirs = [decision for decision in planned.decisions if decision.contact == key]
        problem = self.known.contacts[contact_id]["phone_problem"]
        causes = [of_ended(self.known.ended.get(pair, ()), now), of_decisions(theirs, dated_at, now, problem)]
        if contact_id in self.untold:
            causes.append(at_once(f"was told what is no longer so, and {self.untold[contact_id]}", dated_at))
        if planned.unreached is not None and self._shares_no_hour(key):
            causes.append(at_once(str(planned.unreached), dated_at))
        return together(causes)

    def _shares_no_hour(self, key: str) -> bool:
        zones = self.occasion.people[key].zones
        return len(zones) > 1 and not self.field.basis.plan.window.has_common_hour(zones)

    def _person(self, contact_id: uuid.UUID | None, role: str | None, cause: Cause) -> UnreachedPerson:
        row = self._row
        contact = None if contact_id is None else self.known.contacts[contact_id]
        calls = self.known.calls.get(self.occasion.id, ())
        theirs = [call for call in calls if call.contact_id in {None, contact_id}]
        zone = zone_of(self._timezone)
        return UnreachedPerson(
            occasion_id=self.occasion.id,
            kind=row["kind"],
            ref=row["ref"],
            case_ref=row["case_ref"],
            start=wall_text(row["start"], zone) or row["start"],
            starts_at=row["starts_at"],
            timezone=self._timezone,
            contact_id=contact_id,
            contact=None if contact is None else contact["ref"],
            role=role,
            name="" if contact is None else contact["name"],
            phone="" if contact is None else contact["phone"] or contact["phone_given"],
            language=self.languages[0] if contact is None else contact["language"] or self.languages[0],
            owner=None if contact is None else contact["owner"],
            why=cause.why,
            since=cause.since,
            job=cause.job,
            called=theirs[-1] if theirs else None,
        )

    @property
    def _row(self) -> RowMapping:
        return self.known.rows[self.occasion.id]

    @property
    def _timezone(self) -> str:
        return self._row["timezone"] or self.field.basis.plan.timezone
