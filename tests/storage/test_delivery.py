"""A worker's pipeline over a real database: what is sent, what is withheld and why, and what a race does to it."""

import datetime as dt
import uuid

from sqlalchemy import select

from jobs import consent, senders
from jobs.database import Database
from jobs.providers.contract import Accepted, Closed, Later, Receipt, Refused, Status, Throttled, Unknown
from jobs.receipts import record_receipts
from jobs.records import consents, pauses, receipts, texts, told
from jobs.records import senders as sender_rows
from jobs.states import State
from jobs.terms import TemplateTerms
from tests.storage.builders import HOUR, MINUTE, make_sender_terms, read, verbs
from tests.storage.delivering import (
    NOW,
    ScriptedProvider,
    Steady,
    at_step,
    attempts_of,
    cancel,
    make_delivery,
    make_terms,
    open_practice,
    publish,
    queue_one_off,
    queue_reminder,
)


def deliver(database: Database, job_id: uuid.UUID, *outcomes: object) -> ScriptedProvider:
    provider = ScriptedProvider(*outcomes)  # type: ignore[arg-type]  # outcomes and exceptions
    make_delivery(database, provider).deliver([job_id])
    return provider


def test_a_due_reminder_is_asked_for_once_and_recorded_as_sent(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    provider = deliver(database, job_id)
    assert [(each.to_number, each.body) for each in provider.asked] == [
        ("+15145550101", "See you March 10 at 10:00 a.m.")
    ]
    assert read(database, job_id).state is State.SENT
    assert verbs(database, job_id) == ["plan", "enqueue", "claim", "send", "record"]


def test_an_accepted_text_is_a_line_of_the_conversation_and_tells_its_contact(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    deliver(database, job_id)
    with database.read() as connection:
        [line] = connection.execute(select(texts)).mappings()
        [told_row] = connection.execute(select(told)).mappings()
    assert (line["direction"], line["number"], line["job_id"]) == ("out", "+15145550101", job_id)
    assert told_row["start"] == "2026-03-10T10:00"


def test_the_attempt_names_what_it_rested_on(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    deliver(database, job_id)
    [attempt] = attempts_of(database, [job_id])
    assert (attempt["revision"], attempt["template"], attempt["language"]) == ("r-1", "reminder", "en")
    assert attempt["from_number"] == "+15145550100"
    assert attempt["window"]["zones"] == ["America/Toronto"]


def test_delivering_the_same_entry_twice_sends_once(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    provider = ScriptedProvider()
    delivery = make_delivery(database, provider)
    delivery.deliver([job_id])
    delivery.deliver([job_id])
    assert len(provider.asked) == 1


def test_a_text_outside_the_sending_window_is_held_to_the_opening(database: Database) -> None:
    open_practice(database, sending_window={"mon-sun": "12:00-20:00", "holidays": "12:00-20:00"})
    job_id = queue_reminder(database)
    provider = deliver(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.due_at, provider.asked) == (State.HELD, NOW + 2 * HOUR, [])
    assert job.attempts == 0


def test_an_opted_out_person_is_not_texted(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    word = consent.ConsentWord(
        practice="northlight", number="+15145550101", what=consent.OPT_OUT, source="text", by="person"
    )
    database.write(lambda connection: consent.record(connection, [word], now=NOW))
    provider = deliver(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.reason, provider.asked) == (
        State.BLOCKED, "the person opted out (by text, 2026-03-02)", [],
    )  # fmt: skip


def test_a_text_that_cannot_be_rendered_is_blocked_with_the_reason(database: Database) -> None:
    open_practice(database, templates={"reminder": TemplateTerms(sources={"en": "At {{ occasion.place }}"})})
    job_id = queue_reminder(database)
    deliver(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.reason) == (State.BLOCKED, "its text cannot be rendered: occasion.place has no value")


def test_a_job_of_an_older_rule_is_held_for_planning(database: Database) -> None:
    open_practice(database, plan_hashes={"consultation/day-before": "h2"})
    job_id = queue_reminder(database)
    deliver(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.reason) == (State.HELD, "its rule changed and it is being planned again")


def test_a_refused_text_fails_with_the_providers_code(database: Database) -> None:
    open_practice(database)
    job_id = queue_one_off(database)
    deliver(database, job_id, Refused("not a mobile number", code="21614"))
    [attempt] = attempts_of(database, [job_id])
    assert read(database, job_id).state is State.FAILED
    assert (attempt["outcome"], attempt["error_code"]) == ("refused", "21614")


def test_receipts_that_came_before_the_answer_and_name_no_attempt_count_once_it_has_come(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    early = [Receipt(provider_id="P-7", status=status) for status in (Status.DELIVERED, Status.ACCEPTED)]
    assert database.write(lambda connection: record_receipts(connection, "terminal", early, now=NOW)) == []
    deliver(database, job_id, Accepted("P-7"))
    [attempt] = attempts_of(database, [job_id])
    with database.read() as connection:
        kept = connection.execute(select(receipts.c.attempt_id, receipts.c.practice)).all()
    assert read(database, job_id).state is State.DELIVERED
    assert kept == [(attempt["id"], "northlight")] * 2
    assert read(database, job_id).doubled == 0


def test_a_carriers_opt_out_blocks_the_job_and_is_kept(database: Database) -> None:
    open_practice(database)
    job_id = queue_one_off(database)
    deliver(database, job_id, Refused("unsubscribed", code="21610", opted_out=True))
    with database.read() as connection:
        [word] = connection.execute(select(consents)).mappings()
    assert read(database, job_id).state is State.BLOCKED
    assert (word["what"], word["source"], word["number"]) == ("opt_out", "carrier", "+15145550101")


def test_a_text_that_was_not_taken_is_retried_and_burns_an_attempt(database: Database) -> None:
    open_practice(database)
    job_id = queue_one_off(database)
    deliver(database, job_id, Later("queue full", after=5 * MINUTE))
    job = read(database, job_id)
    assert (job.state, job.attempts, job.due_at) == (State.RETRYING, 1, NOW + 5 * MINUTE)


def test_a_throttled_sender_burns_nothing_and_is_slowed_down(database: Database) -> None:
    open_practice(database)
    job_id = queue_one_off(database)
    deliver(database, job_id, Throttled("too many requests", after=dt.timedelta(seconds=30)))
    job = read(database, job_id)
    with database.read() as connection:
        next_free = connection.execute(select(sender_rows.c.next_free)).scalar_one()
    assert (job.state, job.attempts, job.due_at) == (State.HELD, 0, NOW + dt.timedelta(seconds=30))
    assert next_free == NOW + dt.timedelta(seconds=30)


def test_a_closed_account_is_paused_once_and_its_jobs_are_held(database: Database) -> None:
    open_practice(database)
    jobs = [queue_one_off(database), queue_one_off(database)]
    provider = ScriptedProvider(Closed("account", "no balance"), Closed("account", "no balance"))
    make_delivery(database, provider).deliver(jobs)
    with database.read() as connection:
        [pause] = connection.execute(select(pauses)).mappings()
    assert [read(database, each).state for each in jobs] == [State.HELD, State.HELD]
    assert (pause["scope"], pause["practice"], pause["target"]) == ("provider", "northlight", "terminal")


def test_a_fallback_takes_over_what_was_surely_not_sent(database: Database) -> None:
    main, other = make_sender_terms(fallback="other"), make_sender_terms(id="other", number="+15145550111")
    open_practice(database, senders=(main, other))
    job_id = queue_one_off(database)
    deliver(database, job_id, Later("queue full"))
    job = read(database, job_id)
    assert (job.state, job.sender, job.due_at) == (State.RETRYING, "other", NOW)


def test_an_unknown_outcome_stands_in_doubt_at_once(database: Database) -> None:
    open_practice(database)
    job_id = queue_one_off(database)
    deliver(database, job_id, Unknown("no answer in 10 seconds"))
    job = read(database, job_id)
    assert (job.state, job.reason) == (State.IN_DOUBT, "sent or not, nobody knows yet: no answer in 10 seconds")


def test_an_adapter_that_breaks_leaves_its_text_in_doubt_and_the_others_sent(database: Database) -> None:
    open_practice(database)
    jobs = [queue_one_off(database), queue_one_off(database)]
    provider = ScriptedProvider(ZeroDivisionError("oops"), Accepted("P-2"))
    make_delivery(database, provider).deliver(jobs)
    assert sorted(read(database, each).state for each in jobs) == [State.IN_DOUBT, State.SENT]


def test_a_job_that_was_cancelled_while_it_was_gated_is_not_sent(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    provider = ScriptedProvider()
    checkpoint = at_step("gated", lambda: cancel(database, job_id))
    make_delivery(database, provider, checkpoint=checkpoint).deliver([job_id])
    assert (read(database, job_id).state, provider.asked) == (State.CANCELLED, [])


def test_a_stop_that_comes_while_sending_wins_over_a_retry(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    provider = ScriptedProvider(Later("queue full"))
    checkpoint = at_step("intended", lambda: cancel(database, job_id))
    make_delivery(database, provider, checkpoint=checkpoint).deliver([job_id])
    assert read(database, job_id).state is State.CANCELLED


def test_a_revision_published_between_gate_and_intent_releases_the_job(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    provider = ScriptedProvider()
    checkpoint = at_step(
        "gated", lambda: database.write(lambda connection: publish(connection, make_terms(name="New"), "r-2"))
    )
    make_delivery(database, provider, checkpoint=checkpoint).deliver([job_id])
    job = read(database, job_id)
    assert (job.state, job.reason, provider.asked) == (
        State.SCHEDULED, "a new revision was published meanwhile", [],
    )  # fmt: skip


def test_a_pause_between_gate_and_intent_releases_the_job(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    pause = senders.Pause(senders.PRACTICE, "northlight", None, "the office burns")
    provider = ScriptedProvider()
    checkpoint = at_step(
        "gated", lambda: database.write(lambda connection: senders.pause(connection, [pause], by="ana", now=NOW))
    )
    make_delivery(database, provider, checkpoint=checkpoint).deliver([job_id])
    job = read(database, job_id)
    assert (job.state, job.reason, provider.asked) == (State.SCHEDULED, "paused: the office burns", [])


def test_a_worker_that_is_stopping_gives_its_jobs_back(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    make_delivery(database, ScriptedProvider(), stopping=lambda: True).deliver([job_id])
    job = read(database, job_id)
    assert (job.state, job.reason, job.deaths) == (State.SCHEDULED, "the worker is stopping", 0)


def test_a_worker_that_froze_after_its_intent_writes_nothing(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    steady, provider = Steady(), ScriptedProvider()

    def freeze() -> None:
        steady.seconds = 46.0

    make_delivery(database, provider, steady=steady, checkpoint=at_step("intended", freeze)).deliver([job_id])
    job = read(database, job_id)
    [attempt] = attempts_of(database, [job_id])
    assert (job.state, job.attempts, attempt["outcome"]) == (State.HELD, 0, "not_written")
    assert provider.asked == []


def test_a_worker_that_froze_before_its_intent_gives_the_job_back(database: Database) -> None:
    open_practice(database)
    job_id = queue_reminder(database)
    steady, provider = Steady(), ScriptedProvider()

    def freeze() -> None:
        steady.seconds = 46.0

    make_delivery(database, provider, steady=steady, checkpoint=at_step("gated", freeze)).deliver([job_id])
    assert (read(database, job_id).reason, provider.asked) == ("too little time was left to send it", [])


def test_a_request_must_be_written_before_the_window_closes(database: Database) -> None:
    open_practice(database, sending_window={"mon-sun": "09:00-10:01"})
    job_id = queue_one_off(database, useful_until=NOW + HOUR)
    provider = deliver(database, job_id)
    [attempt] = attempts_of(database, [job_id])
    assert attempt["deadline"] == NOW + dt.timedelta(seconds=45)
    assert provider.asked[0].valid_for == MINUTE


def test_a_provider_that_this_worker_lacks_holds_its_jobs(database: Database) -> None:
    open_practice(database, senders=(make_sender_terms(provider="elsewhere"),))
    job_id = queue_one_off(database)
    deliver(database, job_id)
    job = read(database, job_id)
    assert (job.state, job.reason) == (State.HELD, "the provider elsewhere is not set up on this worker")


def test_an_entry_larger_than_a_wave_goes_out_in_waves(database: Database) -> None:
    open_practice(database)
    jobs = [queue_one_off(database) for _ in range(45)]
    steps: list[str] = []
    provider = ScriptedProvider()
    make_delivery(database, provider, checkpoint=steps.append).deliver(jobs)
    assert (len(provider.asked), steps.count("intended")) == (45, 3)
    assert {read(database, each).state for each in jobs} == {State.SENT}


def test_one_jobs_odd_data_blocks_only_that_job(database: Database) -> None:
    open_practice(database)
    odd = queue_reminder(database, occasion={"timezone": "Mars/Olympus"})
    strange = queue_reminder(database, contact={"timezone": "Mars/Olympus"})
    good = queue_reminder(database)
    make_delivery(database, ScriptedProvider()).deliver([odd, strange, good])
    assert [read(database, each).state for each in (odd, strange, good)] == [State.BLOCKED, State.SENT, State.SENT]


def test_a_contact_texted_through_another_ones_phone_is_reached_there(database: Database) -> None:
    from tests.storage.builders import add_contact  # noqa: PLC0415 - read where it is used

    open_practice(database)
    parent = database.write(lambda connection: add_contact(connection, phone="+15145550133"))
    job_id = queue_reminder(database, contact={"via_id": parent, "phone": None})
    provider = deliver(database, job_id)
    assert [each.to_number for each in provider.asked] == ["+15145550133"]


def test_a_first_text_carries_its_sentence_and_the_next_one_does_not(database: Database) -> None:
    open_practice(database, first_text_adds={"en": "Reply STOP to opt out."})
    provider = ScriptedProvider()
    delivery = make_delivery(database, provider)
    delivery.deliver([queue_one_off(database)])
    delivery.deliver([queue_one_off(database)])
    assert [each.body for each in provider.asked] == [
        "The door code changed. Reply STOP to opt out.", "The door code changed.",
    ]  # fmt: skip
