"""Builders for what the planner is given, with a default for everything, and short ways to ask it."""

import datetime as dt
from dataclasses import replace

from scheduler.planning.compiled import CompiledRulebook
from scheduler.planning.decisions import Change, Decision, OccasionFacts, Person, Reason
from scheduler.planning.planner import plan
from tests.unit.scheduler.planning.worked_case import PEOPLE, WEEK, Step, local, make_rulebook

ARRIVES = local("2026-11-20T12:00")
WEEK_STEP = {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"}
DAY_STEP = {"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"}
BOOKED = {"id": "booked", "on": "created"}


def make_occasion(start: str | None = "2026-12-01T10:00", **changed: object) -> OccasionFacts:
    """Build an appointment of C1 that arrived on November 20 and fires `on: created`, with what is asked changed."""
    facts = OccasionFacts(
        "appointment", "A-1", start, ARRIVES, people={"contact": "C1"}, changes=(Change("created", ARRIVES),)
    )
    return replace(facts, **changed)  # type: ignore[arg-type]  # each test names real fields


def rulebook(*steps: Step, first_published: dt.datetime | None = None, **rule: object) -> CompiledRulebook:
    """Compile one rule `r` of these steps; `first_published` is when all of them were."""
    published = {} if first_published is None else {("r", str(step["id"])): first_published for step in steps}
    return make_rulebook([{"id": "r", **rule, "steps": steps}], window=WEEK, first_published=published)


def decide(
    compiled: CompiledRulebook, occasion: OccasionFacts, people: dict[str, Person] | None = None
) -> list[Decision]:
    return list(plan(compiled, occasion, people or PEOPLE).decisions)


def only(compiled: CompiledRulebook, occasion: OccasionFacts, people: dict[str, Person] | None = None) -> Decision:
    (decision,) = decide(compiled, occasion, people)
    return decision


def reasons(decisions: list[Decision]) -> list[Reason | None]:
    return [decision.reason for decision in decisions]
