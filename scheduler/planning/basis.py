"""What a replan stands on and what it says it did: a published revision, moment and cause, counts. Frozen values."""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from jobs.terms import RuleTerms
from jobs.windows import SendingWindow
from scheduler.planning.changes import Cause
from scheduler.planning.compiled import CompiledRulebook
from scheduler.planning.hashing import sender_of
from scheduler.planning.renaming import Renames, renames_of
from scheduler.rulebook.schema import Kind, Practice, Rule, Rulebook, kinds_of

OCCASIONS_A_TRANSACTION: Final = 500
OCCASIONS_A_SQLITE_TRANSACTION: Final = 400


def occasions_a_transaction(*, is_sqlite: bool) -> int:
    """Return how many occasions one transaction plans: on SQLite fewer, since every other writer waits for it."""
    return OCCASIONS_A_SQLITE_TRANSACTION if is_sqlite else OCCASIONS_A_TRANSACTION


@dataclass(frozen=True, slots=True)
class Basis:
    """What jobs are planned under: a published revision, compiled, with what the replanner looks up in it.

    `rules` are those that may tell a correction, in the revision's order; `corrections_window` None: the sending one.
    `fallbacks`: by sender all that may take over from it, one after the other.
    """

    practice: str
    revision: str
    plan: CompiledRulebook
    kinds: Mapping[str, Kind]
    steps: frozenset[tuple[str, str]]
    providers: Mapping[str, str]
    rules: tuple[RuleTerms, ...] = ()
    corrections_window: SendingWindow | None = None
    renames: Renames = field(default_factory=Renames)
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replanned:
    """What a replan did: jobs by what happened to them, and occasions whose person cannot be reached, with the reason.

    `stopping`: already going out, stopped if they do not get through; `useless`: wanted ones that could not go any
    more; `without_sender`: the practice has no number to send them from.
    """

    planned: int = 0
    moved: int = 0
    refreshed: int = 0
    cancelled: int = 0
    stopping: int = 0
    reopened: int = 0
    useless: int = 0
    without_sender: int = 0
    unreached: tuple[tuple[uuid.UUID, str], ...] = ()

    def plus(self, other: "Replanned") -> "Replanned":
        """Return both together."""
        return Replanned(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "unreached"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When and why a replan happens; `new_numbers`: contacts whose number was changed just now."""

    now: dt.datetime
    cause: Cause = Cause.INTAKE
    new_numbers: Collection[uuid.UUID] = frozenset()


def basis_of(revision: str, rulebook: Rulebook, compiled: CompiledRulebook) -> Basis:
    """Return the basis that a published revision is."""
    practice = rulebook.practice
    return Basis(
        practice=practice.practice,
        revision=revision,
        plan=compiled,
        kinds=kinds_of(practice),
        steps=frozenset((rule.id, step.id) for rule in rulebook.rules for step in rule.steps),
        providers={sender.id: sender.provider for sender in practice.senders},
        rules=tuple(_terms(practice, rule) for rule in rulebook.rules if rule.moved or rule.cancelled or rule.changed),
        corrections_window=None if practice.corrections_window is None else _every_day(practice.corrections_window),
        renames=renames_of(rulebook.rules),
        fallbacks=_fallbacks(practice),
    )


def _fallbacks(practice: Practice) -> dict[str, tuple[str, ...]]:
    """Return by sender its fallback, that one's own, and so on; each once, whatever the practice says."""
    following = {sender.id: sender.fallback for sender in practice.senders if sender.fallback is not None}
    chains: dict[str, tuple[str, ...]] = {}
    for first in following:
        chain, sender = [first], following.get(first)
        while sender is not None and sender not in chain:
            chain.append(sender)
            sender = following.get(sender)
        chains[first] = tuple(chain[1:])
    return chains


@functools.lru_cache(maxsize=64)
def _every_day(written: str) -> SendingWindow:
    return SendingWindow.every_day(written)


def _terms(practice: Practice, rule: Rule) -> RuleTerms:
    """Return what planning needs of a rule that tells corrections."""
    return RuleTerms(
        id=rule.id,
        kind=rule.for_,
        sender=sender_of(practice, rule),
        purpose=rule.purpose,
        moved=rule.moved,
        cancelled=rule.cancelled,
        changed=rule.changed.template if rule.changed else None,
        changed_of=rule.changed.of if rule.changed else (),
    )
