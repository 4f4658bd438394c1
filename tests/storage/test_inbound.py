"""Texts that come in: whose they are, what they take along, who is asked, what waits for it, on both databases."""

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import hypothesis
import pytest
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

from jobs import conversation
from jobs.records import contacts, practices, senders
from jobs.replies import Meaning
from jobs.states import State
from tests.storage.conversing import ANA, OFFICE, Talk, make_answered_rulebook, talking

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    with talking(database_url) as talk:
        yield talk


def ref_of(talk: Talk, contact_id: uuid.UUID | None) -> str | None:
    with talk.desk.database.read() as connection:
        return connection.execute(select(contacts.c.ref).where(contacts.c.id == contact_id)).scalar()


def test_a_text_is_stored_with_its_contact_case_and_owner(talk: Talk) -> None:
    talk.desk.contact(owner="maya")
    talk.desk.visit(case_ref="F-77", contact="C-1")
    talk.remind()
    received = talk.write("Is there parking?", media=(("https://media.example/1", "image/jpeg"),))

    came = talk.texts()[-1]
    assert ref_of(talk, received.text.contact_id) == "C-1"
    assert (came["case_ref"], came["owner"], came["own_number"]) == ("F-77", "maya", OFFICE)
    assert came["answers_text_id"] == talk.texts()[0]["id"]
    assert came["media"] == [["https://media.example/1", "image/jpeg"]]
    assert (came["meaning"], came["flagged"]) == ("unclear", True)


def test_a_number_of_nobody_is_told_and_nothing_is_stored(talk: Talk) -> None:
    assert talk.write_to_nobody("hello").number.startswith("+1514•••")
    assert talk.texts() == []


def test_in_a_household_it_belongs_to_whom_was_last_written_to_and_the_others_are_named(talk: Talk) -> None:
    talk.desk.contact("C-2", phone=ANA, first_name="Ben")
    talk.desk.visit("A-2", contact="C-2", start="2026-12-02 12:00")
    first = talk.write("hello")
    talk.remind("A-2")
    second = talk.write("hello again")

    assert (ref_of(talk, first.text.contact_id), first.text.others) == ("C-1", ("C-2",))
    assert (ref_of(talk, second.text.contact_id), second.text.others) == ("C-2", ("C-1",))


def test_a_contact_reached_on_anothers_phone_is_named_too(talk: Talk) -> None:
    talk.desk.contact("C-3", via="C-1", first_name="Eva")
    assert talk.write("hello").text.others == ("C-3",)


def test_a_text_of_an_unknown_number_is_unclaimed_until_a_contact_gets_it(talk: Talk) -> None:
    received = talk.write("Hello, this is Zoe", number="+15145550077")
    assert received.text.contact_id is None
    talk.desk.contact("C-7", phone="+15145550077", first_name="Zoe")
    with talk.desk.database.read() as connection:
        zoe = connection.execute(select(contacts.c.id).where(contacts.c.ref == "C-7")).scalar_one()
    assert talk.texts()[0]["contact_id"] == zoe


def test_of_two_practices_with_one_number_the_one_that_wrote_gets_the_answer(talk: Talk) -> None:
    def add(connection: Connection) -> None:
        now = talk.desk.clock.now()
        connection.execute(insert(practices).values(id="another", number=99, created_at=now))
        connection.execute(
            insert(senders).values(
                practice="another", id="main", number=OFFICE, provider="terminal", segments_per_second=1.0
            )
        )

    talk.desk.database.write(add)
    talk.remind()
    assert talk.write("C").text.practice == "northlight"


SERVICE = "MG" + "1" * 32
POOLED = "+15145550155"
"""A number of a Messaging Service's pool, which no practice names."""


def add_practice_with(talk: Talk, number: str, name: str = "another") -> None:
    """Publish the same rules for another practice, which sends from this number."""
    book = make_answered_rulebook(
        practice={"practice": name, "senders": [{"id": "main", "number": number, "provider": "terminal"}]}
    )
    talk.desk.publish(book)


def test_a_text_to_a_service_s_pool_comes_to_the_practice_that_sends_through_it(talk: Talk) -> None:
    add_practice_with(talk, SERVICE)
    received = talk.write("STOP", to=POOLED, service=SERVICE)
    assert (received.text.practice, received.meaning) == ("another", Meaning.OPT_OUT)
    assert received.text.own_number == SERVICE
    assert not talk.is_opted_out(), "of the practice with the other number"


def test_a_number_that_a_practice_names_counts_before_the_service_that_it_is_in(talk: Talk) -> None:
    add_practice_with(talk, SERVICE)
    assert talk.write("Hello", to=OFFICE, service=SERVICE).text.practice == "northlight"


def test_without_the_service_s_name_a_pooled_number_is_whose_service_last_wrote_to_the_person(talk: Talk) -> None:
    add_practice_with(talk, SERVICE)
    add_practice_with(talk, "MG" + "2" * 32, "a-third")
    talk.plan_one_off(practice="another", to_number=ANA)
    talk.deliver()
    received = talk.write("STOP", to=POOLED)
    assert (received.text.practice, received.meaning) == ("another", Meaning.OPT_OUT)
    assert received.text.own_number == SERVICE


def test_without_it_a_stranger_s_text_is_the_only_practice_s_with_a_service_and_nobody_s_of_two(talk: Talk) -> None:
    add_practice_with(talk, SERVICE)
    assert talk.write("Hello", number="+15145550077", to=POOLED).text.practice == "another"
    add_practice_with(talk, "MG" + "2" * 32, "a-third")
    assert talk.write_to_nobody("Hello").number.startswith("+1514•••")


def test_two_practices_with_numbers_of_their_own_have_their_own_talk_with_one_phone(talk: Talk) -> None:
    add_practice_with(talk, POOLED)
    talk.write("STOP", to=POOLED)
    assert talk.write("Is there parking?").text.practice == "northlight"
    assert not talk.is_opted_out()
    assert {row["practice"] for row in talk.texts()} == {"northlight", "another"}


def test_of_one_moment_our_text_stands_before_its_answer_and_what_acknowledges_that(talk: Talk) -> None:
    talk.write("Is there parking?")
    talk.write("HELP")
    talk.deliver()
    talk.deliver([talk.plan_one_off(contact_id=talk.desk.job("day-before").contact_id)])
    with talk.desk.database.read() as connection:
        found = conversation.lines(connection, "northlight", ANA)
    assert len({line.at for line in found}) == 1
    assert [line.direction for line in found] == ["out", "in", "in", "out"]
    assert found[0].body == "Your file is ready."


def test_after_an_unclear_text_reminders_wait_half_an_hour(talk: Talk) -> None:
    job = talk.desk.job("day-before")
    talk.desk.clock.jump_to(job.due_at)
    talk.write("Is there parking?")
    assert talk.deliver([job.id]) == []
    held = talk.desk.job("day-before")
    assert (held.state, held.due_at) == (State.HELD, job.due_at + 30 * MINUTE)
    talk.desk.later(minutes=30)
    assert len(talk.deliver([job.id])) == 1


def test_what_may_be_an_opt_out_holds_reminders_until_staff_have_looked(talk: Talk) -> None:
    job = talk.desk.job("day-before")
    talk.desk.clock.jump_to(job.due_at)
    assert talk.write("I can't stop by tomorrow").meaning is Meaning.AMBIGUOUS
    talk.deliver([job.id])
    talk.desk.later(hours=2)
    assert talk.deliver([job.id]) == []
    now = talk.desk.clock.now()
    talk.desk.database.write(
        lambda connection: conversation.settle(connection, "northlight", ANA, by="person:maya", now=now)
    )
    assert len(talk.deliver([job.id])) == 1


def test_another_number_does_not_wait(talk: Talk) -> None:
    job = talk.desk.job("day-before")
    talk.desk.clock.jump_to(job.due_at)
    talk.write("no more", number="+15145550088")
    assert len(talk.deliver([job.id])) == 1


def test_robots_are_answered_a_few_times_an_hour_and_then_left_to_staff(talk: Talk) -> None:
    answered = [talk.write("HELP").is_acknowledged for _ in range(6)]
    assert answered == [True, True, True, True, False, False]
    assert talk.texts()[-1]["flagged"]
    talk.desk.later(minutes=61)
    assert talk.write("HELP").is_acknowledged


def test_an_opt_out_is_confirmed_however_often_the_number_was_answered(talk: Talk) -> None:
    for _ in range(5):
        talk.write("HELP")
    assert talk.write("STOP").is_acknowledged


def test_an_acknowledgement_leaves_from_the_number_that_was_written_to(talk: Talk) -> None:
    assert talk.write("HELP").is_acknowledged
    assert talk.acknowledgements()[0].sender == "main"


def test_a_contact_who_is_gone_is_nobodys_number(talk: Talk) -> None:
    now = talk.desk.clock.now()
    talk.desk.database.write(lambda connection: connection.execute(update(contacts).values(gone_at=now)))
    assert talk.write("hello").text.contact_id is None


def test_the_household_members_own_occasion_is_answered_in_their_name(talk: Talk) -> None:
    talk.desk.contact("C-2", phone=ANA, first_name="Ben")
    talk.desk.visit("A-2", contact="C-2", start="2026-12-05 12:00")
    talk.remind("A-2")
    talk.plan_one_off(to_number=None, contact_id=talk.write("hello").text.people[0])
    talk.deliver()
    talk.write("C")
    assert talk.deliver() == ["Thank you, Ben."]


def test_who_is_reached_on_another_number_now_is_not_answered_for(talk: Talk) -> None:
    talk.remind()
    talk.desk.contact(phone="+15145550055")
    assert talk.write("C").meaning is Meaning.UNCLEAR
    assert talk.answer() == "none"


def test_an_unknown_number_that_stopped_stays_stopped_when_a_contact_gets_it(talk: Talk) -> None:
    assert talk.write("STOP", number="+15145550077").is_acknowledged
    assert len(talk.deliver()) == 1
    talk.desk.contact("C-7", phone="+15145550077", first_name="Zoe")
    talk.desk.visit("A-7", contact="C-7", start="2026-12-01 10:00")
    talk.desk.clock.jump_to(max(job.due_at for job in talk.desk.jobs() if job.step == "day-before"))
    assert len(talk.deliver()) == 1
    assert [request.to_number for request in talk.provider.asked] == ["+15145550077", ANA]


def test_the_same_callback_at_the_same_moment_is_taken_in_once(talk: Talk) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: talk.write("STOP", provider_id="IN-A"), range(4)))
    assert sum(each.text.is_new for each in found) == 1
    assert (len(talk.texts()), len(talk.words()), len(talk.acknowledgements())) == (1, 1, 1)


@hypothesis.settings(max_examples=30, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(body=st.text(max_size=60), address=st.text(max_size=20))
def test_whatever_somebody_writes_is_taken_in(talk: Talk, body: str, address: str) -> None:
    before = len(talk.texts())
    assert talk.write(body, provider_id=str(uuid.uuid4()), media=((address, "image/png"),)).meaning is not None
    assert len(talk.texts()) == before + 1
