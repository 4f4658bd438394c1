"""One worked case of the rule language: its builder, and what the planner makes of it.

The worked cases of the rule language state, each checked by hand, what is decided for one occasion that arrives alone
and for the first time. The rule is `{id: r, for: KIND}` with the case's `rule` and `steps`; `more` is what follows it.
"""

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scheduler.planning.compiled import CompiledRulebook, compile_rulebook
from scheduler.planning.decisions import Change, Decision, OccasionFacts, Person, Planned, Reason, Unreached
from scheduler.planning.planner import plan
from scheduler.rulebook.schema import Rulebook

ALWAYS = {"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"}
WEEK = {"mon-fri": "09:00-20:00", "sat": "10:00-18:00", "sun": "closed", "holidays": "closed"}
TORONTO = "America/Toronto"
BEFORE_ALL = "2026-11-20T12:00"

PEOPLE = {
    "C1": Person("C1", "+15145550001"),
    "C2": Person("C2", "+33600000002", ("Europe/Paris",), {"tags": ["vip"]}),
    "C3": Person("C3"),
    "C4": Person("C4", "+15145550001"),
    "C5": Person("C5", "+9779800000005", ("Asia/Kathmandu",)),
    "C6": Person("C6", "+15145550001", (), {"tags": ["vip"]}),
    "C7": Person("C7", "+15145550007"),
}

Window = Mapping[str, object]
Step = Mapping[str, object]
Outcome = str | Reason | Unreached


def job(planned_for: str, useful_until: str) -> str:
    """Write what a case expects of a job, both moments in UTC."""
    return f"{planned_for} until {useful_until}"


@dataclass(frozen=True)
class Case:
    """One case; local times are Toronto's. `now` is when the occasion arrives, and so its dated_at."""

    name: str
    because: str
    steps: Sequence[Step]
    occasion: Mapping[str, object]
    expect: Mapping[str, Outcome]
    rule: Mapping[str, object] = field(default_factory=dict)
    more: Sequence[Mapping[str, object]] = ()
    practice: Mapping[str, object] = field(default_factory=dict)
    window: Window | None = field(default_factory=lambda: WEEK)
    kind: str = "appointment"
    now: str = BEFORE_ALL

    def decide(self) -> dict[str, Outcome]:
        """Plan the case, and name each decision as `expect` does: `rule/step#repeat@role`."""
        planned = self.plan()
        found: dict[str, Outcome] = {_name(decision): _outcome(decision) for decision in planned.decisions}
        if planned.unreached is not None:
            found["occasion"] = planned.unreached
        return found

    def plan(self) -> Planned:
        """Plan the case."""
        return plan(self.compile(), self.facts(), PEOPLE)

    def compile(self) -> CompiledRulebook:
        """Compile the case's rulebook."""
        rules = [{"id": "r", **self.rule, "steps": self.steps}, *self.more]
        return make_rulebook(rules, kind=self.kind, window=self.window, practice=self.practice)

    def facts(self) -> OccasionFacts:
        """Return the case's occasion, with the changes that its arrival records."""
        now = local(self.now)
        known = {"start", "date", "end", "timezone", "status", "answer", "people", "contact", "announce"}
        given = self.occasion
        status = _text(given, "status")
        announce = given.get("announce")
        changes = [Change("created", now, 1, status)] if announce is not False else []
        changes += [Change("status", now, 2, status)] if announce else []
        people = given.get("people", {"contact": given.get("contact", "C1")})
        assert isinstance(people, dict)
        return OccasionFacts(
            self.kind,
            "A-1",
            _text(given, "start") or _text(given, "date"),
            now,
            end=_text(given, "end"),
            timezone=_text(given, "timezone"),
            status=status,
            answer=_text(given, "answer") or "none",
            fields={key: value for key, value in given.items() if key not in known},
            people=people,
            changes=tuple(changes),
        )


def make_rulebook(
    rules: Sequence[Mapping[str, object]],
    *,
    kind: str = "appointment",
    window: Window | None = None,
    first_published: Mapping[tuple[str, str], dt.datetime] | None = None,
    practice: Mapping[str, object] | None = None,
) -> CompiledRulebook:
    """Compile a rulebook of one practice; each rule is for `kind` and each step has a template unless it says so."""
    settings: dict[str, object] = {"practice": "p", "name": "P", "timezone": TORONTO, "country": "CA"}
    settings |= {"languages": ["en"], **(practice or {})}
    if window is not None:
        settings["sending_window"] = window
    written = [{"for": kind, **rule, "steps": [_with_template(step) for step in _steps(rule)]} for rule in rules]
    rulebook = Rulebook.model_validate({"practice": settings, "rules": written, "templates": {}})
    return compile_rulebook(rulebook, first_published or {})


def local(written: str, zone: str = TORONTO) -> dt.datetime:
    """Return the moment of a local time, in UTC."""
    return dt.datetime.fromisoformat(written).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


def _steps(rule: Mapping[str, object]) -> Sequence[Step]:
    steps = rule["steps"]
    assert isinstance(steps, Sequence)
    return steps


def _with_template(step: Step) -> Step:
    return {"template": "t", **step}


def _text(given: Mapping[str, object], key: str) -> str | None:
    value = given.get(key)
    assert value is None or isinstance(value, str)
    return value


def _name(decision: Decision) -> str:
    rule = "" if decision.rule == "r" else f"{decision.rule}/"
    repeat = f"#{decision.repeat}" if decision.repeat > 1 else ""
    role = "" if decision.role == "contact" else f"@{decision.role}"
    return f"{rule}{decision.step}{repeat}{role}"


def _outcome(decision: Decision) -> Outcome:
    if decision.reason is not None:
        return decision.reason
    assert decision.planned_for is not None
    assert decision.useful_until is not None
    return job(f"{decision.planned_for:%Y-%m-%dT%H:%MZ}", f"{decision.useful_until:%Y-%m-%dT%H:%MZ}")
