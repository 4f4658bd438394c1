"""What intake says it did: an outcome a row, warnings, what happened to jobs; or why it did nothing. Frozen values."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from scheduler.intake.rows import Problem
from scheduler.planning.basis import Replanned

MOST_WARNINGS: Final = 200
"""Warnings that are kept word by word; the others are counted."""


class Outcome(StrEnum):
    """What became of one row."""

    ADDED = "added"
    """It was not known."""
    MOVED = "moved"
    """Its start changed: a new date, so its answer is cleared."""
    CANCELLED = "cancelled"
    """Its status became one that is off."""
    DONE = "done"
    """Its status became one that is done."""
    RESTORED = "restored"
    """It had ended, was off or was gone, and is live again."""
    CHANGED = "changed"
    """Something else changed."""
    UNCHANGED = "unchanged"
    """It says what is stored."""
    OLDER = "older version"
    """A newer version of it is stored: nothing was changed."""
    GONE = "gone"
    """It was missing from a complete file, so it was removed."""


CHANGES_NOTHING: Final = frozenset({Outcome.UNCHANGED, Outcome.OLDER})


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of the contact or occasion of that ref."""

    ref: str
    outcome: Outcome
    line: int = 0


@dataclass(frozen=True, slots=True)
class Upserted:
    """Rows that were taken, what became of each, and what that did to jobs."""

    outcomes: tuple[RowOutcome, ...]
    warnings: tuple[Problem, ...]
    jobs: Replanned


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written: every problem that was found."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows had which outcome, what happened to jobs, and the first warnings."""

    outcomes: dict[str, int] = field(default_factory=dict)
    jobs: Replanned = field(default_factory=Replanned)
    warnings: tuple[str, ...] = ()
    warning_count: int = 0

    @property
    def rows(self) -> int:
        """Return how many rows were taken in, those that changed nothing included."""
        return sum(count for outcome, count in self.outcomes.items() if outcome != Outcome.GONE)

    def plus(self, upserted: Upserted, source: str) -> "Tally":
        """Return the tally with a chunk's result added."""
        counts = Counter(self.outcomes)
        counts.update(str(each.outcome) for each in upserted.outcomes)
        warnings = (*self.warnings, *(each.at(source) for each in upserted.warnings))
        return Tally(
            dict(counts),
            _without_names(self.jobs.plus(upserted.jobs)),
            warnings[:MOST_WARNINGS],
            self.warning_count + len(upserted.warnings),
        )

    def plus_gone(self, count: int, jobs: Replanned) -> "Tally":
        """Return the tally with occasions added that were missing from a complete file."""
        counts = Counter(self.outcomes)
        counts[str(Outcome.GONE)] += count
        return replace(self, outcomes=dict(counts), jobs=_without_names(self.jobs.plus(jobs)))

    def as_json(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "outcomes": self.outcomes,
            "jobs": self.jobs.counts(),
            "warnings": list(self.warnings),
            "warning_count": self.warning_count,
        }

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> "Tally":
        """Return the tally that `as_json` gave."""
        return cls(plain["outcomes"], Replanned(**plain["jobs"]), tuple(plain["warnings"]), plain["warning_count"])


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was taken in, or would be (`import_id` None: a dry run, nothing was written)."""

    tally: Tally
    import_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NeedsConfirmation:
    """Nothing was written: a complete file lacks over a fifth of what is stored for its days; ask a person first."""

    gone: int
    of: int
    refs: tuple[str, ...]

    def __str__(self) -> str:
        """Ask as a person is asked."""
        share = round(100 * self.gone / self.of)
        return f"{self.gone} of {self.of} stored for these days ({share} %) are missing from the file. Cancel them?"


def _without_names(jobs: Replanned) -> Replanned:
    """Forget which occasions are unreached: they stand among the warnings."""
    return replace(jobs, unreached=())
