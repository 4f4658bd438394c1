"""Opens the settings' database and sees to its tables: lays them, or refuses what is not of this version."""

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.errors import ConfigurationError
from scheduler.identities.keyrings import keyring_of
from scheduler.migrations import is_current, upgrade
from scheduler.settings import Settings


def open_database(settings: Settings) -> Database:
    """Return the settings' database; nothing is opened yet."""
    return Database(settings.database_url, SystemClock(), keyring=keyring_of(settings))


def set_up_tables(database: Database) -> None:
    """Bring the tables to those of this version."""
    if not is_current(database.engine):
        upgrade(database.engine)


def require_tables(database: Database) -> None:
    """Refuse a database whose tables are not those of this version.

    Raises:
        ConfigurationError: saying how to lay them.

    """
    if not is_current(database.engine):
        message = "the database's tables are not those of this version: run `quietbell migrate`"
        raise ConfigurationError(message)
