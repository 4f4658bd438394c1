"""Texts that did not arrive go once more where their step says so: planned with the receipt, on both databases."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.again import AFTER
from jobs.providers.contract import Fault, Receipt, Status
from jobs.receipts import record_receipts
from jobs.states import State
from jobs.store.values import Job, Moved
from scheduler.chores import replan_fallen, replan_held
from scheduler.chores.context import Context
from tests.storage.asking_why import of_job, told
from tests.storage.conversing import DAY_BEFORE, HOUR_BEFORE, Talk, make_answered_rulebook, opened_talk
from tests.storage.delivering import attempts_of

AGAIN = {**DAY_BEFORE, "if_undelivered": "again"}
MINUTE = dt.timedelta(minutes=1)


def rulebook(*steps: Any) -> Any:
    return make_answered_rulebook(rule={"steps": list(steps or (AGAIN, HOUR_BEFORE))})


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    """Give a practice whose reminder of the day before, for a visit tomorrow at 10:00, has gone out."""
    with opened_talk(database_url, rulebook()) as talk:
        talk.desk.visit()
        talk.remind()
        yield talk


def first(talk: Talk) -> Job:
    (job,) = (job for job in talk.desk.jobs() if job.step == "day-before" and not job.again_count)
    return job


def again(talk: Talk) -> Job | None:
    found = [job for job in talk.desk.jobs() if job.again_count]
    assert len(found) <= 1, "never a second"
    return found[0] if found else None


def receive(talk: Talk, job: Job, status: Status = Status.UNDELIVERED, **values: Any) -> list[Moved]:
    """Let a receipt of a job's last attempt come."""
    attempt = attempts_of(talk.desk.database, [job.id])[-1]
    given = {"code": "30003", "reason": "the phone cannot be reached", "attempt_id": attempt["id"]} | values
    receipt = Receipt(provider_id=attempt["provider_id"], status=status, **given)
    now = talk.desk.clock.now()
    return talk.desk.database.write(lambda connection: record_receipts(connection, "terminal", [receipt], now=now))


def plan_fallen(talk: Talk) -> None:
    replan_fallen.run(Context(talk.desk.database, lambda _entry: None))


def test_what_did_not_arrive_goes_once_more_when_the_phone_may_be_on_again(talk: Talk) -> None:
    receive(talk, first(talk))
    plan_fallen(talk)
    job = again(talk)

    assert job is not None
    assert (job.again_of, job.state, job.useful_until) == (first(talk).id, State.SCHEDULED, first(talk).useful_until)
    assert job.due_at == talk.desk.clock.now() + AFTER
    talk.desk.clock.jump_to(job.due_at)
    assert talk.deliver([job.id]) == [talk.provider.asked[0].body]
    assert first(talk).state is State.UNDELIVERED


def test_a_second_one_that_does_not_arrive_is_the_last(talk: Talk) -> None:
    receive(talk, first(talk))
    second = again(talk)
    assert second is not None
    talk.desk.clock.jump_to(second.due_at)
    talk.deliver([second.id])
    receive(talk, second)

    found = again(talk)
    assert found is not None
    assert found.state is State.UNDELIVERED


def test_the_same_receipt_and_a_later_one_plan_nothing_more(talk: Talk) -> None:
    receive(talk, first(talk))
    receive(talk, first(talk))
    receive(talk, first(talk), Status.FAILED)
    assert again(talk) is not None


@pytest.mark.parametrize("fault", [Fault.NUMBER, Fault.OPTED_OUT, Fault.CONTENT])
def test_what_would_fail_another_time_too_does_not_go_again(talk: Talk, fault: Fault) -> None:
    receive(talk, first(talk), fault=fault)
    assert again(talk) is None


def test_without_the_key_an_undelivered_text_is_an_end(database_url: str) -> None:
    with opened_talk(database_url, rulebook(DAY_BEFORE)) as talk:
        talk.desk.visit()
        talk.remind()
        receive(talk, first(talk))
        assert again(talk) is None


def test_a_rule_that_is_published_meanwhile_does_not_strand_it(talk: Talk) -> None:
    receive(talk, first(talk))
    plan_fallen(talk)
    talk.desk.publish(rulebook({**AGAIN, "useful_until": "1 hour before"}, HOUR_BEFORE))
    job = again(talk)
    assert job is not None
    talk.desk.clock.jump_to(job.due_at)
    assert talk.deliver([job.id]) == []  # it is held, to be planned by the new rule
    talk.desk.later(minutes=2)
    replan_held.run(Context(talk.desk.database, lambda _entry: None))
    assert len(talk.deliver([job.id])) == 1


def test_what_is_of_no_use_any_more_does_not_go_again(talk: Talk) -> None:
    talk.desk.clock.jump_to(first(talk).useful_until)
    receive(talk, first(talk))
    assert again(talk) is None


def test_near_the_end_of_its_use_it_waits_half_of_what_is_left(talk: Talk) -> None:
    talk.desk.clock.jump_to(first(talk).useful_until - 20 * MINUTE)
    receive(talk, first(talk))
    job = again(talk)
    assert job is not None
    assert job.due_at == first(talk).useful_until - 10 * MINUTE


def test_what_arrived_after_all_is_not_said_twice(talk: Talk) -> None:
    receive(talk, first(talk))
    receive(talk, first(talk), Status.DELIVERED)
    job = again(talk)
    assert job is not None
    assert (job.state, job.reason) == (State.CANCELLED, "the first one arrived after all")


def test_planning_withdraws_what_an_answer_has_made_needless(database_url: str) -> None:
    step = {**AGAIN, "unless": {"answer": "confirmed"}}
    with opened_talk(database_url, rulebook(step)) as talk:
        talk.desk.visit()
        talk.remind()
        talk.write("C")
        receive(talk, first(talk))
        plan_fallen(talk)
        job = again(talk)
        assert job is not None
        assert job.state is State.CANCELLED


def test_it_ends_with_the_occasion(talk: Talk) -> None:
    receive(talk, first(talk))
    talk.desk.visit("A-1", contact="C-1", start="2026-12-01 10:00", status="cancelled")
    job = again(talk)
    assert job is not None
    assert job.state is State.CANCELLED


def test_a_step_that_is_gone_from_the_rules_says_nothing_again(talk: Talk) -> None:
    talk.desk.publish(rulebook(HOUR_BEFORE))
    receive(talk, first(talk))
    assert again(talk) is None


def test_both_jobs_say_why(talk: Talk) -> None:
    receive(talk, first(talk))
    job = again(talk)
    assert job is not None
    one, two = first(talk).id.hex[-8:], job.id.hex[-8:]

    assert of_job(talk.desk, first(talk).id).sentences[-1] == (
        f"It did not arrive: the phone cannot be reached. Job {two} says it once more and is scheduled."
    )
    assert (
        f"It says once more what job {one} said, which did not arrive; planned for Mon 30 Nov 2026 16:30."
        in of_job(talk.desk, job.id).sentences
    )
    said = f"planned by provider: once more, since job {one} did not arrive: the phone cannot be reached."
    assert said in told(of_job(talk.desk, job.id))
