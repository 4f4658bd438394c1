"""What a replan stands on and what it says it did: a published revision, moment and cause, counts. Frozen values."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Final

from scheduler.planning.changes import Cause
from scheduler.planning.compiled import CompiledRulebook
from scheduler.rulebook.schema import Kind, Rulebook, kinds_of

OCCASIONS_A_TRANSACTION: Final = 500
OCCASIONS_A_SQLITE_TRANSACTION: Final = 200


def occasions_a_transaction(*, is_sqlite: bool) -> int:
    """Return how many occasions one transaction plans: on SQLite fewer, since every other writer waits for it."""
    return OCCASIONS_A_SQLITE_TRANSACTION if is_sqlite else OCCASIONS_A_TRANSACTION


@dataclass(frozen=True, slots=True)
class Basis:
    """What jobs are planned under: a published revision, compiled, with what the replanner looks up in it."""

    practice: str
    revision: str
    plan: CompiledRulebook
    kinds: Mapping[str, Kind]
    steps: frozenset[tuple[str, str]]
    providers: Mapping[str, str]


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
    )
