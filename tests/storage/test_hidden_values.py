"""What a database's error says never holds what people are called, their numbers or their words."""

import traceback
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from jobs.database import Database
from jobs.records import contacts, new_id
from tests.storage.builders import NOW, add_contact, add_practice

NAME = "Zephyrine"
NUMBER = "+15145550177"


def shown_by(database: Database, work: Callable[[Connection], object]) -> str:
    """Return the whole traceback of what goes wrong, as a log has it."""
    with pytest.raises((DBAPIError, psycopg.Error)) as raised:
        database.write(work)
    return "".join(traceback.format_exception(raised.value))


def add_one(connection: Connection, **changes: object) -> None:
    values = {"id": new_id(), "practice": "northlight", "ref": NAME, "name": NAME, "phone": NUMBER, "fields": {}}
    connection.execute(insert(contacts).values(**(values | {"created_at": NOW, "updated_at": NOW} | changes)))


@pytest.mark.parametrize("changes", [{}, {"fields": None}, {"ref": None}])
def test_an_error_shows_the_statement_and_none_of_its_values(database: Database, changes: dict[str, object]) -> None:
    database.write(add_practice)
    database.write(lambda connection: add_contact(connection, ref=NAME))
    shown = shown_by(database, lambda connection: add_one(connection, **changes))
    assert "INSERT INTO contacts" in shown
    assert NAME not in shown
    assert NUMBER not in shown


def test_an_error_of_copy_shows_no_row(postgres: Database) -> None:
    def copy(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with driver.cursor() as cursor, cursor.copy("COPY contacts (ref, name) FROM STDIN") as rows:
            rows.write_row((NAME, NUMBER))

    shown = shown_by(postgres, copy)
    assert "null value" in shown
    assert NAME not in shown
    assert NUMBER not in shown


def test_an_error_still_says_what_it_is_about(database: Database) -> None:
    database.write(add_practice)
    database.write(lambda connection: add_contact(connection, ref=NAME))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        database.write(add_one)
