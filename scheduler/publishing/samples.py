"""Renders texts of jobs that do not exist yet, as the worker would at their moment: rows and decisions in, drafts out.

Estimates segments and money of many from the first that it renders. Sends nothing.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import RowMapping

from jobs.drafts import About, ClaimedJob, Draft, Facts, Person
from jobs.rendering import Renderer, Unrenderable
from jobs.states import Origin
from jobs.terms import Terms
from jobs.windows import SendingWindow
from scheduler.planning.decisions import Decision

MOST_RENDERED = 3_000
"""Texts rendered for one plan; further ones count as the average of their template."""
MOST_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """One text as it would go: for which step and occasion, when, and why it would be blocked if it would."""

    step: str
    occasion: str
    planned_for: dt.datetime
    language: str = ""
    text: str = ""
    segments: int = 0
    problem: str | None = None


@dataclass(slots=True)
class _Average:
    count: int = 0
    segments: int = 0
    cost: Decimal = Decimal(0)


@dataclass(slots=True)
class Estimate:
    """What the texts seen so far come to, in segments and by currency, with samples of each step and language."""

    terms: Terms
    revision: str
    window: SendingWindow
    samples: list[Sample] = field(default_factory=list)
    costs: dict[str, Decimal] = field(default_factory=dict)
    _renderer: Renderer = field(default_factory=Renderer)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _averages: dict[str, _Average] = field(default_factory=dict)
    _rendered: int = 0

    def add(self, decision: Decision, occasion: RowMapping, contact: RowMapping) -> int:
        """Count one new job's text; return its segments, estimated where it is not rendered."""
        average = self._averages.setdefault(decision.template, _Average())
        if self._rendered >= MOST_RENDERED and average.count:
            self._spend(decision, average.cost / average.count)
            return round(average.segments / average.count)
        self._rendered += 1
        draft = self._render(decision, occasion, contact)
        if draft is None:
            return 0
        average.count += 1
        average.segments += draft.segments
        average.cost += draft.cost or 0
        self._spend(decision, draft.cost or Decimal(0))
        return draft.segments

    def _render(self, decision: Decision, occasion: RowMapping, contact: RowMapping) -> Draft | None:
        moment = decision.planned_for
        if moment is None:
            return None
        facts = self._facts(decision, occasion, contact, moment)
        draft = self._renderer.compose(facts, moment)
        language = draft.language if isinstance(draft, Draft) else "-"
        key = (f"{decision.rule}/{decision.step}", language)
        if key not in self._seen and len(self.samples) < MOST_SAMPLES:
            self._seen.add(key)
            self.samples.append(_sample(key[0], str(occasion["ref"]), moment, draft))
        return draft if isinstance(draft, Draft) else None

    def _spend(self, decision: Decision, cost: Decimal) -> None:
        sender = self.terms.sender(decision.sender)
        if sender is not None and sender.currency is not None and cost:
            self.costs[sender.currency] = self.costs.get(sender.currency, Decimal(0)) + cost

    def _facts(self, decision: Decision, occasion: RowMapping, contact: RowMapping, moment: dt.datetime) -> Facts:
        job = ClaimedJob(
            id=uuid.UUID(int=0),
            practice=self.terms.practice,
            origin=Origin.REMINDER,
            fence=0,
            due_at=moment,
            useful_until=decision.useful_until or moment,
            sender=decision.sender or "",
            rule_step=f"{decision.rule}/{decision.step}",
            template=decision.template,
        )
        zones = (self.terms.timezone,)
        person, about = _person(contact), _about(occasion)
        return Facts(
            job, self.terms, self.revision, self.window, zones, number=person.phone, contact=person, occasion=about
        )


def _sample(step: str, ref: str, moment: dt.datetime, draft: Draft | Unrenderable) -> Sample:
    if isinstance(draft, Draft):
        return Sample(step, ref, moment, draft.language, draft.text, draft.segments)
    return Sample(step, ref, moment, problem=draft.reason)


def _person(row: RowMapping) -> Person:
    return Person(
        name=row["name"],
        first_name=row["first_name"],
        phone=row["phone"],
        timezone=row["timezone"],
        language=row["language"],
        fields=_mapping(row["fields"]),
    )


def _about(row: RowMapping) -> About:
    return About(
        kind=row["kind"],
        start=row["start"],
        end=row["end"],
        timezone=row["timezone"],
        remote=row["remote"],
        fields=_mapping(row["fields"]),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
