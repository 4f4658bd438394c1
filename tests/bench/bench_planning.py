"""Measures how many decisions a second the planner makes, with realistic rules; prints a table, asserts nothing.

Run it with `python -m tests.bench.bench_planning [occasions]`.
"""

import datetime as dt
import sys
import time
from collections.abc import Iterator

from scheduler.planning.compiled import CompiledRulebook, compile_rulebook
from scheduler.planning.decisions import Change, OccasionFacts, Person
from scheduler.planning.planner import plan
from scheduler.rulebook.schema import Rulebook

PRACTICE = {
    "practice": "northlight",
    "name": "Northlight",
    "timezone": "America/Toronto",
    "country": "CA",
    "languages": ["en"],
    "holidays": ["CA-QC", "CA-ON"],
    "sending_window": {"mon-fri": "09:00-20:00", "sat": "10:00-18:00", "sun": "closed", "holidays": "closed"},
}
FIVE_STEPS = [
    {"id": "two-weeks", "before": "10 business days", "at": "10:00", "template": "t"},
    {"id": "week", "before": "7 days", "at": "10:00", "template": "t"},
    {"id": "day", "before": "1 day", "at": "16:00", "template": "t", "if_late": "send_now"},
    {"id": "two-hours", "before": "2 hours", "template": "t", "unless": {"answer": "confirmed"}},
    {"id": "after", "after": "1 day", "at": "11:00", "template": "t"},
]
NOW = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
ZONES = ("", "America/Vancouver", "Europe/Paris", "America/Toronto")


def make_rulebook() -> CompiledRulebook:
    """Return a rule of five steps for consultations, and one for hearings that applies to none of them."""
    rules = [
        {"id": "visit", "for": "appointment", "only_if": {"type": ["consultation"]}, "steps": FIVE_STEPS},
    ]
    return compile_rulebook(Rulebook.model_validate({"practice": PRACTICE, "rules": rules, "templates": {}}))


def occasions(count: int) -> Iterator[tuple[OccasionFacts, dict[str, Person]]]:
    """Yield appointments spread over half a year, most of them ahead."""
    first = dt.datetime(2026, 12, 1, 8)  # noqa: DTZ001 - a wall time
    for number in range(count):
        start = first + dt.timedelta(days=number % 180, minutes=15 * (number % 40))
        zone = ZONES[number % len(ZONES)]
        key = f"C-{number}"
        person = Person(key, f"+1514555{number % 10000:04d}", (zone,) if zone else ())
        facts = OccasionFacts(
            "appointment",
            f"A-{number}",
            start.isoformat(timespec="minutes"),
            NOW,
            end=(start + dt.timedelta(hours=1)).isoformat(timespec="minutes"),
            fields={"type": "consultation"},
            people={"contact": key},
            changes=(Change("created", NOW),),
        )
        yield facts, {key: person}


def main() -> None:
    """Plan and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    compiled = make_rulebook()
    given = list(occasions(count))
    began = time.perf_counter()
    made = sum(len(plan(compiled, facts, people).decisions) for facts, people in given)
    seconds = time.perf_counter() - began
    print(f"{count} occasions, {made} decisions in {seconds:.2f} s: {made / seconds:,.0f} decisions/s")  # noqa: T201


if __name__ == "__main__":
    main()
