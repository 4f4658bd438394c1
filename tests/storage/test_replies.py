"""Replies that mean something: what they are about, what they set, how they are answered; on both databases."""

import datetime as dt
from collections.abc import Iterator

import pytest

from jobs.replies import Meaning
from jobs.states import State
from tests.storage.conversing import ANA, Talk, make_answered_rulebook, talking

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    with talking(database_url) as talk:
        yield talk


def test_a_reply_sets_the_answer_and_withholds_what_it_makes_needless(talk: Talk) -> None:
    talk.remind()
    received = talk.write("c")

    assert (received.meaning, received.flagged, received.is_acknowledged) == (Meaning.CONFIRMED, False, True)
    assert talk.answer() == "confirmed"
    assert talk.desk.job("hour-before").state is State.CANCELLED
    assert talk.deliver() == ["Thank you, Ana."]
    assert talk.texts()[1]["occasion_id"] == talk.desk.occasion_id()


def test_who_wants_to_move_is_answered_and_staff_are_asked(talk: Talk) -> None:
    talk.remind()
    received = talk.write("R")
    assert (received.meaning, received.flagged, talk.answer()) == (Meaning.WANTS_MOVE, True, "wants_move")
    assert talk.deliver() == ["We will call you."]


def test_a_reply_of_who_was_told_nothing_is_unclear(talk: Talk) -> None:
    assert talk.write("C").meaning is Meaning.UNCLEAR
    assert talk.answer() == "none"


def test_a_reply_after_the_start_is_unclear(talk: Talk) -> None:
    talk.remind()
    talk.desk.clock.jump_to(dt.datetime(2026, 12, 1, 15, 1, tzinfo=dt.UTC))
    assert talk.write("C").meaning is Meaning.UNCLEAR


def test_a_word_that_is_no_reply_of_the_rule_is_unclear(talk: Talk) -> None:
    talk.remind()
    assert talk.write("7").meaning is Meaning.UNCLEAR


def test_the_only_occasion_ahead_is_meant_though_another_was_told_since_and_is_over(talk: Talk) -> None:
    talk.desk.visit("A-0", contact="C-1", start="2026-11-30 17:00")
    talk.remind("A-0", "hour-before")
    talk.remind()
    talk.desk.clock.jump_to(dt.datetime(2026, 11, 30, 23, 0, tzinfo=dt.UTC))
    talk.write("C")
    assert (talk.answer("A-1"), talk.answer("A-0")) == ("confirmed", "none")


def test_two_that_are_open_are_asked_about_and_the_letter_says_which(talk: Talk) -> None:
    talk.desk.visit("A-2", contact="C-1", start="2026-12-01 14:00")
    talk.remind("A-1")
    talk.remind("A-2")
    talk.write("C")

    assert talk.answer("A-1") == talk.answer("A-2") == "none"
    (asked,) = talk.deliver()
    assert asked.startswith("Which one do you mean? A: ")
    assert asked.endswith("Reply A or B.")

    received = talk.write(" a.")
    assert received.meaning is Meaning.CONFIRMED
    assert sorted([talk.answer("A-1"), talk.answer("A-2")]) == ["confirmed", "none"]
    assert talk.deliver() == ["Thank you, Ana."]


def test_letters_to_choose_from_are_no_reply_words(database_url: str) -> None:
    words = {"confirm": {"words": ["A", "C"], "say": "thanks"}}
    with talking(database_url, make_answered_rulebook(rule={"replies": words})) as talk:
        talk.desk.visit("A-2", contact="C-1", start="2026-12-01 14:00")
        talk.remind("A-1")
        talk.remind("A-2")
        talk.write("C")
        assert talk.deliver()[0].endswith("Reply B or D.")


def test_a_letter_that_nobody_asked_for_is_unclear(talk: Talk) -> None:
    talk.remind()
    assert talk.write("A").meaning is Meaning.UNCLEAR


def test_one_that_is_answered_already_is_not_asked_about(talk: Talk) -> None:
    talk.remind("A-1")
    talk.write("C")
    talk.desk.visit("A-2", contact="C-1", start="2026-12-01 15:00")
    talk.remind("A-2", "hour-before")
    talk.write("C")
    assert talk.answer("A-2") == "confirmed"


def test_one_told_days_before_the_other_is_not_asked_about(talk: Talk) -> None:
    talk.desk.visit("A-1", contact="C-1", start="2026-12-08 10:00")
    talk.desk.visit("A-2", contact="C-1", start="2026-12-04 14:00")
    early = talk.desk.jobs()[-2]
    assert early.step == "day-before"
    talk.deliver([early.id])
    talk.remind("A-2")
    talk.write("C")
    assert (talk.answer("A-1"), talk.answer("A-2")) == ("none", "confirmed")


def test_what_was_called_off_is_said_and_no_answer_is_set(talk: Talk) -> None:
    talk.remind()
    talk.desk.visit(status="cancelled")
    received = talk.write("C")
    assert (talk.answer(), received.flagged) == ("none", True)
    assert "was cancelled" in " ".join(talk.deliver())


def test_what_was_moved_is_said_until_its_person_was_told(talk: Talk) -> None:
    talk.remind()
    talk.desk.visit(start="2026-12-03 11:00", contact="C-1")
    talk.write("C")
    assert talk.answer() == "none"
    (moved,) = (job for job in talk.acknowledgements())
    assert moved.text is not None
    assert "11:00" in moved.text

    talk.deliver([job.id for job in talk.desk.jobs() if job.origin.value == "correction"])
    talk.desk.later(minutes=1)
    talk.write("C")
    assert talk.answer() == "confirmed"


def test_only_the_first_roles_replies_count(database_url: str) -> None:
    with talking(database_url, make_answered_rulebook(rule={"to": ["contact", "interpreter"]})) as talk:
        talk.desk.contact("C-2", phone="+15145550002", first_name="Ian")
        talk.desk.visit(people={"contact": "C-1", "interpreter": "C-2"})
        talk.desk.clock.jump_to(talk.desk.jobs()[0].due_at)
        talk.deliver()
        assert talk.write("C", number="+15145550002").meaning is Meaning.UNCLEAR
        assert talk.write("C", number=ANA).meaning is Meaning.CONFIRMED


def test_a_text_that_is_in_doubt_may_be_answered(talk: Talk) -> None:
    job = talk.desk.job("day-before")
    talk.desk.clock.jump_to(job.due_at)
    talk.desk.send(job, outcome="unknown", state=State.IN_DOUBT)
    assert talk.write("C").meaning is Meaning.CONFIRMED


def test_who_opted_out_may_answer_and_gets_no_acknowledgement(talk: Talk) -> None:
    talk.remind()
    talk.write("STOP")
    received = talk.write("C")
    assert (talk.answer(), received.is_acknowledged) == ("confirmed", False)


def test_an_answer_comes_at_night_at_once_and_not_much_later(talk: Talk) -> None:
    talk.remind()
    talk.desk.clock.jump_to(dt.datetime(2026, 12, 1, 3, 0, tzinfo=dt.UTC))
    talk.write("C")
    talk.desk.later(minutes=16)
    assert talk.deliver() == []
    talk.write("C")
    assert len(talk.deliver()) == 1
