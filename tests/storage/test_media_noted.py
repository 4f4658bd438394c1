"""What came with a text, found again by the text's id or its end, on both databases."""

from collections.abc import Iterator

import pytest

from jobs.conversation.media import Enclosure, TextWithMedia, texts_ending_in
from tests.storage.conversing import ANA, Talk, talking


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    with talking(database_url) as talk:
        yield talk


def found(talk: Talk, ending: str, practice: str = "northlight") -> list[TextWithMedia]:
    with talk.desk.database.read() as connection:
        return texts_ending_in(connection, practice, ending)


def test_a_text_is_found_by_its_id_and_by_its_end(talk: Talk) -> None:
    talk.write("look", media=(("https://media.example/1", "image/png"), ("https://media.example/2", "")))
    (text,) = talk.texts()
    parts = Enclosure("https://media.example/1", "image/png"), Enclosure("https://media.example/2", "")
    expected = TextWithMedia(text["id"], ANA, "terminal", parts)
    assert found(talk, text["id"].hex) == [expected]
    assert found(talk, text["id"].hex[-8:]) == [expected]
    assert found(talk, text["id"].hex, practice="elsewhere") == []
    assert found(talk, text["id"].hex[:8]) == []


def test_a_text_of_words_alone_has_none(talk: Talk) -> None:
    talk.write("no picture")
    assert [each.media for each in found(talk, talk.texts()[-1]["id"].hex[-8:])] == [()]


def test_a_text_that_went_out_is_not_found(talk: Talk) -> None:
    talk.remind()
    assert found(talk, talk.texts()[-1]["id"].hex) == []
