"""Export, erasure and legal holds on both databases: what goes, what stays, what is refused."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from jobs import consent, events, store
from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.events.endpoints import NewEndpoint
from jobs.records import (
    attempts,
    audit,
    consents,
    conversation_notes,
    conversations,
    metadata,
    new_id,
    notes,
    occasions,
    receipts,
    texts,
    timeline,
)
from jobs.states import Origin, State
from scheduler.intake.turns import Turns
from scheduler.keeping import erasing, exporting, holds
from scheduler.keeping.erasing import Foreseen
from scheduler.publishing.revisions import load_current
from tests.storage.delivering import ScriptedProvider, at_step, make_delivery
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened
from tests.storage.keeping_room import ANA, contact, erase, hold, opt_out, release, rows, signed, text_ana

RULEBOOK = make_rulebook(
    steps=(DAY_BEFORE,), practice={"sending_window": {"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"}}
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, RULEBOOK) as desk:
        desk.contact("C-1", phone=ANA, first_name="Anastasia", name="Anastasia Roy")
        text_ana(desk)
        desk.visit("A-2", contact="C-1", start="2026-12-20 10:00", status="booked")
        yield desk


def one_off(desk: Desk, **changes: Any) -> store.NewJob:
    values: dict[str, Any] = {"practice": "northlight", "identity": new_id(), "origin": Origin.ONE_OFF}
    values |= {
        "sender": "main",
        "provider": "terminal",
        "planned_for": desk.clock.now(),
        "text": "Your file, Anastasia",
    }
    values |= {"useful_until": desk.clock.now() + dt.timedelta(days=2), "contact_id": contact(desk)["id"]} | changes
    return store.NewJob(**values)


def planned(desk: Desk, **changes: Any) -> Any:
    [job_id] = desk.database.write(
        lambda c: store.plan(c, [one_off(desk, **changes)], by="person:maya", now=desk.clock.now())
    )
    return job_id


def foreseen(desk: Desk, ref: str = "C-1") -> Foreseen:
    with desk.database.read() as connection:
        return erasing.foresee(connection, "northlight", ref)


def exported(desk: Desk, ref: str = "C-1") -> dict[str, Any]:
    with desk.database.read() as connection:
        return exporting.export(connection, "northlight", ref, desk.clock.now())


def standing(desk: Desk, number: str = ANA) -> consent.Standing | None:
    with desk.database.read() as connection:
        return consent.standings(connection, [("northlight", number)], desk.clock.now()).get(("northlight", number))


def everything(desk: Desk) -> str:
    """Return all that the database holds, as text."""
    with desk.database.read() as connection:
        return "\n".join(
            str([str(value) for value in row])
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def test_nothing_of_an_erased_person_is_left_anywhere_in_the_database(desk: Desk) -> None:
    planned(desk)
    erase(desk)
    left = everything(desk)
    for said in (ANA, "5145550001", "Anastasia", "x-rays", "cancer", "wants mornings"):
        assert said not in left, said


def test_what_counts_and_proves_stays(desk: Desk) -> None:
    (before,) = rows(desk, attempts)
    erase(desk)
    (after,) = rows(desk, attempts)
    gone = {"body", "to_number", "told_fields", "redact_at"}
    assert {name: value for name, value in after.items() if name not in gone} == {
        name: value for name, value in before.items() if name not in gone
    }
    assert (after["body"], after["to_number"][-3:]) == (None, ":01")
    assert [(each["direction"], each["body"]) for each in rows(desk, texts)] == [("out", None), ("in", None)]
    assert [(each["status"], each["raw"]) for each in rows(desk, receipts)] == [("delivered", None)]


def test_the_contact_is_gone_and_only_the_ref_is_left(desk: Desk) -> None:
    erase(desk)
    row = contact(desk)
    assert row["gone_at"] == desk.clock.now()
    assert [row[name] for name in ("name", "first_name", "phone_given", "phone", "fields")] == ["", "", "", None, {}]


def test_waiting_texts_are_cancelled_with_the_reason(desk: Desk) -> None:
    one = planned(desk)
    done = erase(desk)
    assert done.waiting == 2
    states = {job.id: (job.state, job.reason) for job in desk.jobs()}
    assert states[one] == (State.CANCELLED, "the contact was erased: asked to")
    assert {state for state, _ in states.values()} == {State.CANCELLED, State.DELIVERED}
    assert "cancel" in {line["verb"] for line in rows(desk, timeline, job_id=one)}


def test_occasions_that_name_nobody_else_go_too(desk: Desk) -> None:
    desk.contact("C-2", phone="+15145550002")
    desk.database.write(lambda c: c.execute(update(occasions).values(fields={"place": "Room 4"})))
    erase(desk)
    assert {(each["gone_at"], str(each["fields"])) for each in rows(desk, occasions)} == {(desk.clock.now(), "{}")}


def test_conversations_and_notes_go(desk: Desk) -> None:
    row = {"practice": "northlight", "contact_id": contact(desk)["id"], "by": "person:maya", "at": desk.clock.now()}
    desk.database.write(lambda c: c.execute(insert(notes).values(id=new_id(), did="muted", note="is ill", **row)))
    erase(desk)
    assert (rows(desk, conversations), rows(desk, conversation_notes)) == ([], [])
    assert [each["note"] for each in rows(desk, notes)] == [""]


def test_a_text_that_asked_staff_is_settled(desk: Desk) -> None:
    desk.database.write(lambda c: c.execute(update(texts).where(texts.c.direction == "in").values(flagged=True)))
    erase(desk)
    assert rows(desk, texts, direction="in")[0]["settled_by"] == "person:maya"


def test_events_about_the_person_go_whether_delivered_or_not(desk: Desk) -> None:
    endpoint = NewEndpoint(
        practice="northlight", url="https://cases.example/in", kinds=[events.Kind.TEXT_SENT], by="person:maya"
    )
    desk.database.write(lambda c: events.add_endpoint(c, endpoint, now=desk.clock.now()))
    told = events.NewEvent(
        practice="northlight", kind=events.Kind.TEXT_SENT, payload={"contact": "C-1"}, contact_id=contact(desk)["id"]
    )
    desk.database.write(lambda c: events.note(c, [told], now=desk.clock.now()))
    assert erase(desk).rows["events"] == 1
    assert rows(desk, metadata.tables["events"]) == rows(desk, metadata.tables["deliveries"]) == []


def test_an_opt_out_stays_as_a_hash_and_forbids_texts_to_a_later_import(desk: Desk) -> None:
    opt_out(desk)
    assert erase(desk).kept_words == 1
    assert [each["number"] for each in rows(desk, consents)] == [consent.hashed("northlight", ANA)]
    desk.contact("C-9", phone=ANA, first_name="Anne")
    job_id = planned(desk, contact_id=contact(desk, "C-9")["id"])
    provider = deliver(desk, job_id)
    (job,) = (job for job in desk.jobs() if job.id == job_id)
    assert (job.state, provider.asked) == (State.BLOCKED, [])
    assert "opted out" in (job.reason or "")


def test_a_start_after_the_erasure_lets_texts_through_again(desk: Desk) -> None:
    opt_out(desk)
    erase(desk)
    desk.later(minutes=5)
    opt_out(desk, what=consent.OPT_IN)
    found = standing(desk)
    assert found is not None
    assert found.opted_out is None


def test_the_hash_of_one_practice_says_nothing_of_another(desk: Desk) -> None:
    opt_out(desk)
    erase(desk)
    with desk.database.read() as connection:
        assert consent.standings(connection, [("elsewhere", ANA)], desk.clock.now()) == {}


def test_a_withdrawn_consent_stays_withdrawn(desk: Desk) -> None:
    opt_out(desk, what=consent.WITHDRAWN)
    erase(desk)
    found = standing(desk)
    assert found is not None
    assert (found.opted_out, found.on("service")) == (None, consent.WITHDRAWN)


def test_a_consent_goes(desk: Desk) -> None:
    opt_out(desk, what=consent.CONSENT)
    assert erase(desk).kept_words == 0
    assert rows(desk, consents) == []


def test_an_opt_out_that_was_taken_back_goes(desk: Desk) -> None:
    opt_out(desk)
    desk.later(minutes=1)
    opt_out(desk, what=consent.OPT_IN)
    erase(desk)
    assert rows(desk, consents) == []


def test_the_history_of_a_number_shows_what_is_kept_by_its_hash(desk: Desk) -> None:
    opt_out(desk)
    erase(desk)
    with desk.database.read() as connection:
        (word,) = consent.history(connection, "northlight", ANA)
    assert (word.word.what, word.word.number, word.word.evidence) == ("opt_out", ANA, None)


def test_a_number_that_another_contact_has_stays_theirs(desk: Desk) -> None:
    desk.contact("C-2", phone=ANA, first_name="Bo")
    opt_out(desk)
    done = erase(desk)
    assert dict(done.shared) == {"+1514•••01": ("C-2",)}
    assert contact(desk, "C-2")["phone"] == ANA
    assert rows(desk, consents)[0]["number"] == ANA
    assert {each["number"][:5] for each in rows(desk, texts)} == {"gone:"}


def test_who_was_reached_on_their_phone_is_named_and_their_texts_lose_the_number(desk: Desk) -> None:
    desk.contact("C-3", first_name="Kim", via="C-1")
    job_id = planned(desk, contact_id=contact(desk, "C-3")["id"])
    (job,) = (job for job in desk.jobs() if job.id == job_id)
    desk.send(job)
    done = erase(desk)
    assert done.reached == ("C-3",)
    (attempt,) = rows(desk, attempts, job_id=job_id)
    assert (attempt["body"], attempt["to_number"][:5]) == ("…", "gone:")


def test_a_stray_receipt_that_names_the_number_is_emptied(desk: Desk) -> None:
    stray = {"provider": "twilio", "provider_id": "SM-x", "status": "sent", "raw": {"To": ANA}, "at": desk.clock.now()}
    desk.database.write(lambda c: c.execute(insert(receipts).values(id=new_id(), **stray)))
    erase(desk)
    assert [each["raw"] for each in rows(desk, receipts)] == [None, None]


def test_the_audit_log_keeps_that_it_took_place(desk: Desk) -> None:
    erase(desk)
    (act,) = rows(desk, audit, action=erasing.ERASED)
    assert (act["by"], act["subject_id"]) == ("person:maya", contact(desk)["id"].hex)
    assert act["after"]["reason"] == "asked to"
    assert act["after"]["rows"]["attempts"] == 1


def test_an_erasure_twice_changes_nothing_more(desk: Desk) -> None:
    opt_out(desk)
    erase(desk)
    once = everything(desk)
    done = erase(desk)
    assert (done.waiting, done.kept_words) == (0, 0)
    assert len(rows(desk, consents)) == 1
    assert everything(desk).count("gone:") == once.count("gone:")


def test_foreseeing_changes_nothing_and_says_what_goes(desk: Desk) -> None:
    before = everything(desk)
    found = foreseen(desk)
    assert (found.waiting, found.rows["attempts"], found.rows["texts"], found.rows["conversations"]) == (1, 1, 2, 1)
    assert everything(desk) == before


def test_an_erasure_without_a_reason_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="say why"):
        Turns(desk.database, load_current).take(
            "northlight", lambda turn: erasing.erase(turn, "C-1", " ", signed(desk))
        )


def test_an_unknown_contact_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        erase(desk, "C-77")


def test_who_is_on_hold_is_not_erased_and_the_sentence_says_why(desk: Desk) -> None:
    hold(desk)
    before = everything(desk)
    with pytest.raises(RefusedError, match=r"C-1 is on legal hold since 2026-11-20 \(a lawsuit; by maya\)"):
        erase(desk)
    with pytest.raises(RefusedError, match="on legal hold"):
        foreseen(desk)
    assert everything(desk) == before
    release(desk)
    erase(desk)


def test_whom_a_held_case_names_is_not_erased(desk: Desk) -> None:
    desk.database.write(lambda c: c.execute(update(occasions).values(case_ref="K-7")))
    hold(desk, None, "K-7")
    with pytest.raises(RefusedError, match="through case K-7"):
        erase(desk)


def test_a_hold_is_listed_and_noted_with_who_and_why(desk: Desk) -> None:
    hold(desk)
    with desk.database.read() as connection:
        (found,) = holds.list_holds(connection, "northlight")
    assert (found.target.ref, found.reason, found.by, found.at) == ("C-1", "a lawsuit", "person:maya", desk.clock.now())
    assert [each["action"] for each in rows(desk, audit)] == ["contact.held"]
    release(desk)
    assert [each["action"] for each in rows(desk, audit)] == ["contact.held", "contact.released"]


def test_what_is_not_held_cannot_be_released(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="not on legal hold"):
        release(desk)


@pytest.mark.parametrize(
    ("state", "sentence"), [(State.SENDING, "is going out at this moment"), (State.IN_DOUBT, "nobody knows whether")]
)
def test_a_text_that_is_going_out_is_not_torn(desk: Desk, state: State, sentence: str) -> None:
    (waiting,) = (job for job in desk.jobs() if job.state is State.SCHEDULED)
    desk.set_job(waiting, state=state.value)
    before = everything(desk)
    with pytest.raises(RefusedError, match=sentence):
        erase(desk)
    assert everything(desk) == before


def test_an_export_holds_all_that_is_kept(desk: Desk) -> None:
    opt_out(desk)
    found = exported(desk)
    plain = json.dumps(found)
    for said in (ANA, "Anastasia", "x-rays", "cancer", "wants mornings", "delivered", "opt_out"):
        assert said in plain, said
    assert {"contacts", "occasions", "jobs", "attempts", "receipts", "texts", "consents"} <= found["tables"].keys()


def test_an_export_names_the_acts_about_the_person(desk: Desk) -> None:
    hold(desk)
    assert [each["action"] for each in exported(desk)["audit"]] == ["contact.held"]


def test_an_export_holds_nothing_of_others(desk: Desk) -> None:
    desk.contact("C-2", phone="+15145550002", first_name="Bo")
    desk.visit("A-9", contact="C-2", start="2026-12-21 10:00", status="booked")
    assert "C-2" not in (plain := json.dumps(exported(desk)))
    assert "+15145550002" not in plain
    assert {each["ref"] for each in exported(desk)["tables"]["occasions"]} == {"A-1", "A-2"}


def deliver(desk: Desk, job_id: Any, **changes: Any) -> ScriptedProvider:
    """Let a worker deliver a job."""
    provider = ScriptedProvider()
    desk.database.write(lambda c: store.enqueue(c, [job_id], now=desk.clock.now()))
    make_delivery(desk.database, provider, **changes).deliver([job_id])
    return provider


@pytest.mark.parametrize("step", ["claimed", "gated"])
def test_an_erasure_before_the_intent_stops_a_worker_that_has_the_words_already(desk: Desk, step: str) -> None:
    job_id = planned(desk)
    erased: list[Foreseen] = []
    provider = deliver(desk, job_id, checkpoint=at_step(step, lambda: erased.append(erase(desk))))
    assert erased[0].waiting == 2
    (job,) = (job for job in desk.jobs() if job.id == job_id)
    assert (job.state, provider.asked) == (State.CANCELLED, [])
    assert rows(desk, attempts, job_id=job_id) == []


def test_an_erasure_after_the_intent_is_refused_and_the_text_is_recorded(desk: Desk) -> None:
    job_id = planned(desk)
    said: list[str] = []

    def try_to_erase() -> None:
        with pytest.raises(RefusedError) as refused:
            erase(desk)
        said.append(str(refused.value))

    provider = deliver(desk, job_id, checkpoint=at_step("intended", try_to_erase))
    assert "going out at this moment" in said[0]
    assert len(provider.asked) == 1
    (job,) = (job for job in desk.jobs() if job.id == job_id)
    assert job.state is State.SENT
    erase(desk)
    assert "Anastasia" not in everything(desk)


def test_nothing_is_erased_of_another_practice(desk: Desk) -> None:
    with desk.database.read() as connection, pytest.raises(NotFoundError):
        erasing.foresee(connection, "elsewhere", "C-1")
