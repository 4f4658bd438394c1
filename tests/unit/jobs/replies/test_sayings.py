"""What is answered by itself: each saying in each language, in one segment of plain letters."""

import pytest

from jobs.replies import Saying, say
from jobs.replies.sayings import LANGUAGES, letters_in_words
from jobs.segments import measure

PARTS = {"when": "Tue Dec 1 10:00", "choices": "A: Tue Dec 1 10:00; B: Tue Dec 8 10:00", "letters": "A or B"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("saying", Saying)
def test_a_saying_is_one_segment_of_plain_letters(saying: Saying, language: str) -> None:
    words = say(saying, language, name="Northlight", phone="+1 514 555 0100", **PARTS)
    found = measure(words)
    assert (found.segments, found.encoding) == (1, measure("a").encoding), words


def test_a_long_name_gives_way_to_us() -> None:
    assert "from us" in say(Saying.OPT_OUT, "en", name="N" * 120)


def test_a_language_without_words_is_answered_in_english() -> None:
    assert say(Saying.OPT_OUT, "pa", name="Northlight") == say(Saying.OPT_OUT, "en", name="Northlight")


def test_a_regional_language_is_answered_in_its_base() -> None:
    assert say(Saying.HELP, "fr_CA", name="N") == say(Saying.HELP, "fr", name="N")


def test_help_names_the_practices_phone_where_it_has_one() -> None:
    assert "555 0100" in say(Saying.HELP, "en", name="N", phone="514 555 0100")
    assert "Questions" not in say(Saying.HELP, "en", name="N")


def test_letters_are_read_as_a_choice() -> None:
    assert letters_in_words(["A", "B", "D"], "fr") == "A, B ou D"
