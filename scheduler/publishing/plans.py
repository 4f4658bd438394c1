"""What publishing a rulebook would do to the jobs that are stored: a checked rulebook in, counts and samples out.

Runs the planner and the replanner's comparison over every occasion of the practice; writes and locks nothing.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, select

from jobs import store
from jobs.errors import InputError
from jobs.records import contacts, occasion_people, occasions
from jobs.states import UNSENT, Origin
from jobs.store.values import Job
from scheduler.planning.basis import Basis, basis_of
from scheduler.planning.changes import Cause, Circumstances, diff
from scheduler.planning.compiled import compile_rulebook
from scheduler.planning.decisions import Planned
from scheduler.planning.replanner import decide
from scheduler.planning.stored import StoredOccasion, stored_occasion
from scheduler.publishing.effects import Counts, Effects, ShownMove, effects_of
from scheduler.publishing.revisions import current_revision, first_publishings, load_current
from scheduler.publishing.samples import Estimate, Sample
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.schema import Rulebook

OCCASIONS_AT_ONCE = 500
MOST_MOVES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """What publishing would do, by rule and in all. `texts_changed` are templates whose words differ from the base's.

    `waiting_with_changed_texts` counts jobs kept as they are whose text will read otherwise; `costs` of new jobs by
    currency, an estimate; `asks` when more sends are new than the practice lets through without typing the number.
    """

    base: str | None
    revision: str
    by_rule: Mapping[str, Counts]
    total: Counts
    moves: tuple[ShownMove, ...] = ()
    texts_changed: tuple[str, ...] = ()
    waiting_with_changed_texts: int = 0
    samples: tuple[Sample, ...] = ()
    costs: Mapping[str, Decimal] | None = None
    asks: bool = False

    @property
    def changes_nothing(self) -> bool:
        """Tell whether this very rulebook is published already."""
        return self.base == self.revision


def plan_publish(connection: Connection, rulebook: Rulebook, now: dt.datetime) -> PublishPlan:
    """Return what publishing a checked rulebook at `now` would do."""
    content = content_of(rulebook)
    revision, kept = revision_id(content), rulebook_of(content)
    practice = kept.practice.practice
    base = current_revision(connection, practice)
    if base == revision:
        return PublishPlan(base, revision, {}, Counts())
    changed = _changed_texts(connection, practice, base, kept)
    known = first_publishings(connection, practice)
    first = {(rule.id, step.id): known.get((rule.id, step.id), now) for rule in kept.rules for step in rule.steps}
    compiled = compile_rulebook(kept, first)
    estimate = Estimate(derive_terms(kept), revision, compiled.window)
    ledger = _Ledger(basis_of(revision, kept, compiled), now, estimate, frozenset(changed))
    for part in _parts(connection, practice):
        ledger.add(connection, part)
    return _told(base, revision, kept, ledger)


def _told(base: str | None, revision: str, rulebook: Rulebook, ledger: "_Ledger") -> PublishPlan:
    total = Counts()
    for counts in ledger.by_rule.values():
        total = total.plus(counts)
    order = [rule.id for rule in rulebook.rules]
    names = [*order, *sorted(set(ledger.by_rule) - set(order))]
    return PublishPlan(
        base=base,
        revision=revision,
        by_rule={name: ledger.by_rule.get(name, Counts()) for name in names},
        total=total,
        moves=tuple(ledger.moves),
        texts_changed=tuple(sorted(ledger.changed_texts)),
        waiting_with_changed_texts=ledger.waiting_with_changed_texts,
        samples=tuple(ledger.estimate.samples),
        costs=dict(ledger.estimate.costs),
        asks=total.new > rulebook.practice.confirm_above,
    )


class _Ledger:
    """Gathers the effects, part by part."""

    def __init__(self, basis: Basis, now: dt.datetime, estimate: Estimate, changed_texts: frozenset[str]) -> None:
        self._basis = basis
        self._now = now
        self.estimate = estimate
        self.changed_texts = changed_texts
        self.by_rule: dict[str, Counts] = {}
        self.moves: list[ShownMove] = []
        self.waiting_with_changed_texts = 0

    def add(self, connection: Connection, part: Sequence[RowMapping]) -> None:
        """Add what would happen to the jobs of some occasions."""
        ids = [row["id"] for row in part]
        people = _people_of(connection, ids)
        jobs: dict[uuid.UUID, list[Job]] = {}
        for job in store.jobs_of_occasions(connection, ids):
            if job.occasion_id is not None:
                jobs.setdefault(job.occasion_id, []).append(job)
        reminders = [job.id for each in jobs.values() for job in each if job.origin is Origin.REMINDER]
        touched = store.maybe_accepted(connection, reminders)
        for row in part:
            roles = people.get(row["id"], {})
            occasion = stored_occasion(row, roles, self._basis.kinds.get(row["kind"]))
            effects, planned = self._effects(occasion, jobs.get(row["id"], []), touched)
            self._count(effects, row, roles)
            self._count_texts(planned, jobs.get(row["id"], []))

    def _effects(
        self, occasion: StoredOccasion, jobs: Sequence[Job], touched: frozenset[uuid.UUID] | set[uuid.UUID]
    ) -> tuple[Effects, Planned]:
        try:
            planned = decide(self._basis, occasion, jobs)
        except InputError:  # what cannot be read is not planned
            planned = Planned(())
        circumstances = Circumstances(
            now=self._now,
            dated_at=occasion.facts.dated_at,
            steps=self._basis.steps,
            providers=self._basis.providers,
            contact_ids=occasion.contact_ids,
            off=occasion.off,
            cause=Cause.PUBLISHING,
            touched=touched,
        )
        return effects_of(planned, jobs, diff(planned, jobs, circumstances)), planned

    def _count(self, effects: Effects, row: RowMapping, roles: Mapping[str, RowMapping]) -> None:
        for rule, counts in effects.by_rule.items():
            self.by_rule[rule] = self.by_rule.get(rule, Counts()).plus(counts)
        self.moves.extend(effects.moves[: max(0, MOST_MOVES_SHOWN - len(self.moves))])
        for decision in effects.new:
            contact = roles.get(decision.role)
            if contact is not None:
                self.by_rule[decision.rule].segments += self.estimate.add(decision, row, contact)

    def _count_texts(self, planned: Planned, jobs: Sequence[Job]) -> None:
        if not self.changed_texts:
            return
        wanted = {(each.rule, each.step, each.anchor, each.repeat) for each in planned.decisions if each.is_job}
        self.waiting_with_changed_texts += sum(
            job.state in UNSENT
            and job.template in self.changed_texts
            and (job.rule, job.step, job.anchor, job.repeat) in wanted
            for job in jobs
        )


def _parts(connection: Connection, practice: str) -> Iterator[Sequence[RowMapping]]:
    """Yield the practice's occasions in the order of their ids; those that are gone have no job left to change."""
    query = select(occasions).where(occasions.c.practice == practice, occasions.c.gone_at.is_(None))
    query = query.order_by(occasions.c.id).limit(OCCASIONS_AT_ONCE)
    part = connection.execute(query).mappings().all()
    while part:
        yield part
        part = connection.execute(query.where(occasions.c.id > part[-1]["id"])).mappings().all()


def _people_of(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, RowMapping]]:
    query = (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *contacts.c)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id.in_(ids))
    )
    people: dict[uuid.UUID, dict[str, RowMapping]] = {}
    for row in connection.execute(query).mappings():
        people.setdefault(row["occasion_id"], {})[row["role"]] = row
    return people


def _changed_texts(connection: Connection, practice: str, base: str | None, rulebook: Rulebook) -> list[str]:
    """Return the templates of both revisions whose words differ, or that another sentence now stands around."""
    if base is None:
        return []
    before = load_current(connection, practice).rulebook
    around = before.practice.starts_with != rulebook.practice.starts_with
    return [
        name
        for name, sources in rulebook.templates.items()
        if name in before.templates and (around or before.templates[name] != sources)
    ]
