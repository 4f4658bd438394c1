"""What rendering and the gates need of a batch of claimed jobs: one query a kind, however many jobs; writes nothing."""

import datetime as dt
import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from jobs import bad_numbers, consent, spending
from jobs.conversation.settling import unsettled
from jobs.drafts import About, ClaimedJob, Facts, Money, Person
from jobs.errors import InputError
from jobs.gates.caps import counts, local_day
from jobs.phone import Phone, read_phone
from jobs.records import contacts, occasions, practices, revisions, texts
from jobs.states import Origin
from jobs.store.telling import Pair, being_told, read_told
from jobs.store.values import Job
from jobs.terms import Terms
from jobs.windows import Calendar, SendingWindow
from jobs.windows.sending import zone_of

REVISIONS_KEPT: Final = 64

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InForce:
    """A practice's current revision: its id, its terms, and its sending window laid on its calendar.

    `corrections_window` is that for corrections about something near, None where the practice has none.
    """

    revision: str
    terms: Terms
    window: SendingWindow
    corrections_window: SendingWindow | None = None


class FactsReader:
    """Reads facts; keeps the terms and windows of the newest revisions it met. Safe for several threads."""

    def __init__(self) -> None:
        """Start knowing no revision."""
        self._known: OrderedDict[Key, InForce] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, connection: Connection, claimed: Sequence[Job], now: dt.datetime) -> dict[uuid.UUID, Facts]:
        """Return the facts of each job by its id; a job whose practice has no revision in force is left out."""
        in_force = self.in_force(connection, {job.practice for job in claimed})
        people = _people(connection, {job.contact_id for job in claimed if job.contact_id})
        abouts = _occasions(connection, {job.occasion_id for job in claimed if job.occasion_id})
        found = {
            job.id: _facts(
                job, in_force[job.practice], people, abouts.get(job.occasion_id) if job.occasion_id else None
            )
            for job in claimed
            if job.practice in in_force
        }
        return _with_numbers(connection, _with_told(connection, found), now)

    def in_force(self, connection: Connection, practice_ids: Collection[str]) -> dict[str, InForce]:
        """Return what is in force in each of these practices; one that has published nothing is left out."""
        current = current_revisions(connection, practice_ids)
        missing = [key for key in current.items() if key not in self._known]
        for key, terms in _terms(connection, missing).items():
            self._keep(key, InForce(key[1], terms, _window(terms), _corrections_window(terms)))
        with self._lock:
            return {key[0]: self._known[key] for key in current.items() if key in self._known}

    def _keep(self, key: Key, in_force: InForce) -> None:
        with self._lock:
            self._known[key] = in_force
            self._known.move_to_end(key)
            while len(self._known) > REVISIONS_KEPT:
                self._known.popitem(last=False)


def current_revisions(connection: Connection, practice_ids: Collection[str]) -> dict[str, str]:
    """Return the id of the revision in force in each of these practices that has one."""
    rows = connection.execute(
        select(practices.c.id, practices.c.current_revision).where(practices.c.id.in_(sorted(practice_ids)))
    )
    return {row.id: row.current_revision for row in rows if row.current_revision is not None}


def with_money(
    connection: Connection, found: Mapping[uuid.UUID, Facts], now: dt.datetime, *, lock: bool
) -> dict[uuid.UUID, Facts]:
    """Return facts with what the month has cost and the numbers' texts of today, as they stand now."""
    months = {month_key(facts, now) for facts in found.values() if facts.terms.spending is not None}
    days = {key for facts in found.values() if (key := day_key(facts, now)) is not None}
    counted = spending.read_days(connection, days, lock=lock)
    money = spending.read_months(connection, months, lock=lock)
    return {
        job_id: replace(
            facts,
            spent=money.get(month_key(facts, now), Money()),
            texts_today=counted.get(key, 0) if (key := day_key(facts, now)) else 0,
        )
        for job_id, facts in found.items()
    }


def month_key(facts: Facts, now: dt.datetime) -> spending.MonthKey:
    """Return the practice and the month that a text sent now counts in."""
    return facts.job.practice, spending.month_of(now, facts.terms.timezone)


def day_key(facts: Facts, now: dt.datetime) -> spending.DayKey | None:
    """Return the number's day that a text sent now counts on; None where no cap of the day asks."""
    terms = facts.terms.spending
    if terms is None or terms.per_number_per_day is None or facts.number is None or not counts(facts):
        return None
    return facts.job.practice, facts.number, local_day(facts, now).isoformat()


def _with_numbers(connection: Connection, found: dict[uuid.UUID, Facts], now: dt.datetime) -> dict[uuid.UUID, Facts]:
    """Return the facts with what is known of their numbers: consent, money, whether a text ever went there."""
    keys = {(facts.job.practice, facts.number) for facts in found.values() if facts.number is not None}
    words = consent.standings(connection, keys, now)
    known = _texted(connection, keys)
    faults = bad_numbers.reasons(connection, keys)
    unclear = unsettled(connection, keys)
    for job_id, facts in found.items():
        if facts.number is None:
            continue
        key = (facts.job.practice, facts.number)
        standing = words.get(key, consent.Standing())
        found[job_id] = replace(
            facts,
            opted_out=standing.opted_out,
            consent=standing.on(facts.job.purpose),
            first_text=key not in known and facts.job.origin is not Origin.ACKNOWLEDGEMENT,
            number_fault=faults.get(key),
            unclear_at=unclear[key].unclear_at if key in unclear else None,
            perhaps_opted_out=key in unclear and unclear[key].perhaps_opted_out,
        )
    return with_money(connection, found, now, lock=False)


def _terms(connection: Connection, keys: Sequence[Key]) -> dict[Key, Terms]:
    if not keys:
        return {}
    rows = connection.execute(
        select(revisions.c.practice, revisions.c.id, revisions.c.terms).where(
            revisions.c.practice.in_([practice for practice, _ in keys]),
            revisions.c.id.in_([revision for _, revision in keys]),
        )
    )
    wanted = set(keys)
    return {(row.practice, row.id): Terms.model_validate(row.terms) for row in rows if (row.practice, row.id) in wanted}


def _window(terms: Terms) -> SendingWindow:
    calendar = Calendar(terms.holidays, terms.extra_closed, terms.extra_open)
    return SendingWindow.read(terms.sending_window, calendar)


def _corrections_window(terms: Terms) -> SendingWindow | None:
    return None if terms.corrections_window is None else SendingWindow.every_day(terms.corrections_window)


def _with_told(connection: Connection, found: dict[uuid.UUID, Facts]) -> dict[uuid.UUID, Facts]:
    """Return the facts with what the contacts of corrections were told, and whether they are being told right now."""
    corrections = {job_id: pair for job_id, facts in found.items() if (pair := _told_pair(facts)) is not None}
    if not corrections:
        return found
    told = read_told(connection, {occasion_id for occasion_id, _ in corrections.values()})
    now = being_told(connection, corrections)
    for job_id, pair in corrections.items():
        row = told.get(pair)
        known = None if row is None else row.told
        found[job_id] = replace(found[job_id], told=known, being_told=job_id in now)
    return found


def _told_pair(facts: Facts) -> Pair | None:
    job = facts.job
    if job.origin is not Origin.CORRECTION or job.occasion_id is None or job.contact_id is None:
        return None
    return job.occasion_id, job.contact_id


def _people(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Person, Person | None]]:
    """Return each contact, and the other one whose phone is used for them, if there is one."""
    if not ids:
        return {}
    via = contacts.alias("via")
    rows = connection.execute(
        select(contacts, *(column.label(f"via_{column.name}_of") for column in via.c))
        .outerjoin(via, via.c.id == contacts.c.via_id)
        .where(contacts.c.id.in_(ids))
    ).mappings()
    return {row["id"]: (_person(row, "{}"), _person(row, "via_{}_of") if row["via_id_of"] else None) for row in rows}


def _person(row: RowMapping, name: str) -> Person:
    def value(column: str) -> Any:  # noqa: ANN401 - a column's own type
        return row[name.format(column)]

    return Person(
        name=value("name"),
        first_name=value("first_name"),
        phone=value("phone"),
        phone_problem=value("phone_problem"),
        phone_zones=tuple(value("phone_zones") or ()),
        timezone=value("timezone"),
        language=value("language"),
        fields=value("fields") or {},
        reminders_off=value("reminders_off"),
        gone=value("gone_at") is not None,
    )


def _occasions(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, About]:
    if not ids:
        return {}
    rows = connection.execute(select(occasions).where(occasions.c.id.in_(ids)))
    return {
        row.id: About(
            kind=row.kind,
            start=row.start,
            end=row.end,
            timezone=row.timezone,
            remote=row.remote,
            status=row.status,
            fields=row.fields or {},
            reminders_off=row.reminders_off,
            muted_rules=tuple(row.skip or ()),
            gone=row.gone_at is not None,
            case_ref=row.case_ref,
            change_count=row.change_count,
        )
        for row in rows
    }


def _texted(connection: Connection, keys: Collection[Key]) -> set[Key]:
    """Return the numbers to which a text of their practice went before."""
    if not keys:
        return set()
    rows = connection.execute(
        select(texts.c.practice, texts.c.number)
        .where(
            texts.c.practice.in_(sorted({practice for practice, _ in keys})),
            texts.c.number.in_(sorted({number for _, number in keys})),
            texts.c.direction == "out",
        )
        .distinct()
    )
    return {(row.practice, row.number) for row in rows}


def _facts(
    job: Job, in_force: InForce, people: Mapping[uuid.UUID, tuple[Person, Person | None]], about: About | None
) -> Facts:
    person, via = people.get(job.contact_id, (None, None)) if job.contact_id else (None, None)
    if person is not None and via is not None:
        person = _reached_via(person, via)
    number = person.phone if person is not None else job.to_number
    return Facts(
        job=_claimed(job),
        terms=in_force.terms,
        revision=in_force.revision,
        window=in_force.window,
        zones=_zones(person, number, in_force.terms),
        number=number,
        contact=person,
        occasion=about,
        corrections_window=in_force.corrections_window,
    )


def _reached_via(person: Person, via: Person) -> Person:
    """Return a contact as reached on another's phone: that one's number and zone, and language where none is stated."""
    has_zone = bool(via.timezone or via.phone_zones)
    return replace(
        person,
        phone=None if via.gone else via.phone,
        phone_problem=f"is that of {via.name or 'a contact'}, who is gone" if via.gone else via.phone_problem,
        phone_zones=via.phone_zones,
        timezone=via.timezone if has_zone else person.timezone,
        language=person.language or via.language,
    )


def _zones(person: Person | None, number: str | None, terms: Terms) -> tuple[str, ...]:
    """Return the zones in which the recipient may be: the one stated, else the number's, else the practice's."""
    if person is not None:
        possible: tuple[str, ...] = (person.timezone,) if person.timezone else person.phone_zones
    else:
        read = read_phone(number, terms.country) if number else None
        possible = read.zones if isinstance(read, Phone) else ()
    # A name that this machine's zone data lacks exempts nobody: the practice's zone counts then.
    return tuple(zone for zone in possible if is_zone(zone)) or (terms.timezone,)


def is_zone(name: str) -> bool:
    """Tell whether a zone of that name is known here."""
    try:
        zone_of(name)
    except InputError:
        return False
    return True


def _claimed(job: Job) -> ClaimedJob:
    return ClaimedJob(
        id=job.id,
        practice=job.practice,
        origin=job.origin,
        fence=job.fence,
        due_at=job.due_at,
        useful_until=job.useful_until,
        sender=job.sender,
        provider=job.provider,
        rule_step=f"{job.rule}/{job.step}" if job.rule and job.step else None,
        plan_hash=job.plan_hash,
        anchor=job.anchor,
        template=job.template,
        text=job.text,
        variables=job.variables or {},
        purpose=job.purpose,
        contact_id=job.contact_id,
        occasion_id=job.occasion_id,
        to_number=job.to_number,
        ignore_quiet_hours=job.ignore_quiet_hours,
        attempts=job.attempts,
        stop_wanted=job.stop_wanted,
        acknowledges=job.step if job.origin is Origin.ACKNOWLEDGEMENT else None,
        received_at=job.planned_for if job.origin is Origin.ACKNOWLEDGEMENT else None,
    )
