"""What holds of every plan: moments as the oracle of zones finds them, and what no plan may ever contain."""

import calendar
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.windows import Calendar, SendingWindow
from scheduler.planning.candidates import LATE_AFTER
from scheduler.planning.decisions import Change, Decision, OccasionFacts, Person, Reason
from scheduler.planning.planner import plan
from scheduler.planning.superseding import WITHIN
from tests.unit import zone_oracle as oracle
from tests.unit.scheduler.planning.worked_case import ALWAYS, WEEK, make_rulebook

FIRST = dt.datetime.fromisoformat("2024-06-01")
LAST = dt.datetime.fromisoformat("2035-06-01")
LONG_BEFORE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
ZONES = ("America/Toronto", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe")

# Moments, against the oracle


@st.composite
def zoned_starts(draw: st.DrawFn) -> tuple[str, dt.datetime]:
    """Draw a zone and a start, most often within days of a change of its offset."""
    zone = draw(st.sampled_from(oracle.ZONES))
    start = draw(st.datetimes(FIRST, LAST))
    changes = oracle.stretches(zone)[1:]
    if changes and draw(st.sampled_from([True, True, False])):
        change = draw(st.sampled_from(changes))
        start = (change.begins + change.offset).replace(tzinfo=None) + dt.timedelta(
            minutes=draw(st.integers(-5000, 5000))
        )
    return zone, min(max(start, FIRST), LAST).replace(second=0, microsecond=0)


offsets = st.one_of(
    st.tuples(st.integers(1, 3000), st.just("minutes")),
    st.tuples(st.integers(1, 100), st.sampled_from(["hours", "days"])),
    st.tuples(st.integers(1, 20), st.just("weeks")),
    st.tuples(st.integers(1, 5), st.just("months")),
)
sides = st.sampled_from(["before", "after"])
times = st.one_of(st.none(), st.times().map(lambda time: f"{time:%H:%M}"))


def moved_by_hand(start: dt.datetime, zone: str, sign: int, count: int, unit: str) -> dt.datetime:
    """Reckon a step's moment on paper: elapsed seconds, ordinals of days, months one by one."""
    if unit in ("minutes", "hours"):
        return oracle.instant(start, zone) + sign * count * dt.timedelta(**{unit: 1})
    if unit == "months":
        months = start.year * 12 + start.month - 1 + sign * count
        year, month = months // 12, months % 12 + 1
        return oracle.instant(
            start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1])), zone
        )
    day = dt.date.fromordinal(start.toordinal() + sign * count * (7 if unit == "weeks" else 1))
    return oracle.instant(dt.datetime.combine(day, start.time()), zone)


@given(zoned_starts(), sides, offsets, times)
def test_a_step_falls_where_the_oracle_finds_it(
    zoned: tuple[str, dt.datetime], side: str, offset: tuple[int, str], at: str | None
) -> None:
    zone, start = zoned
    count, unit = offset
    at = None if unit in ("minutes", "hours") else at
    step = {"id": "s", side: f"{count} {unit}", **({} if at is None else {"at": at})}
    compiled = make_rulebook([{"id": "r", "steps": [step]}], window=ALWAYS)
    written = start.isoformat(timespec="minutes")
    facts = OccasionFacts(
        "appointment", "A", written, LONG_BEFORE - dt.timedelta(days=4000), timezone=zone, people={"contact": "C"}
    )
    (decision,) = plan(compiled, facts, {"C": Person("C", "+15145550001")}).decisions
    own = moved_by_hand(start, zone, -1 if side == "before" else 1, count, unit)
    if at is not None:
        day = moved_by_hand(start.replace(hour=12, minute=0), "UTC", -1 if side == "before" else 1, count, unit).date()
        own = oracle.instant(dt.datetime.combine(day, dt.time.fromisoformat(at)), zone)
    if side == "after" or own < oracle.instant(start, zone):
        assert decision.planned_for == own
        assert decision.is_job
    if decision.is_job and side == "before":
        assert decision.useful_until == oracle.instant(start, zone)


# What no plan may contain

durations = st.tuples(
    st.integers(0, 12), st.sampled_from(["minutes", "hours", "days", "business days", "weeks", "months"])
).map(lambda pair: f"{max(pair[0], 1) if pair[1] == 'business days' else pair[0]} {pair[1]}")


@st.composite
def steps(draw: st.DrawFn, number: int) -> dict[str, object]:
    """Draw a step, mostly close to its neighbours so that they get in one another's way."""
    step: dict[str, object] = {"id": f"s{number}"}
    if not draw(st.integers(0, 4)):
        step |= {"on": "created", "wait": draw(durations)}
    else:
        offset = draw(durations)
        step[draw(sides)] = offset
        if not offset.endswith(("minutes", "hours")):
            step["at"] = draw(times) or "10:00"
        if not draw(st.integers(0, 2)):
            step |= {"every": draw(st.sampled_from(["1 day", "1 business day", "1 month", "1 week"])), "times": 3}
    step["if_late"] = draw(st.sampled_from(["skip", "send_now"]))
    mode = draw(st.sampled_from([None, "later", "earlier", "nearest", "skip"]))
    until = draw(st.sampled_from([None, None, "1 hour before", "1 day after", "18:00"]))
    return (
        step | ({} if mode is None else {"in_quiet_hours": mode}) | ({} if until is None else {"useful_until": until})
    )


@st.composite
def rulebooks(draw: st.DrawFn) -> list[dict[str, object]]:
    """Draw one rule or two, of up to four steps, to the contact or to an interpreter as well."""
    return [
        {
            "id": f"r{rule}",
            "to": draw(st.sampled_from([["contact"], ["contact", "interpreter"]])),
            "steps": [draw(steps(number)) for number in range(draw(st.integers(1, 4)))],
        }
        for rule in range(draw(st.integers(1, 2)))
    ]


@st.composite
def occasions(draw: st.DrawFn) -> OccasionFacts:
    """Draw an appointment around which it is recorded, long before or just before or after it."""
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.datetimes(FIRST, LAST)).replace(second=0, microsecond=0)
    ahead = draw(
        st.sampled_from([dt.timedelta(days=300), dt.timedelta(days=8), dt.timedelta(days=1), dt.timedelta(hours=3)])
    )
    dated_at = oracle.instant(start, zone) - ahead + dt.timedelta(minutes=draw(st.integers(-600, 600)))
    return OccasionFacts(
        "appointment",
        "A",
        start.isoformat(timespec="minutes"),
        dated_at,
        timezone=zone,
        people={"contact": "C", "interpreter": "I"},
        changes=(Change("created", dated_at),),
    )


PEOPLE = {
    "C": Person("C", "+15145550001", ("America/Toronto",)),
    "I": Person("I", "+33600000002", ("Europe/Paris", "Europe/London")),
}


def decided(rules: list[dict[str, object]], occasion: OccasionFacts) -> tuple[Decision, ...]:
    return plan(make_rulebook(rules, window=WEEK), occasion, PEOPLE).decisions


def jobs_of(decisions: tuple[Decision, ...]) -> list[Decision]:
    return [decision for decision in decisions if decision.is_job]


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_every_repeat_of_every_step_and_role_has_one_decision(
    rules: list[dict[str, object]], occasion: OccasionFacts
) -> None:
    decisions = decided(rules, occasion)
    keys = [(one.rule, one.step, one.role, one.repeat) for one in decisions]
    assert len(set(keys)) == len(keys)
    expected = sum(len(one.of.roles) * one.of.times for one in decisions if one.role == "contact" and one.repeat == 1)
    assert len(keys) == expected


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_every_job_goes_inside_the_window_while_useful(rules: list[dict[str, object]], occasion: OccasionFacts) -> None:
    window = SendingWindow.read(WEEK, Calendar())
    for job in jobs_of(decided(rules, occasion)):
        assert job.planned_for is not None
        assert job.useful_until is not None
        assert window.is_open(job.planned_for, PEOPLE[job.contact].zones)
        assert job.planned_for < job.useful_until
        assert job.planned_for >= occasion.dated_at - LATE_AFTER


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_a_person_gets_one_late_text_at_most(rules: list[dict[str, object]], occasion: OccasionFacts) -> None:
    late = [job.contact for job in jobs_of(decided(rules, occasion)) if job.late]
    assert len(set(late)) == len(late)


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_no_before_text_goes_within_the_hour_before_another_of_its_rule(
    rules: list[dict[str, object]], occasion: OccasionFacts
) -> None:
    dated = [job for job in jobs_of(decided(rules, occasion)) if not job.of.is_on_created]
    for job in dated:
        for other in dated:
            if job.of.side.value == "before" and (job.rule, job.contact) == (other.rule, other.contact):
                assert not dt.timedelta(0) < _goes(other, occasion) - _goes(job, occasion) <= WITHIN


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_a_superseded_text_names_one_of_the_same_person_that_goes(
    rules: list[dict[str, object]], occasion: OccasionFacts
) -> None:
    decisions = {decision.identity: decision for decision in decided(rules, occasion)}
    for decision in decisions.values():
        if decision.reason is Reason.SUPERSEDED:
            assert decision.cause is not None
            assert decisions[decision.cause].contact == decision.contact


@settings(max_examples=100)
@given(rulebooks(), occasions())
def test_what_one_person_gets_does_not_depend_on_another(
    rules: list[dict[str, object]], occasion: OccasionFacts
) -> None:
    alone = OccasionFacts(
        occasion.kind,
        occasion.ref,
        occasion.start,
        occasion.dated_at,
        timezone=occasion.timezone,
        people={"contact": "C"},
        changes=occasion.changes,
    )
    together = [decision for decision in decided(rules, occasion) if decision.role == "contact"]
    assert list(decided(rules, alone)) == together


@settings(max_examples=50)
@given(rulebooks(), occasions())
def test_planning_again_decides_the_same(rules: list[dict[str, object]], occasion: OccasionFacts) -> None:
    assert decided(rules, occasion) == decided(rules, occasion)


def _goes(job: Decision, occasion: OccasionFacts) -> dt.datetime:
    assert job.planned_for is not None
    return max(job.planned_for, occasion.dated_at)
