"""The shipped practice's texts as people get them: rendered whole, true, without sensitive content, in two segments."""

import datetime as dt
import itertools
import uuid

import pytest

from jobs.drafts import About, ClaimedJob, Draft, Facts, Person
from jobs.gates import says_truth, sensitive
from jobs.gates.contract import Pass
from jobs.rendering import Renderer
from jobs.states import Origin
from jobs.windows import SendingWindow
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.reader import read_desk
from tests.unit.scheduler.desks import CHECKOUT

RULEBOOK = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", "northlight").rulebook()
assert RULEBOOK is not None
TERMS = derive_terms(RULEBOOK)
KINDS = {step.template: rule.for_ for rule in RULEBOOK.rules for step in rule.steps}
DAYS = ("2026-12-01", "2027-02-03", "2027-08-25")
FIELDS: dict[str, tuple[dict[str, object], ...]] = {
    "appointment": (
        {"type": "hearing"},
        {"type": "consultation", "mode": "remote"},
        {"type": "biometrics", "mode": "in_person", "place": "1200 rue Saint-Denis, bureau 5"},
    ),
    "payment": ({"amount": "1250.00"}, {"amount": "250.00", "balance": "120.50"}),
}
CASES = [
    (template, language, day, ahead, fields)
    for template, kind in sorted(KINDS.items())
    for language, day, ahead, fields in itertools.product(TERMS.languages, DAYS, (0, 1, 14, 200), FIELDS[kind])
]


def make_facts(template: str, language: str, day: str, fields: dict[str, object], now: dt.datetime) -> Facts:
    """Return the facts of a first text to Ana about an occasion on a day."""
    kind = KINDS[template]
    start = day if kind == "payment" else f"{day}T14:30"
    job = ClaimedJob(
        id=uuid.UUID(int=1),
        practice="northlight",
        origin=Origin.REMINDER,
        fence=0,
        due_at=now,
        useful_until=now,
        template=template,
        anchor=start,
    )
    return Facts(
        job,
        TERMS,
        "r-1",
        SendingWindow.every_day("00:00-24:00"),
        (TERMS.timezone,),
        number="+15145550101",
        contact=Person(name="Ana Diaz", first_name="Ana", language=language),
        occasion=About(kind, start, fields=fields),
        first_text=True,
    )


@pytest.mark.parametrize(("template", "language", "day", "ahead", "fields"), CASES)
def test_a_shipped_text_is_true_and_short(
    template: str, language: str, day: str, ahead: int, fields: dict[str, object]
) -> None:
    now = dt.datetime.fromisoformat(f"{day}T15:00:00+00:00") - dt.timedelta(days=ahead)
    facts = make_facts(template, language, day, fields, now)
    draft = Renderer().compose(facts, now)
    assert isinstance(draft, Draft), draft
    assert says_truth.gate(draft, facts, now) == Pass()
    assert sensitive.gate(draft, facts, now) == Pass()
    assert draft.encoding == "GSM-7"
    assert draft.segments <= 2
    assert draft.text.startswith("Northlight: ")
