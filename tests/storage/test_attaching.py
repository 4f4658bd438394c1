"""Texts of unknown numbers find their contact when intake brings one with that number; on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from jobs.records import new_id, texts
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

STRANGER = "+15145550188"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, make_rulebook(steps=(DAY_BEFORE,))) as desk:
        yield desk


def write_from(desk: Desk, number: str) -> None:
    row = {
        "id": new_id(),
        "practice": "northlight",
        "number": number,
        "direction": "in",
        "body": "Hello",
        "at": desk.clock.now(),
    }
    desk.database.write(lambda connection: connection.execute(insert(texts).values(**row)))


def owner_of(desk: Desk, number: str) -> object:
    with desk.database.read() as connection:
        return connection.execute(select(texts.c.contact_id).where(texts.c.number == number)).scalar_one()


def test_a_new_contact_gets_the_texts_of_its_number(desk: Desk) -> None:
    write_from(desk, STRANGER)
    write_from(desk, "+15145550189")
    desk.contact("C-77", phone=STRANGER)
    assert owner_of(desk, STRANGER) is not None
    assert owner_of(desk, "+15145550189") is None


def test_a_changed_number_brings_its_texts(desk: Desk) -> None:
    desk.contact("C-77", phone="+15145550190")
    write_from(desk, STRANGER)
    desk.contact("C-77", phone=STRANGER)
    assert owner_of(desk, STRANGER) is not None
