"""What is remembered is what the planner would decide, whatever came before."""

import dataclasses
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning.compiled import CompiledRulebook, compile_rulebook
from scheduler.planning.decisions import OccasionFacts, Person
from scheduler.planning.planner import plan
from scheduler.planning.remembering import MOST_REMEMBERED, Memory, memory_of
from scheduler.rulebook.schema import Rulebook

NOW = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
STEPS = (
    {"id": "fortnight", "before": "10 business days", "at": "10:00", "in_quiet_hours": "earlier"},
    {"id": "week", "before": "1 week", "at": "21:00", "in_quiet_hours": "nearest", "if_late": "send_now"},
    {"id": "day", "before": "1 day", "at": "04:00", "if_late": "send_now", "unless": {"answer": "confirmed"}},
    {"id": "soon", "before": "2 hours", "in_quiet_hours": "skip", "only_if": {"contact.tags": ["vip"]}},
    {"id": "after", "after": "1 day", "every": "3 days", "times": 2, "at": "23:00", "only_if": {"type": ["x", "y"]}},
    {"id": "expiry", "before": "1 month", "from": "expires", "at": "10:00"},
)


def make_rulebook() -> CompiledRulebook:
    """Return two rules about appointments that use every way of shifting."""
    practice = {
        "practice": "p",
        "name": "P",
        "timezone": "America/Toronto",
        "country": "CA",
        "languages": ["en"],
        "holidays": ["CA-QC"],
        "sending_window": {"mon-tue": "09:00-20:00", "fri": "12:00-12:20"},
        "kinds": {"appointment": {"fields": {"expires": "day"}}},
    }
    steps = [{**step, "template": "t"} for step in STEPS]
    rules = [
        {"id": "visit", "for": "appointment", "steps": steps},
        {"id": "other", "for": "appointment", "steps": steps[:3], "unless": {"place": "home"}},
    ]
    rulebook = Rulebook.model_validate({"practice": practice, "rules": rules, "templates": {}})
    published = {("other", "week"): NOW + dt.timedelta(days=3)}
    return compile_rulebook(rulebook, published)


COMPILED = make_rulebook()
HOURS = st.integers(0, 24 * 30).map(lambda hours: NOW + dt.timedelta(hours=hours))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["x", "z"]),
        "place": st.sampled_from(["home", "court"]),
        "mode": st.sampled_from(["remote", "in_person"]),
        "expires": st.sampled_from(["2026-12-20", "2027-01-15"]),
    },
)
PEOPLE = st.builds(
    Person,
    st.just("contact"),
    st.sampled_from([None, "+15145550001", "+15145550002"]),
    st.sampled_from([(), ("America/Vancouver",), ("Europe/Paris", "Asia/Tokyo")]),
    st.sampled_from([{}, {"tags": ["vip"]}, {"tags": ["new"], "desk": "A"}]),
)
OCCASIONS = st.builds(
    OccasionFacts,
    kind=st.just("appointment"),
    ref=st.sampled_from(["A-1", "A-2"]),
    start=st.sampled_from(["2026-11-24T10:00", "2026-12-05T14:00", "2026-12-05T14:00-05:00", None]),
    dated_at=HOURS,
    end=st.sampled_from([None, "2026-12-05T15:00"]),
    timezone=st.sampled_from([None, "Europe/Paris"]),
    status=st.sampled_from([None, "booked", "cancelled"]),
    answer=st.sampled_from(["none", "confirmed"]),
    fields=FIELDS,
    people=st.just({"contact": "contact"}),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(OCCASIONS, PEOPLE), min_size=2, max_size=12))
def test_what_is_remembered_is_what_the_planner_decides(occasions: list[tuple[OccasionFacts, Person]]) -> None:
    memory = Memory(COMPILED)

    for facts, person in (*occasions, *occasions):
        people = {"contact": person}
        assert memory.plan(facts, people) == plan(COMPILED, facts, people)


def make_facts(**changed: object) -> OccasionFacts:
    """Return an occasion far ahead."""
    facts = OccasionFacts("appointment", "A-1", "2027-02-02T10:00", NOW, people={"contact": "contact"})
    return dataclasses.replace(facts, **changed)  # type: ignore[arg-type]  # fields of many types


def test_occasions_alike_in_all_that_counts_are_decided_once() -> None:
    memory, person = Memory(COMPILED), {"contact": Person("contact", "+15145550001")}
    later = NOW + dt.timedelta(hours=1)

    first = memory.plan(make_facts(), person)

    assert memory.plan(make_facts(ref="A-2", dated_at=later, fields={"mode": "remote"}), person) is first
    assert memory.plan(make_facts(fields={"type": "x"}), person) is not first
    assert memory.plan(make_facts(), {"contact": Person("contact", "+15145550001", ("Europe/Paris",))}) is not first


def test_a_mute_is_not_taken_for_its_opposite() -> None:
    memory, person = Memory(COMPILED), Person("contact", "+15145550001")
    first = memory.plan(make_facts(), {"contact": person})

    assert memory.plan(make_facts(reminders_off=True), {"contact": person}) is not first
    assert memory.plan(make_facts(muted=frozenset({"r"})), {"contact": person}) is not first
    assert memory.plan(make_facts(), {"contact": dataclasses.replace(person, reminders_off=True)}) is not first


def test_memory_is_bounded() -> None:
    memory, person = Memory(COMPILED), {"contact": Person("contact", "+15145550001")}
    first = memory.plan(make_facts(), person)

    for number in range(MOST_REMEMBERED):
        memory.plan(make_facts(fields={"place": str(number)}), person)

    assert memory.plan(make_facts(), person) is not first


def test_each_compiled_rulebook_has_its_own_memory() -> None:
    other = make_rulebook()

    assert memory_of(COMPILED) is memory_of(COMPILED)
    assert memory_of(other) is not memory_of(COMPILED)
