"""Secrets that must be read again stand in the database only sealed, on both databases."""

import base64
import dataclasses
import os
import sqlite3
import stat
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import inspect, text

from jobs import events
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.errors import ConfigurationError
from jobs.events import NewEndpoint
from scheduler.identities import codes, users
from scheduler.identities.keyrings import key_file, keyring_of
from scheduler.identities.users import User
from scheduler.processes.tables import open_database
from scheduler.settings import Settings, read_settings
from tests.databases import SECRET_KEY, make_keyring
from tests.storage.builders import NOW
from tests.storage.identifying import add_practice, add_user, later, signed

OTHER_KEY = base64.b64encode(b"x" * 32).decode()


def enrol(database: Database) -> str:
    """Add maya with codes of a phone; return the secret that both have."""
    maya = add_user(database)
    secret = codes.begin(maya).secret
    code = pyotp.TOTP(secret).at(NOW)
    database.write(lambda connection: codes.confirm(connection, maya, secret, code, signed()))
    return secret


def add_endpoint(database: Database) -> str:
    new = NewEndpoint(practice="northlight", url="https://cases.example/in", by="person:root")
    return database.write(lambda connection: events.add_endpoint(connection, new, now=NOW)).secret


def everything_in(database: Database) -> str:
    """Return every value of every table."""
    tables = inspect(database.engine).get_table_names()
    with database.read() as connection:
        return repr([connection.execute(text(f'SELECT * FROM "{table}"')).all() for table in tables])  # noqa: S608


def test_neither_a_phones_secret_nor_an_endpoints_is_found_in_the_database(database: Database) -> None:
    add_practice(database)
    phones, endpoints = enrol(database), add_endpoint(database)
    found = everything_in(database)
    assert "maya" in found
    assert phones not in found
    assert endpoints.removeprefix("whsec_") not in found


def test_nor_in_the_file_of_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "q.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}", SteppingClock(NOW), trust_clock=True, keyring=make_keyring())
    add_practice(database)
    secret = enrol(database)
    database.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"maya" in content
    assert secret.encode() not in content


def test_without_a_key_only_what_needs_one_fails_and_says_how_to_make_one(
    database_url: str, clock: SteppingClock
) -> None:
    keyless = Database(database_url, clock, trust_clock=True)
    add_practice(keyless)
    with pytest.raises(ConfigurationError, match="QUIETBELL_SECRET_KEY is not set"):
        enrol(keyless)
    with pytest.raises(ConfigurationError, match="openssl rand"):
        add_endpoint(keyless)
    to_mail = NewEndpoint(practice="northlight", url="mailto:desk@example.org", by="person:root")
    keyless.write(lambda connection: events.add_endpoint(connection, to_mail, now=NOW))
    keyless.dispose()


def test_keys_rotate_the_first_seals_and_each_opens(database_url: str, clock: SteppingClock) -> None:
    before = Database(database_url, clock, trust_clock=True, keyring=make_keyring(OTHER_KEY))
    add_practice(before)
    secret = enrol(before)
    later(clock, seconds=30)
    code = pyotp.TOTP(secret).at(clock.now())
    after = Database(database_url, clock, trust_clock=True, keyring=make_keyring(SECRET_KEY, OTHER_KEY))
    lost = Database(database_url, clock, trust_clock=True, keyring=make_keyring(SECRET_KEY))
    with lost.read() as connection:
        maya = maya_of(lost)
        with pytest.raises(ConfigurationError, match="put that key back"):
            codes.take(connection, maya, code, clock.now())
    assert after.write(lambda connection: codes.take(connection, maya, code, clock.now()))
    for each in (before, after, lost):
        each.dispose()


def maya_of(database: Database) -> User:
    with database.read() as connection:
        return users.find(connection, "northlight", "maya")


def settings_at(folder: Path, **changes: str) -> Settings:
    return read_settings({"QUIETBELL_DATABASE_URL": f"sqlite:///{folder}/q.db", **changes})


def test_beside_a_sqlite_file_a_key_is_made_when_first_needed_for_its_owner_alone(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    file = key_file(settings)
    assert file == tmp_path / "q.db.key"
    keyring = keyring_of(settings)
    assert not file.exists()
    sealed = keyring.seal("open sesame")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keyring_of(settings).unseal(sealed) == "open sesame"
    assert os.listdir(tmp_path) == ["q.db.key"]  # noqa: PTH208 - names are what is looked at


def test_a_key_that_is_set_comes_before_the_file(tmp_path: Path) -> None:
    keyring_of(settings_at(tmp_path, QUIETBELL_SECRET_KEY=SECRET_KEY)).seal("a")
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_is_spoilt_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "q.db.key").write_text("spoilt")
    with pytest.raises(ConfigurationError, match=r"q\.db\.key cannot be read"):
        keyring_of(settings_at(tmp_path)).seal("a")


def test_a_folder_that_takes_no_key_is_told(tmp_path: Path) -> None:
    settings = dataclasses.replace(settings_at(tmp_path), database_url=f"sqlite:///{tmp_path}/nowhere/q.db")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        keyring_of(settings).seal("a")


def test_a_servers_database_has_no_key_file() -> None:
    settings = read_settings({"QUIETBELL_DATABASE_URL": "postgresql://db/q"})
    assert key_file(settings) is None
    with pytest.raises(ConfigurationError, match="QUIETBELL_SECRET_KEY"):
        keyring_of(settings).seal("a")


def test_the_settings_key_reaches_the_database_of_every_command(tmp_path: Path) -> None:
    database = open_database(settings_at(tmp_path, QUIETBELL_SECRET_KEY=f"{SECRET_KEY},{OTHER_KEY}"))
    assert "quietbell_keyring" in database.engine.get_execution_options()
    database.dispose()
