"""What the API answers of rulebooks: problems, plans and revisions, each as plain data. Pure."""

import datetime as dt
from dataclasses import asdict

from pydantic import BaseModel, Field

from scheduler.publishing.history import Publishing
from scheduler.publishing.keeping import KeptPlan
from scheduler.rulebook.positions import Problem


class Files(BaseModel):
    """A revision with its files, as `quietbell pull` writes them."""

    revision: str
    published_at: dt.datetime
    author: str
    note: str
    files: dict[str, str] = Field(description="Each file's text by its path.")


class RuleProblem(BaseModel):
    """What is wrong at a place of a file, and what to do."""

    file: str
    line: int
    column: int
    severity: str = Field(description="`error` forbids publishing, `warning` does not.")
    text: str


class RuleCounts(BaseModel):
    """Jobs by what publishing would do."""

    new: int
    moved: int
    cancelled: int
    unchanged: int
    already_sent: int
    too_late: int
    superseded: int
    segments: int = Field(description="Of the new ones, an estimate.")


class MoveShown(BaseModel):
    """A job that would go at another moment."""

    step: str
    occasion: str
    was: dt.datetime
    becomes: dt.datetime


class SampleShown(BaseModel):
    """A text as it would go."""

    step: str
    occasion: str
    planned_for: dt.datetime
    language: str
    text: str
    segments: int
    problem: str | None


class PlanShown(BaseModel):
    """What publishing would do."""

    id: str | None = Field(description="Publish it by this; null: it changes nothing.")
    base: str | None = Field(description="The revision that is current.")
    revision: str = Field(description="The revision that it would make current.")
    changes_nothing: bool
    count: int = Field(description="New and moved texts.")
    asks_count: bool = Field(description="Publishing needs `count`, since it is more than `confirm_above`.")
    total: RuleCounts
    by_rule: dict[str, RuleCounts]
    moves: list[MoveShown]
    texts_changed: list[str]
    waiting_with_changed_texts: int
    costs: dict[str, str] = Field(description="Of new texts by currency, an estimate.")
    samples: list[SampleShown]


class Verdict(BaseModel):
    """What the checks say of files, and what publishing them would do where nothing forbids it."""

    may_publish: bool
    problems: list[RuleProblem]
    plan: PlanShown | None


class Published(BaseModel):
    """What publishing did. Jobs that are due later are brought in line within minutes."""

    revision: str
    base: str | None
    jobs: dict[str, int] = Field(description="What happened at once to jobs due within the hour.")
    differences: dict[str, int] = Field(description="How many texts go otherwise than the plan showed, by why.")


class PublishingRow(BaseModel):
    """One publish."""

    number: int
    revision: str
    base: str | None
    plan: str | None
    author: str
    note: str
    at: dt.datetime


def problem_row(problem: Problem) -> RuleProblem:
    """Return a problem as it is answered."""
    place = problem.position
    return RuleProblem(
        file=place.file, line=place.line, column=place.column, severity=problem.severity, text=problem.text
    )


def sends_of(kept: KeptPlan) -> tuple[int, bool]:
    """Return how many texts a plan makes go that would not, or at another time, and whether that number is asked."""
    sends = kept.plan.total.new + kept.plan.total.moved
    return sends, sends > kept.draft.rulebook.practice.confirm_above


def plan_shown(kept: KeptPlan) -> PlanShown:
    """Return a plan as it is answered."""
    planned = kept.plan
    sends, asks = sends_of(kept)
    return PlanShown(
        id=planned.id,
        base=planned.base,
        revision=planned.revision,
        changes_nothing=planned.changes_nothing,
        count=sends,
        asks_count=asks,
        total=RuleCounts(**asdict(planned.total)),
        by_rule={rule: RuleCounts(**asdict(counts)) for rule, counts in planned.by_rule.items()},
        moves=[MoveShown(**asdict(move)) for move in planned.moves],
        texts_changed=list(planned.texts_changed),
        waiting_with_changed_texts=planned.waiting_with_changed_texts,
        costs={currency: f"{cost:f}" for currency, cost in (planned.costs or {}).items()},
        samples=[SampleShown(**asdict(sample)) for sample in planned.samples],
    )


def publishing_row(each: Publishing) -> PublishingRow:
    """Return a publish as it is answered."""
    return PublishingRow(**asdict(each))
