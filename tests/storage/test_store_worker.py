"""A worker's verbs and receipts: fences, intents, endings by attempt id, wanted stops, doubles, what was told."""

import uuid

import pytest
from sqlalchemy import select

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import attempts, texts, told
from jobs.states import State
from tests.storage.builders import (
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    accepted,
    add_contact,
    add_occasion,
    add_practice,
    claim,
    make_intent,
    make_job,
    make_result,
    outcome,
    plan,
    prove,
    put_in,
    read,
    record,
    send,
    verbs,
    withhold,
)

ADA = store.person("ada")


@pytest.fixture(autouse=True)
def practice(database: Database) -> None:
    """Lay a practice."""
    database.write(add_practice)


def cancel(database: Database, job_id: uuid.UUID, by: str = ADA) -> list[store.Moved]:
    pick = store.Pick(id=job_id, reason="the client called")
    return database.write(lambda c: store.cancel(c, [pick], by=by, now=NOW))


def told_starts(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(told.c.start)).scalars())


def test_a_claim_returns_the_whole_job_in_the_order_asked_for(database: Database) -> None:
    first, second = plan(database, make_job(variables={"name": "Ünal"}), make_job())
    jobs = claim(database, [second, first])
    assert [job.id for job in jobs] == [second, first]
    assert jobs[1].variables == {"name": "Ünal"}
    assert (jobs[0].state, jobs[0].fence, jobs[0].worker, jobs[0].lease_until) == (State.CLAIMED, 1, "w1", NOW + LEASE)


def test_the_second_worker_gets_nothing_of_what_the_first_claimed(database: Database) -> None:
    [job_id] = plan(database)
    assert claim(database, [job_id])
    again = database.write(lambda c: store.claim(c, [job_id], worker="w2", lease=LEASE, now=NOW))
    assert again == []
    assert read(database, job_id).worker == "w1"


def test_an_intent_under_an_old_fence_is_not_to_be_sent_and_leaves_no_attempt(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    cancel(database, job_id)
    assert database.write(lambda c: store.send(c, [make_intent(job)], now=NOW)) == []
    with database.read() as connection:
        assert connection.execute(select(attempts.c.id)).all() == []
    assert read(database, job_id).state is State.CANCELLED


def _doubted(database: Database, clock: SteppingClock) -> tuple[uuid.UUID, store.Intent]:
    """Lead a job to sending and let its worker's lease end."""
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    clock.jump_to(NOW + 2 * MINUTE)
    database.write(lambda c: store.release_stale(c, now=clock.now()))
    assert outcome(database, intent.attempt_id) == "unknown"
    return job_id, intent


def test_a_result_under_an_old_fence_writes_the_attempts_ending_and_not_the_job(
    database: Database, clock: SteppingClock
) -> None:
    job_id, intent = _doubted(database, clock)
    resend = store.Settlement(id=job_id, finding=store.Finding.RESEND, reason="risk it")
    database.write(lambda c: store.settle(c, [resend], by="person:ana", now=clock.now()))
    claim(database, [job_id])
    moved = record(database, make_result(intent, State.FAILED, store.Ending.REFUSED, error_code="21211"))
    assert moved == []
    assert outcome(database, intent.attempt_id) == "refused"
    assert read(database, job_id).state is State.CLAIMED


def test_a_worker_that_says_late_that_nothing_was_sent_settles_the_doubt(
    database: Database, clock: SteppingClock
) -> None:
    job_id, intent = _doubted(database, clock)
    due_at = clock.now() + MINUTE
    record(database, make_result(intent, State.HELD, store.Ending.NOT_WRITTEN, due_at=due_at, reason="too late"))
    job = read(database, job_id)
    assert (job.state, job.attempts, job.due_at, job.reason) == (State.RETRYING, 0, due_at, "too late")
    assert job.fence > intent.fence
    assert verbs(database, job_id)[-2:] == ["doubt", "settle"]


@pytest.mark.parametrize(
    ("told", "becomes"),
    [
        ((State.RETRYING, store.Ending.LATER), (State.RETRYING, 1)),
        ((State.FAILED, store.Ending.REFUSED), (State.FAILED, 1)),
        ((State.BLOCKED, store.Ending.REFUSED), (State.RETRYING, 0)),
        ((State.EXPIRED, store.Ending.NOT_WRITTEN), (State.EXPIRED, 0)),
        ((State.IN_DOUBT, store.Ending.UNKNOWN), (State.IN_DOUBT, 0)),
    ],
)
def test_a_late_result_ends_a_doubt_by_what_it_says(
    database: Database, clock: SteppingClock, told: tuple[State, store.Ending], becomes: tuple[State, int]
) -> None:
    job_id, intent = _doubted(database, clock)
    record(database, make_result(intent, *told))
    job = read(database, job_id)
    assert (job.state, job.attempts) == becomes


def test_a_wanted_stop_cancels_what_was_doubted_and_surely_not_sent(database: Database, clock: SteppingClock) -> None:
    job_id, intent = _doubted(database, clock)
    cancel(database, job_id)
    record(database, make_result(intent, State.HELD, store.Ending.NOT_WRITTEN, due_at=clock.now()))
    assert read(database, job_id).state is State.CANCELLED


def test_a_late_acceptance_settles_whoever_holds_the_fence(database: Database, clock: SteppingClock) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    clock.jump_to(NOW + 2 * MINUTE)
    database.write(lambda c: store.release_stale(c, now=clock.now()))
    [moved] = record(database, accepted(intent))
    assert (moved.verb, moved.to_state) == ("settle", State.SENT)
    assert outcome(database, intent.attempt_id) == "accepted"
    assert verbs(database, job_id) == ["plan", "enqueue", "claim", "send", "doubt", "settle"]


def test_nothing_overwrites_an_acceptance(database: Database) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    record(database, accepted(intent))
    record(database, make_result(intent, State.FAILED, store.Ending.REFUSED))
    assert outcome(database, intent.attempt_id) == "accepted"
    assert read(database, job_id).state is State.SENT


def test_a_second_acceptance_of_one_job_is_counted_and_the_same_one_twice_is_not(database: Database) -> None:
    job_id, first = put_in(database, State.IN_DOUBT)
    assert first
    settled = store.Settlement(id=job_id, finding=store.Finding.RESEND, reason="Ada chose to risk it")
    database.write(lambda c: store.settle(c, [settled], by=ADA, now=NOW))
    [second] = send(database, [job_id])
    record(database, accepted(second))
    prove(database, second.attempt_id, delivered=None)
    assert read(database, job_id).doubled == 0
    prove(database, first.attempt_id, delivered=None)
    assert read(database, job_id).doubled == 1
    assert read(database, job_id).state is State.SENT


def test_a_retry_burns_an_attempt_and_a_hold_burns_none(database: Database) -> None:
    job_id, _ = put_in(database, State.RETRYING)
    assert read(database, job_id).attempts == 1
    [intent] = send(database, [job_id])
    record(database, make_result(intent, State.HELD, store.Ending.THROTTLED, due_at=NOW + HOUR))
    job = read(database, job_id)
    assert (job.state, job.attempts, job.due_at) == (State.HELD, 1, NOW + HOUR)


def test_another_sender_may_take_over_what_was_surely_not_sent(database: Database) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    record(
        database,
        make_result(intent, State.RETRYING, store.Ending.REFUSED, due_at=NOW, provider="messagebird", sender="spare"),
    )
    job = read(database, job_id)
    assert (job.provider, job.sender) == ("messagebird", "spare")


@pytest.mark.parametrize(
    ("state", "ending"), [(State.RETRYING, store.Ending.LATER), (State.HELD, store.Ending.THROTTLED)]
)
def test_a_stop_wanted_while_sending_wins_over_retry_and_hold(
    database: Database, state: State, ending: store.Ending
) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    [answer] = cancel(database, job_id)
    assert answer.to_state is State.SENDING
    record(database, make_result(intent, state, ending, due_at=NOW + HOUR))
    job = read(database, job_id)
    assert (job.state, job.reason, job.moved_by) == (State.CANCELLED, "the client called", ADA)


def test_a_wanted_stop_does_not_deny_an_acceptance(database: Database) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    cancel(database, job_id)
    record(database, accepted(intent))
    assert read(database, job_id).state is State.SENT


def test_the_planner_asks_for_a_stop_only_once(database: Database) -> None:
    job_id, _ = put_in(database, State.SENDING)
    assert cancel(database, job_id, store.PLANNER)
    assert cancel(database, job_id, store.PLANNER) == []


def test_one_batch_may_end_in_every_way_at_once(database: Database) -> None:
    ids = plan(database, *(make_job() for _ in range(4)))
    intents = send(database, ids)
    record(
        database,
        accepted(intents[0]),
        make_result(intents[1], State.RETRYING, store.Ending.LATER, due_at=NOW),
        make_result(intents[2], State.BLOCKED, store.Ending.REFUSED, error_code="21610"),
        make_result(intents[3], State.IN_DOUBT, store.Ending.UNKNOWN),
    )
    states = [read(database, intent.job_id).state for intent in intents]
    assert states == [State.SENT, State.RETRYING, State.BLOCKED, State.IN_DOUBT]


def test_a_providers_id_given_to_two_attempts_does_not_cost_the_batch(database: Database) -> None:
    ids = plan(database, make_job(), make_job(), make_job())
    first, second, third = send(database, ids)
    record(database, accepted(first, provider_id="SM1"))
    record(database, accepted(second, provider_id="SM1"), accepted(third, provider_id="SM2"))
    assert [read(database, each).state for each in ids] == [State.SENT] * 3
    with database.read() as connection:
        rows = connection.execute(select(attempts.c.id, attempts.c.provider_id))
        kept = {row.id: row.provider_id for row in rows}
    assert kept == {first.attempt_id: "SM1", second.attempt_id: None, third.attempt_id: "SM2"}


def test_a_receipt_before_the_workers_answer_is_proof_and_the_answer_no_news(database: Database) -> None:
    job_id, intent = put_in(database, State.SENDING)
    assert intent
    moved = prove(database, intent.attempt_id, delivered=True)
    assert [each.to_state for each in moved] == [State.SENT, State.DELIVERED]
    assert record(database, accepted(intent)) == []
    job = read(database, job_id)
    assert (job.state, job.doubled) == (State.DELIVERED, 0)


def test_undelivered_is_turned_by_a_later_contradiction_and_delivered_is_not(database: Database) -> None:
    job_id, intent = put_in(database, State.UNDELIVERED)
    assert intent
    prove(database, intent.attempt_id, delivered=True)
    assert read(database, job_id).state is State.DELIVERED
    assert prove(database, intent.attempt_id, delivered=False) == []


def test_a_receipt_for_an_attempt_that_is_not_ours_changes_nothing(database: Database) -> None:
    assert prove(database, uuid.uuid4(), delivered=True) == []


def test_what_a_text_tells_is_remembered_from_the_intent_on_and_taken_back_if_surely_not_sent(
    database: Database,
) -> None:
    contact, occasion = database.write(add_contact), database.write(add_occasion)
    plan(database, make_job(contact_id=contact, occasion_id=occasion))
    one, two = plan(database, *(make_job(contact_id=contact, occasion_id=occasion) for _ in range(2)))
    [earlier] = send(database, [one], told_start="2026-03-10T10:00", told_fields={"place": "Room 1"})
    record(database, accepted(earlier))
    [later] = send(database, [two], told_start="2026-03-11T11:00", started_at=NOW + MINUTE)
    assert told_starts(database) == ["2026-03-11T11:00"]
    record(database, make_result(later, State.FAILED, store.Ending.REFUSED))
    assert told_starts(database) == ["2026-03-10T10:00"]


def test_a_doubtful_text_counts_as_told(database: Database) -> None:
    contact, occasion = database.write(add_contact), database.write(add_occasion)
    [job_id] = plan(database, make_job(contact_id=contact, occasion_id=occasion))
    [intent] = send(database, [job_id], told_start="2026-03-10T10:00")
    record(database, make_result(intent, State.IN_DOUBT, store.Ending.UNKNOWN))
    assert told_starts(database) == ["2026-03-10T10:00"]


def test_an_accepted_text_is_one_line_of_the_conversation(database: Database) -> None:
    contact = database.write(lambda c: add_contact(c, owner="ada"))
    occasion = database.write(lambda c: add_occasion(c, case_ref="2026-17"))
    [job_id] = plan(database, make_job(contact_id=contact, occasion_id=occasion))
    [intent] = send(database, [job_id], body="See you at 10:00.")
    record(database, accepted(intent, provider_id="SM7"))
    prove(database, intent.attempt_id, delivered=True)
    with database.read() as connection:
        [line] = connection.execute(select(texts)).mappings()
    assert (line["direction"], line["body"], line["provider_id"]) == ("out", "See you at 10:00.", "SM7")
    assert (line["case_ref"], line["owner"], line["attempt_id"]) == ("2026-17", "ada", intent.attempt_id)


def test_a_hold_keeps_the_moment_and_the_reason(database: Database) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    withhold(database, job, State.HELD, until=NOW + HOUR, reason="quiet hours")
    held = read(database, job_id)
    assert (held.state, held.due_at, held.reason, held.attempts) == (State.HELD, NOW + HOUR, "quiet hours", 0)
    assert (held.worker, held.lease_until) == (None, None)


def test_a_worker_that_lost_its_claim_can_withhold_nothing(database: Database, clock: SteppingClock) -> None:
    [job_id] = plan(database)
    [job] = claim(database, [job_id])
    clock.jump_to(NOW + 2 * MINUTE)
    database.write(lambda c: store.release_stale(c, now=clock.now()))
    assert withhold(database, job, State.BLOCKED) == []
    assert read(database, job_id).state is State.SCHEDULED


def told_fields(database: Database) -> list[dict[str, object]]:
    with database.read() as connection:
        return list(connection.execute(select(told.c.fields)).scalars())


def tell(database: Database, **changes: object) -> store.Intent:
    """Let another text tell the only pair of contact and occasion something."""
    [job_id] = plan(database, make_job(occasion_id=changes.pop("occasion_id"), contact_id=changes.pop("contact_id")))
    [intent] = send(database, [job_id], **changes)
    return intent


def make_pair(database: Database) -> dict[str, object]:
    contact_id = database.write(add_contact)
    return {"contact_id": contact_id, "occasion_id": database.write(add_occasion)}


def test_a_field_that_a_later_text_does_not_name_stays_told(database: Database) -> None:
    pair = make_pair(database)
    tell(database, **pair, told_start="2026-03-10T10:00", told_fields={"place": "Room 1", "mode": "phone"})

    tell(database, **pair, told_start="2026-03-10T10:00", told_fields={"place": "Room 2"}, started_at=NOW + MINUTE)

    assert told_fields(database) == [{"place": "Room 2", "mode": "phone"}]


def test_what_an_earlier_text_told_is_taken_back_from_under_a_later_one(database: Database) -> None:
    pair = make_pair(database)
    earlier = tell(database, **pair, told_start="2026-03-10T10:00", told_fields={"place": "Room 1"})
    tell(database, **pair, told_start="2026-03-11T10:00", told_fields={"mode": "phone"}, started_at=NOW + MINUTE)

    record(database, make_result(earlier, State.FAILED, store.Ending.REFUSED))

    assert told_starts(database) == ["2026-03-11T10:00"]
    assert told_fields(database) == [{"mode": "phone"}]


def test_a_text_that_states_a_start_says_that_it_is_on_again(database: Database) -> None:
    pair = make_pair(database)
    tell(database, **pair, told_start="2026-03-10T10:00", told_fields={"status": "cancelled"})
    assert told_fields(database) == [{"status": "cancelled"}]

    tell(database, **pair, told_start="2026-03-10T10:00", told_fields={}, started_at=NOW + MINUTE)

    assert told_fields(database) == [{}]
