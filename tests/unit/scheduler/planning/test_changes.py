"""The difference between decisions and stored jobs, without a database: the rules of a job's identity one by one."""

import dataclasses
import datetime as dt
import uuid

import pytest

from jobs.states import ENDED, Origin, State
from jobs.store.values import PLANNER, Job
from scheduler.planning.changes import Cause, Changes, Circumstances, diff, for_people
from scheduler.planning.compiled import StepTerms, compile_rulebook
from scheduler.planning.decisions import Decision, Planned, Reason, Unreached
from scheduler.rulebook.schema import Rulebook

NOW = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
BOOKED = NOW - dt.timedelta(days=10)
HOUR = dt.timedelta(hours=1)
ANA, LEA = uuid.UUID(int=1), uuid.UUID(int=2)
ANCHOR, MOVED = "2026-12-01T10:00", "2026-12-08T10:00"


def make_step() -> StepTerms:
    """Return the terms of a step `s` of a rule `r`."""
    rulebook = Rulebook.model_validate(
        {
            "practice": {
                "practice": "p",
                "name": "P",
                "timezone": "America/Toronto",
                "country": "CA",
                "languages": ["en"],
                "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal"}],
            },
            "rules": [{"id": "r", "for": "appointment", "steps": [{"id": "s", "before": "1 day", "template": "t"}]}],
            "templates": {},
        }
    )
    return compile_rulebook(rulebook).kinds["appointment"].rules[0].steps[0]


STEP = make_step()


def make_decision(**changed: object) -> Decision:
    """Return a decision for a job a day from now."""
    decision = Decision(
        STEP, "contact", "ana", ANCHOR, 1, None, planned_for=NOW + 24 * HOUR, useful_until=NOW + 48 * HOUR
    )
    return dataclasses.replace(decision, **changed)  # type: ignore[arg-type]  # fields of many types


def make_job(**changed: object) -> Job:
    """Return the stored job of the default decision."""
    values: dict[str, object] = dict.fromkeys(Job.__dataclass_fields__)
    values |= {
        "id": uuid.uuid4(),
        "origin": Origin.REMINDER,
        "rule": "r",
        "step": "s",
        "role": "contact",
        "anchor": ANCHOR,
        "repeat": 1,
        "again_count": 0,
        "contact_id": ANA,
        "sender": "main",
        "provider": "terminal",
        "template": "t",
        "state": State.SCHEDULED,
        "fence": 0,
        "planned_for": NOW + 24 * HOUR,
        "due_at": NOW + 24 * HOUR,
        "useful_until": NOW + 48 * HOUR,
        "pinned": False,
        "stop_wanted": False,
        "plan_hash": STEP.plan_hash,
        "moved_by": PLANNER,
        "updated_at": BOOKED,
    }
    return Job(**(values | changed))  # type: ignore[arg-type]  # one mapping for columns of many types


def differing(decision: Decision | None, *jobs: Job, unreached: Unreached | None = None, **given: object) -> Changes:
    """Return the difference for one decision, or none."""
    circumstances = Circumstances(
        **{  # type: ignore[arg-type]  # one mapping for fields of many types
            "now": NOW,
            "dated_at": BOOKED,
            "steps": {("r", "s")},
            "providers": {"main": "terminal"},
            "contact_ids": {"ana": ANA, "lea": LEA},
            **given,
        }
    )
    planned = Planned(() if decision is None else (decision,), unreached)
    return diff(planned, jobs, circumstances)


def reasons(changes: Changes) -> list[str]:
    """Return why jobs are cancelled."""
    return [each.reason for each in changes.cancels]


def test_a_wanted_job_that_is_there_as_wanted_is_left_alone() -> None:
    assert differing(make_decision(), make_job()) == Changes()


@pytest.mark.parametrize("state", [State.HELD, State.RETRYING, State.QUEUED, State.CLAIMED])
def test_a_job_under_way_is_left_alone_wherever_it_is_due(state: State) -> None:
    assert differing(make_decision(), make_job(state=state, due_at=NOW + 30 * HOUR)) == Changes()


def test_a_wanted_job_that_is_not_there_is_created() -> None:
    assert differing(make_decision()).creates == [make_decision()]


def test_a_wanted_job_that_could_not_go_any_more_is_not_created() -> None:
    changes = differing(make_decision(planned_for=NOW - 2 * HOUR, useful_until=NOW))

    assert (changes.creates, changes.useless) == ([], 1)


def test_a_publish_creates_nothing_whose_moment_has_passed() -> None:
    decision = make_decision(planned_for=NOW - HOUR)

    assert differing(decision, cause=Cause.PUBLISHING).creates == []
    assert differing(decision, cause=Cause.INTAKE).creates == [decision]


def test_nothing_is_created_without_a_sender() -> None:
    assert differing(make_decision(), providers={}).without_sender == 1


@pytest.mark.parametrize("state", sorted(ENDED - {State.CANCELLED}))
def test_what_has_ended_is_not_begun_again(state: State) -> None:
    assert differing(make_decision(), make_job(state=state, moved_by="worker")) == Changes()


def test_what_the_planner_cancelled_is_reopened_unless_its_text_may_have_arrived() -> None:
    job = make_job(state=State.CANCELLED)

    assert [each.job for each in differing(make_decision(), job).reopens] == [job]
    assert differing(make_decision(), job, touched={job.id}) == Changes()


def test_what_a_person_cancelled_is_not_reopened() -> None:
    assert differing(make_decision(), make_job(state=State.CANCELLED, moved_by="person:ana")) == Changes()


def test_what_expired_is_reopened_only_by_a_later_usefulness() -> None:
    expired = make_job(state=State.EXPIRED, moved_by="chore", useful_until=NOW - HOUR)

    assert len(differing(make_decision(), expired).reopens) == 1
    assert differing(make_decision(useful_until=NOW - HOUR), expired) == Changes()


def test_of_several_stale_jobs_the_latest_follows_the_date_and_the_others_end() -> None:
    first, last = make_job(id=uuid.UUID(int=7)), make_job(id=uuid.UUID(int=8), anchor="2026-12-02T10:00")

    changes = differing(make_decision(anchor=MOVED), first, last)

    assert [each.job for each in changes.moves] == [last]
    assert [each.job for each in changes.cancels] == [first]
    assert reasons(changes) == ["moved to Tue 8 Dec 10:00"]


def test_a_date_that_gets_no_job_says_both_reasons() -> None:
    decision = make_decision(anchor=MOVED, reason=Reason.TOO_LATE, planned_for=None, useful_until=None)

    assert reasons(differing(decision, make_job())) == ["moved to Tue 8 Dec 10:00: too late"]


def test_an_unwanted_pinned_job_stays_until_its_occasion_is_off() -> None:
    decision = make_decision(reason=Reason.CONDITION_FALSE)
    pinned = make_job(pinned=True)

    assert differing(decision, pinned) == Changes()
    assert reasons(differing(decision, pinned, off="the appointment was cancelled")) == [
        "the appointment was cancelled"
    ]


def test_an_unwanted_pinned_job_is_brought_under_the_rule_as_it_is_now() -> None:
    pinned = make_job(pinned=True, plan_hash="old")

    (rewrite,) = differing(make_decision(reason=Reason.CONDITION_FALSE), pinned).refreshes

    assert (rewrite.planned_for, rewrite.useful_until) == (pinned.planned_for, pinned.useful_until)


@pytest.mark.parametrize("mute", [Reason.OCCASION_OFF, Reason.PERSON_OFF, Reason.RULE_MUTED])
def test_a_mute_stops_a_pinned_job_and_one_sent_again(mute: Reason) -> None:
    decision = make_decision(reason=mute, planned_for=None, useful_until=None)
    again = make_job(id=uuid.UUID(int=9), pinned=True, again_count=1)

    assert reasons(differing(decision, make_job(pinned=True), again)) == [str(mute), str(mute)]


def test_a_pinned_job_comes_back_at_the_moment_and_with_the_end_of_use_that_a_person_chose() -> None:
    chosen = {"due_at": NOW + HOUR, "useful_until": NOW + 90 * HOUR, "planned_for": NOW - HOUR}
    pinned = make_job(pinned=True, state=State.CANCELLED, **chosen)

    (rewrite,) = differing(make_decision(), pinned).reopens

    assert {name: getattr(rewrite, name) for name in chosen} == chosen


def test_a_publish_brings_no_pinned_job_back_whose_moment_has_passed() -> None:
    decision = make_decision(planned_for=NOW - 3 * HOUR)
    pinned = make_job(pinned=True, state=State.CANCELLED, due_at=NOW - HOUR)

    assert differing(decision, pinned, cause=Cause.PUBLISHING) == Changes()


def test_a_pinned_job_is_refreshed_but_keeps_its_times() -> None:
    pinned = make_job(pinned=True, template="old", planned_for=NOW + HOUR, useful_until=NOW + 2 * HOUR)

    (rewrite,) = differing(make_decision(), pinned).refreshes

    assert (rewrite.planned_for, rewrite.useful_until) == (NOW + HOUR, NOW + 2 * HOUR)


def test_a_job_sent_again_ends_with_its_occasion_and_is_no_rival_of_the_first() -> None:
    again = make_job(again_count=1, again_of=uuid.UUID(int=9))

    assert differing(make_decision(), make_job(state=State.UNDELIVERED), again) == Changes()
    off = make_decision(reason=Reason.CONDITION_FALSE)
    assert reasons(differing(off, make_job(state=State.UNDELIVERED), again, off="the payment is paid")) == [
        "the payment is paid"
    ]


def test_what_is_going_out_is_told_to_stop_only_once() -> None:
    decision = make_decision(reason=Reason.CONDITION_FALSE)

    assert len(differing(decision, make_job(state=State.SENDING)).cancels) == 1
    assert differing(decision, make_job(state=State.SENDING, stop_wanted=True)) == Changes()


@pytest.mark.parametrize("state", [State.RETRYING, State.HELD, State.SCHEDULED, State.QUEUED, State.CLAIMED])
def test_a_job_that_a_fallback_took_over_stays_there(state: State) -> None:
    job = make_job(state=state, sender="spare", provider="elsewhere")
    assert differing(make_decision(), job, fallbacks={"main": ("backup", "spare")}) == Changes()


def test_what_is_refreshed_for_another_reason_stays_with_the_fallback_too() -> None:
    job = make_job(state=State.RETRYING, sender="spare", provider="elsewhere", useful_until=NOW + HOUR)
    [rewrite] = differing(make_decision(), job, fallbacks={"main": ("spare",)}).refreshes
    assert rewrite.sender == "spare"


def test_a_job_goes_back_to_its_rule_s_number_where_the_other_is_no_fallback_of_it() -> None:
    job = make_job(state=State.RETRYING, sender="spare", provider="elsewhere")
    [rewrite] = differing(make_decision(), job, fallbacks={"main": ("backup",)}).refreshes
    assert rewrite.sender == "main"


def test_a_rule_that_names_another_number_takes_its_waiting_jobs_along_even_from_a_fallback_of_it() -> None:
    job = make_job(sender="spare", provider="elsewhere", plan_hash="of the number before")
    [rewrite] = differing(make_decision(), job, fallbacks={"main": ("spare",)}).refreshes
    assert rewrite.sender == "main"


def test_corrections_and_one_offs_are_none_of_its_business() -> None:
    assert differing(None, make_job(origin=Origin.ONE_OFF), make_job(origin=Origin.CORRECTION)) == Changes()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"steps": set()}, "the step 's' of the rule 'r' is gone"),
        ({"unreached": Unreached.NOBODY}, "it names nobody"),
        ({"off": "the appointment was removed"}, "the appointment was removed"),
        ({}, "nobody is named as contact"),
    ],
)
def test_a_job_about_which_nothing_is_decided_says_why_it_ends(given: dict[str, object], reason: str) -> None:
    assert reasons(differing(None, make_job(pinned=True), **given)) == [reason]  # type: ignore[arg-type]  # as above


def test_a_repeat_too_many_ends() -> None:
    assert reasons(differing(make_decision(), make_job(), make_job(repeat=2))) == [
        "the rule no longer repeats it so often"
    ]


def test_anchors_are_written_for_people() -> None:
    assert [for_people(anchor) for anchor in ("2026-12-02T10:00", "2026-12-02", "3")] == [
        "Wed 2 Dec 10:00",
        "Wed 2 Dec",
        "3",
    ]
