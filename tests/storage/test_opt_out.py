"""STOP and START as they come in: the word kept, jobs blocked and back, one confirmation, on both databases."""

import datetime as dt
from collections.abc import Iterator

import pytest

from jobs.providers.contract import Capabilities, Refused
from jobs.states import State
from scheduler.intake.outcomes import Upserted
from tests.storage.conversing import ANA, Talk, talking
from tests.storage.delivering import at_step
from tests.storage.intake_practice import imported

MINUTE = dt.timedelta(minutes=1)
ANSWERS_STOP = Capabilities(answers_stop=True)


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    with talking(database_url) as talk:
        yield talk


def states(talk: Talk) -> set[tuple[str | None, State]]:
    return {(job.step, job.state) for job in talk.desk.jobs()}


def test_stop_blocks_what_waits_keeps_the_evidence_and_is_confirmed_once(talk: Talk) -> None:
    received = talk.write("Stop.")

    assert (received.blocked, received.flagged, received.is_acknowledged) == (2, False, True)
    assert states(talk) == {
        ("day-before", State.BLOCKED),
        ("hour-before", State.BLOCKED),
        ("opt_out", State.SCHEDULED),
    }
    (word,) = talk.words()
    assert (word.word.what, word.word.source) == ("opt_out", "text")
    assert word.word.evidence == f"text {received.text.id}: Stop."
    assert talk.deliver() == ["You will get no more texts from Northlight. Reply START to get them again."]


def test_the_confirmation_goes_within_five_minutes_or_not_at_all(talk: Talk) -> None:
    talk.write("STOP")
    (confirmation,) = talk.acknowledgements()
    assert confirmation.useful_until == talk.desk.clock.now() + 5 * MINUTE


def test_the_confirmation_goes_at_night_too(talk: Talk) -> None:
    talk.desk.later(hours=14)  # 2 in the morning
    talk.write("STOP")
    assert len(talk.deliver()) == 1


def test_a_second_stop_is_kept_and_not_confirmed_again(talk: Talk) -> None:
    talk.write("STOP")
    assert not talk.write("STOP").is_acknowledged
    assert len(talk.acknowledgements()) == 1
    assert len(talk.words()) == 2


def test_a_callback_that_comes_again_changes_nothing(talk: Talk) -> None:
    first = talk.write("STOP", provider_id="IN-A")
    again = talk.write("STOP", provider_id="IN-A")
    assert (first.text.is_new, again.text.is_new) == (True, False)
    assert again.text.id == first.text.id
    assert (len(talk.texts()), len(talk.words()), len(talk.acknowledgements())) == (1, 1, 1)


def test_french_is_confirmed_in_french(talk: Talk) -> None:
    talk.write("Arrêt")
    assert talk.deliver() == [
        "Vous ne recevrez plus de textos de Northlight. Répondez START pour en recevoir à nouveau."
    ]


def test_a_provider_that_has_answered_itself_is_not_answered_over(talk: Talk) -> None:
    assert not talk.write("STOP", stop="stop").is_acknowledged
    assert talk.is_opted_out()


def test_a_provider_that_answers_its_own_words_leaves_the_others_to_us(talk: Talk) -> None:
    assert not talk.write("Stop", capabilities=ANSWERS_STOP).is_acknowledged
    talk.write("START", capabilities=ANSWERS_STOP)
    assert talk.write("arrêtez de m'écrire", capabilities=ANSWERS_STOP).is_acknowledged


def test_what_the_provider_took_for_an_opt_out_is_one(talk: Talk) -> None:
    talk.write("Genug jetzt", stop="stop")
    assert talk.is_opted_out()


def test_a_phrase_opts_out_at_once_and_staff_hear_of_it(talk: Talk) -> None:
    received = talk.write("please stop texting me")
    assert received.flagged
    assert talk.is_opted_out()
    assert received.blocked == 2


def test_evidence_does_not_repeat_what_is_sensitive(talk: Talk) -> None:
    talk.write("please stop texting me, my card is 4242 4242 4242 4242")
    assert "4242" not in (talk.words()[0].word.evidence or "")


def test_everybody_with_the_number_is_stopped_whatever_the_sender(talk: Talk) -> None:
    talk.desk.contact("C-2", phone=ANA, first_name="Ben")
    talk.desk.contact("C-3", via="C-1", first_name="Eva")
    talk.desk.contact("C-4", phone="+15145550009", first_name="Zoe")
    for ref in ("C-2", "C-3", "C-4"):
        talk.desk.visit(f"A-{ref}", contact=ref, start="2026-12-02 10:00")
    talk.plan_one_off(to_number=ANA)
    other = talk.plan_one_off(to_number="+15145550009")

    assert talk.write("STOP").blocked == 7

    left = {job.id for job in talk.desk.jobs() if job.state is State.SCHEDULED and job.step != "opt_out"}
    assert other in left
    assert len(left) == 3


def test_a_claimed_job_is_lost_by_its_worker(talk: Talk) -> None:
    job = talk.desk.job("day-before")
    talk.desk.set_job(job, state="claimed", fence=job.fence + 1)
    talk.write("STOP")
    assert talk.desk.job("day-before").state is State.BLOCKED
    assert talk.desk.job("day-before").fence == job.fence + 2


@pytest.mark.parametrize("step", ["claimed", "gated"])
def test_a_stop_that_comes_while_its_text_is_being_written_is_in_time(talk: Talk, step: str) -> None:
    job = talk.desk.job("day-before")
    talk.desk.clock.jump_to(job.due_at)
    assert talk.deliver([job.id], checkpoint=at_step(step, lambda: talk.write("STOP"))) == []
    assert talk.desk.job("day-before").state is State.BLOCKED


def test_start_brings_back_what_is_still_of_use_and_wanted(talk: Talk) -> None:
    talk.write("STOP")
    talk.desk.later(minutes=1)
    received = talk.write("START")

    assert received.reopened == 2
    assert {job.state for job in talk.desk.jobs() if job.origin.value == "reminder"} == {State.SCHEDULED}
    assert not talk.is_opted_out()
    assert "again" in talk.deliver()[-1]
    assert talk.desk.job("day-before").due_at == talk.desk.job("day-before").planned_for


def test_start_does_not_bring_back_a_text_about_what_was_called_off(talk: Talk) -> None:
    talk.write("STOP")
    talk.desk.visit(status="cancelled")
    talk.write("START")
    assert {job.state for job in talk.desk.jobs() if job.origin.value == "reminder"} <= {
        State.BLOCKED,
        State.CANCELLED,
    }


def test_start_does_not_bring_back_what_is_of_no_use_any_more(talk: Talk) -> None:
    talk.write("STOP")
    talk.desk.later(days=30)
    assert talk.write("START").reopened == 0


def test_start_brings_back_what_a_gate_blocked(talk: Talk) -> None:
    talk.write("STOP")
    talk.desk.visit("A-2", contact="C-1", start="2026-12-03 10:00")
    job = next(job for job in talk.desk.jobs() if job.state is State.SCHEDULED and job.step == "day-before")
    talk.desk.clock.jump_to(job.due_at)
    assert talk.deliver([job.id]) == []
    talk.write("START")
    assert len(talk.deliver([job.id])) == 1


def test_start_from_who_never_stopped_does_nothing(talk: Talk) -> None:
    received = talk.write("START")
    assert (received.is_acknowledged, received.reopened, talk.words()) == (False, 0, [])


def test_no_upload_lifts_an_opt_out(talk: Talk, tmp_path_factory: pytest.TempPathFactory) -> None:
    talk.write("STOP")
    folder = tmp_path_factory.mktemp("files")
    imported(talk.desk.import_text(folder, f"ref,first_name,phone\nC-1,Anna,{ANA}\nC-9,Ann,{ANA}\n", "contacts"))
    assert isinstance(talk.desk.visit("A-9", contact="C-9", start="2026-12-01 12:00"), Upserted)
    talk.desk.visit(start="2026-12-01 11:00", contact="C-1")

    assert talk.is_opted_out()
    talk.desk.clock.jump_to(dt.datetime(2026, 11, 30, 21, 0, tzinfo=dt.UTC))
    assert talk.deliver() == []


def test_an_opt_out_that_only_the_carrier_knew_of_is_recorded_and_blocks_the_rest(talk: Talk) -> None:
    talk.provider = type(talk.provider)(Refused("unsubscribed", "21610", opted_out=True))
    talk.remind()
    (word,) = talk.words()
    assert (word.word.what, word.word.source, word.word.evidence) == ("opt_out", "carrier", "unsubscribed")
    assert states(talk) == {("day-before", State.BLOCKED), ("hour-before", State.BLOCKED)}


def test_start_brings_back_what_the_carrier_refused(talk: Talk) -> None:
    talk.provider = type(talk.provider)(Refused("unsubscribed", "21610", opted_out=True))
    talk.remind()
    assert talk.write("START").reopened == 2


def test_help_is_answered_from_the_practices_settings(talk: Talk) -> None:
    talk.write("HELP")
    assert talk.deliver() == ["Reminders from Northlight. Reply STOP to get none."]


def test_help_of_who_opted_out_is_not_answered(talk: Talk) -> None:
    talk.write("STOP")
    assert not talk.write("HELP").is_acknowledged
