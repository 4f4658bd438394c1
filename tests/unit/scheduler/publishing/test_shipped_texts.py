"""The shipped practices' texts as people get them: rendered whole, true, without sensitive content, in their budget."""

import datetime as dt
import functools
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from jobs.drafts import About, ClaimedJob, Draft, Facts, Person, Told
from jobs.gates import says_truth, sensitive
from jobs.gates.contract import Pass
from jobs.rendering import Renderer
from jobs.states import Origin
from jobs.terms import Terms
from jobs.windows import SendingWindow
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.desk import templates_named
from scheduler.rulebook.folder import practices_in
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Rule, Rulebook, Step, kinds_of
from tests.unit.scheduler.desks import CHECKOUT

PRACTICES = practices_in(CHECKOUT / "rules")
DAYS = ("2026-12-01", "2027-02-03", "2027-08-25")
ORIGINS = {"steps": Origin.REMINDER, "replies": Origin.ACKNOWLEDGEMENT}
FEW: dict[str, dict[str, object]] = {
    "appointment": {"type": "hearing"},
    "payment": {"amount": "1250.00"},
    "hearing": {"prepare_on": "2026-11-30T10:00"},
    "lesson": {"number": "1"},
    "deadline": {"missing": "0"},
    "course": {"title": "Spanish for nurses", "enrol_by": "2026-11-30"},
    "recall": {},
}
FULL: dict[str, dict[str, object]] = {
    "appointment": {
        "type": "biometrics",
        "mode": "in_person",
        "place": "1200 rue Saint-Denis, bureau 5",
        "dentist": "Dr. Comeau",
        "minutes": "40",
    },
    "payment": {
        "amount": "250.00",
        "balance": "120.50",
        "patient": "Leo",
        "student": "Leo",
        "instalment": "2",
        "instalments": "4",
    },
    "hearing": {
        "type": "interview",
        "mode": "in_person",
        "place": "300 West Georgia",
        "room": "7B",
        "prepare_on": "2026-11-30T10:00",
    },
    "lesson": {"course": "Spanish A2", "number": "2", "lessons": "12", "room": "3", "mode": "online", "homework": True},
    "deadline": {"what": "the medical form", "missing": "2", "stage": "review"},
    "course": {"title": "Spanish for nurses", "enrol_by": "2026-11-30", "places": "3"},
    "recall": {"next_booked": False},
}
TOLD_BEFORE = {"place": "50 rue Ontario", "mode": "remote", "dentist": "Dr. Roy", "room": "1", "missing": "3"}


@dataclass(frozen=True)
class Shipped:
    """A practice with its terms."""

    rulebook: Rulebook
    terms: Terms


@dataclass(frozen=True)
class Case:
    """One text of one practice in one language; `field` is what its step counts from, `at_change`: an `on:` step."""

    practice: str
    template: str
    what: str
    kind: str
    field: str | None
    at_change: bool
    language: str

    def __str__(self) -> str:
        """Return its name among the tests."""
        return f"{self.practice}-{self.template}-{self.what}-{self.language}"


@dataclass(frozen=True)
class Moment:
    """When a text goes and about what: an occasion's day, how many days ahead, with all its fields or with few."""

    day: str
    ahead: int
    full: bool

    @property
    def now(self) -> dt.datetime:
        """Return when it goes."""
        return dt.datetime.fromisoformat(f"{self.day}T15:00:00+00:00") - dt.timedelta(days=self.ahead)


@functools.cache
def shipped(practice: str) -> Shipped:
    rulebook = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", practice).rulebook()
    assert rulebook is not None
    return Shipped(rulebook, derive_terms(rulebook))


def cases() -> Iterator[Case]:
    """Yield every template that a rule names, in each language of its practice."""
    for practice in PRACTICES:
        rulebook = shipped(practice).rulebook
        for rule in rulebook.rules:
            for template, path in templates_named(rule):
                step = step_at(rule, path)
                field, at_change = (step.from_, step.on is not None) if step else (None, False)
                for language in rulebook.practice.languages:
                    yield Case(practice, template, str(path[0]), rule.for_, field, at_change, language)


def step_at(rule: Rule, path: tuple[str | int, ...]) -> Step | None:
    """Return the step that names the template, or None for corrections and acknowledgements."""
    return rule.steps[int(path[1])] if path[0] == "steps" else None


CASES = tuple(dict.fromkeys(cases()))
MOMENTS = tuple(itertools.starmap(Moment, itertools.product(DAYS, (0, 1, 14, 200), (True, False))))
RENDERER = Renderer()


def make_facts(case: Case, moment: Moment) -> Facts:
    """Return the facts of a first text to Ana about an occasion on a day, told another one in corrections."""
    found = shipped(case.practice)
    kind = kinds_of(found.rulebook.practice)[case.kind]
    by_day = kind.dated == "day"
    start = moment.day if by_day else f"{moment.day}T14:30"
    given = {**(FULL if moment.full else FEW)[case.kind]}
    if case.field is not None:  # what the step counts from is what the text is about
        given[case.field] = moment.day if kind.fields[case.field] == "day" else f"{moment.day}T10:00"
    origin = ORIGINS.get(case.what, Origin.CORRECTION)
    off = kind.status.off[0] if case.what == "cancelled" else kind.status.live[0]
    about = About(
        case.kind, start, fields={key: value for key, value in given.items() if key in kind.fields}, status=off
    )
    anchor = "1" if case.at_change else str(given[case.field]) if case.field else start
    job = ClaimedJob(
        id=uuid.UUID(int=1),
        practice=case.practice,
        origin=origin,
        fence=0,
        due_at=moment.now,
        useful_until=moment.now,
        rule_step=f"rule/{case.what}",
        template=case.template,
        anchor=anchor if origin is Origin.REMINDER else None,
    )
    return Facts(
        job,
        found.terms,
        "r-1",
        SendingWindow.every_day("00:00-24:00"),
        (found.terms.timezone,),
        number="+15145550101",
        contact=Person(name="Ana Diaz", first_name="Ana", language=case.language),
        occasion=about,
        first_text=True,
        told=told_before(case, moment, start) if origin is Origin.CORRECTION else None,
    )


def told_before(case: Case, moment: Moment, start: str) -> Told:
    """Return what was told: another day, with all the fields there are or with none."""
    kind = kinds_of(shipped(case.practice).rulebook.practice)[case.kind]
    old = start if case.what == "changed" else start.replace(moment.day, "2027-09-15")
    fields = TOLD_BEFORE if moment.full else {}
    return Told(old, {name: value for name, value in fields.items() if name in kind.fields})


def test_there_are_four_practices_and_each_ships_reminders_and_corrections() -> None:
    assert set(PRACTICES) >= {"northlight", "harbourdental", "riverside", "pacificgate"}
    for practice in PRACTICES:
        assert {case.what for case in CASES if case.practice == practice} >= {"steps", "moved", "cancelled", "replies"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_shipped_text_is_true_and_short(case: Case) -> None:
    for moment in MOMENTS:
        facts = make_facts(case, moment)
        draft = RENDERER.compose(facts, moment.now)
        assert isinstance(draft, Draft), (moment, draft)
        assert says_truth.gate(draft, facts, moment.now) == Pass(), draft.text
        assert sensitive.gate(draft, facts, moment.now) == Pass(), draft.text
        assert draft.encoding == "GSM-7", draft.text
        assert draft.segments <= 2, draft.text
        assert draft.text.startswith(facts.terms.starts_with)
