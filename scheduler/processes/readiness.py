"""Looks whether what a process needs answers: the database with its tables, Redis where it is used. It changes nothing.

Each look returns "ok" or what is wrong in words, without the address (it may hold a password).
"""

import threading

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from jobs.database import Database
from scheduler.api.health import Readiness
from scheduler.migrations import is_current
from scheduler.processes.database_trouble import trouble
from scheduler.settings import Settings

OK = "ok"
REDIS_SECONDS = 3.0


class Lookout:
    """Looks at one installation again and again; that the tables are those of this version is asked until it is so."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Look at nothing yet."""
        self._settings = settings
        self._database = database
        self._has_tables = threading.Event()

    def look(self) -> Readiness:
        """Return what was found just now; it may take a few seconds where something does not answer."""
        parts = {"database": self._look_at_database()}
        if self._settings.redis_url is not None:
            parts["redis"] = look_at_redis(self._settings)
        return Readiness(parts)

    def _look_at_database(self) -> str:
        if not self._has_tables.is_set():
            found = look_at_database(self._settings, self._database)
            if found == OK:
                self._has_tables.set()
            return found
        try:
            with self._database.read() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as problem:
            return trouble(problem)
        return OK


def look_at_database(settings: Settings, database: Database) -> str:
    """Return "ok", or why the database cannot be worked with."""
    file = settings.database_file
    if file is not None and not file.exists():
        return "there is no file yet"
    try:
        return OK if is_current(database.engine) else "its tables are not those of this version"
    except SQLAlchemyError as problem:
        return trouble(problem)


def look_at_redis(settings: Settings) -> str:
    """Return "ok", or why Redis cannot be worked with."""
    if settings.redis_url is None:
        return OK
    seconds = REDIS_SECONDS
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=seconds, socket_timeout=seconds) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as problem:
        return f"does not answer ({type(problem).__name__})"
    return OK
