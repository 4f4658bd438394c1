"""What publishing a rulebook would do to the jobs that are stored: a checked rulebook in, effects and samples out.

Runs the planner and the replanner's comparison over every occasion of the practice; writes and locks nothing.
"""

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from jobs.database import Database
from scheduler.planning.basis import basis_of
from scheduler.planning.compiled import compile_rulebook
from scheduler.publishing.effects import Counts, ShownMove, What
from scheduler.publishing.ledger import Outlook, Reading, Seen, go_over
from scheduler.publishing.listing import Listed, Nearest
from scheduler.publishing.revisions import current_revision, first_moments, first_publishings, load_current
from scheduler.publishing.samples import Estimate, Sample
from scheduler.publishing.shown import Shown
from scheduler.publishing.soon import Soon
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.schema import Rulebook

MOST_MOVES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """What publishing would do, by rule and in all. `texts_changed` are templates whose words differ from the base's.

    `waiting_with_changed_texts` counts jobs kept as they are whose text will read otherwise; `costs` of new jobs by
    currency, an estimate; `asks` when more are new or moved than may pass without the number.
    `listed` are the nearest effects one by one, `shown` all of them as hashes, `soon` what time alone may change; `id`
    where the plan was kept.
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
    listed: tuple[Listed, ...] = ()
    shown: Shown = field(default_factory=Shown, compare=False, repr=False)
    soon: Soon = field(default_factory=Soon, compare=False, repr=False)
    planned_at: dt.datetime | None = None
    id: str | None = None
    started_from: str | None = None

    @property
    def changes_nothing(self) -> bool:
        """Tell whether this very rulebook is published already."""
        return self.base == self.revision


def plan_publish(connection: Connection, rulebook: Rulebook, now: dt.datetime) -> PublishPlan:
    """Return what publishing a checked rulebook at `now` would do, read over one connection."""
    return _plan(lambda: contextlib.nullcontext(connection), rulebook, now)


def plan_over(database: Database, rulebook: Rulebook) -> PublishPlan:
    """Return what publishing a checked rulebook now would do, read in many short transactions."""
    with database.read() as connection:
        now = database.moment(connection)
    return _plan(database.read, rulebook, now)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan is made on: the revision in force, the one that would be, and what to plan jobs with under it."""

    base: str | None
    revision: str
    rulebook: Rulebook
    outlook: Outlook
    estimate: Estimate


def grounds_of(reading: Reading, rulebook: Rulebook, now: dt.datetime) -> Grounds:
    """Return what publishing a rulebook at `now` would stand on.

    Raises:
        InputError: a holiday code or the sending window cannot be read.

    """
    content = content_of(rulebook)
    revision, kept = revision_id(content), rulebook_of(content)
    practice = kept.practice.practice
    with reading() as connection:
        base = current_revision(connection, practice)
        reworded = _changed_texts(connection, practice, base, kept)
        known = first_publishings(connection, practice)
    compiled = compile_rulebook(kept, first_moments(kept, known, now))
    estimate = Estimate(derive_terms(kept), revision, compiled.window)
    outlook = Outlook(basis_of(revision, kept, compiled), now, reworded)
    return Grounds(base, revision, kept, outlook, estimate)


def _plan(reading: Reading, rulebook: Rulebook, now: dt.datetime) -> PublishPlan:
    on = grounds_of(reading, rulebook, now)
    if on.base == on.revision:
        return PublishPlan(on.base, on.revision, {}, Counts(), planned_at=now)
    gathered = Gathered(on.estimate, now)
    go_over(reading, on.outlook, gathered)
    total = Counts()
    for counts in gathered.by_rule.values():
        total = total.plus(counts)
    order = [rule.id for rule in on.rulebook.rules]
    names = [*order, *sorted(set(gathered.by_rule) - set(order))]
    return PublishPlan(
        base=on.base,
        revision=on.revision,
        by_rule={name: gathered.by_rule.get(name, Counts()) for name in names},
        total=total,
        moves=tuple(gathered.moves),
        texts_changed=tuple(sorted(on.outlook.reworded)),
        waiting_with_changed_texts=gathered.waiting_with_changed_texts,
        samples=tuple(gathered.estimate.samples),
        costs=dict(gathered.estimate.costs),
        asks=total.new + total.moved > on.rulebook.practice.confirm_above,
        listed=gathered.nearest.in_order(),
        shown=gathered.shown,
        soon=gathered.soon,
        planned_at=now,
    )


class Gathered:
    """Gathers what would happen, occasion by occasion."""

    def __init__(self, estimate: Estimate, now: dt.datetime) -> None:
        """Begin with nothing."""
        self.soon = Soon(now)
        self.estimate = estimate
        self.by_rule: dict[str, Counts] = {}
        self.moves: list[ShownMove] = []
        self.waiting_with_changed_texts = 0
        self.nearest = Nearest()
        self.shown = Shown()

    def see(self, seen: Seen) -> None:
        """Add what would happen to an occasion's jobs."""
        effects = seen.effects
        self.soon.add(seen)
        for rule, counts in effects.by_rule.items():
            self.by_rule[rule] = self.by_rule.get(rule, Counts()).plus(counts)
        for decision in effects.new:
            contact = seen.people.get(decision.role)
            if contact is not None:
                self.by_rule[decision.rule].segments += self.estimate.add(decision, seen.row, contact)
        if effects.each:
            self.shown.add(seen.row["id"], effects.each)
            self.nearest.add(seen)
            self._note(seen)

    def _note(self, seen: Seen) -> None:
        for effect in seen.effects.each:
            if effect.what is What.REWORDED:
                self.waiting_with_changed_texts += 1
            elif effect.what is What.MOVED and effect.was and effect.becomes and effect.was != effect.becomes:
                step = f"{effect.slot.rule}/{effect.slot.step}"
                if len(self.moves) < MOST_MOVES_SHOWN:
                    self.moves.append(ShownMove(step, str(seen.row["ref"]), effect.was, effect.becomes))


def _changed_texts(connection: Connection, practice: str, base: str | None, rulebook: Rulebook) -> frozenset[str]:
    """Return the templates of both revisions whose words differ, or that another sentence now stands around."""
    if base is None:
        return frozenset()
    before = load_current(connection, practice).rulebook
    around = before.practice.starts_with != rulebook.practice.starts_with
    return frozenset(
        name
        for name, sources in rulebook.templates.items()
        if name in before.templates and (around or before.templates[name] != sources)
    )
