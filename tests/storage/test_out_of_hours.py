"""Texts that come while the practice is closed are answered by its `auto_reply`: when, once, to whom."""

import datetime as dt
from collections.abc import Iterator

import pytest

from jobs.replies import Meaning
from jobs.states import State
from scheduler.rulebook.schema import Rulebook
from tests.storage.conversing import ANA, Talk, make_answered_rulebook, opened_talk

CLOSED = {"en": "We are closed.", "fr": "Nous sommes fermés."}
NIGHT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)
"""A Monday, 21:30 in Toronto; the window closes at 20:00 and opens at 9:00."""


def make_closing_rulebook(**practice: object) -> Rulebook:
    given = {"auto_reply": "closed", "languages": ["en", "fr"], **practice}
    book = make_answered_rulebook(practice=given)
    return book.model_copy(update={"templates": {**book.templates, "closed": CLOSED}})


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    """Give a practice at night, with a visit of Ana's on December 1 that she was told of."""
    with opened_talk(database_url, make_closing_rulebook()) as talk:
        talk.desk.visit()
        talk.desk.clock.jump_to(NIGHT)
        yield talk


def test_an_unclear_text_at_night_is_answered_and_staff_are_asked(talk: Talk) -> None:
    received = talk.write("Is there parking?")
    assert (received.meaning, received.flagged, received.is_acknowledged) == (Meaning.UNCLEAR, True, True)
    assert talk.deliver() == ["We are closed."]


def test_it_is_in_the_language_of_the_contact(talk: Talk) -> None:
    talk.desk.contact("C-1", language="fr")
    talk.write("Il y a du stationnement?")
    assert talk.deliver() == ["Nous sommes fermés."]


def test_a_number_of_nobody_is_answered_in_the_first_language(talk: Talk) -> None:
    assert talk.write("Hello?", number="+15145550099").is_acknowledged
    assert talk.deliver() == ["We are closed."]


def test_inside_the_sending_window_nobody_is_answered(talk: Talk) -> None:
    talk.desk.clock.jump_to(NIGHT + dt.timedelta(hours=12))
    assert not talk.write("Is there parking?").is_acknowledged


def test_a_person_is_answered_once_until_the_practice_opens(talk: Talk) -> None:
    assert talk.write("Is there parking?").is_acknowledged
    talk.desk.later(hours=3)
    assert not talk.write("And a lift?").is_acknowledged
    talk.desk.later(hours=21)
    assert talk.write("Anybody there?").is_acknowledged


def test_who_opted_out_is_not_answered(talk: Talk) -> None:
    talk.write("STOP")
    talk.deliver()
    assert not talk.write("Is there parking?").is_acknowledged


def test_what_may_be_an_opt_out_is_not_answered(talk: Talk) -> None:
    received = talk.write("wrong number")
    assert (received.meaning, received.is_acknowledged) == (Meaning.AMBIGUOUS, False)


def test_a_tap_on_a_text_of_ours_is_not_answered(talk: Talk) -> None:
    assert not talk.write("Liked “See you December 1”").is_acknowledged


def test_an_opt_out_and_a_call_for_help_get_their_own_answers_only(talk: Talk) -> None:
    talk.write("HELP")
    talk.write("STOP")
    assert [job.step for job in talk.acknowledgements()] == ["help", "opt_out"]


def test_an_acknowledged_reply_gets_no_second_answer(talk: Talk) -> None:
    talk.desk.clock.jump_to(dt.datetime(2026, 11, 30, 21, 0, tzinfo=dt.UTC))
    talk.remind()
    talk.desk.later(hours=6)
    talk.write("C")
    assert [job.template for job in talk.acknowledgements()] == ["thanks"]


def test_it_counts_among_the_automatic_answers_of_an_hour(talk: Talk) -> None:
    for _ in range(4):
        talk.write("HELP")
    assert not talk.write("Is there parking?").is_acknowledged


def test_without_the_key_nobody_is_answered(database_url: str) -> None:
    with opened_talk(database_url, make_closing_rulebook(auto_reply=None)) as talk:
        talk.desk.clock.jump_to(NIGHT)
        assert not talk.write("Is there parking?").is_acknowledged


def test_an_answer_that_comes_too_late_does_not_go(talk: Talk) -> None:
    talk.write("Is there parking?", number=ANA)
    talk.desk.later(minutes=20)
    assert talk.deliver() == []
    assert [job.state for job in talk.acknowledgements()] == [State.EXPIRED]
